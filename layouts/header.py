"""The bar at the top: whose page, which period, how fresh, which theme, who."""

from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard
from data.domain.periods import LONGEST_DAYS, LONGEST_YEARS, AskedPeriod
from data.domain.records import Role
from layouts import ids, text
from layouts.finding import customer_filter, search_box
from layouts.places import place
from layouts.words import Words, attrs, words

INTERVALS_S = (5, 10, 30, 60)
PERIOD_SPAN = "period-span"
PRESETS = (
    ("past-month", "Past month"),
    ("previous-month", "Previous calendar month"),
    ("this-month", "This month"),
)


MORE = (
    ("all-sources", "Sources"),
    ("payments", "Payments"),
    ("files-dismissed", "Dismissed files"),
    ("files-withdrawn", "Withdrawn files"),
)
"""Panels that no number of the page opens."""
FOR_ADMINS = (("users", "People with a login"), ("changes", "Who changed what"))


@dataclass(frozen=True)
class Viewer:
    """Who looks at the page.

    Attributes:
        email: Their address; a token has none.
        role: What they may do.
    """

    email: str
    role: str

    @property
    def initials(self) -> str:
        """Two letters of the address."""
        parts = self.email.split("@", maxsplit=1)[0].replace("_", ".").split(".")
        letters = parts[0][:1] + parts[1][:1] if len(parts) > 1 and parts[1] else parts[0][:2]
        return letters.upper()


def header_words(shown: Dashboard, asked: AskedPeriod) -> Words:
    """Return the words of the bar that follow the period and the customer."""
    name = dict(PRESETS).get(asked.preset, "Dates")
    if asked.is_too_long:  # in the words that a narrow screen has room for too
        name = f"Cut to {LONGEST_YEARS} years"
    dates = {
        "children": text.span(shown.period, today=shown.today),
        "data-first": shown.period.first.isoformat(),
        "data-last": shown.period.last.isoformat(),
    }
    whose = shown.customer
    company = "All customers" if whose is None else whose.company or "No such customer"
    return words(
        ("period-name", {"children": name}),
        (PERIOD_SPAN, dates),
        *(
            (_preset(preset), {"aria-current": str(preset == asked.preset).lower()})
            for preset, _ in PRESETS
        ),
        ("customer-name", {"children": company, "title": company}),
        ("customer-custid", {"children": "" if whose is None else whose.custid}),
        ("customer-all", {"hidden": whose is None}),
    )


def _preset(preset: str) -> str:
    return f"period-{preset}"


def header(bar: dict[str, Component], tenant: str, viewer: Viewer) -> Component:
    """Return the bar, with a place for each menu."""
    there = {name: place(name, _closed(menu)) for name, menu in bar.items()}
    return html.Header(
        [
            html.Span(
                [
                    html.Span(className="logo", **attrs(aria_hidden="true")),
                    html.H1("Tollboard"),
                    html.Span(tenant, className="tenant"),
                ],
                className="brand",
            ),
            search_box(),
            html.Span(className="sp"),
            html.Span("", id="wall-clock", className="wall-clock num"),
            html.Span("", id="printed", className="printed num"),
            _upload(viewer),
            html.Div([there["period"], there["customer"]], className="filters"),
            *(there[name] for name in ("refresh", "link", "theme", "account")),
        ],
        className="top-bar",
    )


def menus(said: Words, viewer: Viewer) -> dict[str, Component]:
    """Return the menus of the bar by their place."""
    return {
        "period": _period(said),
        "customer": customer_filter(said),
        "refresh": _refresh(),
        "link": _link(),
        "theme": _theme(),
        "account": _account(viewer),
    }


def _closed(menu: Any) -> Component:  # noqa: ANN401 (the properties of a menu)
    """Return what a menu looks like before it can be opened."""
    look = f"{menu.toggle_class_name} dropdown-toggle btn btn-primary"
    return html.Div(
        html.Button(menu.label, type="button", className=look), className=menu.class_name
    )


def _period(said: Words) -> Component:
    choices = [
        said.put(
            html.A,
            _preset(preset),
            children=label,
            href=f"?period={preset}",
            className="dropdown-item",
            **attrs(data_period=preset),
        )
        for preset, label in PRESETS
    ]
    dates = html.Div(
        [
            html.Label(["From", _date(ids.PERIOD_FIRST)]),
            html.Label(["To", _date(ids.PERIOD_LAST)]),
            dbc.Button("Show these dates", id=ids.PERIOD_APPLY, size="sm", class_name="apply"),
        ],
        className="dates",
        **attrs(
            data_longest_days=str(LONGEST_DAYS),
            data_too_long=f"At most {LONGEST_YEARS} years are shown at once.",
        ),
    )
    label = html.Span(
        [said.put(html.B, "period-name"), said.put(html.Span, PERIOD_SPAN, className="wide num")]
    )
    return dbc.DropdownMenu(
        [*choices, dbc.DropdownMenuItem(divider=True), dates],
        label=label,
        toggle_class_name="ctl",
        align_end=True,
        class_name="menu period",
    )


