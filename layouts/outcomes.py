"""What an action did, in the panel: it stays until it is dismissed or the next thing is done."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.words import attrs

LOOK = "outcome"
NO_OUTCOME = ("", LOOK)


def done(said: str) -> tuple[str, str]:
    """Return the words of what was done, and their look."""
    return said, f"{LOOK} done"


def refused(why: str) -> tuple[str, str]:
    """Return the words of what could not even be asked, and their look."""
    return why, f"{LOOK} refused"


def outcome() -> Component:
    """Return its place, empty: it is told to a screen reader politely, and a refresh leaves it."""
    dismiss = html.Button(
        html.Span("Dismiss", className="visually-hidden"),
        type="button",
        className="dismiss",
        title="Dismiss",
        **attrs(data_dismiss="1"),
    )
    mark = html.Span(className="icon", **attrs(aria_hidden="true"))
    text = html.Div("", id=ids.OUTCOME_TEXT, role="status", **attrs(aria_live="polite"))
    return html.Div([mark, text, dismiss], id=ids.OUTCOME, className=LOOK)
