"""Plotly figures as plain dicts; their colours come from the theme's template in the browser."""

from typing import Any, NamedTuple

from dash import dcc
from dash.development.base_component import Component

from data.domain.counting import counted
from data.domain.dashboard import Dashboard, TopCustomers, TopDestinations, TrafficDay
from data.domain.money import MICROS_PER_UNIT
from data.domain.views import MEASURES
from layouts import ids
from layouts.text import UNKNOWN, Money

ROW_PX = 40
"""Height of one row of a top 5: its words above its bar."""
ROWS = 6
WHOLE_TICKS = 4
CONFIG: Any = {"displayModeBar": False, "responsive": True, "showTips": False}
ZOOMABLE: Any = {**CONFIG, "doubleClick": "reset"}
Series = list[float | int | str | None]


class Change(NamedTuple):
    """What a refresh changes in a figure: an attribute of a trace."""

    trace: int
    attribute: str
    values: Series


_BARE = {
    "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
    "showlegend": False,
    "dragmode": False,
    "hoverlabel": {"align": "left"},
}


def series(chart: str, shown: Dashboard, measure: str = MEASURES[0]) -> list[Change]:
    """Return what a refresh changes in a chart's traces: which trace and attribute, and its values.

    The same values fill the first figure, so that a patched figure equals a fresh one.
    """
    if chart == ids.FILES_BY_MONTH:
        return _months(shown)
    if chart == ids.TRAFFIC:
        return _traffic(shown, measure)
    return _bars(rows(chart, shown))


def rows(chart: str, shown: Dashboard) -> list[tuple[str, str, int]]:
    """Return the rows of a top 5: a key, a name, micros; "Other" last, where there is one."""
    ranked = top(chart, shown)
    named = _named(ranked)
    if ranked.other_count and named:
        named.append(("", f"Other ({ranked.other_count:,})", ranked.other_micros))
    return named


def top(chart: str, shown: Dashboard) -> TopCustomers | TopDestinations:
    """Return what a top 5 ranks."""
    if chart == ids.TOP_CUSTOMERS:
        return shown.top_customers
    return shown.top_paying if chart == ids.TOP_PAYING else shown.top_destinations


def _named(ranked: TopCustomers | TopDestinations) -> list[tuple[str, str, int]]:
    if isinstance(ranked, TopCustomers):
        return [(row.custid, row.customer, row.total_micros) for row in ranked.rows]
    return [(row.destination, row.destination, row.charge_micros) for row in ranked.rows]


def _bars(drawn: list[tuple[str, str, int]]) -> list[Change]:
    most = max((amount for _, _, amount in drawn), default=0) or 1
    lengths: Series = [max(0.0, amount / most) for _, _, amount in drawn]
    blank: Series = [None] * (ROWS - len(drawn))
    named = [length if key else None for (key, _, _), length in zip(drawn, lengths, strict=True)]
    other = [None if key else length for (key, _, _), length in zip(drawn, lengths, strict=True)]
    track: Series = [1.0] * len(drawn)
    hover: Series = [escaped(name) for _, name, _ in drawn]
    return [
        Change(0, "x", track + blank),
        Change(1, "x", named + blank),
        Change(1, "text", hover + blank),
        Change(2, "x", other + blank),
    ]


def _months(shown: Dashboard) -> list[Change]:
    months = shown.files_by_month
    keys = [f"{month.month:%Y-%m}" for month in months]
    names: Series = [f"{month.month:%b}" for month in months]
    if months:
        last = months[-1]
        names[-1] = f"{last.month:%b} 1–{last.through.day}"
    return [
        Change(0, "x", names),
        Change(0, "y", [month.success for month in months]),
        Change(0, "customdata", [f"files-month-success:{key}" for key in keys]),
        Change(1, "x", names),
        Change(1, "y", [month.error or None for month in months]),
        Change(1, "customdata", [f"files-month-error:{key}" for key in keys]),
        Change(2, "x", names),
        Change(2, "y", [month.success + month.error for month in months]),
        Change(2, "text", [f"{month.success + month.error:,}" for month in months]),
    ]


def _traffic(shown: Dashboard, measure: str) -> list[Change]:
    days: Series = [entry.day.isoformat() for entry in shown.traffic]
    money = Money(shown.currency, shown.minor_digits)
    before = shown.traffic_before[: len(days)]
    blank: Series = [None] * (len(days) - len(before))
    earlier, now = _drawn(before, measure, money), _drawn(shown.traffic, measure, money)
    ended: Series = [
        height if day.day != shown.today and not shown.unknown(day) else None
        for day, (height, _) in zip(shown.traffic, now, strict=True)
    ]
    running = [
        (day.day.isoformat(), height, f"{said} so far")
        for day, (height, said) in zip(shown.traffic, now, strict=True)
        if day.day == shown.today and not shown.unknown(day)
    ]
    heights_before: Series = [height for height, _ in earlier]
    said_before: Series = [f"{said} a month before" for _, said in earlier]
    return [
        Change(0, "x", days),
        Change(0, "y", heights_before + blank),
        Change(0, "text", said_before + blank),
        Change(1, "x", days),
        Change(1, "y", ended),
        Change(1, "text", [said for _, said in now]),
        Change(2, "x", [day for day, _, _ in running]),
        Change(2, "y", [height for _, height, _ in running]),
        Change(2, "text", [said for _, _, said in running]),
    ]


