"""The rollups: sums over calls, added to (and taken from) in the transaction that moves them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import add, itemgetter
from typing import Any

from sqlalchemy import Connection, Table, delete

from data.domain.records import Direction
from data.domain.usage import NOBODY, CustomerUsage, DestinationUsage
from data.store.schema import (
    duplicates_by_day,
    margin_by_customer,
    usage_by_customer,
    usage_by_day,
    usage_by_destination,
)
from data.store.upsert import added_up

CUSTOMER_SUMS = (
    "calls",
    "contested",
    "answered",
    "no_answer",
    "busy",
    "failed",
    "rated",
    "unrated",
    "cost_unknown",
    "talk_ms",
    "billed_s",
    "charge_micros",
    "cost_micros",
    "plan_micros",
)
DAY_SUMS = (
    "calls",
    "nobody",
    "contested",
    "answered",
    "no_answer",
    "busy",
    "unrated",
    "cost_unknown",
    "talk_ms",
    "charge_micros",
    "cost_micros",
)
MARGIN_SUMS = ("calls", "cost_unknown", "charge_micros", "cost_micros")
DESTINATION_SUMS = ("calls", "answered", "talk_ms", "billed_s", "charge_micros", "cost_micros")


def customer_usage_added(conn: Connection, source_id: int, usage: Sequence[CustomerUsage]) -> None:
    """Add to a source's usage by customer, and to what is kept of it; rows without calls go."""
    rows = [
        {
            "day": each.day,
            "source_id": source_id,
            "customer_id": each.customer_id,
            "direction": Direction(each.direction),
            "invoice_id": each.invoice_id,
            "rate_table_id": each.rate_table_id,
            **dict(zip(CUSTOMER_SUMS, each.sums, strict=True)),
        }
        for each in usage
    ]
    usage_rows_added(conn, rows)
    taken_from = [each.day for each in usage if each.sums[0] < 0]
    for table in (usage_by_customer, usage_by_day, margin_by_customer):
        _emptied(conn, table, taken_from)


def usage_rows_added(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of `usage_by_customer` to it, and to their sums by day and the margins."""
    if not rows:
        return
    added_up(conn, usage_by_customer, CUSTOMER_SUMS, rows)
    days = _summed(rows, ("day",), DAY_SUMS, _of_day)
    added_up(conn, usage_by_day, DAY_SUMS, days)
    owned = [row for row in rows if row["customer_id"] != NOBODY]
    if owned:
        margins = _summed(owned, ("customer_id", "day"), MARGIN_SUMS, dict)
        added_up(conn, margin_by_customer, MARGIN_SUMS, margins)


def _of_day(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row by customer as its day counts it."""
    nobody = row["customer_id"] == NOBODY
    return {
        **row,
        "nobody": row["calls"] if nobody else 0,
        "unrated": 0 if nobody else row["unrated"],
    }


def _summed(
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    names: Sequence[str],
    seen_as: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return one row per key in key order, the named sums added up."""
    sums_of = itemgetter(*names)
    found: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for row in map(seen_as, rows):
        key, sums = tuple([row[key] for key in keys]), sums_of(row)
        before = found.get(key)
        found[key] = sums if before is None else tuple(map(add, before, sums))
    return [
        dict(zip((*keys, *names), (*key, *sums), strict=True))
        for key, sums in sorted(found.items())
    ]


def destination_usage_added(conn: Connection, usage: Sequence[DestinationUsage]) -> None:
    """Add to the usage by destination; rows that come to no calls go."""
    rows = [
        {
            "day": each.day,
            "destination": each.destination,
            "direction": Direction(each.direction),
            **dict(zip(DESTINATION_SUMS, each.sums, strict=True)),
        }
        for each in usage
    ]
    added_up(conn, usage_by_destination, DESTINATION_SUMS, rows)
    _emptied(conn, usage_by_destination, [each.day for each in usage if each.sums[0] < 0])


def duplicates_added(conn: Connection, source_id: int, lines_by_day: Mapping[date, int]) -> None:
    """Add to a source's duplicate lines by the day of the call that was repeated."""
    rows = [
        {"day": day, "source_id": source_id, "lines": lines}
        for day, lines in sorted(lines_by_day.items())
        if lines
    ]
    added_up(conn, duplicates_by_day, ("lines",), rows)
    _emptied(conn, duplicates_by_day, [day for day, lines in lines_by_day.items() if lines < 0])


def _emptied(conn: Connection, table: Table, days: Sequence[date]) -> None:
    """Delete the rows of days that were taken from and came to nothing."""
    if not days:
        return
    count = table.c.lines if table is duplicates_by_day else table.c.calls
    conn.execute(
        delete(table).where(table.c.day >= min(days), table.c.day <= max(days), count == 0)
    )
