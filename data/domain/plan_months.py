"""The months of a customer's plan in a bill run: their fees, and the minutes that they include."""

from collections.abc import Collection

from data.domain.books import Billed, BillRun, Books
from data.domain.coverage import ONE_DAY
from data.domain.included_minutes import PlanUse, Pool
from data.domain.invoicing import InvoiceLine, LineKind, PlanMonth, plan_months
from data.domain.money import rounded_to_minor
from data.domain.periods import Period, months_before


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
            destinations=pool.destinations,
        )
        for pool in use.pools
        if pool.used_s
    ]


def plan_pools(run: BillRun, books: Books, customer: Billed) -> list[Pool]:
    """Return the plan months that may cover calls of a bill run, with the seconds left in each.

    Those are the months billed on live invoices, each with what its fee bought then, the ones that
    this run bills, and earlier ones that cost nothing.
    """
    months = [*books.plan_months.get(customer.id, ())]
    plan = books.plans.get(customer.plan_id or 0)
    if plan is not None:
        due = months_due(run.period, books, customer)
        billed = {*_days_billed(books, customer), *due}
        fee = plan.monthly_fee_micros
        free = [] if fee else _earlier_months(run.period, books, customer, billed)
        months += [PlanMonth(days, plan.included_s, plan.destinations) for days in (*due, *free)]
    used = books.included_used
    return [
        Pool(
            month.days,
            max(0, month.included_s - used.get((customer.id, month.days.first), 0)),
            month.destinations,
        )
        for month in sorted(months, key=lambda month: month.days.first)
        if month.included_s
    ]


def _days_billed(books: Books, customer: Billed) -> list[Period]:
    return [month.days for month in books.plan_months.get(customer.id, ())]


def months_due(period: Period, books: Books, customer: Billed) -> list[Period]:
    """Return the plan months that fall due in a period, from the customer's billing start on."""
    start = customer.billing_start or books.tenant.billing_start
    first = max(period.first, start) if start else period.first
    if first > period.last:
        return []
    return plan_months(Period(first, period.last), _days_billed(books, customer))


def _earlier_months(
    period: Period, books: Books, customer: Billed, billed: Collection[Period]
) -> list[Period]:
    """Return the months before a period of which no invoice says that the plan was in force.

    A plan without a fee leaves no invoice in a month without calls; its minutes cover what of that
    month comes late, as where a fee was billed. Months are counted back from the first that is
    billed. One that was invoiced without the plan has no minutes.
    """
    late = [part.first_day for part in books.usage.get(customer.id, ()) if part.late]
    if not late:
        return []
    first = day = min((month.first for month in billed), default=period.first)
    months: list[Period] = []
    while day > min(late):
        before = months_before(first, len(months) + 1)
        months.append(Period(before, day - ONE_DAY))
        day = before
    if first < period.first:
        months += plan_months(Period(first, period.first - ONE_DAY), billed)
    invoiced = books.invoiced.get(customer.id, ())
    return [month for month in months if not any(month.meets(other) for other in invoiced)]


def plan_lines(period: Period, books: Books, customer: Billed, use: PlanUse) -> list[InvoiceLine]:
    """Return a line for each plan month that falls due in a period, or whose minutes were used.

    The latter are months without a fee: the line says which days they are for every later run.
    """
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None:
        return []
    used = {pool.month for pool in use.pools if pool.used_s}
    earlier = used.difference(_days_billed(books, customer))
    months = {*months_due(period, books, customer), *earlier}
    fee = rounded_to_minor(plan.monthly_fee_micros, minor_digits=books.tenant.minor_digits)
    return [
        InvoiceLine(
            kind=LineKind.PLAN,
            description=plan.name,
            exact_micros=plan.monthly_fee_micros,
            amount_micros=fee,
            from_day=month.first,
            to_day=month.last,
            included_s=plan.included_s,
            destinations=plan.destinations,
        )
        for month in sorted(months, key=lambda month: month.first)
    ]