def _drawn(
    days: tuple[TrafficDay, ...], measure: str, money: Money
) -> list[tuple[float | None, str]]:
    """Return how high each day is drawn, and what is said of it; an unknown margin is a gap."""
    if measure == "calls":
        return [(day.calls, counted(day.calls, "call")) for day in days]
    if measure == "minutes":
        return [(day.talk_s / 60, f"{day.talk_s // 60:,} min") for day in days]
    amounts = [day.charge_micros if measure == "revenue" else day.margin_micros for day in days]
    return [
        (None, UNKNOWN) if amount is None else (amount / MICROS_PER_UNIT, money.exact(amount))
        for amount in amounts
    ]


def escaped(name: str) -> str:
    """Return a name that Plotly shows as it is; it reads some HTML in labels."""
    return name.replace("&", "&amp;").replace("<", "&lt;")


def graph(chart: str, shown: Dashboard, measure: str = MEASURES[0]) -> Component:
    """Return a chart's graph; it is drawn once, in the theme that the browser puts on it."""
    return dcc.Graph(
        id=ids.graph(chart),
        config=ZOOMABLE if chart == ids.TRAFFIC else CONFIG,
        className="graph",
        figure=figure(chart, shown, measure),
        style={"height": "100%"},
    )


def figure(chart: str, shown: Dashboard, measure: str = MEASURES[0]) -> dict[str, Any]:
    """Return a chart's first figure; afterwards only its series are patched."""
    made = {
        ids.FILES_BY_MONTH: _months_figure,
        ids.TRAFFIC: _traffic_figure,
    }.get(chart, _top_figure)()
    for change in series(chart, shown, measure):
        made["data"][change.trace][change.attribute] = change.values
    return made


def _top_figure() -> dict[str, Any]:
    places = [place + 0.26 for place in range(ROWS)]
    bar = {"type": "bar", "orientation": "h", "y": places, "width": 0.2, "x": []}
    return {
        "data": [
            {**bar, "hoverinfo": "skip"},
            {**bar, "hovertemplate": "%{text}<extra></extra>", "textposition": "none"},
            {**bar, "hoverinfo": "skip"},
        ],
        "layout": {
            **_BARE,
            "barmode": "overlay",
            "barcornerradius": 4,
            "height": ROW_PX * ROWS,
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [ROWS - 0.5, -0.5], "visible": False, "fixedrange": True},
        },
    }


def _months_figure() -> dict[str, Any]:
    stacked = {"type": "bar", "width": 0.5, "x": [], "y": []}
    partial = {"pattern": {"shape": ["", "", "/"]}}  # the current month is not over
    return {
        "data": [
            {
                **stacked,
                "name": "success",
                "marker": partial,
                "hovertemplate": "%{y:,} success<extra>%{x}</extra>",
            },
            {**stacked, "name": "error", "hovertemplate": "%{y:,} error<extra>%{x}</extra>"},
            {
                "type": "scatter",
                "mode": "text",
                "textposition": "top center",
                "hoverinfo": "skip",
                "cliponaxis": False,
                "x": [],
                "y": [],
            },
        ],
        "layout": {
            **_BARE,
            "barmode": "stack",
            "barcornerradius": 3,
            "height": 208,
            "margin": {"l": 36, "r": 4, "t": 22, "b": 26},
            "xaxis": {"type": "category", "fixedrange": True, "showgrid": False},
            "yaxis": {
                "rangemode": "tozero",
                "nticks": WHOLE_TICKS,
                "autorangeoptions": {"include": WHOLE_TICKS},  # a tick is a file at least
                "fixedrange": True,
                "tickformat": ",d",
            },
        },
    }


def _traffic_figure() -> dict[str, Any]:
    line = {"type": "scatter", "mode": "lines", "x": [], "y": []}
    return {
        "data": [
            {**line, "name": "before", "hovertemplate": "%{text}<extra></extra>"},
            {**line, "name": "now", "hovertemplate": "%{text}<extra></extra>"},
            # The running day is a ring of its own: a line down to it would tell of a fall.
            {
                **line,
                "name": "so far",
                "mode": "markers",
                "hovertemplate": "%{text}<extra></extra>",
                "cliponaxis": False,
            },
        ],
        "layout": {
            **_BARE,
            "dragmode": "zoom",
            "hovermode": "x unified",
            "height": 264,
            "margin": {"l": 44, "r": 8, "t": 8, "b": 26},
            "xaxis": {"type": "date", "showgrid": False, "tickformat": "%-d %b", "nticks": 7},
            "yaxis": {
                "rangemode": "tozero",
                "nticks": 4,
                "fixedrange": True,
                "tickformat": "~s",
                # a half is 0.5: as a prefix of SI it would be 500m
                "tickformatstops": [{"dtickrange": [None, 0.9], "value": ",~f"}],
            },
        },
    }
