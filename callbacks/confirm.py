"""Giving the password again: what was asked for then goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from flask import g
from flask_login import current_user

from callbacks.proof import WRONG, NotProven, Proof
from callbacks.rights import needs
from data.domain.authorship import By
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.connect import Store
from data.store.writes.sessions import password_given
from layouts import ids


class Confirmation:
    """Takes the password of whoever the request is from."""

    def __init__(self, store: Store, clock: Callable[[], datetime], proof: Proof) -> None:
        """Take where sessions are, the present, and what checks passwords."""
        self._store, self._clock, self._proof = store, clock, proof

    def given(self, typed: object) -> tuple[Any, ...]:
        """Return whether the dialog stays, its problem, an empty field, and when it was proven."""
        try:
            self._proof.person(g.caller.name, str(typed or ""))
        except NotProven as error:
            said = "That is not your password." if str(error) == WRONG else str(error)
            return True, said, "", no_update
        with self._store.writing() as conn:
            by = By(g.caller.name, self._clock())
            password_given(conn, by, fingerprint(current_user.get_id()))
        return False, "", "", self._clock().timestamp()


def register(app: Dash, confirmation: Confirmation) -> None:
    """Wire the dialog, and what goes on after it."""

    @app.callback(
        Output(ids.CONFIRM, "is_open"),
        Output(ids.CONFIRM_PROBLEM, "children"),
        Output(ids.CONFIRM_PASSWORD, "value"),
        Output(ids.CONFIRMED, "data"),
        Input(ids.CONFIRM_GO, "n_clicks"),
        Input(ids.CONFIRM_PASSWORD, "n_submit"),
        State(ids.CONFIRM_PASSWORD, "value"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_password(_clicks: int | None, _enter: int | None, typed: object) -> tuple[Any, ...]:
        return confirmation.given(typed)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("tollboard", "confirmed"),
        Output(ids.CONFIRM_PROBLEM, "title"),
        Input(ids.CONFIRMED, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("tollboard", "focused"),
        Output(ids.CONFIRM_GO, "title"),
        Input(ids.CONFIRM, "is_open"),
        prevent_initial_call=True,
    )
