"""Opening the rows behind a number: the panel and its pages, as the address says."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from flask import g
from sqlalchemy import Connection

from callbacks.exports import export_links
from callbacks.rights import needs, numbers_masked
from callbacks.rows import Opened, opened_in, row_request, wishes_of
from callbacks.snapshots import Clock
from data.domain.counting import counted, worded
from data.domain.errors import RequestRefused
from data.domain.panels import Panel
from data.domain.people import includes
from data.domain.records import Role
from data.domain.row_pages import Tally
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Test
from data.domain.row_words import wish_words
from data.store.connect import Store
from data.store.queries.customers import narrowed_to
from data.store.queries.rows.pages import row_page, row_tally
from data.store.queries.tenant import the_tenant
from data.store.queries.versions import newest_version
from layouts import ids
from layouts.about import About, about, about_words
from layouts.actions import buttons
from layouts.cells import Writing
from layouts.empties import nothing
from layouts.openings import Dates
from layouts.outcomes import NO_OUTCOME
from layouts.panels import FORMS, grid, grid_row, sides, total_said
from layouts.papers import papers
from layouts.text import Money, day_with_year

MOST_TALLIES = 64
Answer = tuple[Any, ...]


class Panels:
    """Reads panels; a tally is counted once per data version and request."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Remember no tally yet."""
        self._store, self._clock = store, clock
        self._tallies: OrderedDict[object, Tally] = OrderedDict()
        self._lock = Lock()

    def opened(self, search: str | None, role: Role) -> Opened | None:
        """Return what an address opens, its customer looked up; none that a role may not see."""
        now = self._clock()
        with self._store.snapshot() as conn:
            zone = newest_version(conn).zone
            found = opened_in(search, now.astimezone(zone).date())
            if found is None or not includes(role, found.opening.role):
                return None
            if not found.custid:
                return found
            return replace(found, customer=narrowed_to(conn, found.custid))

    def about(self, opened: Opened) -> About | None:
        """Return the name and the facts of what a panel is about; none: it is about no one thing.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._store.snapshot() as conn:
            return self._about(conn, opened, _writing(conn))

    def rows(self, opened: Opened, wishes: Mapping[str, Any]) -> Answer:
        """Return a block of rows, the total, words, a message, facts, and the exports' links."""
        try:
            wanted = row_request(opened, wishes)
            return self._read(opened, wanted, wishes)
        except RequestRefused as error:
            kept = [no_update] * len(FORMS)
            nothing = {"rowData": [], "rowCount": 0}
            return (nothing, no_update, no_update, str(error), no_update, *kept)

    def _read(self, opened: Opened, wanted: RowRequest, wishes: Mapping[str, Any]) -> Answer:
        now = self._clock()
        with self._store.snapshot() as conn:
            newest = newest_version(conn)
            key = newest.version, now.astimezone(newest.zone).date(), _apart_from_range(wanted)
            known = self._tallies.get(key)
            tally = row_tally(conn, wanted, now) if known is None else known
            page = row_page(conn, wanted, now, tally=tally)
            writing = _writing(conn)
            said = self._about(conn, opened, writing)
        self._remember(key, tally)
        panel = opened.opening.panel
        shown = [grid_row(row, panel, writing, opened.address) for row in page.rows]
        return (
            {"rowData": shown, "rowCount": tally.count},
            total_said(opened.opening, tally, writing.money),
            _words(opened, wanted),
            _message(opened, wishes, tally),
            "" if said is None else about_words(said),
            *export_links(opened, wishes),
        )

    def _about(self, conn: Connection, opened: Opened, writing: Writing) -> About | None:
        panel = opened.opening.about
        if panel is None:
            return None
        if panel is Panel.CUSTOMERS:
            number = None if opened.customer is None else opened.customer.id
            wanted = RowRequest(panel=panel, customer_id=number, end=1, masked=numbers_masked())
        else:
            its = ColumnFilter("id", (Condition(Test.EQUALS, int(opened.subject)),))
            wanted = RowRequest(panel=panel, filters=(its,), end=1, masked=numbers_masked())
        found = row_page(conn, wanted, self._clock()).rows
        return about(found[0] if found else None, writing)

    def _remember(self, key: object, tally: Tally) -> None:
        with self._lock:
            self._tallies[key] = tally
            while len(self._tallies) > MOST_TALLIES:
                self._tallies.popitem(last=False)


def _writing(conn: Connection) -> Writing:
    tenant = the_tenant(conn)
    return Writing(newest_version(conn).zone, Money(tenant.currency, tenant.minor_digits))


