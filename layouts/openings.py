"""What each number of the page opens: which panel's rows, cut how, over which dates."""

from dataclasses import dataclass
from enum import StrEnum

from data.domain.panels import Panel, Scope
from data.domain.records import Role


class Dates(StrEnum):
    """Which dates govern an opening's rows."""

    NONE = "none"
    PERIOD = "period"
    THREE_MONTHS = "three_months"


@dataclass(frozen=True)
class Opening:
    """The rows behind one number.

    Attributes:
        title: The panel's heading.
        panel: What its rows are.
        scope: Which of them.
        dates: What limits them in time.
        total: The column whose sum is the number that was clicked; none: the count is.
        subject: The column that a subject (INV-7, C00012) narrows; none: it takes none.
        role: Who may open it, and everybody above.
    """

    title: str
    panel: Panel
    scope: Scope = Scope.ALL
    dates: Dates = Dates.NONE
    total: str = ""
    subject: str = ""
    role: Role = Role.VIEWER


def _unpaid(title: str, scope: Scope) -> Opening:
    return Opening(title, Panel.INVOICES, scope, total="outstanding_micros", subject="number")


def _calls(title: str, scope: Scope, dates: Dates = Dates.PERIOD, total: str = "") -> Opening:
    return Opening(title, Panel.CALLS, scope, dates, total, subject="custid")


OPENINGS: dict[str, Opening] = {
    "unpaid-invoices": _unpaid("Unpaid invoices", Scope.UNPAID),
    "overdue-invoices": _unpaid("Overdue invoices", Scope.OVERDUE),
    "age-not-due": _unpaid("Unpaid, not due", Scope.NOT_DUE),
    "age-1-30": _unpaid("1 to 30 days overdue", Scope.DAYS_1_30),
    "age-31-60": _unpaid("31 to 60 days overdue", Scope.DAYS_31_60),
    "age-61-90": _unpaid("61 to 90 days overdue", Scope.DAYS_61_90),
    "age-over-90": _unpaid("More than 90 days overdue", Scope.OVER_90),
    "draft-invoices": Opening("Draft invoices", Panel.INVOICES, Scope.DRAFTS, total="total_micros"),
    "customers": Opening("Customer records", Panel.CUSTOMERS),
    "files-success": Opening("CDR files: success", Panel.FILES, Scope.SUCCESS),
    "files-error": Opening("CDR files: error", Panel.FILES, Scope.ERROR),
    "files-waiting": Opening("CDR files: waiting", Panel.FILES, Scope.WAITING),
    "files": Opening("All CDR files", Panel.FILES, total="stored_bytes"),
    "files-processed": Opening(
        "CDR files processed", Panel.FILES, Scope.PROCESSED, Dates.THREE_MONTHS
    ),
    "files-dismissed": Opening("Dismissed CDR files", Panel.FILES, Scope.DISMISSED),
    "files-withdrawn": Opening("Withdrawn CDR files", Panel.FILES, Scope.WITHDRAWN),
    "tickets": Opening("Open help tickets", Panel.TICKETS, Scope.OPEN),
    "sources": Opening("Sources", Panel.SOURCES, Scope.IN_USE),
    "all-sources": Opening("All sources", Panel.SOURCES),
    "payments": Opening(
        "Payments and what undid them", Panel.PAYMENTS, total="amount_micros", subject="custid"
    ),
    "users": Opening("People with a login", Panel.USERS, role=Role.ADMIN),
    "changes": Opening("Who changed what", Panel.CHANGES, role=Role.ADMIN),
    "rejected": Opening("Rejected lines", Panel.REJECTIONS, dates=Dates.PERIOD),
    "ignored": Opening("Ignored lines", Panel.IGNORED, dates=Dates.PERIOD),
    "duplicate": Opening("Duplicate lines", Panel.DUPLICATES, dates=Dates.PERIOD),
    "calls": _calls("Calls", Scope.ALL),
    "customer-calls": _calls("Calls", Scope.ALL, total="charge_micros"),
    "destination-calls": Opening(
        "Calls",
        Panel.CALLS,
        dates=Dates.PERIOD,
        total="charge_micros",
        subject="destination",
    ),
    "unmatched": _calls("Calls without a customer", Scope.UNMATCHED),
    "contested": _calls("Calls that two customers claim", Scope.CONTESTED),
    "unrated": _calls("Calls without a price", Scope.UNRATED),
    "unbilled": _calls("Calls not yet billed", Scope.UNBILLED, total="charge_micros"),
    "unmatched-calls": _calls("Calls without a customer", Scope.UNMATCHED, Dates.THREE_MONTHS),
    "contested-calls": _calls(
        "Calls that two customers claim", Scope.CONTESTED, Dates.THREE_MONTHS
    ),
    "unrated-calls": _calls("Calls without a price", Scope.UNRATED, Dates.THREE_MONTHS),
    "notdue": Opening(
        "Invoiced and not paid",
        Panel.INVOICED_USAGE,
        Scope.UNPAID,
        Dates.PERIOD,
        total="outstanding_micros",
    ),
    "overdue": Opening(
        "Invoiced and overdue",
        Panel.INVOICED_USAGE,
        Scope.OVERDUE,
        Dates.PERIOD,
        total="overdue_micros",
    ),
    "top-customers": Opening(
        "Recorded invoices",
        Panel.INVOICES,
        Scope.RECORDED,
        Dates.PERIOD,
        total="total_micros",
        subject="custid",
    ),
    "top-paying": Opening(
        "Payments received",
        Panel.PAYMENTS,
        Scope.RECEIVED,
        Dates.PERIOD,
        total="amount_micros",
        subject="custid",
    ),
}
