"""What a bill run reads: customers to bill, their calls on no invoice, fees and charges due."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, or_, select

from data.domain.books import Billed, TableUsage
from data.domain.coverage import Coverage
from data.domain.invoicing import LineKind, Plan, PlanMonth, Tax, Usage
from data.domain.periods import Period
from data.domain.usage import NOT_INVOICED
from data.store.schema import (
    customers,
    data_version,
    invoice_coverage,
    invoice_lines,
    invoices,
    plan_destinations,
    plans,
    rate_tables,
    taxes,
    usage_by_customer,
)


def current_version(conn: Connection) -> int:
    """Return the data version that this transaction sees."""
    version: int = conn.execute(select(data_version.c.version)).scalar_one()
    return version


def billed_customers(conn: Connection, custids: Collection[str] = ()) -> list[Billed]:
    """Return the customers that can be invoiced, by number; providers never are.

    Args:
        conn: An open transaction.
        custids: Only these; empty: all.
    """
    query = (
        select(
            customers.c.id,
            customers.c.custid,
            func.coalesce(customers.c.rate_table_id, 0),
            customers.c.tax_category_id,
            customers.c.plan_id,
            customers.c.billing_start,
        )
        .where(customers.c.deleted_at.is_(None), customers.c.provider.is_(False))
        .order_by(customers.c.custid)
    )
    found = [Billed(*row) for row in conn.execute(query)]
    return [customer for customer in found if not custids or customer.custid in custids]


def unbilled_usage(conn: Connection, period: Period, tenant_start: date | None) -> list[TableUsage]:
    """Return the calls on no invoice up to the period's end, by customer and rate table.

    Calls before the billing start (the customer's, else the tenant's) are left out.
    """
    usage = usage_by_customer.c
    late = (usage.day < period.first).label("late")
    query = (
        select(
            usage.customer_id,
            usage.rate_table_id,
            late,
            func.sum(usage.rated),
            func.sum(usage.billed_s),
            func.sum(usage.charge_micros),
            func.min(usage.day),
        )
        .join(customers, customers.c.id == usage.customer_id)
        .where(
            usage.invoice_id == NOT_INVOICED, usage.day <= period.last, after_start(tenant_start)
        )
        .group_by(usage.customer_id, usage.rate_table_id, late)
        .order_by(usage.customer_id, usage.rate_table_id, late)
    )
    return [
        TableUsage(customer, table, is_late, Usage(calls, billed_s, charge), first)
        for customer, table, is_late, calls, billed_s, charge, first in conn.execute(query)
    ]


def after_start(tenant_start: date | None) -> ColumnElement[bool]:
    """Return what holds for usage from its customer's billing start on, else the tenant's."""
    start = (
        customers.c.billing_start
        if tenant_start is None
        else func.coalesce(customers.c.billing_start, tenant_start)
    )
    return or_(start.is_(None), usage_by_customer.c.day >= start)


def table_names(conn: Connection) -> dict[int, str]:
    """Return the names of the rate tables by id."""
    return dict(conn.execute(select(rate_tables.c.id, rate_tables.c.name)).all())


def taxes_by_category(conn: Connection) -> dict[int, list[Tax]]:
    """Return each category's taxes in the order in which they stack."""
    query = select(
        taxes.c.tax_category_id,
        taxes.c.name,
        taxes.c.rate_ppm,
        taxes.c.amount_micros,
        taxes.c.cap_micros,
        taxes.c.stacked,
    ).order_by(taxes.c.tax_category_id, taxes.c.position)
    found: dict[int, list[Tax]] = {}
    for category, *tax in conn.execute(query):
        found.setdefault(category, []).append(Tax(*tax))
    return found


