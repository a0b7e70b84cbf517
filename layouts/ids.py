"""Every id that a callback names."""

LOCATION = "location"
TICK = "tick"
NOW = "refresh-now"
WOKEN = "woken"
READ = "read"
"""What the last answered refresh said: when it was read and which state it shows."""
MOVED = "moved"
"""Which state a refresh found to be another one: what the view's own callback waits for."""
PAGE_WORDS = "page-words"
VIEW_WORDS = "view-words"
PAGE_SLOTS = "page-slots"
VIEW_SLOTS = "view-slots"
"""Where the words go, in their order."""
TWINS = "twins"
"""The tables that stand in place of charts."""
SHOWN = "shown"
"""Which state and view the governed part of the page shows."""
FAILED = "failed"
"""Why the last refresh failed, when it did."""
REFRESH_S = "refresh-s"
STAMPS = "stamps"
STATUS = "status"
STATUS_EVERY = "status-every"
STATUS_TEXT = "status-text"
NOTICE = "notice"
NOTICE_TEXT = "notice-text"
NOTICE_RETRY = "notice-retry"
THEME = "theme"
SEARCH = "search"
SEARCH_FOUND = "search-found"
CUSTOMER_MENU = "customer-menu"
CUSTOMER_SEARCH = "customer-search"
CUSTOMER_FOUND = "customer-found"
KEYS = "keys"
KEYS_SWITCH = "keys-switch"
PERIOD_FIRST = "period-first"
PERIOD_LAST = "period-last"
PERIOD_APPLY = "period-apply"

TOP_CUSTOMERS = "top-customers"
TOP_PAYING = "top-paying"
TOP_DESTINATIONS = "top-destinations"
FILES_BY_MONTH = "files-by-month"
TRAFFIC = "traffic"


def graph(chart: str) -> str:
    """Return the id of a chart's graph."""
    return f"{chart}-graph"


CHARTS = (TOP_CUSTOMERS, TOP_PAYING, TOP_DESTINATIONS, FILES_BY_MONTH, TRAFFIC)

PANEL = "panel"
PANEL_ROWS = "panel-rows"
PANEL_TOTAL = "panel-total"
PANEL_WORDS = "panel-words"
PANEL_FACTS = "panel-facts"
PANEL_SIDES = "panel-sides"
PANEL_PAPERS = "panel-papers"
PANEL_DETAIL = "panel-detail"
DETAIL_SHOWN = "detail-shown"
"""Which call's worked price is shown."""
PANEL_MESSAGE = "panel-message"
OUTCOME = "outcome"
OUTCOME_TEXT = "outcome-text"
"""What an action did, or why it was not asked: it stays until it is dismissed or the next one."""
PANEL_SHOWN = "panel-shown"
PANEL_FAILED = "panel-failed"
PANEL_FAILED_TEXT = "panel-failed-text"
PANEL_STOPPED = "panel-stopped"
"""That nothing can be done in the panel now: the session has ended, the server is gone."""
REFRESHING = "refreshing"
UPLOADS = "uploads"
GRID = "grid"


def export(form: str) -> str:
    """Return the id of an export's link."""
    return f"export-{form}"


def act(slug: str) -> dict[str, str]:
    """Return the id of an action's button."""
    return {"type": "act", "index": slug}


PANEL_ACTIONS = "panel-actions"
PENDING = "pending"
"""What the dialog asks about: an action and the rows it is done to."""
ASK = "ask"
ASK_TITLE = "ask-title"
ASK_BODY = "ask-body"
ASK_PROBLEM = "ask-problem"
ASK_STOPPED = "ask-stopped"
ASK_CANCEL = "ask-cancel"
ASK_CONFIRM = "ask-confirm"

CONFIRM = "confirm"
"""Asks for the password again."""
CONFIRM_PASSWORD = "confirm-password"  # noqa: S105 (a component's id)
CONFIRM_PROBLEM = "confirm-problem"
CONFIRM_STOPPED = "confirm-stopped"
CONFIRM_GO = "confirm-go"
CONFIRMED = "confirmed"


def asked_field(name: object) -> dict[str, object]:
    """Return the id of a field of the dialog; the wildcard ALL names all of them."""
    return {"type": "asked", "index": name}
