"""What rows of calls add up to, computed from the rows: the reference of the rollups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from data.domain.periods import EPOCH, Period, day_start
from data.domain.records import Disposition, MatchState, RateState
from data.domain.usage import NO_RATE, NOBODY, NOT_INVOICED, CustomerUsage, DestinationUsage
from data.store.queries.places import place_or_none
from data.store.schema import rates

EPOCH_DAY = date(1970, 1, 1)
_MS = timedelta(milliseconds=1)
Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def customer_sums(c: Columns) -> list[ColumnElement[Any]]:
    """Return the sums of `CUSTOMER_SUMS` over rows of calls, staged or stored."""
    answered = c.disposition == Disposition.ANSWERED
    rated = c.rate_state == RateState.RATED
    return [
        func.count(),
        _counted(c.match_state == MatchState.CONTESTED),
        _counted(answered),
        _counted(c.disposition.in_([Disposition.NO_ANSWER, Disposition.CANCELLED])),
        _counted(c.disposition == Disposition.BUSY),
        _counted(c.disposition.in_([Disposition.FAILED, Disposition.CONGESTION])),
        _counted(rated),
        _counted(c.rate_state.in_([RateState.UNRATED, RateState.BLOCKED])),
        _counted(and_(rated, c.cost_micros.is_(None))),
        func.sum(case((answered, c.talk_ms), else_=0)),
        func.sum(c.billed_s),
        func.coalesce(func.sum(c.charge_micros), 0),
        func.coalesce(func.sum(case((rated, c.cost_micros))), 0),
        literal(0),  # plan minutes are the bill run's
    ]


def destination_sums(c: Columns) -> list[ColumnElement[Any]]:
    """Return the sums of `DESTINATION_SUMS` over rows of calls, staged or stored."""
    answered = c.disposition == Disposition.ANSWERED
    return [
        func.count(),
        _counted(answered),
        func.sum(case((answered, c.talk_ms), else_=0)),
        func.sum(c.billed_s),
        func.coalesce(func.sum(c.charge_micros), 0),
        func.coalesce(func.sum(c.cost_micros), 0),
    ]


@dataclass(frozen=True)
class CallRows:
    """Rows of calls, staged or stored.

    Attributes:
        columns: Those of the calls.
        rows: The calls, joined to whatever the conditions need.
        which: The rows that count.
        invoice_id: The invoice that each row is on; none: on none.
    """

    columns: Columns
    rows: FromClause
    which: ColumnElement[bool]
    invoice_id: ColumnElement[int] | None = None

    @property
    def invoice(self) -> ColumnElement[int]:
        """The invoice that each row is on."""
        return literal(NOT_INVOICED) if self.invoice_id is None else self.invoice_id

    @property
    def customer(self) -> ColumnElement[int]:
        """The customer of each row, or nobody."""
        return func.coalesce(self.columns.customer_id, NOBODY)

    @property
    def rate_table(self) -> ColumnElement[int]:
        """The table of the rate that priced each row; of `with_rates`."""
        return func.coalesce(rates.c.rate_table_id, NO_RATE)

    def with_rates(self) -> FromClause:
        """Return the rows joined to the rates that priced them."""
        return self.rows.outerjoin(rates, rates.c.id == self.columns.rate_id)


def staged_customer_usage(conn: Connection, staged: CallRows) -> list[CustomerUsage]:
    """Return what staged calls add up to by day, customer and direction."""
    c = staged.columns
    keys = (c.day, staged.customer, c.direction, staged.invoice, staged.rate_table)
    query = (
        select(*keys, *customer_sums(c))
        .select_from(staged.with_rates())
        .where(staged.which)
        .group_by(*keys)
    )
    return [
        CustomerUsage(_date(row[0]), row[1], int(row[2]), tuple(row[5:]), row[3], row[4])
        for row in conn.execute(query)
    ]


def staged_destination_usage(conn: Connection, staged: CallRows) -> list[DestinationUsage]:
    """Return what staged calls add up to by day, destination and direction."""
    c, destination = staged.columns, place_or_none()
    query = (
        select(c.day, destination, c.direction, *destination_sums(c))
        .select_from(staged.with_rates())
        .where(staged.which)
        .group_by(c.day, destination, c.direction)
    )
    return [
        DestinationUsage(_date(row[0]), row[1], int(row[2]), tuple(row[3:]))
        for row in conn.execute(query)
    ]


def _date(days: int) -> date:
    return EPOCH_DAY + timedelta(days=days)


def stored_customer_usage(
    conn: Connection, period: Period, zone: ZoneInfo, stored: CallRows
) -> list[CustomerUsage]:
    """Return what stored calls of a period add up to by day, customer and direction.

    Args:
        conn: An open transaction.
        period: Days that count, in the tenant's zone.
        zone: The tenant's.
        stored: The calls that count.
    """
    keys = (stored.customer, stored.columns.direction, stored.invoice, stored.rate_table)
    found: list[CustomerUsage] = []
    for days in _stretches(period, zone):
        number = days.number(stored.columns.started_at)
        query = (
            select(number, *keys, *customer_sums(stored.columns))
            .select_from(stored.with_rates())
            .where(days.holds(stored.columns.started_at), stored.which)
            .group_by(number, *keys)
        )
        found += [
            CustomerUsage(days.day(row[0]), row[1], int(row[2]), tuple(row[5:]), row[3], row[4])
            for row in conn.execute(query)
        ]
    return found


def stored_destination_usage(
    conn: Connection, period: Period, zone: ZoneInfo, stored: CallRows
) -> list[DestinationUsage]:
    """Return what stored calls of a period add up to by day, destination and direction."""
    keys = (place_or_none(), stored.columns.direction)
    found: list[DestinationUsage] = []
    for days in _stretches(period, zone):
        number = days.number(stored.columns.started_at)
        query = (
            select(number, *keys, *destination_sums(stored.columns))
            .select_from(stored.with_rates())
            .where(days.holds(stored.columns.started_at), stored.which)
            .group_by(number, *keys)
        )
        found += [
            DestinationUsage(days.day(row[0]), row[1], int(row[2]), tuple(row[3:]))
            for row in conn.execute(query)
        ]
    return found


@dataclass(frozen=True)
class _Stretch:
    """Days of equal length that follow one another.

    Stores know no zones: between two changes of the clock a division tells the day.
    """

    first: date
    start: datetime
    each: timedelta
    end: datetime

    def holds(self, started_at: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Return the condition, by the calls' primary key, that a call is of one of the days."""
        return and_(started_at >= self.start, started_at < self.end)

    def number(self, started_at: ColumnElement[datetime]) -> ColumnElement[int]:
        """Return which of the days a call is of, from 0."""
        begins = (self.start - EPOCH) // _MS
        return (type_coerce(started_at, BigInteger) - begins) // (self.each // _MS)

    def day(self, number: int) -> date:
        """Return a day by its number."""
        return self.first + timedelta(days=number)


def _stretches(period: Period, zone: ZoneInfo) -> Iterator[_Stretch]:
    """Give the days of a period in as few stretches as the changes of the clock allow."""
    count = (period.last - period.first).days + 1
    starts = [day_start(period.first + timedelta(days=each), zone) for each in range(count + 1)]
    numbered = enumerate(after - start for start, after in pairwise(starts))
    for each, days in groupby(numbered, key=itemgetter(1)):
        numbers = [number for number, _ in days]
        if not each:
            continue  # a day that its zone left out (Apia, 2011-12-30)
        first = period.first + timedelta(days=numbers[0])
        yield _Stretch(first, starts[numbers[0]], each, starts[numbers[-1] + 1])
