"""A worked price: the steps from a call to what it costs."""

from dash import html
from dash.development.base_component import Component

from data.domain.explanation import WorkedPrice
from layouts import text
from layouts.words import attrs


def price_worked(worked: WorkedPrice, money: text.Money) -> list[Component]:
    """Return the steps of a price, each with its name."""
    steps = [
        html.Div([html.Dt(step.what.capitalize()), html.Dd(step.text)]) for step in worked.steps
    ]
    return [_head(_sum(worked, money)), html.Dl(steps)]


def unexplained(problem: str) -> list[Component]:
    """Return why a call cannot be explained."""
    return [_head("Not explained"), html.P(problem)]


def _sum(worked: WorkedPrice, money: text.Money) -> str:
    if worked.amount_micros is None:
        return "Why this call has no price"
    return f"How this call comes to {money.full(worked.amount_micros)}"


def _head(title: str) -> Component:
    close = html.Button("Close", type="button", className="close", **attrs(data_row=""))
    return html.Div([html.H3(title), close], className="head")