def plans_by_id(conn: Connection) -> dict[int, Plan]:
    """Return every plan with its destinations."""
    patterns: dict[int, list[str]] = {}
    query = select(plan_destinations.c.plan_id, plan_destinations.c.pattern).order_by(
        plan_destinations.c.plan_id, plan_destinations.c.pattern
    )
    for plan_id, pattern in conn.execute(query):
        patterns.setdefault(plan_id, []).append(pattern)
    rows = conn.execute(
        select(plans.c.id, plans.c.name, plans.c.monthly_fee_micros, plans.c.included_s)
    )
    return {
        row.id: Plan(
            id=row.id,
            name=row.name,
            monthly_fee_micros=row.monthly_fee_micros,
            included_s=row.included_s,
            destinations=tuple(patterns.get(row.id, ())),
        )
        for row in rows
    }


def _live_lines(kind: LineKind, *columns: Column[Any]) -> Select[Any]:
    return (
        select(invoices.c.customer_id, *columns)
        .join_from(invoice_lines, invoices)
        .where(invoices.c.deleted_at.is_(None), invoice_lines.c.kind == kind)
        .order_by(invoices.c.customer_id, invoice_lines.c.from_day, invoice_lines.c.invoice_id)
    )


def plan_months_billed(conn: Connection) -> dict[int, list[PlanMonth]]:
    """Return the months whose plan fee is on a live invoice, by customer."""
    line = invoice_lines.c
    rows = _live_lines(
        LineKind.PLAN, line.from_day, line.to_day, line.included_s, line.destinations
    )
    found: dict[int, list[PlanMonth]] = {}
    for customer, first, last, included_s, destinations in conn.execute(rows):
        month = PlanMonth(Period(first, last), included_s, destinations)
        found.setdefault(customer, []).append(month)
    return found


def invoiced_periods(conn: Connection) -> dict[int, list[Period]]:
    """Return the days that live invoices bill, by customer."""
    invoice = invoices.c
    query = (
        select(invoice.customer_id, invoice.from_day, invoice.to_day)
        .where(invoice.deleted_at.is_(None), invoice.from_day.is_not(None))
        .order_by(invoice.customer_id, invoice.from_day, invoice.id)
    )
    found: dict[int, list[Period]] = {}
    for customer, first, last in conn.execute(query):
        found.setdefault(customer, []).append(Period(first, last))
    return found


def included_used(conn: Connection) -> dict[tuple[int, date], int]:
    """Return included seconds used on live invoices, by customer and first day of the month."""
    query = (
        select(
            invoices.c.customer_id,
            invoice_lines.c.from_day,
            func.sum(invoice_lines.c.billed_s),
        )
        .join_from(invoice_lines, invoices)
        .where(invoices.c.deleted_at.is_(None), invoice_lines.c.kind == LineKind.INCLUDED)
        .group_by(invoices.c.customer_id, invoice_lines.c.from_day)
        .order_by(invoices.c.customer_id, invoice_lines.c.from_day)
    )
    return {(customer, first): used for customer, first, used in conn.execute(query)}


def charges_billed(conn: Connection) -> set[tuple[int, date]]:
    """Return the charges (customer_charges.id) and days that are on a live invoice."""
    line = invoice_lines.c
    rows = conn.execute(_live_lines(LineKind.CHARGE, line.customer_charge_id, line.from_day))
    return {(number, first) for _, number, first in rows if number is not None}


def live_coverage(conn: Connection) -> dict[int, list[Coverage]]:
    """Return what live invoices, drafts too, cover of each customer's calls."""
    query = (
        select(
            invoice_coverage.c.customer_id,
            invoice_coverage.c.from_day,
            invoice_coverage.c.to_day,
            invoice_coverage.c.after_version,
            invoice_coverage.c.upto_version,
        )
        .join_from(invoice_coverage, invoices)
        .where(invoices.c.deleted_at.is_(None))
        .order_by(invoice_coverage.c.customer_id, invoice_coverage.c.id)
    )
    found: dict[int, list[Coverage]] = {}
    for customer, first, last, after, upto in conn.execute(query):
        found.setdefault(customer, []).append(Coverage(first, last, after, upto))
    return found
