"""The dialog that asks for the password again, before something is changed long after the login."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts import ids


def confirm_dialog() -> Component:
    """Return the dialog, closed."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Your password again")),
            dbc.ModalBody(
                [
                    html.P("You signed in a while ago. What you asked for waits for this."),
                    html.Label(
                        [
                            html.Span("Password"),
                            dbc.Input(
                                id=ids.CONFIRM_PASSWORD,
                                type="password",
                                value="",
                                autocomplete="current-password",
                            ),
                        ]
                    ),
                    html.P("", id=ids.CONFIRM_PROBLEM, role="alert", className="problem"),
                ]
            ),
            dbc.ModalFooter(dbc.Button("Go on", id=ids.CONFIRM_GO, class_name="act", n_clicks=0)),
        ],
        id=ids.CONFIRM,
        is_open=False,
        centered=True,
        class_name="ask again",
    )
