"""What is owed: outstanding amounts of recorded invoices, their ageing and the tiles on them."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from data.domain.dashboard import Ageing
from data.domain.tiles import DraftsTile, UnpaidTile
from data.store.queries.conditions import (
    MOST_STATEMENTS,
    CustomerId,
    draft,
    of_customer,
    paid_by_invoice,
    unpaid,
)
from data.store.schema import invoices


def outstanding_by_due_date(
    conn: Connection, customer_id: CustomerId = None
) -> list[tuple[date, int, int]]:
    """Return due date, invoices and outstanding micros of what is unpaid, in date order.

    Unpaid: recorded, and the total above what was paid; a zero total is paid.
    """
    rows = conn.execute(_outstanding(customer_id))
    return [(due, count, int(micros)) for due, count, micros in rows]


@lru_cache(MOST_STATEMENTS)
def _outstanding(customer_id: CustomerId) -> Select[Any]:
    paid = paid_by_invoice()
    outstanding = invoices.c.total_micros - func.coalesce(paid.c.paid_micros, 0)
    return (
        select(invoices.c.due_date, func.count(), func.sum(outstanding))
        .select_from(invoices.outerjoin(paid, paid.c.invoice_id == invoices.c.id))
        .where(
            unpaid(outstanding),
            of_customer(invoices.c.customer_id, customer_id),
        )
        .group_by(invoices.c.due_date)
        .order_by(invoices.c.due_date)
    )


def ageing(owed: list[tuple[date, int, int]], today: date) -> Ageing:
    """Sort what is outstanding into buckets of whole days after the due date.

    The due date itself is not due.
    """
    buckets = [0, 0, 0, 0, 0]
    for due, _count, micros in owed:
        buckets[_bucket((today - due).days)] += micros
    return Ageing(*buckets)


def _bucket(days_late: int) -> int:
    bounds = (0, 30, 60, 90)
    return next((place for place, bound in enumerate(bounds) if days_late <= bound), len(bounds))


def unpaid_tile(owed: list[tuple[date, int, int]], today: date) -> UnpaidTile:
    """Return what is unpaid, and of it what is past its due date."""
    late = [row for row in owed if row[0] < today]
    return UnpaidTile(
        count=sum(count for _, count, _ in owed),
        outstanding_micros=sum(micros for _, _, micros in owed),
        overdue_micros=sum(micros for _, _, micros in late),
        overdue_count=sum(count for _, count, _ in late),
    )


def drafts_tile(conn: Connection, customer_id: CustomerId = None) -> DraftsTile:
    """Return the draft invoices that are not deleted."""
    count, total_micros, oldest = conn.execute(_drafts(customer_id)).one()
    return DraftsTile(count, int(total_micros), oldest)


@lru_cache(MOST_STATEMENTS)
def _drafts(customer_id: CustomerId) -> Select[Any]:
    return select(
        func.count(),
        func.coalesce(func.sum(invoices.c.total_micros), 0),
        func.min(invoices.c.created_at),
    ).where(
        draft(),
        of_customer(invoices.c.customer_id, customer_id),
    )
