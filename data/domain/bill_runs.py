"""A bill run: drafts for a period from what the books say, reckoned without touching the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from data.domain.balances import due_date
from data.domain.books import Billed, BillRun, Books, TableUsage
from data.domain.charges import charge_days
from data.domain.coverage import Coverage, uncovered
from data.domain.errors import Refused
from data.domain.included_minutes import PlanUse
from data.domain.invoicing import (
    InvoiceLine,
    LineKind,
    Usage,
    tax_lines,
    totals,
    usage_line,
)
from data.domain.money import MOST_MICROS, decimal_units, rounded_to_minor
from data.domain.periods import Period
from data.domain.plan_months import included_lines, plan_lines

MOST_LINES = 1_000
"""The most lines that an invoice may have."""


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
        plan_use: What included minutes cover of them.
    """

    customer_id: int
    custid: str
    invoice_date: date
    due_date: date
    period: Period
    lines: tuple[InvoiceLine, ...]
    first_day: date | None
    coverage: tuple[Coverage, ...]
    plan_use: PlanUse = field(default_factory=PlanUse)


@dataclass(frozen=True)
class BelowZero:
    """A customer whose invoice would be below zero, and so is not made.

    Attributes:
        custid: Its number.
        net_micros: What the invoice would come to, before tax.
    """

    custid: str
    net_micros: int


@dataclass(frozen=True)
class Reckoned:
    """What a bill run comes to, each in the order of customer numbers.

    Attributes:
        drafts: The invoices to make.
        below_zero: Who gets none, as a discount exceeds what there is to bill.
    """

    drafts: tuple[Draft, ...]
    below_zero: tuple[BelowZero, ...]


def reckoned(run: BillRun, books: Books) -> Reckoned:
    """Return the invoices that a bill run makes, and whom it makes none because of a discount.

    A customer with nothing to bill gets none, and neither does one whose invoice would be below
    zero: its discount waits for the calls that it is to be taken off. Calls that included minutes
    cover are billed, even when nothing is left to pay: else they would be charged as late ones.

    Raises:
        Refused: An invoice would be beyond `MOST_MICROS` or have more than `MOST_LINES` lines: a
            slip in the rules, which is not made into a hundred thousand lines first.
    """
    found = [_draft(run, books, customer) for customer in books.customers]
    return Reckoned(
        tuple(
            _bounded(each, books.tenant.minor_digits) for each in found if isinstance(each, Draft)
        ),
        tuple(each for each in found if isinstance(each, BelowZero)),
    )


def _bounded(draft: Draft, digits: int) -> Draft:
    total = totals(draft.lines).total_micros
    if total > MOST_MICROS:
        most, found = (
            decimal_units(micros, minor_digits=digits) for micros in (MOST_MICROS, total)
        )
        raise Refused(
            f"Customer {draft.custid} would be invoiced {found}, beyond "
            f"{most}. Nothing was drafted; look at its rates and calls."
        )
    if len(draft.lines) > MOST_LINES:
        raise Refused(
            f"Customer {draft.custid} would get an invoice of {len(draft.lines):,} lines, more "
            f"than {MOST_LINES:,}. Nothing was drafted; look at when its charges and plan begin."
        )
    return draft


def _draft(run: BillRun, books: Books, customer: Billed) -> Draft | BelowZero | None:
    digits = books.tenant.minor_digits
    usage = books.usage.get(customer.id, ())
    use = books.plan_use.get(customer.id, PlanUse())
    lines = [
        *_usage_lines(_less_plan(usage, use, run.period), books.tables, customer, digits),
        *plan_lines(run.period, books, customer, use),
        *included_lines(use),
        *_charge_lines(run.period, books, customer),
    ]
    net = totals(lines).net_micros
    billed = any(line.amount_micros for line in lines) or use.worth_micros
    if net < 0:
        return BelowZero(customer.custid, net)
    if not billed:
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
        coverage=unbilled_coverage(run.period, books, customer),
        plan_use=use,
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


def _less_plan(usage: Sequence[TableUsage], use: PlanUse, period: Period) -> list[TableUsage]:
    """Take what included minutes cover off the usage of its table, late calls apart."""
    worth: dict[tuple[bool, int], int] = {}
    for key, micros in use.worth_micros.items():
        place = (key.day < period.first, key.rate_table_id)
        worth[place] = worth.get(place, 0) + micros
    return [
        replace(
            part,
            usage=replace(part.usage, plan_micros=worth.get((part.late, part.rate_table_id), 0)),
        )
        for part in usage
    ]


def _charge_lines(period: Period, books: Books, customer: Billed) -> list[InvoiceLine]:
    digits = books.tenant.minor_digits
    return [
        InvoiceLine(
            kind=LineKind.CHARGE,
            description=charge.name,
            exact_micros=charge.amount_micros,
            amount_micros=rounded_to_minor(charge.amount_micros, minor_digits=digits),
            customer_charge_id=charge.customer_charge_id,
            from_day=day,
            to_day=day,
        )
        for charge in books.charges.get(customer.id, ())
        for day in charge_days(charge, period.last)
        if (charge.customer_charge_id, day) not in books.charges_billed
    ]


def unbilled_coverage(period: Period, books: Books, customer: Billed) -> tuple[Coverage, ...]:
    """Return the rectangles of a customer's calls that no live invoice has."""
    usage = books.usage.get(customer.id, ())
    first_day = min((part.first_day for part in usage), default=None)
    if first_day is None:
        return ()
    wanted = Coverage(first_day, period.last, 0, books.version)
    return tuple(uncovered(wanted, books.coverage.get(customer.id, ())))
