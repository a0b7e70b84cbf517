"""Doing things from a panel: a button asks, a dialog confirms, the store is changed once."""

from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from flask import abort, g

from callbacks.deeds import DEEDS, Wish
from callbacks.rights import RoleTooLow, needs
from callbacks.snapshots import Clock
from data.domain.authorship import By
from data.domain.errors import BillingError, StoreError
from data.domain.records import Role
from data.store.connect import Store
from layouts import ids
from layouts.actions import action

LONGEST_TYPED = 200
MOST_ROWS = 1_000
Answer = tuple[Any, ...]


class Actions:
    """Asks and does, for whoever the request is from."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Take where things are changed and when."""
        self._store, self._clock = store, clock

    def asked(self, slug: str, ticked: object) -> Answer:
        """Return the dialog of an action: open, title, text, field, label, value, button, problem.

        What cannot be asked, as when no row is ticked, is said in the panel instead.
        """
        wanted = self._allowed(slug)
        rows = _row_ids(ticked)
        try:
            with self._store.snapshot() as conn:
                question = DEEDS[slug].asked(conn, self._wish(rows, ""))
        except StoreError:
            raise
        except BillingError as error:
            return (False, *(no_update,) * 7, no_update, str(error))
        return (
            True,
            question.title,
            question.text,
            not wanted.field,
            wanted.field,
            question.value,
            question.button,
            "",
            {"action": slug, "rows": rows},
            "",
        )

    def done(self, pending: object, typed: object) -> Answer:
        """Do what was asked; return whether the dialog stays, its problem, and what to say."""
        slug = str(pending.get("action", "")) if isinstance(pending, dict) else ""
        self._allowed(slug)
        rows = _row_ids(pending.get("rows")) if isinstance(pending, dict) else []
        words = str(typed or "").strip()[:LONGEST_TYPED]
        try:
            said = DEEDS[slug].done(self._store, self._wish(rows, words))
        except StoreError:
            raise
        except BillingError as error:
            return True, str(error), no_update, no_update
        return False, "", said, self._clock().timestamp()

    def _allowed(self, slug: str) -> Any:  # noqa: ANN401 (abort never returns)
        wanted = action(slug)
        if wanted is None:
            abort(400)
        if not g.caller.may(wanted.role):
            raise RoleTooLow(slug)
        return wanted

    def _wish(self, rows: Sequence[str], typed: str) -> Wish:
        return Wish(tuple(rows), typed, By(g.caller.name, self._clock()))


def _row_ids(ticked: object) -> list[str]:
    """Return the ids of ticked rows: of what the browser sends nothing else is believed."""
    if not isinstance(ticked, list):
        return []
    found = (row.get("row_id") if isinstance(row, dict) else row for row in ticked[:MOST_ROWS])
    return [row for row in found if isinstance(row, str)]


def register(app: Dash, actions: Actions) -> None:
    """Wire the buttons, the dialog, and what follows."""

    @app.callback(
        Output(ids.ASK, "is_open"),
        Output(ids.ASK_TITLE, "children"),
        Output(ids.ASK_TEXT, "children"),
        Output(ids.ASK_FIELD, "hidden"),
        Output(ids.ASK_LABEL, "children"),
        Output(ids.ASK_INPUT, "value"),
        Output(ids.ASK_CONFIRM, "children"),
        Output(ids.ASK_PROBLEM, "children"),
        Output(ids.PENDING, "data"),
        Output(ids.PANEL_MESSAGE, "children", allow_duplicate=True),
        Input({"type": "act", "index": ALL}, "n_clicks"),
        State(ids.GRID, "selectedRows"),
        prevent_initial_call=True,
    )
    @needs(Role.BILLING)
    def on_button(clicks: list[int | None], ticked: object) -> Answer:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return (no_update,) * 10
        return actions.asked(str(ctx.triggered_id["index"]), ticked)

    @app.callback(
        Output(ids.ASK, "is_open", allow_duplicate=True),
        Output(ids.ASK_PROBLEM, "children", allow_duplicate=True),
        Output(ids.PANEL_MESSAGE, "children", allow_duplicate=True),
        Output(ids.WOKEN, "data"),
        Input(ids.ASK_CONFIRM, "n_clicks"),
        Input(ids.ASK_INPUT, "n_submit"),
        State(ids.PENDING, "data"),
        State(ids.ASK_INPUT, "value"),
        prevent_initial_call=True,
    )
    @needs(Role.BILLING, changes=True)
    def on_confirm(
        _clicks: int | None, _enter: int | None, pending: object, typed: object
    ) -> Answer:
        return actions.done(pending, typed)

    @app.callback(
        Output(ids.ASK, "is_open", allow_duplicate=True),
        Input(ids.ASK_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_cancel(_clicks: int | None) -> bool:
        return False
