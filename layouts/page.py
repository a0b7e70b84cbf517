"""The page: its parts in their order, and everything that a refresh changes on them."""

from dataclasses import dataclass
from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.records import Dashboard
from data.domain.views import AskedView
from layouts import ids
from layouts.charts import figure
from layouts.confirm import confirm_dialog
from layouts.dialogs import dialog
from layouts.first_paint import markup
from layouts.flow import flow, flow_words
from layouts.header import Viewer, header, header_words, plain_header
from layouts.keys import help_dialog
from layouts.needs import needs, needs_words
from layouts.notices import notice, welcome, welcome_words
from layouts.panels import panel
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

CLOCK_MS = 1000
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

    def words(self, view: AskedView) -> Words:
        """Return every word of the page."""
        return page_words(self.whole, self.whole.as_of) + view_words(self.narrowed, view)


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
            header_words(shown, view.period.preset),
            invoice_words(shown),
            flow_words(shown),
            *tops,
            traffic_words(shown, view.measure),
        ]
    )


def page(seen: Seen, look: Look) -> Component:
    """Return the whole page, filled: nothing on it waits for a callback."""
    said = seen.words(look.view)
    return html.Div(
        [
            *_machinery(seen.narrowed, look),
            html.A("Skip to the figures", href="#main", className="skip", **attrs(data_skip="1")),
            header(said, seen.whole.tenant, look.viewer),
            html.Div(id=ids.REFRESHING, className="refreshing", hidden=True),
            notice(),
            html.Main(_parts(said), id="main"),
            panel(),
            dialog(),
            confirm_dialog(look.provider),
            help_dialog(),
            html.Div(id=ids.UPLOADS, className="uploads", role="status"),
        ],
        id="page",
        className="page",
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


def _machinery(shown: Dashboard, look: Look) -> list[Component]:
    first = {chart: figure(chart, shown, look.view.measure) for chart in ids.CHARTS}
    return [
        dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
        dcc.Interval(
            id=ids.TICK, interval=max(1, look.refresh_s) * 1000, disabled=not look.refresh_s
        ),
        dcc.Interval(id=ids.CLOCK, interval=CLOCK_MS),
        dcc.Store(id=ids.WOKEN),
        dcc.Store(id=ids.READ, data={"token": look.token, "changed": _changed(shown)}),
        dcc.Store(id=ids.MOVED),
        dcc.Store(id=ids.PAGE_WORDS),
        dcc.Store(id=ids.VIEW_WORDS),
        dcc.Store(id=ids.TWINS),
        dcc.Store(id=ids.SHOWN, data=f"{look.token}|{look.view.key}|"),
        dcc.Store(id=ids.THEME),
        dcc.Store(id=ids.FIRST_FIGURES, data=first),
        dcc.Store(id=ids.REFRESH_S, data=look.refresh_s),
        dcc.Store(id=ids.FAILED),
        dcc.Store(id=ids.PANEL_SHOWN),
        dcc.Store(id=ids.DETAIL_SHOWN),
        dcc.Store(id=ids.PENDING),
        dcc.Store(id=ids.CONFIRMED),
    ]


def _changed(shown: Dashboard) -> str | None:
    return None if shown.changed_at is None else shown.changed_at.isoformat(timespec="seconds")


def first_paint(seen: Seen) -> str:
    """Return the page's head and its nine numbers as HTML that needs no script."""
    return markup(first_paint_page(seen))


def first_paint_page(seen: Seen) -> Component:
    """Return the page's head, its nine numbers, and the shape of what follows."""
    said = page_words(seen.whole, seen.whole.as_of) + invoice_words(seen.narrowed)
    return html.Div(
        [
            plain_header(seen.whole.tenant),
            html.Main([needs(said), money_row(said), pipeline_row(said), *_skeletons()]),
        ],
        className="page",
    )


def _skeletons() -> list[Component]:
    card = html.Div(className="card skeleton", **attrs(aria_hidden="true"))
    return [card, html.Div([card, card, card], className="row-c")]
