"""How far back the store keeps calls, and what is old enough to go."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, not_, or_, select, true

from data.domain.periods import day_start
from data.domain.records import FileStatus
from data.domain.retention import GivenUp, Hold
from data.domain.usage import NOBODY, NOT_INVOICED
from data.store.queries.conditions import not_recorded, recorded
from data.store.queries.settings import setting
from data.store.queries.tenant import the_tenant
from data.store.schema import (
    calls,
    cdr_files,
    customers,
    deliveries,
    growing_offsets,
    invoices,
    tenant,
    usage_by_customer,
)

CALLS_EXPIRED = "calls_expired_before"
"""Under this key stands the first day whose calls are kept; none while all are."""
MOST_NAMED = 3
"""Customers that are named of those whose calls hold a day."""
_USAGE = usage_by_customer.outerjoin(
    customers, customers.c.id == usage_by_customer.c.customer_id
).outerjoin(invoices, invoices.c.id == usage_by_customer.c.invoice_id)


def calls_expired_before(conn: Connection) -> date | None:
    """Return the first day whose calls are kept, in the tenant's zone; none while all are."""
    kept = setting(conn, CALLS_EXPIRED)
    return None if kept is None else date.fromisoformat(kept)


def oldest_hold(
    conn: Connection, since: date | None, before: date, given_up: GivenUp
) -> Hold | None:
    """Return the oldest day that has calls which are not settled; none: none has.

    Settled is: on a recorded invoice, or never to be invoiced (unanswered, free, from before the
    customer's billing start, or worth too little for an invoice when one was made). An answered
    call without a price is on no invoice, though the rollup row that counts it may be: rows go
    over whole, with the calls of their day.

    Args:
        conn: An open transaction.
        since: The first day whose calls are kept; none: all are.
        before: The first day that is not looked at.
        given_up: Calls that hold nothing.
    """
    usage = usage_by_customer.c
    parts = _holding(conn, given_up)
    counts = [func.coalesce(func.sum(case((which, count), else_=0)), 0) for which, count in parts]
    holds = or_(*(and_(which, count > 0) for which, count in parts))
    query = (
        select(usage.day, *counts)
        .select_from(_USAGE)
        .where(usage.day >= (since or date.min), usage.day < before, holds)
        .group_by(usage.day)
        .order_by(usage.day)
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    whose = (
        select(customers.c.custid, customers.c.deleted_at)
        .select_from(_USAGE)
        .where(usage.day == row[0], holds, customers.c.custid.is_not(None))
        .distinct()
        .order_by(customers.c.custid)
        .limit(MOST_NAMED)
    )
    day, uninvoiced, unpriced, unclaimed = row
    return Hold(
        day=day,
        uninvoiced=int(uninvoiced),
        unpriced=int(unpriced),
        unclaimed=int(unclaimed),
        custids=tuple(
            custid if deleted_at is None else f"{custid} (deleted; import it again to bill it)"
            for custid, deleted_at in conn.execute(whose)
        ),
    )


def _holding(
    conn: Connection, given_up: GivenUp
) -> list[tuple[ColumnElement[bool], ColumnElement[int]]]:
    """Return which rollup rows hold, and how many of their calls do, by kind."""
    usage = usage_by_customer.c
    begins = func.coalesce(
        customers.c.billing_start, select(tenant.c.billing_start).scalar_subquery()
    )
    of_customer = and_(usage.customer_id != NOBODY, or_(begins.is_(None), usage.day >= begins))
    owed = and_(not_recorded(), usage.charge_micros > 0, not_(_too_little(conn)))
    return [
        (and_(of_customer, owed), usage.rated),
        (false() if given_up.unpriced else of_customer, usage.unrated),
        (
            false() if given_up.unclaimed else usage.customer_id == NOBODY,
            usage.rated + usage.unrated,
        ),
    ]


def _too_little(conn: Connection) -> ColumnElement[bool]:
    """Return the condition that all that a customer's calls on no invoice cost rounds to nothing.

    Up to the last day that invoices bill: bill runs went over those and made none of it. The sums
    stay, and count when the customer's next calls make an amount of them.
    """
    usage = usage_by_customer.c
    last = conn.execute(
        select(func.max(invoices.c.to_day)).where(recorded(), invoices.c.external.is_(False))
    ).scalar_one()
    if last is None:
        return false()
    gone_over = and_(usage.invoice_id == NOT_INVOICED, usage.day <= last)
    smallest = 10 ** (6 - the_tenant(conn).minor_digits)
    customers_of_little = (
        select(usage.customer_id)
        .where(gone_over)
        .group_by(usage.customer_id)
        .having(2 * func.sum(usage.charge_micros) < smallest)
    )
    return and_(gone_over, usage.customer_id.in_(customers_of_little))


def oldest_call_day(conn: Connection, zone: ZoneInfo) -> date | None:
    """Return the day of the oldest call; none without calls."""
    oldest = conn.execute(select(func.min(calls.c.started_at))).scalar_one()
    return None if oldest is None else oldest.astimezone(zone).date()


def last_call_day(conn: Connection, before: date, zone: ZoneInfo) -> date | None:
    """Return the last day with a call before another; none: none has."""
    query = select(func.max(calls.c.started_at)).where(calls.c.started_at < day_start(before, zone))
    last = conn.execute(query).scalar_one()
    return None if last is None else last.astimezone(zone).date()


def calls_before_day(conn: Connection, before: date, zone: ZoneInfo) -> int:
    """Return how many calls began before a day."""
    query = select(func.count()).where(calls.c.started_at < day_start(before, zone))
    return int(conn.execute(query).scalar_one())


@dataclass(frozen=True)
class OldFile:
    """An archived file that may go.

    Attributes:
        id: Its number.
        location: Where it lies.
        stored_bytes: Its size.
    """

    id: int
    location: str
    stored_bytes: int


def old_files(
    conn: Connection, received_before: datetime, settled_before: datetime | None
) -> list[OldFile]:
    """Return the archived files that may go, by number.

    Files in error stay until they are dismissed, for their lines are nowhere else; so do files
    with calls that are not settled, for they may have to be processed again.

    Args:
        conn: An open transaction.
        received_before: Those that were delivered later, for the last time, are too young.
        settled_before: Calls from then on may not be settled; none: all are.
    """
    file = cdr_files.c
    done = or_(file.status == FileStatus.SUCCESS, file.dismissed_at.is_not(None))
    settled: ColumnElement[bool] = true()
    if settled_before is not None:
        settled = or_(file.last_call_at.is_(None), file.last_call_at < settled_before)
    growing = select(growing_offsets.c.file_id)
    again = select(func.max(deliveries.c.received_at)).where(deliveries.c.file_id == file.id)
    query = (
        select(file.id, file.location, file.stored_bytes)
        .where(
            func.coalesce(again.scalar_subquery(), file.received_at) < received_before,
            file.expired_at.is_(None),
            done,
            settled,
            file.id.not_in(growing),
        )
        .order_by(file.id)
    )
    return [OldFile(*row) for row in conn.execute(query)]


def leftover_locations(conn: Connection) -> list[str]:
    """Return where the files lay that retention took off the books, by number."""
    query = (
        select(cdr_files.c.location)
        .where(cdr_files.c.expired_at.is_not(None))
        .order_by(cdr_files.c.id)
    )
    return list(conn.execute(query).scalars())
