"""The cards of the charts: words as HTML that is read, found and wrapped; bars by Plotly."""

import json
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.counting import counted
from data.domain.dashboard import Dashboard
from layouts import ids, places, text
from layouts.charts import ROWS, rows, top
from layouts.words import Words, attrs, words

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
        (f"{chart}-total", {"children": money.exact(total), **opens(chart, "all", drawn)}),
        (f"{chart}-empty", {"hidden": bool(drawn)}),
        (f"{chart}-body", {"hidden": not drawn}),
    ]
    for place in range(ROWS):
        key, name, amount = drawn[place] if place < len(drawn) else ("", "", 0)
        way = opens(chart, key, drawn)
        parts += [
            (f"{chart}-{place}", {"className": _row_class(place, drawn, key)}),
            (
                f"{chart}-{place}-name",
                {"children": name, "title": name, **way},
            ),
            (f"{chart}-{place}-value", {"children": money.exact(amount) if name else ""}),
            (f"{chart}-{place}-share", {"children": text.percent(amount, total) if name else ""}),
        ]
    return words(*parts)


def opens(chart: str, key: str, drawn: list[tuple[str, str, int]]) -> dict[str, str]:
    """Return what a row of a top 5 opens; no key is "Other": everybody but the ones named.

    Args:
        chart: Which top 5.
        key: The row's key; `all` is the total.
        drawn: All rows that are drawn.
    """
    slug = "destination-calls" if chart == ids.TOP_DESTINATIONS else chart
    panel = f"{slug}:{key}" if key not in ("", "all") else slug
    given = {"panel": panel}
    if not key:
        column = "destination" if chart == ids.TOP_DESTINATIONS else "custid"
        given["filter"] = _but(column, [known for known, _, _ in drawn if known])
    return {
        "href": f"?{urlencode(given)}",
        "data-panel": panel,
        "data-filter": given.get("filter", ""),
    }


def _but(column: str, named: list[str]) -> str:
    """Return the filter of a panel that leaves some out, as the grid writes it."""
    tests = [{"filterType": "text", "type": "notEqual", "filter": name} for name in named]
    model = {"filterType": "text", "operator": "AND", "conditions": tests}
    return json.dumps({column: tests[0] if len(tests) == 1 else model}, separators=(",", ":"))


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
            html.Span([said.put(html.A, f"{chart}-total"), html.Em()], className="v num"),
        ],
        className="tot",
    )
    drawn = html.Div([places.place(chart), html.Ul(items, className="top")], className="top-rows")
    body = said.put(html.Div, f"{chart}-body", children=[drawn, total], className="top-body")
    parts = [_head(chart, caption, said), _empty(chart, said), body, table(chart)]
    return dbc.Card(parts, class_name="chart", id=f"{chart}-card")


def _empty(chart: str, said: Words) -> Component:
    return said.put(html.P, f"{chart}-empty", children=_EMPTY[chart], className="empty")


def _head(chart: str, caption: str, said: Words) -> Component:
    heading = [html.H2(caption), said.put(html.Span, f"{chart}-range"), switch(chart, caption)]
    return html.Div(heading, className="head")


def switch(chart: str, caption: str) -> Component:
    """Return the button that puts a table in a chart's place, and back."""
    return html.Button(
        "Table",
        type="button",
        className="more",
        **attrs(data_twin=chart, aria_label=f"{caption} as a table", aria_pressed="false"),
    )


def table(chart: str) -> Component:
    """Return the place of a chart's table; the browser fills it when it is asked for."""
    return html.Div([], id=f"{chart}-twin", className="twin", hidden=True)


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
                "children": f"{text.day(now.through)}: {counted(done, 'file')}, "
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
                [
                    html.H2("CDR files processed"),
                    html.Span("past three months"),
                    switch(ids.FILES_BY_MONTH, "CDR files processed"),
                ],
                className="head",
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
                children=html.Div(places.place(ids.FILES_BY_MONTH), className="months-graph"),
            ),
            said.put(
                html.Div,
                "months-sub",
                className="sub wraps",
                children=[said.put(html.Span, "months-now"), said.put(html.B, "months-change")],
            ),
            table(ids.FILES_BY_MONTH),
        ],
        class_name="chart",
        id=f"{ids.FILES_BY_MONTH}-card",
    )