def _words(opened: Opened, wanted: RowRequest) -> str:
    """Return what narrows the rows, besides what the heading says already."""
    whose = opened.customer
    said = list(wish_words(wanted))
    period = opened.period
    if period is not None and opened.opening.dates is not Dates.DAY:
        said.insert(0, f"{day_with_year(period.first)} – {day_with_year(period.last)}")
    if whose is not None and opened.opening.about is None:
        said.insert(0, f"{whose.company or 'no such customer'} ({whose.custid})")
    return " · ".join(said)


def _message(opened: Opened, wishes: Mapping[str, Any], tally: Tally) -> str:
    if tally.expired:
        calls = counted(tally.expired, "call")
        have, whose = worded(tally.expired, "has", "have"), worded(tally.expired, "its", "their")
        expired = f"{calls} that the page still counts {have} expired"
        return f"{expired}: retention took {whose} rows, the sums stay."
    if tally.count:
        return ""
    return nothing(opened.opening, filtered=bool(wishes.get("filterModel")))


def _apart_from_range(wanted: RowRequest) -> object:
    return replace(wanted, start=0, end=1, after=None, sort=())


def register(app: Dash, panels: Panels) -> None:
    """Open, fill and close the panel as the address says."""

    @app.callback(
        Output(ids.PANEL, "is_open"),
        Output(ids.PANEL, "title"),
        Output(ids.PANEL_ROWS, "children"),
        Output(ids.PANEL_ACTIONS, "children"),
        Output(ids.PANEL_SIDES, "children"),
        Output(ids.PANEL_PAPERS, "children"),
        Output(ids.PANEL_SHOWN, "data"),
        Output(ids.OUTCOME_TEXT, "children"),
        Output(ids.OUTCOME, "className"),
        Input(ids.LOCATION, "search"),
        State(ids.PANEL_SHOWN, "data"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_address(search: str | None, seen: str | None) -> Answer:
        role = g.caller.role
        return panel_answer(panels, panels.opened(search, role), seen, role)

    @app.callback(
        Output(ids.GRID, "getRowsResponse"),
        Output(ids.PANEL_TOTAL, "children"),
        Output(ids.PANEL_WORDS, "children"),
        Output(ids.PANEL_MESSAGE, "children"),
        Output(ids.PANEL_FACTS, "children"),
        *(Output(ids.export(form), "href") for form, _ in FORMS),
        Input(ids.GRID, "getRowsRequest"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_rows(wishes: Mapping[str, Any] | None, search: str | None) -> Answer:
        opened = panels.opened(search, g.caller.role)
        if opened is None or wishes is None:
            return (no_update,) * (5 + len(FORMS))
        return panels.rows(opened, wishes)

    _register_in_browser(app)


def _register_in_browser(app: Dash) -> None:
    """Say in the browser what a click on a bar opens, what closing does, and what is filtered."""

    def in_browser(name: str, *wiring: Any) -> None:  # noqa: ANN401 (Dash's own)
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("tollboard", name), *wiring, prevent_initial_call=True
        )

    in_browser(
        "clicked",
        Output(ids.PANEL_WORDS, "title"),
        *(Input(ids.graph(chart), "clickData") for chart in ids.CHARTS),
    )
    in_browser("closed", Output(ids.PANEL_MESSAGE, "title"), Input(ids.PANEL, "is_open"))
    in_browser("wished", Output(ids.PANEL_TOTAL, "title"), Input(ids.GRID, "getRowsRequest"))


def panel_answer(panels: Panels, opened: Opened | None, seen: str | None, role: Role) -> Answer:
    """Return the panel that an address opens, or close it; nothing where it is shown already."""
    key = None if opened is None else opened.key
    if key == seen:
        return (no_update,) * 9
    if opened is None:
        return (False, *(no_update,) * 5, None, *NO_OUTCOME)
    said = panels.about(opened)
    return (
        True,
        _title(opened, said),
        grid(opened.opening, wishes_of(opened)),
        buttons(opened.opening, role),
        sides(opened.slug, opened.subject),
        papers(opened.slug, opened.subject, role),
        key,
        *NO_OUTCOME,
    )


def _title(opened: Opened, said: About | None) -> str:
    title = opened.opening.title
    if said is not None:
        return f"{title} {said.name}"
    whose = opened.customer
    if whose is not None and whose.custid == opened.subject:
        return f"{title}: {whose.company or whose.custid}"
    period = opened.period
    if period is not None and opened.opening.dates is Dates.DAY:
        return f"{title} on {period.first:%A}, {day_with_year(period.first)}"
    if period is not None and opened.opening.dates is Dates.MONTH:
        return f"{title}, {period.first:%B %Y}"
    return f"{title}: {opened.subject}" if opened.subject else title
