"""The cards of the charts: words as HTML that is read, found and wrapped; bars by Plotly."""

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from data.domain.periods import comparison
from data.domain.records import Dashboard
from layouts import ids, text
from layouts.charts import CONFIG, ROWS, ZOOMABLE, rows, top
from layouts.words import Words, joined, words

_CAPTIONS = {
    ids.TOP_CUSTOMERS: ("Top 5 customers", "All customers"),
    ids.TOP_PAYING: ("Top 5 paying customers", "All payments"),
    ids.TOP_DESTINATIONS: ("Top 5 destinations", "All priced calls"),
}
_EMPTY = {
    ids.TOP_CUSTOMERS: "No invoice was recorded in these dates. Draft some from the calls, "
    "then record them.",
    ids.TOP_PAYING: "No payment came in on these dates.",
    ids.TOP_DESTINATIONS: "No call in these dates has a price.",
}
TOPS = tuple(_CAPTIONS)


def top_words(chart: str, shown: Dashboard) -> Words:
    """Return the words of a top 5: names, values and shares, row by row, and the total."""
    money = text.Money(shown.currency, shown.minor_digits)
    total = top(chart, shown).total_micros
    drawn = rows(chart, shown)
    parts: list[tuple[str, dict[str, object]]] = [
        (f"{chart}-range", {"children": _range(chart, shown)}),
        (f"{chart}-total", {"children": money.exact(total)}),
        (f"{chart}-empty", {"hidden": bool(drawn)}),
        (f"{chart}-body", {"hidden": not drawn}),
    ]
    for place in range(ROWS):
        key, name, amount = drawn[place] if place < len(drawn) else ("", "", 0)
        parts += [
            (f"{chart}-{place}", {"className": _row_class(place, drawn, key)}),
            (f"{chart}-{place}-name", {"children": name, "title": name, **_opens(chart, key)}),
            (f"{chart}-{place}-value", {"children": money.exact(amount) if name else ""}),
            (f"{chart}-{place}-share", {"children": text.percent(amount, total) if name else ""}),
        ]
    return words(*parts)


def _opens(chart: str, key: str) -> dict[str, str]:
    slug = "destination-calls" if chart == ids.TOP_DESTINATIONS else chart
    panel = f"{slug}:{key}" if key else slug
    return {"href": f"?{urlencode({'panel': panel})}", "data-panel": panel}


def _row_class(place: int, drawn: list[tuple[str, str, int]], key: str) -> str:
    if place >= len(drawn):
        return "none"
    return "" if key else "other"


def _range(chart: str, shown: Dashboard) -> str:
    dates = text.span(shown.period, today=shown.today)
    return {
        ids.TOP_CUSTOMERS: f"invoiced with tax, {dates}",
        ids.TOP_PAYING: f"paid, {dates}",
        ids.TOP_DESTINATIONS: f"revenue, {dates}",
    }[chart]


def top_card(chart: str, said: Words) -> Component:
    """Return the card of a top 5."""
    caption, everything = _CAPTIONS[chart]
    items = [
        said.put(
            html.Li,
            f"{chart}-{place}",
            children=[
                said.put(html.A, f"{chart}-{place}-name", className="n"),
                html.Span(
                    [
                        said.put(html.Span, f"{chart}-{place}-value"),
                        said.put(html.Em, f"{chart}-{place}-share"),
                    ],
                    className="v num",
                ),
            ],
        )
        for place in range(ROWS)
    ]
    total = html.Div(
        [
            html.Span(everything),
            html.Span([said.put(html.Span, f"{chart}-total"), html.Em()], className="v num"),
        ],
        className="tot",
    )
    drawn = html.Div(
        [graph(chart, CONFIG, "bars"), html.Ul(items, className="top")], className="top-rows"
    )
    body = said.put(html.Div, f"{chart}-body", children=[drawn, total], className="top-body")
    return dbc.Card([_head(chart, caption, said), _empty(chart, said), body], class_name="chart")


def _empty(chart: str, said: Words) -> Component:
    return said.put(html.P, f"{chart}-empty", children=_EMPTY[chart], className="empty")


def _head(chart: str, caption: str, said: Words) -> Component:
    return html.Div([html.H2(caption), said.put(html.Span, f"{chart}-range")], className="head")


