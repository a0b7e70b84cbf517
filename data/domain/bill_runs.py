"""A bill run: drafts for a period from what the books say, reckoned without touching the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from data.domain.balances import due_date
from data.domain.coverage import Coverage, uncovered
from data.domain.invoicing import (
    Charge,
    InvoiceLine,
    LineKind,
    Plan,
    Tax,
    Usage,
    charge_days,
    plan_months,
    tax_lines,
    totals,
    usage_line,
)
from data.domain.periods import Period
from data.domain.tenant import Tenant


@dataclass(frozen=True)
class BillRun:
    """What is asked for.

    Attributes:
        invoice_date: The date of the invoices.
        period: The days that they bill; calls before it that are on none come as late calls.
        custids: Customers to bill; empty: all.
    """

    invoice_date: date
    period: Period
    custids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Billed:
    """A customer as a bill run sees it.

    Attributes:
        id: Its row.
        custid: Its number.
        rate_table_id: Its own rate table; 0: none.
        tax_category_id: Its taxes.
        plan_id: Its plan.
        billing_start: Its own; none: the tenant's.
    """

    id: int
    custid: str
    rate_table_id: int
    tax_category_id: int | None
    plan_id: int | None
    billing_start: date | None


@dataclass(frozen=True)
class TableUsage:
    """Calls of one customer and rate table that are on no invoice.

    Attributes:
        customer_id: Whose.
        rate_table_id: Which table priced them; 0: none.
        late: They are from before the period.
        usage: Their sums.
        first_day: The earliest of their days.
    """

    customer_id: int
    rate_table_id: int
    late: bool
    usage: Usage
    first_day: date


@dataclass(frozen=True, kw_only=True)
class Books:
    """Everything that a bill run reads, in one snapshot.

    Attributes:
        version: The data version of the snapshot; drafts take the calls loaded up to it.
        tenant: Who bills.
        customers: Whom, in the order of their numbers.
        usage: Calls on no invoice, by customer.
        tables: Names of rate tables.
        taxes: By tax category, in the order in which they stack.
        plans: By id.
        charges: By customer.
        fees_billed: Months whose plan fee is on a live invoice, by customer.
        charges_billed: Charges and days that are on a live invoice.
        coverage: Rectangles of live invoices, by customer.
    """

    version: int
    tenant: Tenant
    customers: Sequence[Billed]
    usage: Mapping[int, Sequence[TableUsage]] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)
    taxes: Mapping[int, Sequence[Tax]] = field(default_factory=dict)
    plans: Mapping[int, Plan] = field(default_factory=dict)
    charges: Mapping[int, Sequence[Charge]] = field(default_factory=dict)
    fees_billed: Mapping[int, Sequence[Period]] = field(default_factory=dict)
    charges_billed: frozenset[tuple[int, date]] = frozenset()
    coverage: Mapping[int, Sequence[Coverage]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One invoice to make.

    Attributes:
        customer_id: Whose.
        custid: Its number.
        invoice_date: Its date.
        due_date: When it is due.
        period: The days that it bills.
        lines: As printed, taxes last.
        first_day: The earliest day of the calls that it takes; none: it takes none.
        coverage: The rectangles of those calls.
    """

    customer_id: int
    custid: str
    invoice_date: date
    due_date: date
    period: Period
    lines: tuple[InvoiceLine, ...]
    first_day: date | None
    coverage: tuple[Coverage, ...]


def drafts(run: BillRun, books: Books) -> list[Draft]:
    """Return the invoices that a bill run makes, in the order of customer numbers.

    A customer with nothing to bill gets none, and neither does one whose invoice would be below
    zero: its discount waits for the calls that it is to be taken off.
    """
    found = (_draft(run, books, customer) for customer in books.customers)
    return [draft for draft in found if draft is not None]


def _draft(run: BillRun, books: Books, customer: Billed) -> Draft | None:
    digits = books.tenant.minor_digits
    usage = books.usage.get(customer.id, ())
    lines = [
        *_usage_lines(usage, books.tables, customer, digits),
        *_plan_lines(run.period, books, customer),
        *_charge_lines(run.period, books, customer),
    ]
    net = totals(lines).net_micros
    if net < 0 or not any(line.amount_micros for line in lines):
        return None
    taxes = books.taxes.get(customer.tax_category_id or 0, ())
    first_day = min((part.first_day for part in usage), default=None)
    return Draft(
        customer_id=customer.id,
        custid=customer.custid,
        invoice_date=run.invoice_date,
        due_date=due_date(run.invoice_date, books.tenant.days_to_pay),
        period=run.period,
        lines=(*lines, *tax_lines(net, taxes, digits)),
        first_day=first_day,
        coverage=_coverage(first_day, run.period, books, customer),
    )


def _usage_lines(
    usage: Iterable[TableUsage], tables: Mapping[int, str], customer: Billed, digits: int
) -> list[InvoiceLine]:
    """Return one line for each rate table, the late calls' apart; free calls need none.

    Charges that no table is known for are billed under the customer's own.
    """
    sums: dict[tuple[bool, int], Usage] = {}
    for part in usage:
        key = (part.late, part.rate_table_id or customer.rate_table_id)
        sums[key] = sums.get(key, Usage()) + part.usage
    return [
        usage_line(
            LineKind.LATE_USAGE if late else LineKind.USAGE,
            _description(tables.get(table, ""), late=late),
            total,
            digits,
            rate_table_id=table or None,
        )
        for (late, table), total in sorted(sums.items())
        if total.charge_micros
    ]


def _description(table: str, *, late: bool) -> str:
    what = "Late calls of earlier periods" if late else "Calls"
    return f"{what}, {table}" if table else what


def _plan_lines(period: Period, books: Books, customer: Billed) -> list[InvoiceLine]:
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None:
        return []
    start = customer.billing_start or books.tenant.billing_start
    first = max(period.first, start) if start else period.first
    if first > period.last:
        return []
    return [
        InvoiceLine(
            kind=LineKind.PLAN,
            description=plan.name,
            exact_micros=plan.monthly_fee_micros,
            amount_micros=plan.monthly_fee_micros,
            from_day=month.first,
            to_day=month.last,
        )
        for month in plan_months(Period(first, period.last), books.fees_billed.get(customer.id, ()))
    ]


def _charge_lines(period: Period, books: Books, customer: Billed) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            kind=LineKind.CHARGE,
            description=charge.name,
            exact_micros=charge.amount_micros,
            amount_micros=charge.amount_micros,
            customer_charge_id=charge.customer_charge_id,
            from_day=day,
            to_day=day,
        )
        for charge in books.charges.get(customer.id, ())
        for day in charge_days(charge, period.last)
        if (charge.customer_charge_id, day) not in books.charges_billed
    ]


def _coverage(
    first_day: date | None, period: Period, books: Books, customer: Billed
) -> tuple[Coverage, ...]:
    if first_day is None:
        return ()
    wanted = Coverage(first_day, period.last, 0, books.version)
    return tuple(uncovered(wanted, books.coverage.get(customer.id, ())))
