"""Opening the rows behind a number: the panel, its pages, its exports."""

import json
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from flask import Flask, abort, g, jsonify, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from callbacks.rights import needs
from callbacks.rows import Opened, opened_in, row_request
from callbacks.snapshots import Clock
from data.domain.errors import RequestRefused
from data.domain.people import includes
from data.domain.records import Role
from data.domain.row_pages import Tally
from data.domain.row_requests import RowRequest
from data.domain.row_words import in_words
from data.exchange.exports import Export, ExportForm, export_written
from data.store.connect import Store
from data.store.queries.rows.pages import row_page, row_tally
from data.store.queries.tenant import the_tenant
from data.store.queries.versions import newest_version
from layouts import ids
from layouts.actions import buttons
from layouts.panels import FORMS, Writing, grid, grid_row, total_said
from layouts.text import Money

MOST_TALLIES = 64
Answer = tuple[Any, ...]


class Panels:
    """Reads panels; a tally is counted once per data version and request."""

    def __init__(self, store: Store, clock: Clock, work_dir: Path) -> None:
        """Remember no tally yet."""
        self._store, self._clock, self._work_dir = store, clock, work_dir
        self._tallies: OrderedDict[object, Tally] = OrderedDict()
        self._lock = Lock()

    def opened(self, search: str | None, role: Role) -> Opened | None:
        """Return what an address opens on the tenant's day; none that a role may not see."""
        now = self._clock()
        with self._store.snapshot() as conn:
            zone = newest_version(conn).zone
        found = opened_in(search, now.astimezone(zone).date())
        return None if found is None or not includes(role, found.opening.role) else found

    def rows(self, opened: Opened, wishes: Mapping[str, Any]) -> Answer:
        """Return a block of rows, the total, the words, a message, and the exports' links."""
        try:
            wanted = row_request(opened, wishes)
            return self._read(opened, wanted, wishes)
        except RequestRefused as error:
            links = [no_update] * len(FORMS)
            return ({"rowData": [], "rowCount": 0}, no_update, no_update, str(error), *links)

    def _read(self, opened: Opened, wanted: RowRequest, wishes: Mapping[str, Any]) -> Answer:
        now = self._clock()
        with self._store.snapshot() as conn:
            newest = newest_version(conn)
            key = newest.version, now.astimezone(newest.zone).date(), _apart_from_range(wanted)
            known = self._tallies.get(key)
            tally = row_tally(conn, wanted, now) if known is None else known
            page = row_page(conn, wanted, now, tally=tally)
            tenant = the_tenant(conn)
        self._remember(key, tally)
        money = Money(tenant.currency, tenant.minor_digits)
        writing = Writing(newest.zone, money)
        shown = [grid_row(row, opened.opening.panel, writing) for row in page.rows]
        gone = (
            f"{tally.expired:,} calls that the page still counts have expired: their rows are gone."
            if tally.expired
            else ""
        )
        return (
            {"rowData": shown, "rowCount": tally.count},
            total_said(opened.opening, tally, money),
            " · ".join(in_words(wanted)[1:]),
            gone or ("" if tally.count else "No rows."),
            *(_export_link(opened, form, wishes) for form, _ in FORMS),
        )

    def _remember(self, key: object, tally: Tally) -> None:
        with self._lock:
            self._tallies[key] = tally
            while len(self._tallies) > MOST_TALLIES:
                self._tallies.popitem(last=False)

    def exported(self, export: Export) -> BinaryIO:
        """Return an open file of exactly the rows asked for; no snapshot is held while it is sent.

        Raises:
            RequestRefused: The rows cannot be given in that order.
        """
        self._work_dir.mkdir(parents=True, exist_ok=True)
        written = tempfile.TemporaryFile(dir=self._work_dir)  # noqa: SIM115 (the answer closes it)
        try:
            with self._store.snapshot() as conn:
                export_written(conn, export, self._clock(), written)
        except BaseException:
            written.close()
            raise
        written.seek(0)
        return written


def _apart_from_range(wanted: RowRequest) -> object:
    return (
        wanted.panel,
        wanted.scope,
        wanted.filters,
        wanted.period,
        wanted.customer_id,
        wanted.file_id,
        wanted.invoice_id,
    )


def _export_link(opened: Opened, form: str, wishes: Mapping[str, Any]) -> str:
    panel = f"{opened.slug}:{opened.subject}" if opened.subject else opened.slug
    given = {"form": form, "panel": panel}
    if opened.period is not None:
        given |= {"from": opened.period.first.isoformat(), "to": opened.period.last.isoformat()}
    for name, wish in (("filter", "filterModel"), ("sort", "sortModel")):
        if wishes.get(wish):
            given[name] = json.dumps(wishes[wish])
    return f"/export?{urlencode(given)}"


def register(app: Dash, panels: Panels) -> None:
    """Open, fill and close the panel as the address says."""

    @app.callback(
        Output(ids.PANEL, "is_open"),
        Output(ids.PANEL, "title"),
        Output(ids.PANEL_ROWS, "children"),
        Output(ids.PANEL_ACTIONS, "children"),
        Output(ids.PANEL_SHOWN, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.PANEL_SHOWN, "data"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_address(search: str | None, seen: str | None) -> Answer:
        role = g.caller.role
        return panel_answer(panels.opened(search, role), seen, role)

    @app.callback(
        Output(ids.GRID, "getRowsResponse"),
        Output(ids.PANEL_TOTAL, "children"),
        Output(ids.PANEL_WORDS, "children"),
        Output(ids.PANEL_MESSAGE, "children"),
        *(Output(ids.export(form), "href") for form, _ in FORMS),
        Input(ids.GRID, "getRowsRequest"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_rows(wishes: Mapping[str, Any] | None, search: str | None) -> Answer:
        opened = panels.opened(search, g.caller.role)
        if opened is None or wishes is None:
            return (no_update,) * (4 + len(FORMS))
        return panels.rows(opened, wishes)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("tollboard", "clicked"),
        Output(ids.PANEL_WORDS, "title"),
        *(Input(ids.graph(chart), "clickData") for chart in ids.CHARTS if chart != ids.TRAFFIC),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("tollboard", "closed"),
        Output(ids.PANEL_MESSAGE, "title"),
        Input(ids.PANEL, "is_open"),
        prevent_initial_call=True,
    )


def panel_answer(opened: Opened | None, seen: str | None, role: Role) -> Answer:
    """Return the panel that an address opens, or close it; nothing where it is shown already."""
    key = None if opened is None else opened.key
    if key == seen:
        return (no_update,) * 5
    if opened is None:
        return False, no_update, no_update, no_update, None
    title = opened.opening.title
    if opened.subject:
        title = f"{title}: {opened.subject}"
    return True, title, grid(opened.opening.panel), buttons(opened.opening, role), key


def register_export(server: Flask, panels: Panels) -> None:
    """Add the route of the exports."""

    @server.get("/export")
    def export() -> AnyResponse:
        opened = panels.opened(request.query_string.decode(), g.caller.role)
        if opened is None:
            abort(404)
        try:
            wishes = {
                "filterModel": json.loads(request.args.get("filter", "{}")),
                "sortModel": json.loads(request.args.get("sort", "[]")),
            }
            form = ExportForm(request.args.get("form", ""))
            wanted = Export(row_request(opened, wishes), form)
            written = panels.exported(wanted)
        except (RequestRefused, ValueError) as error:
            response = jsonify(error=str(error))
            response.status_code = 400
            return response
        return send_file(
            written,
            mimetype=wanted.media_type,
            as_attachment=True,
            download_name=wanted.file_name,
            max_age=0,
        )