def graph(chart: str, config: Any, look: str) -> Component:  # noqa: ANN401 (Plotly's own)
    """Return a chart's graph; its first figure is composed in the browser, with the theme."""
    return dcc.Graph(
        id=ids.graph(chart),
        config=config,
        className=f"graph {look}",
        figure={"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}},
        style={"height": "100%"},
    )


def months_words(shown: Dashboard) -> Words:
    """Return the sentence below the months: this month against the same day of the last one."""
    files = shown.files_by_month
    none = not any(month.success + month.error for month in files)
    now, before = files[-1], files[-2]
    done = now.success + now.error
    said, sense = text.compared(done, before.to_same_day)
    spoken = ", ".join(
        f"{month.month:%B} {month.success:,} success and {month.error:,} error" for month in files
    )
    return words(
        ("months-empty", {"hidden": not none}),
        ("months-sub", {"hidden": none}),
        ("months-body", {"hidden": none, "aria-label": f"CDR files processed: {spoken}"}),
        (
            "months-now",
            {
                "children": f"{text.day(now.through)}: {done:,} files, "
                f"{before.to_same_day:,} on the same day of {before.month:%B}"
            },
        ),
        ("months-change", {"children": said, "className": f"{sense} neutral"}),
    )


def months_card(said: Words) -> Component:
    """Return the card of the files processed in the past three months."""
    return dbc.Card(
        [
            html.Div(
                [html.H2("CDR files processed"), html.Span("past three months")], className="head"
            ),
            said.put(
                html.P,
                "months-empty",
                className="empty",
                children="No CDR file was processed yet. Put files into the inbox and run "
                "python -m ingest run, or see figures at once with make demo.",
            ),
            said.put(
                html.Div,
                "months-body",
                role="img",
                children=html.Div(
                    graph(ids.FILES_BY_MONTH, CONFIG, "months"), className="months-graph"
                ),
            ),
            said.put(
                html.Div,
                "months-sub",
                className="sub wraps",
                children=[said.put(html.Span, "months-now"), said.put(html.B, "months-change")],
            ),
        ],
        class_name="chart",
    )


def traffic_words(shown: Dashboard) -> Words:
    """Return the figures beside the traffic line and the ratios with their comparison."""
    money = text.Money(shown.currency, shown.minor_digits)
    now, before = shown.traffic, shown.traffic_before
    calls, earlier = sum(one.calls for one in now), sum(one.calls for one in before)
    margins = [one.margin_micros for one in now]
    margin = None if None in margins else sum(one for one in margins if one is not None)
    said, _ = text.compared(calls, earlier)
    against = text.span(comparison(shown.period), today=shown.today)
    talk_s = sum(one.talk_s for one in now)
    revenue = sum(one.charge_micros for one in now)
    figures: dict[str, object] = {
        "calls": text.count(calls),
        "minutes": text.count(talk_s // 60),
        "revenue": money.exact(revenue),
        "margin": text.UNKNOWN if margin is None or not revenue else money.exact(margin),
        "asr": text.ratio(shown.ratios.asr),
        "acd": text.duration(shown.ratios.acd_s),
        "ner": text.ratio(shown.ratios.ner),
    }
    return joined(
        [
            words(
                ("traffic-empty", {"hidden": bool(calls or earlier)}),
                ("traffic-body", {"hidden": not (calls or earlier), "aria-label": _spoken(shown)}),
                ("traffic-range", {"children": _traffic_range(shown)}),
                ("traffic-change", {"children": f"{said} calls vs {against}"}),
            ),
            words(*((f"traffic-{slug}", {"children": said}) for slug, said in figures.items())),
        ]
    )


def _traffic_range(shown: Dashboard) -> str:
    return f"calls by day, {text.span(shown.period, today=shown.today)}; dashed: a month before"


def _spoken(shown: Dashboard) -> str:
    calls = sum(one.calls for one in shown.traffic)
    busiest = max(shown.traffic, key=lambda one: one.calls)
    return (
        f"Calls by day: {calls:,} in {text.span(shown.period, today=shown.today)}, "
        f"most on {text.day(busiest.day)} with {busiest.calls:,}"
    )


_TRAFFIC_FIGURES = (
    ("calls", "Calls", ""),
    ("minutes", "Minutes", "Talk time of answered calls, whole minutes."),
    ("revenue", "Revenue", "Net charge of the period's calls."),
    ("margin", "Margin", "Charge less cost; unknown where the cost of any call is."),
    ("asr", "ASR", "Answer-seizure ratio: answered calls / all calls."),
    ("acd", "ACD", "Average call duration: talk time / answered calls."),
    ("ner", "NER", "Network effectiveness: (answered + busy + unanswered) / all calls."),
)


def traffic_card(said: Words) -> Component:
    """Return the card of the traffic by day."""
    figures = [
        html.Div(
            [
                html.Dt(label, title=definition),
                html.Dd(said.put(html.Span, f"traffic-{slug}"), className="num"),
            ]
        )
        for slug, label, definition in _TRAFFIC_FIGURES
    ]
    return dbc.Card(
        [
            html.Div(
                [
                    html.H2("Traffic"),
                    said.put(html.Span, "traffic-range"),
                    said.put(html.Span, "traffic-change"),
                ],
                className="head",
            ),
            said.put(
                html.P, "traffic-empty", className="empty", children="No call in these dates."
            ),
            html.Dl(figures, className="figures"),
            said.put(
                html.Div,
                "traffic-body",
                role="img",
                children=html.Div(graph(ids.TRAFFIC, ZOOMABLE, "line"), className="traffic-graph"),
            ),
        ],
        class_name="chart",
    )
