"""The search box and the customer filter: what is typed is looked up, never shipped whole."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.words import Words, attrs

LONGEST = 100


def search_box() -> Component:
    """Return the one search box; what it finds is listed by the browser."""
    field = dbc.Input(
        id=ids.SEARCH,
        type="search",
        placeholder="Search",
        autocomplete="off",
        maxLength=LONGEST,
        class_name="ctl",
    )
    label = html.Span(
        "Search numbers, calls, customers, invoices and files", className="visually-hidden"
    )
    return html.Div(
        [
            html.Button(
                html.Span("Search", className="visually-hidden"),
                className="ctl square looking",
                type="button",
                **attrs(data_search="1"),
            ),
            html.Label(
                [label, html.Span(className="icon glass"), field, html.Kbd("/")],
                className="searching",
            ),
            html.Div([], id=ids.SEARCH_FOUND, className="found", hidden=True),
        ],
        className="search",
    )


def customer_filter(said: Words) -> Component:
    """Return the customer filter: a box that finds among any number of customers."""
    field = dbc.Input(
        id=ids.CUSTOMER_SEARCH,
        type="search",
        placeholder="Name or number",
        autocomplete="off",
        maxLength=LONGEST,
        size="sm",
    )
    return dbc.DropdownMenu(
        [
            html.Div(
                [
                    html.Label([html.Span("Find a customer", className="visually-hidden"), field]),
                    html.Div([], id=ids.CUSTOMER_FOUND, className="listed"),
                    said.put(
                        html.Button,
                        "customer-all",
                        children="Show all customers",
                        type="button",
                        className="apply btn btn-sm",
                        **attrs(data_customer=""),
                    ),
                ],
                className="customers",
            )
        ],
        label=html.Span(
            [said.put(html.B, "customer-name"), said.put(html.Span, "customer-custid")],
            className="whom",
        ),
        toggle_class_name="ctl",
        align_end=True,
        class_name="menu customer",
        id=ids.CUSTOMER_MENU,
    )
