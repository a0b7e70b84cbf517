"""The table twin of every chart: the same numbers as rows, each the way into what is behind it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from data.domain.dashboard import Dashboard, TrafficDay
from layouts import ids, text
from layouts.charts import rows, top
from layouts.flow import flow_rows
from layouts.tops import opens

LINE_TO_CASH = "line-to-cash"
CHARTS = (LINE_TO_CASH, *ids.CHARTS)


class Cell(NamedTuple):
    """What stands in a cell, what it opens, and the filter of what it opens."""

    text: str
    panel: str = ""
    filter: str = ""


class Twin(NamedTuple):
    """A table: its headings and its rows; the first column names the row."""

    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def twins(wanted: str, shown: Dashboard) -> dict[str, Any]:
    """Return the tables that an address asks for, by chart: `all`, or names apart by commas."""
    names = set(CHARTS) if wanted == "all" else set(wanted.split(","))
    return {chart: twin(chart, shown) for chart in CHARTS if chart in names}


def twin(chart: str, shown: Dashboard) -> Twin:
    """Return the table of a chart."""
    money = text.Money(shown.currency, shown.minor_digits)
    if chart == LINE_TO_CASH:
        made = [tuple(Cell(*part) for part in row) for row in flow_rows(shown)]
        return Twin(("Step", "Number", "Amount"), made)
    if chart == ids.FILES_BY_MONTH:
        return _months(shown)
    if chart == ids.TRAFFIC:
        return _traffic(shown, money)
    return _top(chart, shown, money)


def _top(chart: str, shown: Dashboard, money: text.Money) -> Twin:
    total = top(chart, shown).total_micros
    named = rows(chart, shown)
    made: list[tuple[Cell, ...]] = []
    for key, name, amount in named:
        way = opens(chart, key, named)
        cell = Cell(name, way["data-panel"], way["data-filter"])
        made.append((cell, Cell(money.exact(amount)), Cell(text.percent(amount, total))))
    made.append((Cell("Total", opens(chart, "all", named)["data-panel"]), Cell(money.exact(total))))
    who = "Destination" if chart == ids.TOP_DESTINATIONS else "Customer"
    what = {ids.TOP_CUSTOMERS: "Invoiced", ids.TOP_PAYING: "Paid"}.get(chart, "Revenue")
    return Twin((who, what, "Share"), made)


def _months(shown: Dashboard) -> Twin:
    made = []
    for month in shown.files_by_month:
        name = f"{month.month:%Y-%m}"
        made.append(
            (
                Cell(f"{month.month:%B %Y}", f"files-month:{name}"),
                Cell(text.count(month.success), f"files-month-success:{name}"),
                Cell(text.count(month.error), f"files-month-error:{name}"),
                Cell(text.count(month.success + month.error)),
            )
        )
    return Twin(("Month", "Success", "Error", "All"), made)


def _of_day(day: TrafficDay, measure: str, said: str | None) -> Cell:
    return Cell(text.UNKNOWN) if said is None else Cell(said, f"day-{measure}:{day.day}")


def _traffic(shown: Dashboard, money: text.Money) -> Twin:
    made = []
    for place, day in enumerate(shown.traffic):
        before = shown.traffic_before[place : place + 1]
        known = not shown.unknown(day)
        margin = day.margin_micros if known else None
        made.append(
            (
                Cell(f"{day.day:%a} {text.day(day.day)}", f"day-calls:{day.day}"),
                Cell(text.count(day.calls) if known else text.UNKNOWN),
                _of_day(day, "minutes", text.count(day.talk_s // 60) if known else None),
                _of_day(day, "revenue", money.exact(day.charge_micros) if known else None),
                _of_day(
                    day, "margin", None if not known or margin is None else money.exact(margin)
                ),
                Cell(text.count(before[0].calls) if before else text.UNKNOWN),
            )
        )
    return Twin(("Day", "Calls", "Minutes", "Revenue", "Margin", "Calls a month before"), made)
