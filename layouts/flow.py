"""From line to cash: one picture of what became of every line, and of the money in it."""

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.counting import counted
from data.domain.dashboard import Dashboard, LineToCash
from layouts import text
from layouts.tops import switch, table
from layouts.words import Words, attrs, words


@dataclass(frozen=True)
class Leak:
    """What a step loses: its slug, its name, and how loud it is when it is not zero."""

    slug: str
    label: str
    tone: str


@dataclass(frozen=True)
class Step:
    """One step of the way, what leaks there, and the rows that add up to its number or amount."""

    slug: str
    label: str
    leaks: tuple[Leak, ...]
    opens: str = ""


QUIET, WARN, LOUD = "leak q", "leak w", "leak x"
IN_MONEY = frozenset({"unbilled", "plan", "notdue", "overdue"})
STEPS = (
    Step(
        "lines",
        "Lines received",
        (
            Leak("duplicate", "duplicate", QUIET),
            Leak("ignored", "ignored", QUIET),
            Leak("rejected", "rejected", LOUD),
        ),
    ),
    Step("calls", "Calls", (), "calls"),
    Step(
        "matched",
        "With a customer",
        (Leak("unmatched", "unmatched", WARN), Leak("contested", "contested", LOUD)),
    ),
    Step("priced", "With a price", (Leak("unrated", "unrated", WARN),)),
    Step(
        "invoiced",
        "On an invoice",
        (Leak("unbilled", "not yet billed", QUIET), Leak("plan", "in a plan", QUIET)),
        "invoiced",
    ),
    Step(
        "paid",
        "Paid",
        (Leak("notdue", "not due", QUIET), Leak("overdue", "overdue", LOUD)),
        "paid",
    ),
)


def flow_words(shown: Dashboard) -> Words:
    """Return the words of the picture for its period."""
    way, money = shown.line_to_cash, text.Money(shown.currency, shown.minor_digits)
    counts = _counts(way, money)
    parts: list[tuple[str, dict[str, object]]] = [("flow-sum", {"children": _sum(shown)})]
    for step in STEPS:
        number, amount = counts[step.slug]
        height = _height(way, step.slug)
        parts += [
            (f"flow-{step.slug}", {"children": text.count(number)}),
            (f"flow-{step.slug}-money", {"children": amount}),
            (f"flow-{step.slug}-bar", {"style": height, "hidden": height["height"] == "0%"}),
        ]
        for leak in step.leaks:
            value, said = _leak(way, leak.slug, money)
            parts += [
                (f"leak-{leak.slug}", {"className": leak.tone if value else "leak zero"}),
                (f"leak-{leak.slug}-value", {"children": said}),
            ]
    return words(*parts)


def _counts(way: LineToCash, money: text.Money) -> dict[str, tuple[int, str]]:
    return {
        "lines": (way.lines, ""),
        "calls": (way.calls, text.duration(way.talk_s)),
        "matched": (way.matched, ""),
        "priced": (way.priced, money.exact(way.charge)),
        "invoiced": (way.invoiced_calls, money.exact(way.invoiced)),
        "paid": (way.paid_calls, money.exact(way.paid)),
    }


def flow_rows(shown: Dashboard) -> list[tuple[tuple[str, ...], ...]]:
    """Return the picture as rows: a name with what it opens, a number, an amount."""
    way, money = shown.line_to_cash, text.Money(shown.currency, shown.minor_digits)
    counts = _counts(way, money)
    made: list[tuple[tuple[str, ...], ...]] = []
    for step in STEPS:
        number, amount = counts[step.slug]
        made.append(((step.label, step.opens), (text.count(number),), (amount,)))
        for leak in step.leaks:
            _, said = _leak(way, leak.slug, money)
            cells = (("",), (said,)) if leak.slug in IN_MONEY else ((said,), ("",))
            made.append(((f"– {leak.label}", leak.slug), *cells))
    return made


def _sum(shown: Dashboard) -> str:
    way = shown.line_to_cash
    return (
        f"{text.span(way.period, today=shown.today)} · {counted(way.lines, 'line')} = "
        f"{counted(way.calls, 'call')} "
        f"+ {way.duplicate:,} duplicate + {way.ignored:,} ignored + {way.rejected:,} rejected"
    )


def _leak(way: LineToCash, slug: str, money: text.Money) -> tuple[int, str]:
    amounts = {
        "unbilled": way.unbilled,
        "plan": way.plan,
        "notdue": way.outstanding - way.overdue,
        "overdue": way.overdue,
    }
    if slug in amounts:
        return amounts[slug], money.exact(amounts[slug])
    number = {
        "duplicate": way.duplicate,
        "ignored": way.ignored,
        "rejected": way.rejected,
        "unmatched": way.unmatched,
        "contested": way.contested,
        "unrated": way.unrated,
    }[slug]
    return number, text.count(number)


def _height(way: LineToCash, slug: str) -> dict[str, str]:
    """Return what got this far, of what could: lines and calls by count, then by money."""
    part, whole = {
        "lines": (way.lines, way.lines),
        "calls": (way.calls, way.calls + way.rejected),
        "matched": (way.matched, way.calls),
        "priced": (way.priced, way.calls),
        "invoiced": (way.invoiced + way.plan, way.charge),
        "paid": (way.paid + way.plan, way.charge),
    }[slug]
    if part <= 0 or whole <= 0:
        return {"height": "0%"}
    return {"height": f"{min(100.0, 100 * part / whole):.1f}%"}


def flow(said: Words) -> Component:
    """Return the picture."""
    head = html.Div(
        [
            html.H2("From line to cash"),
            said.put(html.Span, "flow-sum", className="num"),
            switch("line-to-cash", "From line to cash"),
        ],
        className="head",
    )
    steps = [_step(step, said) for step in STEPS]
    parts = [head, html.Div(steps, className="flow"), table("line-to-cash")]
    return dbc.Card(parts, class_name="flow-card", id="line-to-cash-card")


def _number(step: Step, said: Words) -> Component:
    if not step.opens:
        return said.put(html.Span, f"flow-{step.slug}")
    return said.put(
        html.A,
        f"flow-{step.slug}",
        href=f"?panel={step.opens}",
        **attrs(data_panel=step.opens),
    )


def _step(step: Step, said: Words) -> Component:
    leaks = [
        said.put(
            html.Div,
            f"leak-{leak.slug}",
            children=[
                html.A(leak.label, href=f"?panel={leak.slug}", **attrs(data_panel=leak.slug)),
                said.put(html.B, f"leak-{leak.slug}-value", className="num"),
            ],
        )
        for leak in step.leaks
    ]
    bar = said.put(html.Span, f"flow-{step.slug}-bar")
    return html.Div(
        [
            html.H3(step.label, className="lab"),
            html.Div(_number(step, said), className="val num"),
            said.put(html.Div, f"flow-{step.slug}-money", className="money num"),
            html.Div(bar, className="bar", **attrs(aria_hidden="true")),
            *leaks,
        ],
        className="step",
    )
