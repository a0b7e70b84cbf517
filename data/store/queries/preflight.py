"""What a bill run would leave out, and what was billed before it."""

from datetime import date

from sqlalchemy import Connection, func, select

from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.preflight import Billing, LeftOut
from data.domain.records import FileStatus
from data.domain.tenant import Tenant
from data.domain.usage import NOBODY
from data.store.queries.billable import after_start
from data.store.queries.retention import calls_expired_before
from data.store.schema import cdr_files, customers, invoices, usage_by_customer

SHOWN = 10


def left_out(conn: Connection, run: BillRun, tenant: Tenant) -> LeftOut:
    """Return what will be on no invoice of a run; calls that retention took are past helping."""
    usage = usage_by_customer.c
    kept_from = calls_expired_before(conn) or date.min
    nobodys = select(
        func.coalesce(func.sum(usage.calls), 0), func.coalesce(func.sum(usage.contested), 0)
    ).where(
        usage.customer_id == NOBODY,
        usage.day <= run.period.last,
        usage.day >= max(tenant.billing_start or date.min, kept_from),
    )
    calls, contested = conn.execute(nobodys).one()
    unrated = func.sum(usage.unrated)
    by_customer = (
        select(customers.c.custid, unrated)
        .join_from(usage_by_customer, customers, customers.c.id == usage.customer_id)
        .where(
            usage.unrated > 0,  # whatever invoice their row is on: they are on none
            usage.day <= run.period.last,
            usage.day >= kept_from,
            after_start(tenant.billing_start),
        )
        .group_by(customers.c.custid)
        .order_by(unrated.desc(), customers.c.custid)
    )
    lacking = [
        (custid, count)
        for custid, count in conn.execute(by_customer)
        if not run.custids or custid in run.custids
    ]
    since, _ = run.period.instants(tenant.zone)
    in_error = select(func.count()).where(
        cdr_files.c.status == FileStatus.ERROR,
        cdr_files.c.dismissed_at.is_(None),
        cdr_files.c.received_at >= since,
    )
    waiting = select(func.count()).where(
        cdr_files.c.status.in_([FileStatus.WAITING, FileStatus.PROCESSING])
    )
    return LeftOut(
        to=run.period.last,
        unmatched=calls - contested,
        contested=contested,
        unrated=sum(count for _, count in lacking),
        unrated_custids=tuple(custid for custid, _ in lacking[:SHOWN]),
        files_error=conn.execute(in_error).scalar_one(),
        files_waiting=conn.execute(waiting).scalar_one(),
    )


def previous_period(conn: Connection, run: BillRun) -> Period | None:
    """Return the latest period billed that began before a run's, or none."""
    query = (
        select(invoices.c.from_day, invoices.c.to_day)
        .where(invoices.c.deleted_at.is_(None), invoices.c.from_day < run.period.first)
        .order_by(invoices.c.from_day.desc(), invoices.c.to_day.desc(), invoices.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Period(row.from_day, row.to_day)


def billings(conn: Connection, period: Period) -> list[Billing]:
    """Return what each customer was billed for a period, drafts too, by number."""
    query = (
        select(customers.c.custid, func.sum(invoices.c.total_micros))
        .join_from(invoices, customers)
        .where(
            invoices.c.deleted_at.is_(None),
            invoices.c.from_day == period.first,
            invoices.c.to_day == period.last,
        )
        .group_by(customers.c.custid)
        .order_by(customers.c.custid)
    )
    return [Billing(custid, total) for custid, total in conn.execute(query)]