def _date(component_id: str) -> Component:
    return dbc.Input(id=component_id, type="date", size="sm")


def _upload(viewer: Viewer) -> Component | None:
    if viewer.role == "viewer":
        return None
    return html.Button(
        "Upload",
        type="button",
        className="ctl upload",
        title="Upload CDR files, or drop them anywhere on the page",
        **attrs(data_upload="1"),
    )


def _upload_of_phones(viewer: Viewer) -> list[Component]:
    """Return what stands in the menu where the bar has no room for the button."""
    if viewer.role == "viewer":
        return []
    look = "dropdown-item upload-of-phones"
    return [
        html.Button("Upload CDR files", type="button", className=look, **attrs(data_upload="1"))
    ]


def _refresh() -> Component:
    label = html.Span(
        [
            html.Span(className="live", **attrs(aria_hidden="true")),
            html.Span("reading…", id=ids.STATUS_TEXT, className="num"),
            html.Span("", id=ids.STATUS_EVERY, className="every num"),
        ],
        id=ids.STATUS,
        className="status",
    )
    return dbc.DropdownMenu(
        [
            dbc.DropdownMenuItem("Refresh now", id=ids.NOW, n_clicks=0),
            dbc.DropdownMenuItem(divider=True),
            _interval("off", "off"),
            *(_interval(f"{seconds}", f"every {seconds} s") for seconds in INTERVALS_S),
            dbc.DropdownMenuItem(divider=True),
            html.Div("", id=ids.STAMPS, className="stamps"),
        ],
        label=label,
        toggle_class_name="ctl",
        align_end=True,
        class_name="menu",
    )


def _interval(name: str, label: str) -> Component:
    return html.A(
        label,
        className="dropdown-item",
        href=f"?refresh={name}",
        **attrs(data_refresh=name),
    )


def _link() -> Component:
    choices = [
        html.Button(label, className="dropdown-item", type="button", **attrs(data_copy=kind))
        for kind, label in (
            ("relative", "Copy a link that moves with the days"),
            ("absolute", "Copy a link to these dates"),
        )
    ]
    label = html.Span(
        html.Span("Copy link", className="visually-hidden"),
        className="icon link",
        title="Copy link",
    )
    return dbc.DropdownMenu(
        choices,
        label=label,
        toggle_class_name="ctl square",
        align_end=True,
        class_name="menu links",
    )


def _theme() -> Component:
    choices = [
        html.Button(label, className="dropdown-item", type="button", **attrs(data_theme=theme))
        for theme, label in (("light", "Light"), ("dark", "Dark"), ("system", "As the system"))
    ]
    label = html.Span(
        html.Span("Theme", className="visually-hidden"), className="icon sun", title="Theme"
    )
    return dbc.DropdownMenu(
        choices, label=label, toggle_class_name="ctl square", align_end=True, class_name="menu"
    )


def _opens(slug: str, label: str) -> Component:
    return html.A(label, href=f"?panel={slug}", className="dropdown-item", **attrs(data_panel=slug))


def _account(viewer: Viewer) -> Component:
    leave = html.Form(
        html.Button("Sign out", type="submit", className="dropdown-item"),
        method="post",
        action="/logout",
    )
    account = html.A("Password and tokens", href="/account", className="dropdown-item")
    keys = html.Button("Keys", type="button", className="dropdown-item", **attrs(data_help="1"))
    who = html.Div([html.B(viewer.email), html.Span(viewer.role)], className="who")
    links = [*_upload_of_phones(viewer), *(_opens(slug, label) for slug, label in MORE)]
    if viewer.role == Role.ADMIN:
        links += [_opens(slug, label) for slug, label in FOR_ADMINS]
    return dbc.DropdownMenu(
        [
            who,
            dbc.DropdownMenuItem(divider=True),
            *links,
            dbc.DropdownMenuItem(divider=True),
            keys,
            account,
            leave,
        ],
        label=html.Span(
            [viewer.initials, html.Span("Account", className="visually-hidden")], title=viewer.email
        ),
        toggle_class_name="ctl square",
        align_end=True,
        class_name="menu",
    )
