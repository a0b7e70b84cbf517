"""Every state of the page, its panels and dialogs, made up: to look at, to test, to picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard
from data.domain.records import Role
from layouts import ids
from layouts.actions import buttons
from layouts.blank import BLANK
from layouts.dialogs import Fact, Field, FieldKind, Question, question_body
from layouts.empties import nothing
from layouts.header import Viewer
from layouts.login import Asked, failed_page, login_page
from layouts.openings import OPENINGS, Opening
from layouts.outcomes import done, refused
from layouts.page import Halves, Look, Seen, page
from layouts.panels import column_definitions, grid
from layouts.sample_rows import sample_row
from layouts.samples import BUSY, TODAY, UNKNOWN, ZERO

Changes = dict[str, dict[str, Any]]
VIEWER = Viewer("anna.miller@example.com", "admin")
WHY = "There is no store at /srv/tollboard/tollboard.db; it was there before."
OF_ASKING = ("cacheBlockSize", "maxBlocksInCache", "infiniteInitialRowCount")
"""What a grid is told only when it asks the server for its rows."""
SINCE = "Figures of 11:57:12, kept as they were."
FRESH: Changes = {
    ids.STATUS_TEXT: {"children": "4 s ago"},
    ids.STATUS_EVERY: {"children": "· every 10 s"},
}
STALE: Changes = {
    ids.STATUS_TEXT: {"children": "3 min ago"},
    ids.STATUS_EVERY: {"children": "· every 10 s"},
    ids.STATUS: {"className": "status stale"},
    ids.NOTICE: {"hidden": False},
}
RECORD = Question(
    "Record 4 invoices, $1,204.00?",
    "They get their numbers and debit the customers at once. A recorded invoice is not deleted; it "
    "goes back to draft only while nothing is paid on it.",
    "Record 4 invoices, $1,204.00",
    facts=(
        Fact("2 customers", "Aldermoor Logistics (1001), Morgenrot Energie (2011)"),
        Fact("Invoices", "D17, D18, D21, D22"),
    ),
)
DELETE = Question(
    "Delete 4 drafts, $1,204.00?",
    "Their calls, fees and charges are free for the next bill run.",
    "Delete 4 drafts, $1,204.00",
    facts=RECORD.facts,
    grave=True,
)
PAY = Question(
    "Enter a payment on 2 invoices, $331.20 outstanding",
    "It goes to the oldest due first; what exceeds them stays on account.",
    "Enter payment",
    facts=(Fact("Customer", "Morgenrot Energie (2011)"), Fact("Invoices", "110, 94")),
    fields=(
        Field("amount", "Amount", FieldKind.AMOUNT, "331.20", row="entry"),
        Field("day", "Day", FieldKind.DAY, TODAY.isoformat(), row="entry"),
        Field("method", "Method", row="how"),
        Field("notes", "Notes", row="how"),
    ),
)
PREFLIGHT = Question(
    "Make 37 drafts, $2,077.11?",
    "Drafts owe nothing yet: look at them, then record them.",
    "Make 37 drafts, $2,077.11",
    facts=(
        Fact("Drafts", "37"),
        Fact("Sum", "$2,077.11"),
        Fact("of which late calls", "$12.40"),
        Fact("Left out: calls to 2026-05-31 without a customer", "134", warning=True),
        Fact("Left out: calls to 2026-05-31 without a price", "41 of C00012", warning=True),
        Fact("Before, 2026-04-01 to 2026-04-30", "36 invoices, $1,998.02"),
        Fact("Moved most: C00007", "$410.20 to $88.10"),
    ),
)


@dataclass(frozen=True)
class State:
    """One state to look at.

    Attributes:
        slug: Its name in the address.
        title: What it shows.
        made: Makes it.
    """

    slug: str
    title: str
    made: Callable[[], Halves]


def _page(shown: Dashboard, *changes: Changes) -> Halves:
    halves = page(Seen(shown, shown), Look(VIEWER, 0, "gallery"))
    for change in changes:
        for part in [*_every(halves.still), *_every(halves.moving)]:
            for name, value in change.get(str(getattr(part, "id", "")), {}).items():
                setattr(part, name, value)
    return halves


def _every(tree: object) -> Iterator[Component]:
    """Give every component of a tree, also those that another has as its label."""
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from _every(part)
    elif isinstance(tree, Component):
        yield tree
        for name in ("children", "label"):
            yield from _every(getattr(tree, name, None))


def _panel(slug: str, *changes: Changes, **of_grid: Any) -> Halves:  # noqa: ANN401 (a grid's own properties)
    """Return the page with a panel open; its grid is given its rows instead of asking for them."""
    opening = OPENINGS[slug]
    own: Changes = {
        ids.PANEL: {"is_open": True, "title": opening.title},
        ids.PANEL_ACTIONS: {"children": buttons(opening, Role.ADMIN)},
        ids.GRID: {"columnDefs": column_definitions(opening), **of_grid},
    }
    return _page(BUSY, FRESH, own, *changes)


def _given(opening: Opening, count: int) -> dict[str, Any]:
    rows = [
        sample_row(opening.panel, number) | {"row_id": str(number)}
        for number in range(1, count + 1)
    ]
    asking = grid(opening).dashGridOptions  # type: ignore[attr-defined]
    options = {name: value for name, value in asking.items() if name not in OF_ASKING}
    return {"rowModelType": "clientSide", "rowData": rows, "dashGridOptions": options}


def _dialog(question: Question, problem: str = "", *changes: Changes) -> Halves:
    shown: Changes = {
        ids.ASK: {"is_open": True, "size": question.size},
        ids.ASK_TITLE: {"children": question.title},
        ids.ASK_BODY: {"children": question_body(question)},
        ids.ASK_CONFIRM: {"children": question.button, "class_name": question.button_look},
        ids.ASK_PROBLEM: {"children": problem},
    }
    opening = OPENINGS["draft-invoices"]
    total: Changes = {ids.PANEL_TOTAL: {"children": "$1,324.80 in 4 rows"}}
    return _panel("draft-invoices", total, shown, *changes, **_given(opening, 4))


def _ended(layer: str) -> Changes:
    said = "Your session has ended. Reload this page to sign in again."
    return {
        layer: {"hidden": False},
        f"{layer}-text": {"children": said},
        f"{layer}-again": {"children": "Reload"},
    }


def _uploads() -> Halves:
    lines = [
        ("Master-0612.csv", "62 %", "", "62%"),
        ("calls-berlin.log", "received, waiting to be processed", "done", "100%"),
        (
            "price-list.pdf",
            "the upload broke off; nothing was stored, send it again",
            "failed",
            "0",
        ),
    ]
    shown = [
        html.Div([html.B(name), html.Span(said), html.I(style={"width": width})], className=look)
        for name, said, look, width in lines
    ]
    return _page(BUSY, FRESH, {ids.UPLOADS: {"children": shown}})


DONE = "Payment of $500.00 received: $331.20 on invoice 1, $9.94 on invoice 2, $158.86 on account"
UNTICKED = "Tick the rows first."


def _first_load() -> Halves:
    return Halves(_page(BUSY).still, html.Div())


def _drafts(count: int, *changes: Changes) -> Halves:
    opening = OPENINGS["draft-invoices"]
    words = f"${331.20 * count:,.2f} in {count} rows" if count else "$0.00 in 0 rows"
    said: Changes = {
        ids.PANEL_TOTAL: {"children": words},
        ids.PANEL_MESSAGE: {"children": "" if count else nothing(opening, filtered=False)},
    }
    return _panel("draft-invoices", said, *changes, **_given(opening, count))


def _done(said: str, look: str) -> Changes:
    return {ids.OUTCOME_TEXT: {"children": said}, ids.OUTCOME: {"className": look}}


STATES = (
    State("busy", "A working day", lambda: _page(BUSY, FRESH)),
    State("first-load", "First load: the numbers, before any script", _first_load),
    State(
        "refreshing",
        "Refreshing: old values stay, a thin line",
        lambda: _page(BUSY, FRESH, {ids.REFRESHING: {"hidden": False}}),
    ),
    State("empty", "Empty: what would fill it, and how", lambda: _page(BLANK, FRESH)),
    State("zero", "Zero is a number", lambda: _page(ZERO, FRESH)),
    State("unknown", "Unknown, and why", lambda: _page(UNKNOWN, FRESH)),
    State(
        "error",
        "Error: the last good values, their age, try again",
        lambda: _page(BUSY, STALE, {ids.NOTICE_TEXT: {"children": f"{SINCE} {WHY}"}}),
    ),
    State(
        "stale",
        "Stale: the server does not answer",
        lambda: _page(
            BUSY,
            STALE,
            {
                ids.NOTICE_TEXT: {
                    "children": f"{SINCE} The server does not answer. This page keeps trying and "
                    "recovers by itself."
                }
            },
        ),
    ),
    State(
        "paused",
        "Paused",
        lambda: _page(
            BUSY,
            {
                ids.STATUS_TEXT: {"children": "paused, 4 min ago"},
                ids.STATUS: {"className": "status paused"},
            },
        ),
    ),
    State("panel-rows", "A panel with rows", lambda: _drafts(4)),
    State("panel-loading", "A panel that loads", lambda: _panel("draft-invoices")),
    State(
        "panel-opening",
        "A panel that the server has not answered for yet",
        lambda: _panel(
            "draft-invoices",
            {ids.PANEL_ROWS: {"children": []}, ids.PANEL_ACTIONS: {"children": []}},
        ),
    ),
    State("panel-done", "What an action did", lambda: _drafts(2, _done(*done(DONE)))),
    State(
        "panel-refused", "What could not be asked", lambda: _drafts(2, _done(*refused(UNTICKED)))
    ),
    State("panel-empty", "A panel without rows", lambda: _drafts(0)),
    State(
        "panel-error",
        "A panel whose rows cannot be read",
        lambda: _panel(
            "draft-invoices",
            {ids.PANEL_FAILED: {"hidden": False}, ids.PANEL_FAILED_TEXT: {"children": WHY}},
        ),
    ),
    State("dialog", "A dialog names the sum", lambda: _dialog(RECORD)),
    State("dialog-fields", "A dialog with something to type", lambda: _dialog(PAY)),
    State("dialog-facts", "A pre-flight", lambda: _dialog(PREFLIGHT)),
    State(
        "dialog-grave",
        "A dialog that takes something away, and a refusal",
        lambda: _dialog(DELETE, "Invoice D17 was recorded meanwhile. Nothing was deleted."),
    ),
    State(
        "dialog-stopped",
        "A dialog whose session has ended meanwhile",
        lambda: _dialog(
            PAY, "Nothing was done.", _ended(ids.ASK_STOPPED), _ended(ids.PANEL_STOPPED)
        ),
    ),
    State("uploads", "Uploads: on their way, received, refused", _uploads),
)
PLAIN = {
    "login": login_page(Asked(provider="Example Directory")),
    "login-refused": login_page(
        Asked(problem="That address and password do not match.", email="anna.miller@example.com")
    ),
    "unreadable": failed_page(WHY),
}
"""Pages that are HTML of their own."""


def of_panel(opening: str) -> str:
    """Return the state of a panel with rows, by the number that opens it."""
    return f"rows:{opening}"


def _filled(slug: str) -> State | None:
    mark, _, opening = slug.partition(":")
    if mark != "rows" or opening not in OPENINGS:
        return None
    total: Changes = {ids.PANEL_TOTAL: {"children": "3 rows"}}
    return State(slug, "", lambda: _panel(opening, total, **_given(OPENINGS[opening], 3)))


def gallery_page(slug: str) -> Halves:
    """Return a state, or the list of all of them."""
    state = next((state for state in STATES if state.slug == slug), None) or _filled(slug)
    return Halves(_list(), html.Div()) if state is None else state.made()


def _list() -> Component:
    items = [html.Li(html.A(state.title, href=f"/?state={state.slug}")) for state in STATES]
    items += [html.Li(html.A(slug, href=f"/{slug}")) for slug in PLAIN]
    items += [
        html.Li(html.A(f"Panel: {opening.title}", href=f"/?state={of_panel(slug)}"))
        for slug, opening in OPENINGS.items()
    ]
    return html.Main([html.H1("Every state of the page"), html.Ul(items)], id="main")
