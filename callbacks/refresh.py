"""Keeping the page current: words by id, figures by patches, one call at a time."""

import logging
from typing import Any

from dash import (
    ClientsideFunction,
    Dash,
    Input,
    Output,
    Patch,
    State,
    ctx,
    no_update,
    set_props,
)
from flask import Response, after_this_request
from werkzeug.exceptions import HTTPException

from callbacks.address import tables_in, view_in
from callbacks.rights import PasswordTooOld, needs
from callbacks.snapshots import Snapshots
from data.domain.errors import StoreError
from data.domain.records import Role
from data.domain.views import AskedView
from layouts import ids
from layouts.charts import series
from layouts.outcomes import refused
from layouts.page import page_words, view_words
from layouts.twins import twins

log = logging.getLogger(__name__)
NAMESPACE = "tollboard"


def tick_answer(
    snapshots: Snapshots, read: dict[str, Any] | None, seen: str | None
) -> tuple[Any, Any, Any]:
    """Return when the page was read, whether its view must follow, and its words if they moved.

    A view that could not be read at its change is asked for again until it shows the same state.
    """
    shown = snapshots.shown(AskedView())
    page = shown.dashboard
    changed = None if page.changed_at is None else page.changed_at.isoformat(timespec="seconds")
    stamp = {"token": shown.token, "changed": changed, "at": page.as_of.timestamp()}
    moved = no_update if (seen or "").partition("|")[0] == shown.token else stamp
    if read is not None and read.get("token") == shown.token:
        return stamp, moved, no_update
    return stamp, moved, page_words(page, page.as_of).values


def view_answer(snapshots: Snapshots, search: str | None, seen: str | None) -> tuple[Any, ...]:
    """Return the words, what they show, and patches of every figure, if anything moved."""
    view, tables = view_in(search), tables_in(search)
    shown = snapshots.shown(view)
    key = f"{shown.token}|{view.key}|{tables}"
    if key == seen:
        return (no_update,) * (3 + len(ids.CHARTS))
    same_view = (seen or "").partition("|")[2].rpartition("|")[0] == view.key
    patches = []
    for chart in ids.CHARTS:
        figure = Patch()
        for change in series(chart, shown.dashboard, view.measure):
            figure["data"][change.trace][change.attribute] = change.values
        if chart == ids.TRAFFIC and not same_view:
            figure["layout"]["xaxis"]["autorange"] = True  # other dates: the old zoom is elsewhere
        patches.append(figure)
    return view_words(shown.dashboard, view).values, twins(tables, shown.dashboard), key, *patches


def failure_told(error: Exception) -> None:
    """Say on the page that its figures could not be read; the old ones stay."""
    if isinstance(error, HTTPException):
        raise error  # 403 for what a role may not do, 400 for what no page of ours sends
    if isinstance(error, PasswordTooOld):
        set_props(ids.CONFIRM, {"is_open": True})
        return
    if isinstance(error, StoreError):
        log.warning("a refresh could not read the store: %s", error)
        why = error.told_abroad
    else:
        log.error("a callback failed", exc_info=error)
        why = "The server made a mistake. It is in the server's log."
    _told_where_it_was_asked(why)


def _told_where_it_was_asked(why: str) -> None:
    """Say it in the dialog or the panel that somebody has before them, else above the figures."""
    if ctx.triggered_id == ids.ASK_CONFIRM:
        look_first = "Look whether it was done before you do it again."
        set_props(ids.ASK_PROBLEM, {"children": f"{why} {look_first}"})
        return
    if isinstance(ctx.triggered_id, dict):  # a button of the panel, which only asks
        said, look = refused(why)
        set_props(ids.OUTCOME_TEXT, {"children": said})
        set_props(ids.OUTCOME, {"className": look})
        return
    if ctx.triggered_id in (ids.CONFIRM_GO, ids.CONFIRM_PASSWORD):
        set_props(ids.CONFIRM_PROBLEM, {"children": why})
        return
    set_props(ids.FAILED, {"data": {"why": why}})
    if ctx.triggered_id == ids.GRID:
        set_props(ids.PANEL_FAILED_TEXT, {"children": why})
        set_props(ids.PANEL_FAILED, {"hidden": False})
        after_this_request(_without_rows)


def _without_rows(answer: Response) -> Response:
    """Mark an answer that has no rows in it: the grid is told, and asks for them again."""
    answer.headers["Tollboard-Rows"] = "none"
    return answer


def register(app: Dash, snapshots: Snapshots) -> None:
    """Refresh on every tick, on demand, on waking, and when the address asks for another view."""

    @app.callback(
        Output(ids.READ, "data"),
        Output(ids.MOVED, "data"),
        Output(ids.PAGE_WORDS, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(ids.NOW, "n_clicks"),
        Input(ids.WOKEN, "data"),
        State(ids.READ, "data"),
        State(ids.SHOWN, "data"),
        running=[
            (Output(ids.TICK, "disabled"), True, False),
            (Output(ids.REFRESHING, "hidden"), False, True),
        ],
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_tick(
        _ticks: int | None,
        _clicks: int | None,
        _woken: object,
        read: dict[str, Any] | None,
        seen: str | None,
    ) -> tuple[Any, Any, Any]:
        return tick_answer(snapshots, read, seen)

    @app.callback(
        Output(ids.VIEW_WORDS, "data"),
        Output(ids.TWINS, "data"),
        Output(ids.SHOWN, "data"),
        *(Output(ids.graph(chart), "figure", allow_duplicate=True) for chart in ids.CHARTS),
        Input(ids.MOVED, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.SHOWN, "data"),
        running=[(Output(ids.TICK, "disabled"), True, False)],  # else a newer call drops its answer
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_view(_moved: object, search: str | None, seen: str | None) -> tuple[Any, ...]:
        return view_answer(snapshots, search, seen)

    _register_in_browser(app)


def _register_in_browser(app: Dash) -> None:
    """Wire what the browser does by itself; an output that is named here may never change."""

    def in_browser(name: str, *wiring: Any, **options: Any) -> None:  # noqa: ANN401 (Dash's own)
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction(NAMESPACE, name), *wiring, **options
        )

    for words, slots in ((ids.PAGE_WORDS, ids.PAGE_SLOTS), (ids.VIEW_WORDS, ids.VIEW_SLOTS)):
        wiring = Output(slots, "storage_type"), Input(words, "data"), State(slots, "data")
        in_browser("spread", *wiring, prevent_initial_call=True)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(f"{NAMESPACE}_twins", "twins"),
        Output(ids.STAMPS, "title"),
        Input(ids.TWINS, "data"),
        prevent_initial_call=True,
    )
    in_browser(
        "answered",
        Output(ids.REFRESH_S, "storage_type"),
        Input(ids.READ, "data"),
        Input(ids.FAILED, "data"),
        State(ids.REFRESH_S, "data"),
    )
    in_browser(
        "figures",
        [Output(ids.graph(chart), "figure") for chart in ids.CHARTS],
        Input(ids.THEME, "data"),
        prevent_initial_call=True,
    )
