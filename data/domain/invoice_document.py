"""Everything that an invoice shows to the customer who gets it, as one value."""

from dataclasses import dataclass
from datetime import date, datetime

from data.domain.balances import PaymentKind
from data.domain.invoicing import InvoiceLine, LineKind, Totals, totals
from data.domain.periods import Period
from data.domain.records import InvoiceStatus


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who sends the invoice.

    Attributes:
        name: The tenant's.
        address: As written, its lines kept.
        tax_id: The tenant's tax number; empty: none.
        bank: Where to pay, its lines kept; empty: not told.
        logo: A PNG or JPEG image; none: the name stands in.
    """

    name: str
    address: str = ""
    tax_id: str = ""
    bank: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets it.

    Attributes:
        custid: The customer number.
        company: The name above the address.
        contact: A person; empty: none.
        address: Its lines, the empty ones left out.
        country: ISO 3166-1 alpha-3, or empty.
        vat: The customer's own tax number; empty: none.
    """

    custid: str
    company: str
    contact: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    vat: str = ""


@dataclass(frozen=True)
class AnnexRow:
    """The calls of a usage line to one destination; the charge is exact."""

    destination: str
    calls: int
    billed_s: int
    charge_micros: int


@dataclass(frozen=True)
class Annex:
    """What a usage line is made of.

    Attributes:
        description: The line's, as printed.
        rows: By destination, the highest charge first, ties by name.
        plan_micros: The part of the charge that included minutes cover.
    """

    description: str
    rows: tuple[AnnexRow, ...]
    plan_micros: int = 0

    @property
    def calls(self) -> int:
        """All calls of the line."""
        return sum(row.calls for row in self.rows)

    @property
    def billed_s(self) -> int:
        """Their billed seconds."""
        return sum(row.billed_s for row in self.rows)

    @property
    def exact_micros(self) -> int:
        """What the line comes to before it is rounded."""
        return sum(row.charge_micros for row in self.rows) - self.plan_micros


@dataclass(frozen=True)
class Settlement:
    """A payment, or what stands for one, as far as it goes to this invoice."""

    on: date
    kind: PaymentKind
    amount_micros: int


@dataclass(frozen=True)
class BilledCall:
    """One call on the invoice.

    Attributes:
        started: Wall clock of the tenant's zone, aware.
        calling_number: As written in the file.
        called_number: As written in the file.
        destination: Of the rate that priced it; empty where it needs none.
        talk_ms: From answer to release; 0: not answered.
        billed_s: After rounding up to increments.
        charge_micros: Before included minutes.
        late: It belongs to days before the invoice's period.
    """

    started: datetime
    calling_number: str
    called_number: str
    destination: str
    talk_ms: int
    billed_s: int
    charge_micros: int
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """One invoice, or the quotation that a draft is.

    Attributes:
        number: Its number; empty: a draft that has had none.
        status: DRAFT or RECORDED.
        outdated: A draft; what it bills has changed since it was made.
        invoice_date: The day that it bears.
        due_date: The last day to pay in time.
        period: The days billed; none: it was made elsewhere.
        currency: ISO 4217 code of every amount.
        minor_digits: Decimals of its minor unit.
        timezone: The zone that days and calls are told in.
        issuer: Who sends it.
        recipient: Who gets it.
        lines: As printed, taxes last.
        settlements: What was paid so far, by day.
        annexes: One for each line of usage.
        calls: Every call billed, in time's order; empty where they were not asked for.
    """

    number: str
    status: InvoiceStatus
    outdated: bool = False
    invoice_date: date
    due_date: date
    period: Period | None
    currency: str
    minor_digits: int
    timezone: str
    issuer: Issuer
    recipient: Recipient
    lines: tuple[InvoiceLine, ...]
    settlements: tuple[Settlement, ...] = ()
    annexes: tuple[Annex, ...] = ()
    calls: tuple[BilledCall, ...] = ()

    @property
    def is_draft(self) -> bool:
        """It is a quotation: nothing is owed."""
        return self.status is InvoiceStatus.DRAFT

    @property
    def charges(self) -> tuple[InvoiceLine, ...]:
        """The lines that taxes are reckoned on."""
        return tuple(line for line in self.lines if line.kind is not LineKind.TAX)

    @property
    def taxes(self) -> tuple[InvoiceLine, ...]:
        """The lines of taxes."""
        return tuple(line for line in self.lines if line.kind is LineKind.TAX)

    @property
    def sums(self) -> Totals:
        """Net, tax and total of the printed lines."""
        return totals(self.lines)

    @property
    def settled_micros(self) -> int:
        """What was paid so far, reversals taken off."""
        return sum(settlement.amount_micros for settlement in self.settlements)

    @property
    def outstanding_micros(self) -> int:
        """What is left to pay; a draft owes nothing."""
        return 0 if self.is_draft else self.sums.total_micros - self.settled_micros

    @property
    def is_paid(self) -> bool:
        """It is recorded and nothing is left to pay; a total of nothing is paid."""
        return not self.is_draft and self.outstanding_micros <= 0
