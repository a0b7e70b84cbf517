"""The panels behind the numbers of the page: which rows each has, cut how, in which order."""

from dataclasses import dataclass, field
from enum import StrEnum

from data.domain.columns import Column, columns_of
from data.domain.panel_rows import (
    AttemptRow,
    CallRow,
    ChangeRow,
    CustomerRow,
    DeliveryRow,
    DuplicateRow,
    FileRow,
    IgnoredRow,
    InvoicedUsageRow,
    InvoiceLineRow,
    InvoiceRow,
    PanelRow,
    PaymentRow,
    ReasonRow,
    RejectionRow,
    SourceRow,
    TicketRow,
    UserRow,
)


class Panel(StrEnum):
    """What a panel's rows are."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    INVOICE_LINES = "invoice_lines"
    INVOICED_USAGE = "invoiced_usage"
    PAYMENTS = "payments"
    FILES = "files"
    ATTEMPTS = "attempts"
    REJECTIONS = "rejections"
    REJECTION_REASONS = "rejection_reasons"
    IGNORED = "ignored"
    DUPLICATES = "duplicates"
    DELIVERIES = "deliveries"
    CALLS = "calls"
    TICKETS = "tickets"
    SOURCES = "sources"
    USERS = "users"
    CHANGES = "changes"


class Scope(StrEnum):
    """Which of a panel's rows: the cut that a number on the page counts."""

    ALL = "all"
    PROVIDERS = "providers"
    DRAFTS = "drafts"
    RECORDED = "recorded"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    NOT_DUE = "not_due"
    DAYS_1_30 = "1_30"
    DAYS_31_60 = "31_60"
    DAYS_61_90 = "61_90"
    OVER_90 = "over_90"
    RECEIVED = "received"
    SUCCESS = "success"
    WITH_REJECTIONS = "with_rejections"
    ERROR = "error"
    WAITING = "waiting"
    PROCESSED = "processed"
    PROCESSED_SUCCESS = "processed_success"
    PROCESSED_ERROR = "processed_error"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    UNMATCHED = "unmatched"
    CONTESTED = "contested"
    UNRATED = "unrated"
    UNBILLED = "unbilled"
    IN_PLAN = "in_plan"
    OPEN = "open"
    IN_USE = "in_use"


class Within(StrEnum):
    """What a request can be narrowed to, besides its filters."""

    PERIOD = "period"
    CUSTOMER = "customer_id"
    FILE = "file_id"
    INVOICE = "invoice_id"


