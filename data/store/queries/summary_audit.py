"""Whether the sums by day and the margins are those of the usage that they sum up."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, Table, case, func, select

from data.domain.usage import NOBODY
from data.store.queries.audit import Difference
from data.store.schema import margin_by_customer, usage_by_customer, usage_by_day
from data.store.writes.usage import DAY_SUMS, MARGIN_SUMS

_usage = usage_by_customer.c


def summary_differences(conn: Connection) -> Iterator[Difference]:
    """Compare both with the usage by customer, all days: usage outlives the calls."""
    yield from _compared(conn, usage_by_day, DAY_SUMS, _by_day())
    yield from _compared(conn, margin_by_customer, MARGIN_SUMS, _by_margin())


def _by_day() -> Select[Any]:
    """Sum the usage up by day, in the order of `DAY_SUMS`."""
    nobody = case((_usage.customer_id == NOBODY, _usage.calls), else_=0)
    unrated = case((_usage.customer_id == NOBODY, 0), else_=_usage.unrated)
    apart = {"nobody": nobody, "unrated": unrated}
    sums = (func.sum(apart.get(name, _usage.get(name))) for name in DAY_SUMS)
    return select(_usage.day, *sums).group_by(_usage.day)


def _by_margin() -> Select[Any]:
    """Sum the customers' usage up by customer and day, in the order of `MARGIN_SUMS`."""
    keys = (_usage.customer_id, _usage.day)
    sums = (func.sum(_usage[name]) for name in MARGIN_SUMS)
    return select(*keys, *sums).where(_usage.customer_id != NOBODY).group_by(*keys)


def _compared(
    conn: Connection, summary: Table, names: tuple[str, ...], again: Select[Any]
) -> Iterator[Difference]:
    keys = list(summary.primary_key)
    kept = _sums(conn, select(*keys, *(summary.c[name] for name in names)), len(keys))
    counted = _sums(conn, again, len(keys))
    for key in sorted(kept.keys() | counted.keys()):
        one, other = kept.get(key, ()), counted.get(key, ())
        if one != other:
            yield Difference(f"{summary.name} of {', '.join(map(str, key))}", one, other)


def _sums(
    conn: Connection, query: Select[Any], keys: int
) -> dict[tuple[Any, ...], tuple[int, ...]]:
    return {
        tuple(row[:keys]): tuple(int(value) for value in row[keys:]) for row in conn.execute(query)
    }
