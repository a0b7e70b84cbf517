"""What a panel without rows says: why there are none, and what would fill it."""

from data.domain.panels import AGEING, Panel, Scope
from layouts.openings import Opening

FILTERED = "No row passes the filters of the columns. Clear one to see more."
_NONE_OWED = "Nothing is outstanding here."
_OF_SCOPE: dict[tuple[Panel, Scope], str] = {
    (Panel.INVOICES, Scope.DRAFTS): "No drafts. “Make drafts” makes them from the calls that are "
    "on no invoice yet.",
    (Panel.INVOICES, Scope.RECORDED): "No invoice was recorded in these dates. Make drafts, then "
    "record them.",
    **{
        (Panel.INVOICES, scope): _NONE_OWED
        for scope in (Scope.ALL, Scope.UNPAID, Scope.OVERDUE, *AGEING)
    },
    (Panel.FILES, Scope.ERROR): "No file failed.",
    (Panel.FILES, Scope.WAITING): "Nothing waits: every file received is processed.",
    (Panel.FILES, Scope.DISMISSED): "No file is dismissed.",
    (Panel.FILES, Scope.WITHDRAWN): "No file is withdrawn.",
    (Panel.CALLS, Scope.UNMATCHED): "Every call of these dates has a customer, or is claimed.",
    (Panel.CALLS, Scope.CONTESTED): "No call of these dates is claimed by two customers.",
    (Panel.CALLS, Scope.UNRATED): "Every answered call of these dates that needs a price has one.",
    (Panel.CALLS, Scope.UNBILLED): "Every charged call of these dates is on a recorded invoice.",
    (Panel.PAYMENTS, Scope.RECEIVED): "No payment came in on these dates.",
    (Panel.INVOICED_USAGE, Scope.OVERDUE): "Nothing of these calls is overdue.",
    (Panel.INVOICED_USAGE, Scope.NOT_DUE): "Nothing of these calls is still to fall due.",
    (Panel.INVOICED_USAGE, Scope.IN_PLAN): "No call of these dates is covered by a plan.",
    (Panel.TICKETS, Scope.OPEN): "No ticket is open. “Open a ticket” writes one.",
}
_OF_PANEL = {
    Panel.CUSTOMERS: "No customers yet. “Add customer” adds one; "
    "python -m data customers import customers.csv brings all.",
    Panel.FILES: "No file was processed. Drop CDR files on this page, or put them into the inbox "
    "and run python -m ingest run.",
    Panel.CALLS: "No calls. They come with the CDR files: python -m ingest run.",
    Panel.INVOICED_USAGE: "No call of these dates is on a recorded invoice.",
    Panel.PAYMENTS: "No payments yet. “Enter payment” on unpaid invoices enters one.",
    Panel.REJECTIONS: "No line was rejected.",
    Panel.REJECTION_REASONS: "No line was rejected.",
    Panel.IGNORED: "No line was ignored.",
    Panel.DUPLICATES: "No line was a duplicate.",
    Panel.DELIVERIES: "The file was delivered once.",
    Panel.ATTEMPTS: "The file was not processed yet.",
    Panel.SOURCES: "No sources yet. “Add source” adds one; files without one are read by format.",
}


def nothing(opening: Opening, *, filtered: bool) -> str:
    """Return what a panel says that has no rows.

    Args:
        opening: What was opened.
        filtered: Its columns are filtered, so that there may be rows.
    """
    if filtered:
        return FILTERED
    of_scope = _OF_SCOPE.get((opening.panel, opening.scope))
    return of_scope or _OF_PANEL.get(opening.panel, "No rows.")
