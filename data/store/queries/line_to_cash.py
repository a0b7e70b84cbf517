"""From line to cash: what became of every line of a period, and of the money in it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, bindparam, func, select

from data.domain.balances import paid_part
from data.domain.dashboard import LineToCash
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.domain.usage import NOT_INVOICED
from data.store.queries.conditions import (
    MOST_STATEMENTS,
    CustomerId,
    billed_calls,
    by_period,
    file_kept,
    of_customer,
    paid_on_invoice,
)
from data.store.queries.day_usage import usage_by_days
from data.store.schema import cdr_files, duplicates_by_day, invoices, usage_by_customer

_OF_FILES = select(
    func.coalesce(func.sum(cdr_files.c.rejected), 0),
    func.coalesce(func.sum(cdr_files.c.ignored), 0),
).where(
    cdr_files.c.received_at >= bindparam("start"),
    cdr_files.c.received_at < bindparam("end"),
    file_kept(),
)
_DUPLICATES = select(func.coalesce(func.sum(duplicates_by_day.c.lines), 0)).where(
    duplicates_by_day.c.day.between(bindparam("first"), bindparam("last"))
)


@dataclass(frozen=True)
class _Invoiced:
    """What invoices took of a period's calls; included minutes on drafts too, all else recorded."""

    plan: int = 0
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
    usage = usage_by_days(conn, period, customer_id)
    invoiced = _invoiced(conn, period, today, customer_id)
    rejected, ignored, duplicate = (
        (0, 0, 0) if customer_id is not None else _other_lines(conn, period, zone)
    )
    calls, nobody = sum(day.calls for day in usage), sum(day.nobody for day in usage)
    contested, unrated = sum(day.contested for day in usage), sum(day.unrated for day in usage)
    charge = sum(day.charge_micros for day in usage)
    return LineToCash(
        period=period,
        lines=calls + rejected + ignored + duplicate,
        rejected=rejected,
        duplicate=duplicate,
        ignored=ignored,
        calls=calls,
        talk_s=sum(day.talk_ms for day in usage) // 1000,
        matched=calls - nobody,
        unmatched=nobody - contested,
        contested=contested,
        priced=calls - nobody - unrated,
        unrated=unrated,
        invoiced_calls=invoiced.calls,
        paid_calls=invoiced.paid_calls,
        charge=charge,
        plan=invoiced.plan,
        invoiced=invoiced.net,
        unbilled=charge - invoiced.plan - invoiced.net,
        paid=invoiced.paid,
        outstanding=invoiced.net - invoiced.paid,
        overdue=invoiced.overdue,
    )


def _other_lines(conn: Connection, period: Period, zone: ZoneInfo) -> tuple[int, int, int]:
    start, end = period.instants(zone)
    rejected, ignored = conn.execute(_OF_FILES, {"start": start, "end": end}).one()
    duplicate = conn.execute(_DUPLICATES, _asked(period)).scalar_one()
    return int(rejected), int(ignored), int(duplicate)


def _invoiced(conn: Connection, period: Period, today: date, customer_id: CustomerId) -> _Invoiced:
    whole = _Invoiced()
    for row in conn.execute(_by_invoice(customer_id), _asked(period)):
        whole = replace(whole, plan=whole.plan + int(row.plan))
        if row.status != InvoiceStatus.RECORDED:
            continue
        net, calls = int(row.net), int(row.calls)
        share = paid_part(net, paid_micros=int(row.paid), total_micros=int(row.total_micros))
        settled = int(row.paid) >= int(row.total_micros)
        whole = _Invoiced(
            plan=whole.plan,
            calls=whole.calls + calls,
            paid_calls=whole.paid_calls + (calls if settled else 0),
            net=whole.net + net,
            paid=whole.paid + share,
            overdue=whole.overdue + (net - share if row.due_date < today else 0),
        )
    return whole


def _asked(period: Period) -> dict[str, date]:
    return {"first": period.first, "last": period.last}


@lru_cache(MOST_STATEMENTS)
def _by_invoice(customer_id: CustomerId) -> Select[Any]:
    """Ask what each invoice, drafts too, takes of a period's calls, and what is paid on it."""
    rollup = usage_by_customer.c
    which = by_period(rollup.invoice_id)
    billed = (
        select(
            which,
            billed_calls().label("calls"),
            func.sum(rollup.charge_micros - rollup.plan_micros).label("net"),
            func.sum(rollup.plan_micros).label("plan"),
        )
        .where(
            rollup.invoice_id != NOT_INVOICED,
            rollup.day.between(bindparam("first"), bindparam("last")),
            of_customer(rollup.customer_id, customer_id),
        )
        .group_by(which)
        .subquery()
    )
    paid = paid_on_invoice().label("paid")
    return select(
        *(billed.c.calls, billed.c.net, billed.c.plan, paid),
        *(invoices.c.status, invoices.c.total_micros, invoices.c.due_date),
    ).select_from(billed.join(invoices, invoices.c.id == billed.c.invoice_id))
