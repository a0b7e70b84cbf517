"""What stands on an invoice: usage, plan, charges and taxes, each line rounded once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data.domain.money import PPM, half_up, rounded_to_minor
from data.domain.periods import Period, months_after


class LineKind(StrEnum):
    """What an invoice line bills."""

    USAGE = "usage"
    LATE_USAGE = "late_usage"
    PLAN = "plan"
    INCLUDED = "included"
    CHARGE = "charge"
    TAX = "tax"
    EXTERNAL = "external"


@dataclass(frozen=True)
class Usage:
    """Calls of one customer that are on no invoice, summed.

    Attributes:
        calls: How many, answered or not.
        billed_s: Their billed seconds.
        charge_micros: What they cost.
        plan_micros: The part of it that included minutes cover.
    """

    calls: int = 0
    billed_s: int = 0
    charge_micros: int = 0
    plan_micros: int = 0

    @property
    def net_micros(self) -> int:
        """What is left to bill, exact."""
        return self.charge_micros - self.plan_micros

    def __add__(self, other: "Usage") -> "Usage":
        """Return both together."""
        return Usage(
            self.calls + other.calls,
            self.billed_s + other.billed_s,
            self.charge_micros + other.charge_micros,
            self.plan_micros + other.plan_micros,
        )


@dataclass(frozen=True)
class Tax:
    """One tax of a category; a percentage or a fixed amount.

    Attributes:
        name: As printed.
        rate_ppm: The percentage in parts per million; none: the fixed amount.
        amount_micros: The fixed amount per invoice; none: the percentage.
        cap_micros: The most that it can come to; none: no cap.
        stacked: It is reckoned on the net amount and every tax before it, not on the net alone.
    """

    name: str
    rate_ppm: int | None = None
    amount_micros: int | None = None
    cap_micros: int | None = None
    stacked: bool = False


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One printed line.

    Attributes:
        kind: What it bills.
        description: As printed.
        exact_micros: Before rounding.
        amount_micros: As printed: rounded half-up to the minor unit.
        calls: Calls behind it.
        billed_s: Their billed seconds.
        rate_table_id: The table that priced its calls.
        customer_charge_id: The charge that it is an occurrence of.
        from_day: First day that it bills; the day of a charge's occurrence.
        to_day: Last day that it bills.
        included_s: Seconds of calls that a plan's fee bought for those days.
        destinations: Prefixes that included seconds are for; none: for every destination.
    """

    kind: LineKind
    description: str
    exact_micros: int
    amount_micros: int
    calls: int = 0
    billed_s: int = 0
    rate_table_id: int | None = None
    customer_charge_id: int | None = None
    from_day: date | None = None
    to_day: date | None = None
    included_s: int = 0
    destinations: tuple[str, ...] = ()


MOST_INCLUDED_MINUTES = 10_000_000
"""The most minutes that a plan may include: its seconds fit into 32 bits."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a customer pays every month, and what that includes.

    Attributes:
        id: Its row; 0 before it is stored.
        name: As printed.
        monthly_fee_micros: The fee.
        included_s: Seconds of calls that it covers each month.
        destinations: Patterns that it covers; none: it covers every destination.
    """

    id: int = 0
    name: str
    monthly_fee_micros: int = 0
    included_s: int = 0
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanMonth:
    """A month of a plan, with what its fee bought.

    Attributes:
        days: The days of it.
        included_s: Seconds of calls that it covers.
        destinations: Patterns that it covers; none: it covers every destination.
    """

    days: Period
    included_s: int = 0
    destinations: tuple[str, ...] = ()


def usage_line(
    kind: LineKind,
    description: str,
    usage: Usage,
    minor_digits: int,
    *,
    rate_table_id: int | None = None,
) -> InvoiceLine:
    """Return the line of calls, rounded half-up to the minor unit."""
    return InvoiceLine(
        kind=kind,
        description=description,
        exact_micros=usage.net_micros,
        amount_micros=rounded_to_minor(usage.net_micros, minor_digits=minor_digits),
        calls=usage.calls,
        billed_s=usage.billed_s,
        rate_table_id=rate_table_id,
    )


def tax_lines(net_micros: int, taxes: Sequence[Tax], minor_digits: int) -> list[InvoiceLine]:
    """Return one line for each tax, in order, each rounded on its rounded base.

    A stacked tax is reckoned on the net amount and all taxes before it: 100.00 with 5 % and
    9.975 % stacked is 5.00 and 10.47, 115.47 in all. Nothing is taxed when the net amount is 0.
    """
    lines: list[InvoiceLine] = []
    base = net_micros
    for tax in taxes if net_micros else ():
        exact = _exact_tax(tax, base if tax.stacked else net_micros)
        amount = rounded_to_minor(exact, minor_digits=minor_digits)
        base += amount
        lines.append(
            InvoiceLine(
                kind=LineKind.TAX, description=tax.name, exact_micros=exact, amount_micros=amount
            )
        )
    return lines


def _exact_tax(tax: Tax, base_micros: int) -> int:
    if tax.rate_ppm is not None:
        exact = half_up(base_micros * tax.rate_ppm, PPM)
    else:
        exact = (tax.amount_micros or 0) if base_micros > 0 else 0
    return exact if tax.cap_micros is None else min(exact, tax.cap_micros)


def plan_months(period: Period, billed: Iterable[Period]) -> list[Period]:
    """Return the months whose fee falls due in a period and is not billed yet.

    Months are counted from the first day of the period that no fee covers; a month begun is due
    whole, and ends early only where a fee already billed begins.
    """
    covered = sorted(billed, key=lambda span: span.first)
    months: list[Period] = []
    day = period.first
    while day <= period.last:
        over = next((span for span in covered if span.first <= day <= span.last), None)
        if over is not None:
            day = over.last + timedelta(days=1)
            continue
        ends = [span.first for span in covered if span.first > day]
        following = min([months_after(day, 1), *ends])
        months.append(Period(day, following - timedelta(days=1)))
        day = following
    return months


@dataclass(frozen=True)
class Totals:
    """The sums of an invoice's lines, in micros."""

    net_micros: int
    tax_micros: int

    @property
    def total_micros(self) -> int:
        """Net and tax."""
        return self.net_micros + self.tax_micros


def totals(lines: Iterable[InvoiceLine]) -> Totals:
    """Return the sums of the printed amounts."""
    net = tax = 0
    for line in lines:
        if line.kind is LineKind.TAX:
            tax += line.amount_micros
        else:
            net += line.amount_micros
    return Totals(net, tax)
