"""The attention strip: what needs a person now; absent when nothing does."""

import json
from datetime import datetime
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import AttentionItem, Dashboard, SourceRhythm
from layouts import text
from layouts.words import Words, attrs, words

PLACES = 6
"""Items shown; the rest are counted, and shown when they are asked for (needs.js)."""
_PANELS = {
    "files_failed": "files-error",
    "calls_ignored": "files",
    "numbers_missing": "sources",
    "contested": "contested-calls",
    "unmatched": "unmatched-calls",
    "unrated": "unrated-calls",
    "overdue": "overdue-invoices",
    "late": "sources",
    "disk": "files",
}


class Row(NamedTuple):
    """What an item looks like, says, and opens."""

    look: str
    text: str
    action: str
    panel: str


def needs_words(shown: Dashboard, now: datetime) -> Words:
    """Return the words of the strip, late sources by the clock included."""
    items = [*shown.attention, *(_late(rhythm, now) for rhythm in shown.late(now))]
    items.sort(key=lambda item: not item.urgent)
    rest = [_row(item) for item in items[PLACES:]]
    parts: list[tuple[str, dict[str, object]]] = [
        ("needs", {"hidden": not items}),
        ("needs-title", {"children": f"Needs you ({len(items)})"}),
        (
            "needs-rest",
            {
                "children": f"and {len(rest)} more",
                "hidden": not rest,
                "data-rest": json.dumps(rest) if rest else "",
            },
        ),
    ]
    for place in range(PLACES):
        parts += _place(place, items[place] if place < len(items) else None)
    return words(*parts)


def _late(rhythm: SourceRhythm, now: datetime) -> AttentionItem:
    return AttentionItem(
        "late",
        urgent=False,
        text=f"{rhythm.source} is {text.age(rhythm.due, now)} late",
        action="Source",
        subject=rhythm.source,
    )


def _place(place: int, item: AttentionItem | None) -> list[tuple[str, dict[str, object]]]:
    if item is None:
        return [
            (f"need-{place}", {"className": "need", "hidden": True}),
            (f"need-{place}-text", {"children": ""}),
            (f"need-{place}-do", {"children": "", "href": "?", "data-panel": ""}),
        ]
    row = _row(item)
    return [
        (f"need-{place}", {"className": row.look, "hidden": False}),
        (f"need-{place}-text", {"children": row.text}),
        (
            f"need-{place}-do",
            {"children": row.action, "href": f"?panel={row.panel}", "data-panel": row.panel},
        ),
    ]


def _row(item: AttentionItem) -> Row:
    look = "need bad" if item.urgent else "need clock" if item.kind == "late" else "need"
    panel = _PANELS.get(item.kind, "customer-calls")
    return Row(look, item.text, item.action, f"{panel}:{item.subject}" if item.subject else panel)


def needs(said: Words) -> Component:
    """Return the strip."""
    places = [
        said.put(
            html.Span,
            f"need-{place}",
            children=[
                html.Span(className="icon", **attrs(aria_hidden="true")),
                said.put(html.Span, f"need-{place}-text"),
                said.put(html.A, f"need-{place}-do", className="do"),
            ],
        )
        for place in range(PLACES)
    ]
    title = said.put(html.H2, "needs-title")
    rest = said.put(html.Button, "needs-rest", className="rest", type="button")
    return said.put(html.Section, "needs", className="needs", children=[title, *places, rest])
