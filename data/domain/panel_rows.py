"""The rows of the panels: one frozen value per row, whose fields are the panel's columns."""

from dataclasses import dataclass
from datetime import date, datetime

from data.domain.balances import PaymentKind
from data.domain.call_ids import CallId
from data.domain.invoicing import LineKind
from data.domain.records import (
    Direction,
    Disposition,
    FileStatus,
    InvoiceStatus,
    MatchState,
    RateState,
    RejectionReason,
    Role,
)


@dataclass(frozen=True)
class PanelRow:
    """A row that a grid can tell from all others of its panel."""

    @property
    def row_id(self) -> str:
        """What tells this row from the others: text, because browsers round long numbers."""
        raise NotImplementedError


@dataclass(frozen=True)
class NumberedRow(PanelRow):
    """A row of a table that numbers its rows."""

    id: int

    @property
    def row_id(self) -> str:
        """The row's number in the store."""
        return str(self.id)


@dataclass(frozen=True)
class LineRow(PanelRow):
    """A line of a CDR file."""

    file_id: int
    file: str
    line: int

    @property
    def row_id(self) -> str:
        """File and physical line."""
        return f"{self.file_id}:{self.line}"


@dataclass(frozen=True)
class CustomerRow(NumberedRow):
    """A customer; the balance is recorded totals less everything that came in for them."""

    custid: str
    company: str
    first_name: str
    last_name: str
    city: str
    country: str
    tel: str
    email: str
    provider: bool
    rate_table: str | None
    plan: str | None
    tax_category: str | None
    auth_codes: int
    outstanding_micros: int
    overdue_micros: int
    balance_micros: int
    created_at: datetime


@dataclass(frozen=True)
class InvoiceRow(NumberedRow):
    """An invoice; a draft has no number yet and owes nothing."""

    number: str | None
    customer_id: int
    custid: str
    company: str
    status: InvoiceStatus
    invoice_date: date
    due_date: date
    from_day: date | None
    to_day: date | None
    net_micros: int
    tax_micros: int
    total_micros: int
    paid_micros: int
    outstanding_micros: int
    outdated: bool
    external: bool
    created_at: datetime


@dataclass(frozen=True)
class InvoiceLineRow(PanelRow):
    """One printed line of an invoice."""

    invoice_id: int
    position: int
    kind: LineKind
    description: str
    from_day: date | None
    to_day: date | None
    calls: int
    billed_s: int
    exact_micros: int
    amount_micros: int

    @property
    def row_id(self) -> str:
        """Invoice and position."""
        return f"{self.invoice_id}:{self.position}"


@dataclass(frozen=True)
class InvoicedUsageRow(NumberedRow):
    """What the calls of a period came to on one invoice, and how much of it is paid.

    A draft, which has no number yet, is among them only where what plans cover is asked for.
    """

    number: str | None
    customer_id: int
    custid: str
    company: str
    invoice_date: date
    due_date: date
    calls: int
    plan_micros: int
    invoiced_micros: int
    paid_micros: int
    outstanding_micros: int
    overdue_micros: int


@dataclass(frozen=True)
class PaymentRow(NumberedRow):
    """A payment, or what undoes or reduces one; `invoices` names what it was entered for."""

    customer_id: int
    custid: str
    company: str
    kind: PaymentKind
    paid_on: date
    amount_micros: int
    allocated_micros: int
    on_account_micros: int
    invoices: int
    method: str
    notes: str
    reverses_id: int | None
    reversed: bool
    created_at: datetime


@dataclass(frozen=True)
class FileRow(NumberedRow):
    """One distinct content that was delivered, and what became of it."""

    name: str
    source: str | None
    status: FileStatus
    profile: str | None
    received_at: datetime
    processed_at: datetime | None
    lines: int
    loaded: int
    rejected: int
    duplicate: int
    ignored: int
    attempts: int
    stored_bytes: int
    error_code: str | None
    error: str | None
    dismissed_at: datetime | None
    dismissed_why: str | None
    withdrawn_at: datetime | None
    sha256: str


@dataclass(frozen=True)
class AttemptRow(NumberedRow):
    """One attempt at processing a file; without an outcome it is in work."""

    file_id: int
    file: str
    started_at: datetime
    ended_at: datetime | None
    holder: str
    outcome: str | None
    error: str | None
    lines: int
    loaded: int
    rejected: int
    duplicate: int
    ignored: int


@dataclass(frozen=True)
class RejectionRow(LineRow):
    """A line that could not become a call."""

    reason: RejectionReason
    raw: str
    received_at: datetime


@dataclass(frozen=True)
class ReasonRow(PanelRow):
    """How many lines ended for one reason, in how many files."""

    reason: str
    lines: int
    files: int

    @property
    def row_id(self) -> str:
        """The reason."""
        return self.reason


@dataclass(frozen=True)
class IgnoredRow(LineRow):
    """A line that a profile says is no billable call."""

    reason: str
    received_at: datetime


@dataclass(frozen=True)
class DuplicateRow(LineRow):
    """A line that repeats a call; the call's own file and line, unless its rows have expired."""

    started_at: datetime
    call_key: int
    calling_number: str | None
    called_number: str | None
    call_file: str | None
    call_line: int | None

    @property
    def call_id(self) -> str:
        """Which call it repeats."""
        return str(CallId(self.started_at, self.call_key))


@dataclass(frozen=True)
class DeliveryRow(NumberedRow):
    """A known content that was delivered again."""

    file_id: int
    file: str
    name: str
    source: str | None
    received_at: datetime


@dataclass(frozen=True)
class CallRow(PanelRow):
    """A call with everything that matching, rating and invoicing made of it."""

    started_at: datetime
    call_key: int
    calling_number: str
    called_number: str
    billing_number: str | None
    direction: Direction
    disposition: Disposition
    talk_ms: int
    billed_s: int
    match_state: MatchState
    customer_id: int | None
    custid: str | None
    company: str | None
    provider: str | None
    rate_state: RateState
    rate_id: int | None
    pattern: str | None
    destination: str | None
    charge_micros: int | None
    cost_micros: int | None
    margin_micros: int | None
    invoice_id: int | None
    invoice: str | None
    invoice_status: InvoiceStatus | None
    answered_at: datetime | None
    ended_at: datetime | None
    source: str | None
    file_id: int
    file: str | None
    line: int

    @property
    def call_id(self) -> str:
        """The call's name as text."""
        return str(CallId(self.started_at, self.call_key))

    @property
    def row_id(self) -> str:
        """The call's name as text."""
        return self.call_id


@dataclass(frozen=True)
class TicketRow(NumberedRow):
    """A help ticket; without a time of resolution it is open."""

    subject: str
    text: str
    priority: str
    opened_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class SourceRow(NumberedRow):
    """A switch or carrier feed and what it has delivered."""

    name: str
    folder: str | None
    profile: str | None
    timezone: str | None
    growing: bool
    expect_every_s: int | None
    files: int
    in_error: int
    deliveries: int
    last_received_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True)
class UserRow(NumberedRow):
    """Somebody with a login; disabled, they may not log in."""

    email: str
    role: Role
    created_at: datetime
    password_changed_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class ChangeRow(NumberedRow):
    """One change that somebody made, as the audit log has it."""

    at: datetime
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None
