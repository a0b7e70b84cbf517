"""What keys do: the help that "?" opens, where single keys can be switched off (WCAG 2.1.4)."""

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.words import attrs

KEYS = (
    ("r", "Refresh now"),
    ("p", "Pause, and go on"),
    ("/", "Search"),
    ("t", "Tables in place of the charts, and back"),
    ("e", "Export the rows of the open panel"),
    ("?", "This help"),
    ("← → ↑ ↓", "From tile to tile, from cell to cell"),
    ("Enter", "Open the rows of a number, or what a row names"),
    ("Space", "Tick a row"),
    ("Tab", "Out of the rows, to what can be done with them"),
    ("Esc", "Close what is open"),
)


def help_dialog() -> Component:
    """Return the help, closed; the browser opens it as a modal dialog of its own."""
    rows = [html.Div([html.Dt(html.Kbd(key)), html.Dd(what)]) for key, what in KEYS]
    return html.Dialog(
        [
            html.Div(
                [
                    html.H2("Keys", id="keys-title"),
                    html.Button(
                        "Close", type="button", className="close", **attrs(data_close="keys")
                    ),
                ],
                className="head",
            ),
            html.Dl(rows, className="keys"),
            html.Button(
                "Switch single keys off",
                id=ids.KEYS_SWITCH,
                type="button",
                className="ctl",
                **attrs(data_keys="1"),
            ),
            html.P(
                "Single keys never act while something is typed. This browser remembers the switch."
            ),
        ],
        id=ids.KEYS,
        className="help",
        **attrs(aria_labelledby="keys-title"),
    )
