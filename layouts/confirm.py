"""The dialog that asks for the password again, before something is changed long after the login."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.notices import stopped


def confirm_dialog(provider: str = "") -> Component:
    """Return the dialog, closed; where a provider vouches for people too, with the way to it."""
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
                    html.P(
                        html.A(f"or prove it to {provider}", href="/login?with=again"),
                        hidden=not provider,
                    ),
                    stopped(ids.CONFIRM_STOPPED),
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
