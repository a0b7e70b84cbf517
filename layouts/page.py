"""The page: its parts in their order, and everything that a refresh changes on them.

It has two halves: HTML that the server writes, and what Dash puts into it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard
from data.domain.views import AskedView
from layouts import ids
from layouts.charts import graph
from layouts.confirm import confirm_dialog
from layouts.dialogs import dialog
from layouts.flow import flow, flow_words
from layouts.header import Viewer, header, header_words, menus
from layouts.keys import help_dialog
from layouts.needs import needs, needs_words
from layouts.notices import notice, welcome, welcome_words
from layouts.panels import panel
from layouts.places import Into, place
from layouts.tiles import invoice_words, money_row, pipeline_row, tile_words
from layouts.tops import (
    TOPS,
    months_card,
    months_words,
    top_card,
    top_words,
)
from layouts.traffic import traffic_card, traffic_words
from layouts.words import Words, attrs, joined

EVERYTHING = AskedView()


@dataclass(frozen=True)
class Look:
    """How a viewer opens the page.

    Attributes:
        viewer: Who.
        refresh_s: Seconds between refreshes; 0 is paused.
        token: Which state of the store the figures show.
        provider: What the identity provider is called; empty: there is none.
        view: How the page is narrowed.
    """

    viewer: Viewer
    refresh_s: int
    token: str
    provider: str = ""
    view: AskedView = EVERYTHING


@dataclass(frozen=True)
class Seen:
    """What the page shows, by what governs it.

    Attributes:
        whole: Of all customers: what no filter governs is read from it.
        narrowed: Of the view; the same where it is narrowed to no customer.
    """

    whole: Dashboard
    narrowed: Dashboard

    def words(self, view: AskedView) -> "Said":
        """Return every word of the page."""
        page = page_words(self.whole, self.whole.as_of)
        return Said(page, view_words(self.narrowed, view))


class Said(NamedTuple):
    """The words of the page: those that no filter governs, and those of the view."""

    page: Words
    view: Words


def page_words(shown: Dashboard, now: datetime) -> Words:
    """Return the words that no filter governs: tiles, attention, months."""
    return joined(
        [tile_words(shown), needs_words(shown, now), months_words(shown), welcome_words(shown)]
    )


def view_words(shown: Dashboard, view: AskedView) -> Words:
    """Return the words that the period and the customer govern."""
    tops = [top_words(chart, shown) for chart in TOPS]
    return joined(
        [
            header_words(shown, view.period),
            invoice_words(shown),
            flow_words(shown),
            *tops,
            traffic_words(shown, view.measure),
        ]
    )


class Halves(NamedTuple):
    """The page: the HTML that the server writes, and what Dash puts into it."""

    still: Component
    moving: Component


def page(seen: Seen, look: Look) -> Halves:
    """Return the whole page, filled: nothing on it waits for a callback."""
    said = seen.words(look.view)
    words = said.page + said.view
    bar_menus = menus(words, look.viewer)
    bar = header(bar_menus, seen.whole.tenant, look.viewer)
    return Halves(still(words, bar), moving(seen.narrowed, look, said, bar_menus))


def still(said: Words, bar: Component) -> Component:
    """Return the page as HTML, filled: whole before any script runs, but for its charts."""
    return html.Div(
        [
            html.A("Skip to the figures", href="#main", className="skip", **attrs(data_skip="1")),
            bar,
            place(ids.REFRESHING),
            notice(),
            html.Main(_parts(said), id="main"),
            help_dialog(),
            html.Div(id=ids.UPLOADS, className="uploads", role="status"),
        ],
        id="page",
        className="page",
    )


def moving(shown: Dashboard, look: Look, said: Said, bar: dict[str, Component]) -> Component:
    """Return what Dash adds to the page: charts, menus, panel, dialogs and what they work with."""
    graphs = {chart: graph(chart, shown, look.view.measure) for chart in ids.CHARTS}
    refreshing = html.Div(id=ids.REFRESHING, className="refreshing", hidden=True)
    inside = {**graphs, **bar, ids.REFRESHING: refreshing}
    return html.Div(
        [
            *_machinery(shown, look, said),
            *(Into(part, name) for name, part in inside.items()),
            panel(),
            dialog(),
            confirm_dialog(look.provider),
        ]
    )


def _parts(said: Words) -> list[Component]:
    return [
        needs(said),
        money_row(said),
        pipeline_row(said),
        welcome(said),
        flow(said),
        html.Section(
            [
                top_card(ids.TOP_CUSTOMERS, said),
                top_card(ids.TOP_PAYING, said),
                months_card(said),
            ],
            className="row-c",
        ),
        html.Section(
            [traffic_card(said), top_card(ids.TOP_DESTINATIONS, said)], className="row-c row-d"
        ),
    ]


def _machinery(shown: Dashboard, look: Look, said: Said) -> list[Component]:
    slots = {ids.PAGE_SLOTS: said.page.slots, ids.VIEW_SLOTS: said.view.slots}
    return [
        dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
        dcc.Interval(
            id=ids.TICK, interval=max(1, look.refresh_s) * 1000, disabled=not look.refresh_s
        ),
        dcc.Store(id=ids.WOKEN),
        dcc.Store(id=ids.READ, data={"token": look.token, "changed": _changed(shown)}),
        dcc.Store(id=ids.MOVED),
        dcc.Store(id=ids.PAGE_WORDS),
        dcc.Store(id=ids.VIEW_WORDS),
        *(dcc.Store(id=name, data=places) for name, places in slots.items()),
        dcc.Store(id=ids.TWINS),
        dcc.Store(id=ids.SHOWN, data=f"{look.token}|{look.view.key}|"),
        dcc.Store(id=ids.THEME),
        dcc.Store(id=ids.REFRESH_S, data=look.refresh_s),
        dcc.Store(id=ids.FAILED),
        dcc.Store(id=ids.PANEL_SHOWN),
        dcc.Store(id=ids.DETAIL_SHOWN),
        dcc.Store(id=ids.PENDING),
        dcc.Store(id=ids.CONFIRMED),
    ]


def _changed(shown: Dashboard) -> str | None:
    return None if shown.changed_at is None else shown.changed_at.isoformat(timespec="seconds")
