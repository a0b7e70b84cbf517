"""From line to cash: what became of every line of a period, and of the money in it."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from data.domain.balances import paid_part
from data.domain.periods import Period
from data.domain.records import LineToCash
from data.store.queries.conditions import (
    CustomerId,
    billed_calls,
    by_period,
    file_kept,
    of_customer,
    paid_by_invoice,
    recorded,
)
from data.store.schema import (
    NOBODY,
    NOT_INVOICED,
    cdr_files,
    duplicates_by_day,
    invoices,
    usage_by_customer,
)


@dataclass(frozen=True)
class _Usage:
    calls: int
    contested: int
    nobody: int
    unrated: int
    talk_ms: int
    charge: int
    plan: int


@dataclass(frozen=True)
class _Invoiced:
    calls: int = 0
    paid_calls: int = 0
    net: int = 0
    paid: int = 0
    overdue: int = 0


def line_to_cash(
    conn: Connection, period: Period, zone: ZoneInfo, today: date, customer_id: CustomerId = None
) -> LineToCash:
    """Return the whole way for a period.

    Loaded and duplicate lines count on the day of their call, rejected and ignored ones on the day
    their file was received. Amounts are net charges of the calls: charge = plan + invoiced +
    unbilled, invoiced = paid + outstanding. For one customer, lines that became no call of
    theirs are left out, because they are nobody's.

    Source: PRODUCT.md 3.4.
    """
    usage = _usage(conn, period, customer_id)
    invoiced = _invoiced(conn, period, today, customer_id)
    rejected, ignored, duplicate = (
        (0, 0, 0) if customer_id is not None else _other_lines(conn, period, zone)
    )
    matched = usage.calls - usage.nobody
    return LineToCash(
        period=period,
        lines=usage.calls + rejected + ignored + duplicate,
        rejected=rejected,
        duplicate=duplicate,
        ignored=ignored,
        calls=usage.calls,
        talk_s=usage.talk_ms // 1000,
        matched=matched,
        unmatched=usage.nobody - usage.contested,
        contested=usage.contested,
        priced=matched - usage.unrated,
        unrated=usage.unrated,
        invoiced_calls=invoiced.calls,
        paid_calls=invoiced.paid_calls,
        charge=usage.charge,
        plan=usage.plan,
        invoiced=invoiced.net,
        unbilled=usage.charge - usage.plan - invoiced.net,
        paid=invoiced.paid,
        outstanding=invoiced.net - invoiced.paid,
        overdue=invoiced.overdue,
    )


def _usage(conn: Connection, period: Period, customer_id: CustomerId) -> _Usage:
    rollup = usage_by_customer.c
    nobody = case((rollup.customer_id == NOBODY, rollup.calls), else_=0)
    unrated = case((rollup.customer_id != NOBODY, rollup.unrated), else_=0)
    sums = (
        rollup.calls,
        rollup.contested,
        nobody,
        unrated,
        rollup.talk_ms,
        rollup.charge_micros,
        rollup.plan_micros,
    )
    query = select(*(func.coalesce(func.sum(column), 0) for column in sums)).where(
        rollup.day.between(period.first, period.last),
        of_customer(rollup.customer_id, customer_id),
    )
    return _Usage(*(int(value) for value in conn.execute(query).one()))


def _other_lines(conn: Connection, period: Period, zone: ZoneInfo) -> tuple[int, int, int]:
    start, end = period.instants(zone)
    of_files = select(
        func.coalesce(func.sum(cdr_files.c.rejected), 0),
        func.coalesce(func.sum(cdr_files.c.ignored), 0),
    ).where(
        cdr_files.c.received_at >= start,
        cdr_files.c.received_at < end,
        file_kept(),
    )
    rejected, ignored = conn.execute(of_files).one()
    of_days = select(func.coalesce(func.sum(duplicates_by_day.c.lines), 0)).where(
        duplicates_by_day.c.day.between(period.first, period.last)
    )
    return int(rejected), int(ignored), int(conn.execute(of_days).scalar_one())


def _invoiced(conn: Connection, period: Period, today: date, customer_id: CustomerId) -> _Invoiced:
    rollup = usage_by_customer.c
    paid = paid_by_invoice()
    which = by_period(rollup.invoice_id)
    billed = (
        select(
            which,
            billed_calls().label("calls"),
            func.sum(rollup.charge_micros - rollup.plan_micros).label("net"),
        )
        .where(
            rollup.invoice_id != NOT_INVOICED,
            rollup.day.between(period.first, period.last),
            of_customer(rollup.customer_id, customer_id),
        )
        .group_by(which)
        .subquery()
    )
    query = (
        select(
            billed.c.calls,
            billed.c.net,
            invoices.c.total_micros,
            func.coalesce(paid.c.paid_micros, 0).label("paid"),
            invoices.c.due_date,
        )
        .select_from(
            billed.join(invoices, invoices.c.id == billed.c.invoice_id).outerjoin(
                paid, paid.c.invoice_id == invoices.c.id
            )
        )
        .where(recorded())
    )
    whole = _Invoiced()
    for row in conn.execute(query):
        net = int(row.net)
        share = paid_part(net, paid_micros=int(row.paid), total_micros=int(row.total_micros))
        settled = int(row.paid) >= int(row.total_micros)
        whole = _Invoiced(
            calls=whole.calls + int(row.calls),
            paid_calls=whole.paid_calls + (int(row.calls) if settled else 0),
            net=whole.net + net,
            paid=whole.paid + share,
            overdue=whole.overdue + (net - share if row.due_date < today else 0),
        )
    return whole
