"""What each number of the page opens: which panel's rows, cut how, over which dates."""

from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.domain.call_ids import call_id
from data.domain.panels import Panel, Scope, Within
from data.domain.records import Role
from data.domain.search import Hit, HitKind


class Dates(StrEnum):
    """Which dates govern an opening's rows."""

    NONE = "none"
    PERIOD = "period"
    THREE_MONTHS = "three_months"
    DAY = "day"
    MONTH = "month"


CUSTOMER = "custid"
"""A subject that is a customer's number: the rows are narrowed to the customer, not filtered."""


@dataclass(frozen=True)
class Opening:
    """The rows behind one number.

    Attributes:
        title: The panel's heading.
        panel: What its rows are.
        scope: Which of them.
        dates: What limits them in time; for a day and a month the subject says which.
        total: The column whose sum is the number that was clicked; none: the count is.
        subject: What a subject narrows: a customer (`custid`), a file or an invoice by its id
            (`Within`), else the column of that name; none: it takes none.
        by_customer: The customer filter governs the number, so it governs the rows.
        about: The panel whose one row says what the subject is; none: the title does.
        first: The columns that are looked at first, where they differ from the panel's own.
        role: Who may open it, and everybody above.
    """

    title: str
    panel: Panel
    scope: Scope = Scope.ALL
    dates: Dates = Dates.NONE
    total: str = ""
    subject: str = ""
    by_customer: bool = False
    about: Panel | None = None
    first: str = ""
    role: Role = Role.VIEWER

    @property
    def needs_subject(self) -> bool:
        """Whether there is nothing to open without a subject."""
        dated = self.dates in (Dates.DAY, Dates.MONTH)
        return dated or self.about is not None or self.subject in tuple(Within)


def _unpaid(title: str, scope: Scope, *, by_customer: bool = False) -> Opening:
    return Opening(
        title,
        Panel.INVOICES,
        scope,
        total="outstanding_micros",
        subject="number",
        by_customer=by_customer,
    )


def _governed(title: str, panel: Panel, scope: Scope = Scope.ALL, total: str = "") -> Opening:
    """Return the rows of a number that both filters govern."""
    return Opening(title, panel, scope, Dates.PERIOD, total, by_customer=True)


def _calls(title: str, scope: Scope, total: str = "") -> Opening:
    return replace(_governed(title, Panel.CALLS, scope, total), subject=CUSTOMER)


def _recent(title: str, scope: Scope) -> Opening:
    return Opening(title, Panel.CALLS, scope, Dates.THREE_MONTHS)


def _of_day(total: str) -> Opening:
    """Return the calls of a day; their total is what the line of the traffic was showing."""
    return Opening("Calls", Panel.CALLS, dates=Dates.DAY, total=total, by_customer=True)


def _of_file(title: str, panel: Panel) -> Opening:
    return Opening(title, panel, subject=Within.FILE, about=Panel.FILES)


def _of_month(title: str, scope: Scope) -> Opening:
    return Opening(title, Panel.FILES, scope, Dates.MONTH)


