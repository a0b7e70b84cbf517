"""What rows of calls add up to, computed from the rows: the reference of the rollups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    func,
    literal,
    select,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from data.domain.periods import Period, day_start
from data.domain.records import Disposition, MatchState, RateState
from data.domain.usage import NO_RATE, NOBODY, NOT_INVOICED, CustomerUsage, DestinationUsage
from data.store.schema import rates

EPOCH_DAY = date(1970, 1, 1)
Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def customer_sums(c: Columns) -> list[ColumnElement[Any]]:
    """Return the sums of `CUSTOMER_SUMS` over rows of calls, staged or stored."""
    answered = c.disposition == Disposition.ANSWERED
    return [
        func.count(),
        _counted(c.match_state == MatchState.CONTESTED),
        _counted(answered),
        _counted(c.disposition.in_([Disposition.NO_ANSWER, Disposition.CANCELLED])),
        _counted(c.disposition == Disposition.BUSY),
        _counted(c.disposition.in_([Disposition.FAILED, Disposition.CONGESTION])),
        _counted(c.rate_state == RateState.RATED),
        _counted(c.rate_state.in_([RateState.UNRATED, RateState.BLOCKED])),
        _counted(and_(answered, c.cost_micros.is_(None))),
        func.sum(case((answered, c.talk_ms), else_=0)),
        func.sum(c.billed_s),
        func.coalesce(func.sum(c.charge_micros), 0),
        func.coalesce(func.sum(c.cost_micros), 0),
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
    c, destination = staged.columns, func.coalesce(rates.c.destination, "")
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
    for day, of_day in _days(period, zone, stored.columns.started_at):
        query = (
            select(*keys, *customer_sums(stored.columns))
            .select_from(stored.with_rates())
            .where(of_day, stored.which)
            .group_by(*keys)
        )
        found += [
            CustomerUsage(day, row[0], int(row[1]), tuple(row[4:]), row[2], row[3])
            for row in conn.execute(query)
        ]
    return found


def stored_destination_usage(
    conn: Connection, period: Period, zone: ZoneInfo, stored: CallRows
) -> list[DestinationUsage]:
    """Return what stored calls of a period add up to by day, destination and direction."""
    destination = func.coalesce(rates.c.destination, "")
    found: list[DestinationUsage] = []
    for day, of_day in _days(period, zone, stored.columns.started_at):
        query = (
            select(destination, stored.columns.direction, *destination_sums(stored.columns))
            .select_from(stored.with_rates())
            .where(of_day, stored.which)
            .group_by(destination, stored.columns.direction)
        )
        found += [
            DestinationUsage(day, row[0], int(row[1]), tuple(row[2:]))
            for row in conn.execute(query)
        ]
    return found


def _days(
    period: Period, zone: ZoneInfo, started_at: ColumnElement[datetime]
) -> Iterator[tuple[date, ColumnElement[bool]]]:
    """Give each day with the condition, by the calls' primary key, that a call is of it."""
    for number in range((period.last - period.first).days + 1):
        day = period.first + timedelta(days=number)
        start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
        yield day, and_(started_at >= start, started_at < end)
