"""The months of a customer's plan in a bill run: their fees, and the minutes that they include."""

from data.domain.books import Billed, BillRun, Books
from data.domain.included_minutes import PlanUse, Pool
from data.domain.invoicing import InvoiceLine, LineKind, plan_months
from data.domain.money import rounded_to_minor
from data.domain.periods import Period


def included_lines(use: PlanUse) -> list[InvoiceLine]:
    """Return a line without an amount for each month whose included minutes were used."""
    return [
        InvoiceLine(
            kind=LineKind.INCLUDED,
            description="Included minutes used",
            exact_micros=0,
            amount_micros=0,
            calls=pool.calls,
            billed_s=pool.used_s,
            from_day=pool.month.first,
            to_day=pool.month.last,
        )
        for pool in use.pools
        if pool.used_s
    ]


def plan_pools(run: BillRun, books: Books, customer: Billed) -> list[Pool]:
    """Return the plan months that may cover calls of a bill run, with the seconds left in each.

    Those are the months billed on live invoices and the ones that this run bills.
    """
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None or not plan.included_s:
        return []
    months = {*books.fees_billed.get(customer.id, ()), *_months_due(run.period, books, customer)}
    used = books.included_used
    return [
        Pool(month, max(0, plan.included_s - used.get((customer.id, month.first), 0)))
        for month in sorted(months, key=lambda month: month.first)
    ]


def _months_due(period: Period, books: Books, customer: Billed) -> list[Period]:
    start = customer.billing_start or books.tenant.billing_start
    first = max(period.first, start) if start else period.first
    if first > period.last:
        return []
    return plan_months(Period(first, period.last), books.fees_billed.get(customer.id, ()))


def plan_lines(period: Period, books: Books, customer: Billed) -> list[InvoiceLine]:
    """Return a line for each plan month that falls due in a period."""
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None:
        return []
    fee = rounded_to_minor(plan.monthly_fee_micros, minor_digits=books.tenant.minor_digits)
    return [
        InvoiceLine(
            kind=LineKind.PLAN,
            description=plan.name,
            exact_micros=plan.monthly_fee_micros,
            amount_micros=fee,
            from_day=month.first,
            to_day=month.last,
        )
        for month in _months_due(period, books, customer)
    ]
