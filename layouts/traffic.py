"""The card of the traffic: what is drawn by day, its sums and ratios against a month before."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard, TrafficDay
from data.domain.periods import comparison
from data.domain.views import MEASURES
from layouts import ids, text
from layouts.past import look
from layouts.places import place
from layouts.tops import switch, table
from layouts.words import Words, attrs, joined, words

_MARGIN = (
    "Charge less cost of the calls that have a price; what calls without one cost is left out. "
    "Unknown where the cost of a call with a price is."
)
_FIGURES = (
    ("calls", "Calls", ""),
    ("minutes", "Minutes", "Talk time of answered calls, whole minutes."),
    ("revenue", "Revenue", "Net charge of the period's calls."),
    ("margin", "Margin", _MARGIN),
    ("asr", "ASR", "Answer-seizure ratio: answered calls / all calls."),
    ("acd", "ACD", "Average call duration: talk time / answered calls."),
    ("ner", "NER", "Network effectiveness: (answered + busy + unanswered) / all calls."),
)


def traffic_words(shown: Dashboard, measure: str) -> Words:
    """Return the figures beside the traffic line and how they compare with a month before."""
    now, before = _sums(shown.traffic), _sums(shown.traffic_before)
    none = not (now["calls"] or before["calls"])
    against = text.span(comparison(shown.period), today=shown.today)
    parts: list[tuple[str, dict[str, object]]] = [
        ("traffic-empty", {"hidden": not none}),
        ("traffic-body", {"hidden": none, "aria-label": _spoken(shown)}),
        ("traffic-range", {"children": _range(shown, measure)}),
        ("traffic-against", {"children": f"vs {against}"}),
    ]
    said = {**_said_sums(shown, now, before), **_said_ratios(shown)}
    for slug, (figure, compared, better) in said.items():
        parts += [
            (f"traffic-{slug}", {"children": figure}),
            (
                f"traffic-{slug}-change",
                {"children": compared.text, "className": look(compared.sense, better)},
            ),
        ]
    parts += [
        (f"measure-{one}", {"aria-current": "true" if one == measure else "false"})
        for one in MEASURES
    ]
    return joined([words(*parts)])


def _sums(days: tuple[TrafficDay, ...]) -> dict[str, int | None]:
    margins = [day.margin_micros for day in days]
    known = [margin for margin in margins if margin is not None]
    return {
        "calls": sum(day.calls for day in days),
        "minutes": sum(day.talk_s for day in days) // 60,
        "revenue": sum(day.charge_micros for day in days),
        "margin": sum(known) if len(known) == len(margins) else None,
    }


Said = dict[str, tuple[str, text.Compared, str | None]]
_NOTHING = text.Compared("", "same")


def _said_sums(shown: Dashboard, now: dict[str, int | None], before: dict[str, int | None]) -> Said:
    money = text.Money(shown.currency, shown.minor_digits)
    said: Said = {}
    for slug in MEASURES:
        written = money.exact if slug in ("revenue", "margin") else text.count
        value, earlier = now[slug], before[slug]
        figure = text.UNKNOWN if value is None else written(value)
        compared = _NOTHING
        if value is not None and earlier is not None:
            compared = text.compared(value, earlier, written)
        said[slug] = figure, compared, "up"
    return said


def _said_ratios(shown: Dashboard) -> Said:
    now, before = shown.ratios, shown.ratios_before
    acd = _NOTHING
    if now.acd_s is not None and before.acd_s is not None:
        acd = text.compared(round(now.acd_s), round(before.acd_s), text.duration)
    return {
        "asr": (text.ratio(now.asr), text.compared_ratios(now.asr, before.asr), "up"),
        "acd": (text.duration(now.acd_s), acd, None),
        "ner": (text.ratio(now.ner), text.compared_ratios(now.ner, before.ner), "up"),
    }


def _range(shown: Dashboard, measure: str) -> str:
    dates = text.span(shown.period, today=shown.today)
    return f"{measure} by day, {dates}; dashed: a month before{_end(shown)}"


def _end(shown: Dashboard) -> str:
    """Say why the line ends before the period does: a day that runs, days not received."""
    missing = [day for day in shown.traffic if day.day <= shown.today and shown.unknown(day)]
    through = shown.calls_through
    if missing and through is not None:
        return f"; nothing received after {text.day(through)} yet"
    return "; ring: today so far" if shown.period.last >= shown.today else ""


def _spoken(shown: Dashboard) -> str:
    calls = sum(one.calls for one in shown.traffic)
    busiest = max(shown.traffic, key=lambda one: one.calls)
    return (
        f"Calls by day: {calls:,} in {text.span(shown.period, today=shown.today)}, "
        f"most on {text.day(busiest.day)} with {busiest.calls:,}"
    )


def traffic_card(said: Words) -> Component:
    """Return the card of the traffic by day."""
    figures = [_figure(slug, label, definition, said) for slug, label, definition in _FIGURES]
    drawn = html.Div(place(ids.TRAFFIC), className="traffic-graph")
    return dbc.Card(
        [
            html.Div(
                [
                    html.H2("Traffic"),
                    said.put(html.Span, "traffic-range"),
                    switch(ids.TRAFFIC, "Traffic"),
                ],
                className="head",
            ),
            said.put(
                html.P, "traffic-empty", className="empty", children="No call in these dates."
            ),
            html.Div(
                [
                    html.Dl(figures, className="figures"),
                    said.put(html.Span, "traffic-against", className="against num"),
                ],
                className="measured",
            ),
            said.put(html.Div, "traffic-body", role="img", children=drawn),
            table(ids.TRAFFIC),
        ],
        class_name="chart",
        id=f"{ids.TRAFFIC}-card",
    )


def _figure(slug: str, label: str, definition: str, said: Words) -> Component:
    name: Component | str = label
    if slug in MEASURES:
        name = said.put(
            html.A,
            f"measure-{slug}",
            children=label,
            href=f"?measure={slug}",
            **attrs(data_measure=slug),
        )
    return html.Div(
        [
            html.Dt(name, title=definition),
            html.Dd(
                [
                    said.put(html.Span, f"traffic-{slug}"),
                    said.put(html.Small, f"traffic-{slug}-change"),
                ],
                className="num",
            ),
        ]
    )
