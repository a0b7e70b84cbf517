"""What processing again found to differ from what recorded invoices say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, select, true

from data.domain.call_ids import CallId
from data.domain.differences import InvoicedDifference, Party
from data.domain.periods import Period
from data.domain.tenant import Tenant
from data.store.queries.call_invoices import held_by, invoice_spans
from data.store.queries.tenant import the_tenant
from data.store.schema import calls, customers, invoiced_differences, invoices

ROWS_AT_A_TIME = 1_000


@dataclass(frozen=True)
class DifferenceSums:
    """All differences together.

    Attributes:
        calls: How many calls differ.
        moved_micros: What they would be charged less what they were.
        customer_moved: How many of them would have another customer, or none.
    """

    calls: int
    moved_micros: int
    customer_moved: int


def invoiced_differences_of(
    conn: Connection, file_ids: Sequence[int] = ()
) -> Iterator[InvoicedDifference]:
    """Give the calls that differ from their invoices, by start; all files' unless some are named.

    A call is listed while it stays as it was invoiced; it is no longer once its file is processed
    again and it agrees, or its invoice was taken back before that.
    """
    tenant, which = the_tenant(conn), _of_files(file_ids)
    period = _period(conn, which, tenant)
    if period is None:
        return
    query = _query(period, tenant).where(which)
    with conn.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME}) as rows:
        for row in rows:
            yield _difference(row, tenant)


def difference_sums(conn: Connection, file_ids: Sequence[int] = ()) -> DifferenceSums:
    """Return what the differences come to; all files' unless some are named."""
    now = invoiced_differences.c
    moved = func.coalesce(now.charge_micros, 0) - func.coalesce(calls.c.charge_micros, 0)
    elsewhere = now.customer_id.is_distinct_from(calls.c.customer_id)
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(moved), 0),
            func.coalesce(func.sum(case((elsewhere, 1), else_=0)), 0),
        )
        .join_from(invoiced_differences, calls, _same_call())
        .where(_of_files(file_ids))
    )
    return DifferenceSums(*conn.execute(query).one())


def _of_files(file_ids: Sequence[int]) -> ColumnElement[bool]:
    return invoiced_differences.c.file_id.in_(file_ids) if file_ids else true()


def _same_call() -> ColumnElement[bool]:
    now = invoiced_differences.c
    return (calls.c.started_at == now.started_at) & (calls.c.call_key == now.call_key)


def _period(conn: Connection, which: ColumnElement[bool], tenant: Tenant) -> Period | None:
    at = invoiced_differences.c.started_at
    first, last = conn.execute(select(func.min(at), func.max(at)).where(which)).one()
    if first is None:
        return None
    return Period(first.astimezone(tenant.zone).date(), last.astimezone(tenant.zone).date())


def _query(period: Period, tenant: Tenant) -> Select[Any]:
    now, later = invoiced_differences.c, customers.alias("customers_now")
    spans = invoice_spans(period, tenant.zone)
    return (
        select(
            now.started_at,
            now.call_key,
            now.file_id,
            calls.c.line,
            calls.c.calling_number,
            calls.c.called_number,
            invoices.c.number.label("invoice"),
            customers.c.custid,
            customers.c.company,
            calls.c.charge_micros,
            later.c.custid.label("custid_now"),
            later.c.company.label("company_now"),
            now.match_state,
            now.rate_state,
            now.charge_micros.label("charge_now"),
            now.line_now,
        )
        .join_from(invoiced_differences, calls, _same_call())
        .outerjoin(spans, held_by(spans))
        .outerjoin(invoices, invoices.c.id == spans.c.invoice_id)
        .join(customers, customers.c.id == calls.c.customer_id)
        .outerjoin(later, later.c.id == now.customer_id)
        .order_by(now.started_at, now.call_key)
    )


def _difference(row: Row[Any], tenant: Tenant) -> InvoicedDifference:
    later = row.custid_now
    return InvoicedDifference(
        call=CallId(row.started_at, row.call_key),
        file_id=row.file_id,
        line=row.line,
        started_local=row.started_at.astimezone(tenant.zone),
        calling_number=row.calling_number,
        called_number=row.called_number,
        invoice=row.invoice or "",
        customer=Party(row.custid, row.company),
        charge_micros=row.charge_micros or 0,
        customer_now=None if later is None else Party(later, row.company_now),
        match_state_now=row.match_state,
        rate_state_now=row.rate_state,
        charge_now_micros=row.charge_now,
        line_now=row.line_now or "",
    )
