"""What a bill run is asked for, and what the books say: all that its reckoning knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from data.domain.charges import Charge
from data.domain.coverage import Coverage
from data.domain.included_minutes import PlanUse
from data.domain.invoicing import Plan, PlanMonth, Tax, Usage
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
        plan_months: Months whose plan fee is on a live invoice, by customer.
        invoiced: Periods of live invoices, by customer.
        charges_billed: Charges and days that are on a live invoice.
        coverage: Rectangles of live invoices, by customer.
        included_used: Included seconds used on live invoices, by customer and first day of month.
        plan_use: What included minutes cover, by customer; reckoned after the rest is read.
    """

    version: int
    tenant: Tenant
    customers: Sequence[Billed]
    usage: Mapping[int, Sequence[TableUsage]] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)
    taxes: Mapping[int, Sequence[Tax]] = field(default_factory=dict)
    plans: Mapping[int, Plan] = field(default_factory=dict)
    charges: Mapping[int, Sequence[Charge]] = field(default_factory=dict)
    plan_months: Mapping[int, Sequence[PlanMonth]] = field(default_factory=dict)
    invoiced: Mapping[int, Sequence[Period]] = field(default_factory=dict)
    charges_billed: frozenset[tuple[int, date]] = frozenset()
    coverage: Mapping[int, Sequence[Coverage]] = field(default_factory=dict)
    included_used: Mapping[tuple[int, date], int] = field(default_factory=dict)
    plan_use: Mapping[int, PlanUse] = field(default_factory=dict)
