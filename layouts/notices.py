"""What the page says when it cannot show fresh figures; and what fills an empty store."""

from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard
from layouts import ids
from layouts.words import Words, attrs, words


def notice() -> Component:
    """Return the bar for stale figures: since when, why, what to do; hidden when all is well."""
    return html.Div(
        [
            html.Span(className="icon warn", **attrs(aria_hidden="true")),
            html.Span("", id=ids.NOTICE_TEXT),
            _again(ids.NOTICE_RETRY),
        ],
        id=ids.NOTICE,
        className="notice",
        role="status",
        hidden=True,
        **attrs(aria_live="polite"),
    )


def stopped(name: str) -> Component:
    """Return the bar for a panel or a dialog in which nothing can be done: why, and the way out.

    Hidden while all is well; `here.js` fills it, as what it tells may be that no server answers.
    """
    return html.Div(
        [
            html.Span(className="icon warn", **attrs(aria_hidden="true")),
            html.Span("", id=f"{name}-text"),
            _again(f"{name}-again"),
        ],
        id=name,
        className="notice in-panel",
        role="alert",
        hidden=True,
    )


def _again(name: str) -> Component:
    look = attrs(data_again="1")
    return html.Button("Try again", id=name, type="button", className="retry", **look)


def welcome_words(shown: Dashboard) -> Words:
    """Return whether the store is new: no file ever came, nobody is a customer."""
    tiles = shown.tiles
    files = tiles.files_success.count + tiles.files_error.count + tiles.files_waiting.count
    return words(("welcome", {"hidden": bool(files or tiles.customers.count)}))


def welcome(said: Words) -> Component:
    """Return what fills an empty store, command by command."""
    steps = (
        ("Bring your customers", "python -m data customers import customers.csv"),
        ("Bring a rate deck", "python -m data rates import standard rates.csv"),
        ("Say whose calls are whose", "python -m data auth-codes import codes.csv"),
        ("Put CDR files into the inbox, then", "python -m ingest run"),
    )
    items = [html.Li([html.Span(what), html.Code(command)]) for what, command in steps]
    return said.put(
        html.Section,
        "welcome",
        className="card welcome",
        children=[
            html.H2("Nothing here yet"),
            html.P(
                "This page fills itself from CDR files. Four commands make it yours; the page "
                "follows by itself, no reload needed."
            ),
            html.Ol(items),
        ],
    )


def failed_page(message: str) -> str:
    """Return the words for a page that cannot be read at all."""
    return f"The figures cannot be read: {message}"
