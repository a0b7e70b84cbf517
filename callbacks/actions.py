"""Doing things from a panel: a button asks, a dialog confirms, the store is changed once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from flask import abort, g
from sqlalchemy import Connection

from callbacks.deeds import DEEDS
from callbacks.deeds.wishes import Wish
from callbacks.rights import RoleTooLow, needs, numbers_masked
from callbacks.snapshots import Clock
from callbacks.standing import CHANGED, Outdated, check, checked, named, with_typed
from data.domain.authorship import By
from data.domain.errors import BillingError, StoreError
from data.domain.naming import LONGEST_NOTE
from data.domain.records import Role
from data.domain.row_requests import storable
from data.store.connect import Store
from data.store.queries.payments import entered_under
from data.store.retrying import retried
from layouts import ids
from layouts.actions import needed_role
from layouts.dialogs import YES, Question, question_body
from layouts.outcomes import NO_OUTCOME, done, refused

MOST_ROWS = 1_000
MOST_FIELDS = 200
LONGEST_TOKEN = 64
Answer = tuple[Any, ...]
_DIALOG = 7
"""Outputs that a question fills."""


class Actions:
    """Asks and does, for whoever the request is from."""

    def __init__(
        self, store: Store, clock: Clock, new_secret: Callable[[], str], inbox: Path
    ) -> None:
        """Take where things are changed and when, fresh passwords, and where files arrive."""
        self._store, self._clock, self._new_secret = store, clock, new_secret
        self._inbox = inbox

    def asked(self, slug: str, ticked: object) -> Answer:
        """Return the dialog of an action, its problem, what is pending, and the panel's outcome.

        What cannot be asked, as when no row is ticked, is said in the panel instead.
        """
        self._check(slug)
        rows = _row_ids(ticked)
        try:
            question = self._question(slug, self._wish(rows, {}))
        except StoreError:
            raise
        except BillingError as error:
            return (False, *(no_update,) * (_DIALOG + 1), *refused(str(error)))
        pending = _pending(slug, rows, {}, question, self._new_secret())
        return (*_shown(question), "", pending, *NO_OUTCOME)

    def confirmed(self, pending: object, typed: Mapping[str, str]) -> Answer:
        """Do what was asked, or ask on.

        Returns the dialog, its problem, what is pending, the outcome, when the page is woken, and
        the rows that stay ticked: none once something was done, as some are gone from the panel.
        A refusal stays in the dialog, which keeps what was typed. What is no longer as it was
        asked is asked again.
        """
        known = pending if isinstance(pending, dict) else {}
        slug, rows = str(known.get("action", "")), _row_ids(known.get("rows"))
        self._check(slug)
        token = str(known.get("token", ""))[:LONGEST_TOKEN] or None
        before = _texts(known.get("typed"))
        wish = replace(self._wish(rows, {**before, **typed}), token=token)
        try:
            if known.get("final") is not True:
                question = self._question(slug, wish)
                return _asked_on(question, "", _pending(slug, rows, wish.typed, question, token))
            said = self._done(slug, wish, replace(wish, typed=before), known.get("named"))
        except Outdated as error:
            shown = with_typed(error.now, known.get("named"), typed)
            return _asked_on(shown, CHANGED, _pending(slug, rows, before, error.now, token))
        except StoreError:
            raise
        except BillingError as error:
            return (*(no_update,) * _DIALOG, str(error), *(no_update,) * 5)
        closed = (False, *(no_update,) * (_DIALOG - 1))
        return (*closed, "", no_update, *done(said), self._clock().timestamp(), [])

    def _done(self, slug: str, wish: Wish, asked_as: Wish, was: object) -> str:
        """Do what was asked if it still is as it was; what was done under its token is done."""
        deed = DEEDS[slug]

        def look(conn: Connection) -> None:
            if wish.token is None or not entered_under(conn, wish.token):
                check(deed.asked(conn, asked_as), was)

        if deed.reckons:
            with self._store.snapshot() as conn:
                look(conn)
            return retried(lambda: deed.done(self._store, wish))
        return retried(lambda: deed.done(checked(self._store, look), wish))

    def _question(self, slug: str, wish: Wish) -> Question:
        with self._store.snapshot() as conn:
            return DEEDS[slug].asked(conn, wish)

    def _check(self, slug: str) -> None:
        role = needed_role(slug)
        if role is None:
            abort(400)
        if not g.caller.may(role):
            raise RoleTooLow(slug)

    def _wish(self, rows: Sequence[str], typed: Mapping[str, str]) -> Wish:
        by = By(g.caller.name, self._clock())
        return Wish(tuple(rows), by, typed, self._new_secret(), self._inbox, numbers_masked())


def _shown(question: Question) -> Answer:
    return (
        True,
        question.title,
        question_body(question),
        question.button,
        question.button_look,
        question.size,
        False,
    )


def _pending(
    slug: str,
    rows: Sequence[str],
    typed: Mapping[str, str],
    question: Question,
    token: str | None = None,
) -> dict[str, object]:
    """Return what the browser gives back with the answer; the store is looked at again then."""
    return {
        "action": slug,
        "rows": list(rows),
        "typed": dict(typed),
        "final": question.final,
        "named": named(question),
        "token": token,
    }


def _asked_on(question: Question, problem: str, pending: Mapping[str, object]) -> Answer:
    return (*_shown(question), problem, pending, *(no_update,) * 4)


def _row_ids(ticked: object) -> list[str]:
    """Return the ids of ticked rows: of what the browser sends nothing else is believed."""
    if not isinstance(ticked, list):
        return []
    found = (row.get("row_id") if isinstance(row, dict) else row for row in ticked[:MOST_ROWS])
    return [row for row in found if isinstance(row, str)]


def _texts(typed: object) -> dict[str, str]:
    """Return what was typed as texts: a ticked flag is yes, anything odd is nothing."""
    if not isinstance(typed, dict):
        return {}
    return {
        name: YES if value is True else _text(value)
        for name, value in list(typed.items())[:MOST_FIELDS]
        if isinstance(name, str)
    }


def _text(value: object) -> str:
    return value[:LONGEST_NOTE] if isinstance(value, str) and storable(value) else ""


def typed_in(names: object, values: object) -> dict[str, str]:
    """Return what was typed by field, from the ids and values that the browser sends."""
    if not isinstance(names, list) or not isinstance(values, list):
        return {}
    pairs = zip(names, values, strict=False)
    return _texts({name.get("index"): value for name, value in pairs if isinstance(name, dict)})


def register(app: Dash, actions: Actions) -> None:
    """Wire the buttons, the dialog, and what follows."""
    shown = (
        (ids.ASK, "is_open"),
        (ids.ASK_TITLE, "children"),
        (ids.ASK_BODY, "children"),
        (ids.ASK_CONFIRM, "children"),
        (ids.ASK_CONFIRM, "class_name"),
        (ids.ASK, "size"),
        (ids.ASK_CONFIRM, "disabled"),
        (ids.ASK_PROBLEM, "children"),
        (ids.PENDING, "data"),
    )
    outcome = (
        Output(ids.OUTCOME_TEXT, "children", allow_duplicate=True),
        Output(ids.OUTCOME, "className", allow_duplicate=True),
    )

    @app.callback(
        *(Output(*slot) for slot in shown),
        *outcome,
        Input({"type": "act", "index": ALL}, "n_clicks"),
        State(ids.GRID, "selectedRows"),
        prevent_initial_call=True,
    )
    @needs(Role.BILLING)
    def on_button(clicks: list[int | None], ticked: object) -> Answer:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return (no_update,) * (len(shown) + len(outcome))
        return actions.asked(str(ctx.triggered_id["index"]), ticked)

    @app.callback(
        *(Output(*slot, allow_duplicate=True) for slot in shown),
        *outcome,
        Output(ids.WOKEN, "data"),
        Output(ids.GRID, "selectedRows"),
        Input(ids.ASK_CONFIRM, "n_clicks"),
        State(ids.PENDING, "data"),
        State(ids.asked_field(ALL), "id"),
        State(ids.asked_field(ALL), "value"),
        running=[(Output(ids.ASK_CONFIRM, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    @needs(Role.BILLING, changes=True)
    def on_confirm(_clicks: int | None, pending: object, names: object, values: object) -> Answer:
        return actions.confirmed(pending, typed_in(names, values))

    _register_in_browser(app)


def _register_in_browser(app: Dash) -> None:
    """Say in the browser what needs no server: closing, and what is said where the person is."""

    def in_browser(name: str, *wiring: Any) -> None:  # noqa: ANN401 (Dash's own)
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("tollboard_here", name), *wiring, prevent_initial_call=True
        )

    closed = Output(ids.ASK, "is_open", allow_duplicate=True)
    in_browser("cancelled", closed, Input(ids.ASK_CANCEL, "n_clicks"))
    in_browser("asked", Output(ids.ASK_BODY, "title"), Input(ids.ASK, "is_open"))
    in_browser(
        "outcome",
        Output(ids.OUTCOME_TEXT, "title"),
        Input(ids.OUTCOME_TEXT, "children"),
        State(ids.OUTCOME, "className"),
    )
    in_browser(
        "problem",
        Output(ids.ASK_PROBLEM, "title"),
        Input(ids.ASK_PROBLEM, "children"),
        State(ids.ASK, "is_open"),
    )