@dataclass(frozen=True, kw_only=True)
class PanelPlan:
    """What a panel can be asked for.

    Attributes:
        row: The dataclass of its rows; its fields are the columns.
        scopes: The cuts that it knows.
        within: What it can be narrowed to.
        required: Of those, what a request must name one of; none: nothing.
        period_scopes: The cuts that a period governs; a request for them must name one.
        key: The columns that tell one row from all others.
        order: The order when none is asked for; a leading minus is descending.
        totals: The columns that are added up over all rows asked for.
        fixed: The columns that are reckoned after reading: neither filtered nor sorted.
        columns: The columns, in the order of the row's fields.
    """

    row: type[PanelRow]
    scopes: tuple[Scope, ...] = (Scope.ALL,)
    within: frozenset[Within] = frozenset()
    required: frozenset[Within] = frozenset()
    period_scopes: frozenset[Scope] = frozenset()
    key: tuple[str, ...] = ("id",)
    order: tuple[str, ...] = ("id",)
    totals: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    columns: tuple[Column, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the columns from the row once."""
        object.__setattr__(self, "columns", columns_of(self.row))

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or none: the allow-list of every request."""
        return next((column for column in self.columns if column.name == name), None)


AGEING = (Scope.NOT_DUE, Scope.DAYS_1_30, Scope.DAYS_31_60, Scope.DAYS_61_90, Scope.OVER_90)
LINE_WITHIN = frozenset({Within.PERIOD, Within.FILE, Within.CUSTOMER})
LINE_REQUIRED = frozenset({Within.PERIOD, Within.FILE})
LINE_KEY = ("file_id", "line")
CALL_KEY = ("started_at", "call_key")
BY_MONTH = (Scope.PROCESSED, Scope.PROCESSED_SUCCESS, Scope.PROCESSED_ERROR)
_CUSTOMER = frozenset({Within.CUSTOMER})
_FILE = frozenset({Within.FILE})

PANELS: dict[Panel, PanelPlan] = {
    Panel.CUSTOMERS: PanelPlan(
        row=CustomerRow,
        scopes=(Scope.ALL, Scope.PROVIDERS),
        within=_CUSTOMER,
        order=("company",),
        totals=("outstanding_micros", "overdue_micros"),
    ),
    Panel.INVOICES: PanelPlan(
        row=InvoiceRow,
        scopes=(Scope.ALL, Scope.DRAFTS, Scope.RECORDED, Scope.UNPAID, Scope.OVERDUE, *AGEING),
        within=frozenset({Within.CUSTOMER, Within.PERIOD}),
        period_scopes=frozenset({Scope.RECORDED}),
        order=("-invoice_date",),
        totals=("total_micros", "paid_micros", "outstanding_micros"),
    ),
    Panel.INVOICE_LINES: PanelPlan(
        row=InvoiceLineRow,
        within=frozenset({Within.INVOICE}),
        required=frozenset({Within.INVOICE}),
        key=("invoice_id", "position"),
        order=("position",),
        totals=("calls", "billed_s", "amount_micros"),
    ),
    Panel.INVOICED_USAGE: PanelPlan(
        row=InvoicedUsageRow,
        scopes=(Scope.ALL, Scope.NOT_DUE, Scope.OVERDUE, Scope.IN_PLAN),
        within=frozenset({Within.CUSTOMER, Within.PERIOD}),
        required=frozenset({Within.PERIOD}),
        period_scopes=frozenset({Scope.ALL, Scope.NOT_DUE, Scope.OVERDUE, Scope.IN_PLAN}),
        fixed=frozenset({"paid_micros", "outstanding_micros", "overdue_micros"}),
        order=("due_date",),
        totals=(
            "calls",
            "plan_micros",
            "invoiced_micros",
            "paid_micros",
            "outstanding_micros",
            "overdue_micros",
        ),
    ),
    Panel.PAYMENTS: PanelPlan(
        row=PaymentRow,
        scopes=(Scope.ALL, Scope.RECEIVED),
        within=frozenset({Within.CUSTOMER, Within.PERIOD}),
        period_scopes=frozenset({Scope.RECEIVED}),
        order=("-paid_on",),
        totals=("amount_micros", "allocated_micros", "on_account_micros"),
    ),
    Panel.FILES: PanelPlan(
        row=FileRow,
        scopes=(
            Scope.ALL,
            Scope.SUCCESS,
            Scope.WITH_REJECTIONS,
            Scope.ERROR,
            Scope.WAITING,
            *BY_MONTH,
            Scope.DISMISSED,
            Scope.WITHDRAWN,
        ),
        within=frozenset({Within.PERIOD}),
        period_scopes=frozenset(BY_MONTH),
        order=("-processed_at", "-received_at"),
        totals=("lines", "loaded", "rejected", "duplicate", "ignored", "stored_bytes"),
    ),
    Panel.ATTEMPTS: PanelPlan(row=AttemptRow, within=_FILE, required=_FILE, order=("-started_at",)),
    Panel.REJECTIONS: PanelPlan(
        row=RejectionRow,
        within=LINE_WITHIN,
        required=LINE_REQUIRED,
        key=LINE_KEY,
        order=LINE_KEY,
    ),
    Panel.REJECTION_REASONS: PanelPlan(
        row=ReasonRow,
        within=LINE_WITHIN,
        required=LINE_REQUIRED,
        key=("reason",),
        order=("-lines",),
        totals=("lines",),
    ),
    Panel.IGNORED: PanelPlan(
        row=IgnoredRow,
        within=LINE_WITHIN,
        required=LINE_REQUIRED,
        key=LINE_KEY,
        order=LINE_KEY,
    ),
    Panel.DUPLICATES: PanelPlan(
        row=DuplicateRow,
        within=LINE_WITHIN,
        required=LINE_REQUIRED,
        key=LINE_KEY,
        order=LINE_KEY,
    ),
    Panel.DELIVERIES: PanelPlan(row=DeliveryRow, within=_FILE, order=("-received_at",)),
    Panel.CALLS: PanelPlan(
        row=CallRow,
        scopes=(
            Scope.ALL,
            Scope.UNMATCHED,
            Scope.CONTESTED,
            Scope.UNRATED,
            Scope.UNBILLED,
        ),
        within=frozenset(Within),
        required=frozenset({Within.PERIOD, Within.FILE, Within.INVOICE}),
        key=CALL_KEY,
        order=("-started_at",),
        totals=("talk_ms", "billed_s", "charge_micros", "margin_micros"),
    ),
    Panel.TICKETS: PanelPlan(row=TicketRow, scopes=(Scope.ALL, Scope.OPEN), order=("-opened_at",)),
    Panel.SOURCES: PanelPlan(row=SourceRow, scopes=(Scope.ALL, Scope.IN_USE), order=("name",)),
    Panel.USERS: PanelPlan(row=UserRow, order=("email",)),
    Panel.CHANGES: PanelPlan(row=ChangeRow, order=("-at",)),
}
