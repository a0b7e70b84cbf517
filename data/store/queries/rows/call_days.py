"""How many calls each day has, by the rollups: where a far page begins, and what has expired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from data.domain.panels import Scope
from data.domain.periods import Period
from data.domain.usage import NOBODY
from data.store.queries.conditions import of_customer
from data.store.queries.rows.asked import Asked
from data.store.schema import calls, usage_by_customer

_rollup = usage_by_customer.c
_COUNTED: dict[Scope, ColumnElement[int]] = {
    Scope.ALL: _rollup.calls,
    Scope.UNMATCHED: case(
        (_rollup.customer_id == NOBODY, _rollup.calls - _rollup.contested), else_=0
    ),
    Scope.CONTESTED: _rollup.contested,
    Scope.UNRATED: case((_rollup.customer_id != NOBODY, _rollup.unrated), else_=0),
}
"""The cuts of calls that the rollups count."""


@dataclass(frozen=True)
class Anchor:
    """A day to begin at, so that no page has to count all the rows before it.

    Attributes:
        day: The day that holds the first row wanted.
        skip: Rows of that day before it.
    """

    day: date
    skip: int


def counted_by_day(asked: Asked) -> bool:
    """Tell whether the rollups count the rows of a request: its cut, without filters."""
    request = asked.request
    narrowed = request.file_id is not None or request.invoice_id is not None
    return request.scope in _COUNTED and not request.filters and not narrowed


def calls_by_day(
    conn: Connection, asked: Asked, period: Period, *, newest_first: bool
) -> list[tuple[date, int]]:
    """Return the days of a period that have rows of the cut, and how many."""
    count = func.sum(_COUNTED[asked.request.scope])
    query = (
        select(_rollup.day, count)
        .where(
            _rollup.day.between(period.first, period.last),
            of_customer(_rollup.customer_id, asked.request.customer_id),
        )
        .group_by(_rollup.day)
        .having(count > 0)
        .order_by(_rollup.day.desc() if newest_first else _rollup.day)
    )
    return [(day, int(rows)) for day, rows in conn.execute(query)]


def anchor(days: Iterable[tuple[date, int]], start: int) -> Anchor | None:
    """Return where a row is found among days in the order of the rows; none beyond the last."""
    before = 0
    for day, rows in days:
        if start < before + rows:
            return Anchor(day, start - before)
        before += rows
    return None


def days_with_calls(conn: Connection, asked: Asked) -> Period | None:
    """Return the first and the last day that have call rows; none when there are no calls."""
    first = conn.execute(select(func.min(calls.c.started_at))).scalar_one()
    last = conn.execute(select(func.max(calls.c.started_at))).scalar_one()
    if first is None or last is None:
        return None
    return Period(*(instant.astimezone(asked.zone).date() for instant in (first, last)))
