"""Which invoice a call is on: found by customer, day and load, never written to the call.

A call is on the invoice whose rectangle holds it; calls without a price are on none.
Source: data.domain.coverage.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    and_,
    case,
    column,
    func,
    literal,
    select,
    values,
)

from data.domain.periods import Period, day_start
from data.domain.records import RateState
from data.store.schema import calls, invoice_coverage, invoices
from data.store.types import Instant

BILLABLE = (RateState.NOT_NEEDED, RateState.RATED)
"""Calls that an invoice takes; an unrated or blocked one stays on none."""


def covered(conn: Connection, period: Period) -> Period:
    """Return the days of a period that invoices can take, or its first one.

    A call of a clock that stood wrong makes periods of decades, in which no invoice is.
    """
    cover = invoice_coverage.c
    first, last = conn.execute(select(func.min(cover.from_day), func.max(cover.to_day))).one()
    if first is None or last < period.first or first > period.last:
        return Period(period.first, period.first)
    return Period(max(first, period.first), min(last, period.last))


def invoice_spans(period: Period, zone: ZoneInfo, *, invoice_id: int | None = None) -> CTE:
    """Return the rectangles of live invoices, cut to a period, with instants for days.

    Columns: invoice_id, customer_id, from_at, to_at (half open), after_version, upto_version.
    Stores know no zones, so the days of the period come along as a table of their instants.
    """
    cover = invoice_coverage.c
    days = _days(period, zone)
    first, last = days.alias("first_day"), days.alias("last_day")
    from_day = case((cover.from_day < period.first, _day(period.first)), else_=cover.from_day)
    to_day = case((cover.to_day > period.last, _day(period.last)), else_=cover.to_day)
    query = (
        select(
            cover.invoice_id,
            cover.customer_id,
            first.c.from_at,
            last.c.to_at,
            cover.after_version,
            cover.upto_version,
        )
        .select_from(
            invoice_coverage.join(invoices, invoices.c.id == cover.invoice_id)
            .join(first, first.c.day == from_day)
            .join(last, last.c.day == to_day)
        )
        .where(
            invoices.c.deleted_at.is_(None),
            cover.from_day <= period.last,
            cover.to_day >= period.first,
        )
    )
    if invoice_id is not None:
        query = query.where(cover.invoice_id == invoice_id)
    return query.cte("spans")


def _day(day: date) -> ColumnElement[date]:
    return literal(day, Date)


def _days(period: Period, zone: ZoneInfo) -> CTE:
    """Return day, from_at, to_at of every day in a period."""
    length = (period.last - period.first).days + 1
    days = [period.first + timedelta(days=offset) for offset in range(length)]
    starts = [day_start(day, zone) for day in (*days, period.last + timedelta(days=1))]
    rows: list[tuple[date, datetime, datetime]] = list(
        zip(days, starts[:-1], starts[1:], strict=True)
    )
    names = (column("day", Date), column("from_at", Instant), column("to_at", Instant))
    return values(*names).data(rows).cte("days")


def held_by(spans: CTE) -> ColumnElement[bool]:
    """Return the condition that a rectangle holds a call; at most one does."""
    return and_(
        spans.c.customer_id == calls.c.customer_id,
        calls.c.started_at >= spans.c.from_at,
        calls.c.started_at < spans.c.to_at,
        calls.c.load_version > spans.c.after_version,
        calls.c.load_version <= spans.c.upto_version,
        calls.c.rate_state.in_(BILLABLE),
    )