DRAFT_FIRST = "number company custid total_micros outdated from_day to_day invoice_date due_date"
"""A draft owes nothing and says little by being one; one that is out of date is made again."""
ERROR_FIRST = "error name source processed_at received_at attempts lines"
OPENINGS: dict[str, Opening] = {
    "unpaid-invoices": _unpaid("Unpaid invoices", Scope.UNPAID, by_customer=True),
    "overdue-invoices": _unpaid("Overdue invoices", Scope.OVERDUE),
    "age-not-due": _unpaid("Unpaid, not due", Scope.NOT_DUE),
    "age-1-30": _unpaid("1 to 30 days overdue", Scope.DAYS_1_30),
    "age-31-60": _unpaid("31 to 60 days overdue", Scope.DAYS_31_60),
    "age-61-90": _unpaid("61 to 90 days overdue", Scope.DAYS_61_90),
    "age-over-90": _unpaid("More than 90 days overdue", Scope.OVER_90),
    "draft-invoices": Opening(
        "Draft invoices",
        Panel.INVOICES,
        Scope.DRAFTS,
        total="total_micros",
        by_customer=True,
        first=DRAFT_FIRST,
    ),
    "customers": Opening("Customer records", Panel.CUSTOMERS),
    "files-success": Opening("CDR files: success", Panel.FILES, Scope.SUCCESS),
    "files-error": Opening("CDR files: error", Panel.FILES, Scope.ERROR, first=ERROR_FIRST),
    "files-waiting": Opening("CDR files: waiting", Panel.FILES, Scope.WAITING),
    "files": Opening("All CDR files", Panel.FILES, total="stored_bytes"),
    "files-processed": Opening(
        "CDR files processed", Panel.FILES, Scope.PROCESSED, Dates.THREE_MONTHS
    ),
    "files-dismissed": Opening("Dismissed CDR files", Panel.FILES, Scope.DISMISSED),
    "files-withdrawn": Opening("Withdrawn CDR files", Panel.FILES, Scope.WITHDRAWN),
    "files-month": _of_month("CDR files processed", Scope.PROCESSED),
    "files-month-success": _of_month("CDR files processed: success", Scope.PROCESSED_SUCCESS),
    "files-month-error": replace(
        _of_month("CDR files processed: error", Scope.PROCESSED_ERROR), first=ERROR_FIRST
    ),
    "file": _of_file("CDR file", Panel.ATTEMPTS),
    "file-reasons": _of_file("CDR file", Panel.REJECTION_REASONS),
    "file-rejected": _of_file("CDR file", Panel.REJECTIONS),
    "file-ignored": _of_file("CDR file", Panel.IGNORED),
    "file-duplicate": _of_file("CDR file", Panel.DUPLICATES),
    "file-calls": replace(_of_file("CDR file", Panel.CALLS), total="charge_micros"),
    "file-deliveries": _of_file("CDR file", Panel.DELIVERIES),
    "invoice": Opening(
        "Invoice",
        Panel.INVOICE_LINES,
        total="amount_micros",
        subject=Within.INVOICE,
        about=Panel.INVOICES,
    ),
    "invoice-calls": Opening(
        "Invoice",
        Panel.CALLS,
        total="charge_micros",
        subject=Within.INVOICE,
        about=Panel.INVOICES,
    ),
    "customer": Opening(
        "Customer",
        Panel.INVOICES,
        total="outstanding_micros",
        subject=CUSTOMER,
        about=Panel.CUSTOMERS,
    ),
    "customer-payments": Opening(
        "Customer",
        Panel.PAYMENTS,
        total="amount_micros",
        subject=CUSTOMER,
        about=Panel.CUSTOMERS,
    ),
    "tickets": Opening("Open help tickets", Panel.TICKETS, Scope.OPEN),
    "sources": Opening("Sources", Panel.SOURCES, Scope.IN_USE, subject="name"),
    "all-sources": Opening("All sources", Panel.SOURCES),
    "payments": Opening(
        "Payments and what undid them", Panel.PAYMENTS, total="amount_micros", subject=CUSTOMER
    ),
    "users": Opening("People with a login", Panel.USERS, role=Role.ADMIN),
    "changes": Opening("Who changed what", Panel.CHANGES, role=Role.ADMIN),
    "rejected": _governed("Rejected lines", Panel.REJECTIONS),
    "rejected-reasons": _governed("Rejected lines", Panel.REJECTION_REASONS, total="lines"),
    "ignored": _governed("Ignored lines", Panel.IGNORED),
    "duplicate": _governed("Duplicate lines", Panel.DUPLICATES),
    "calls": _calls("Calls", Scope.ALL),
    "day-calls": _of_day(""),
    "day-minutes": _of_day("talk_ms"),
    "day-revenue": _of_day("charge_micros"),
    "day-margin": _of_day("margin_micros"),
    "customer-calls": _calls("Calls", Scope.ALL, total="charge_micros"),
    "destination-calls": replace(
        _governed("Calls", Panel.CALLS, total="charge_micros"), subject="destination"
    ),
    "unmatched": _calls("Calls without a customer", Scope.UNMATCHED),
    "contested": _calls("Calls that two customers claim", Scope.CONTESTED),
    "unrated": _calls("Calls without a price", Scope.UNRATED),
    "unbilled": _calls("Calls not yet billed", Scope.UNBILLED, total="charge_micros"),
    "unmatched-calls": _recent("Calls without a customer", Scope.UNMATCHED),
    "contested-calls": _recent("Calls that two customers claim", Scope.CONTESTED),
    "unrated-calls": _recent("Calls without a price", Scope.UNRATED),
    "invoiced": _governed(
        "Invoiced calls", Panel.INVOICED_USAGE, Scope.ALL, total="invoiced_micros"
    ),
    "paid": _governed("Paid calls", Panel.INVOICED_USAGE, Scope.ALL, total="paid_micros"),
    "plan": _governed("Calls in plans", Panel.INVOICED_USAGE, Scope.IN_PLAN, total="plan_micros"),
    "notdue": _governed(
        "Invoiced and not due", Panel.INVOICED_USAGE, Scope.NOT_DUE, total="outstanding_micros"
    ),
    "overdue": _governed(
        "Invoiced and overdue", Panel.INVOICED_USAGE, Scope.OVERDUE, total="overdue_micros"
    ),
    "top-customers": replace(
        _governed("Recorded invoices", Panel.INVOICES, Scope.RECORDED, total="total_micros"),
        subject=CUSTOMER,
    ),
    "top-paying": replace(
        _governed("Payments received", Panel.PAYMENTS, Scope.RECEIVED, total="amount_micros"),
        subject=CUSTOMER,
    ),
}
FAMILIES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("invoice", "Lines"), ("invoice-calls", "Calls")),
    (
        ("file", "Attempts"),
        ("file-reasons", "Rejected, by reason"),
        ("file-rejected", "Rejected lines"),
        ("file-duplicate", "Duplicates"),
        ("file-ignored", "Ignored"),
        ("file-calls", "Calls"),
        ("file-deliveries", "Repeated deliveries"),
    ),
    (("customer", "Invoices"), ("customer-payments", "Payments"), ("customer-calls", "Calls")),
    (("rejected", "Lines"), ("rejected-reasons", "By reason")),
)
"""Openings that show one thing from several sides, with the names of the sides."""


def family(slug: str) -> tuple[tuple[str, str], ...]:
    """Return the openings that an opening is shown beside, itself among them, with their names."""
    return next((sides for sides in FAMILIES if slug in dict(sides)), ())


def address_of(hit: Hit, zone: ZoneInfo) -> dict[str, str]:
    """Return what the page's address becomes when something found is chosen."""
    if hit.kind is HitKind.CALL:
        day = call_id(hit.id).started_at.astimezone(zone).date()
        return {"panel": f"day-calls:{day}", "row": hit.id}
    panels = {HitKind.INVOICE: "invoice", HitKind.FILE: "file"}
    return {"panel": f"{panels.get(hit.kind, 'customer')}:{hit.subject}"}
