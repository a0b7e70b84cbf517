"""The nine tiles: label, value, a second line; always the same shape, so that nothing jumps."""

from dataclasses import dataclass
from datetime import datetime

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Dashboard
from data.domain.history import Figure
from layouts import text
from layouts.ageing import ageing, ageing_words
from layouts.faces import Face, invoice_faces, other_faces
from layouts.past import past_words
from layouts.words import Words, attrs, joined, words


@dataclass(frozen=True)
class Tile:
    """What a tile is, apart from its number.

    Attributes:
        slug: Its id.
        label: Its name on the page.
        panel: Which rows it opens.
        definition: What the number is, in the words of the product.
    """

    slug: str
    label: str
    panel: str
    definition: str


UNPAID = Tile(
    "unpaid",
    "Unpaid invoices",
    "unpaid-invoices",
    "Recorded invoices with something outstanding: total less payments, reversals and credit notes "
    "included. Overdue from the day after the due date. Now, whatever the period.",
)
DRAFTS = Tile(
    "drafts",
    "Draft invoices",
    "draft-invoices",
    "Invoices in status DRAFT, not deleted: quotations without effect on balances. Now.",
)
CUSTOMERS = Tile(
    "customers",
    "Customer records",
    "customers",
    "Customers in the store, not deleted; providers (carriers) are customers too. Now.",
)
SUCCESS = Tile(
    "files-success",
    "CDR files: success",
    "files-success",
    "Files whose latest processing succeeded, all time. A file processed again counts once.",
)
ERROR = Tile(
    "files-error",
    "CDR files: error",
    "files-error",
    "Files whose latest processing failed, all time, dismissed ones left out.",
)
WAITING = Tile(
    "files-waiting",
    "CDR files: waiting",
    "files-waiting",
    "Files received and not yet processed, the one in work included. Now.",
)
LAST = Tile(
    "file-last",
    "CDR file: last",
    "files",
    "When the most recent file was processed, whatever the outcome.",
)
DISK = Tile(
    "disk",
    "Disk space used",
    "files",
    "Stored bytes of the CDR files kept, waiting and archived; not of the database. Now.",
)
TICKETS = Tile("tickets", "Open help tickets", "tickets", "Tickets not resolved. Now.")
MONEY_ROW = (UNPAID, DRAFTS, CUSTOMERS)
PIPELINE_ROW = (SUCCESS, ERROR, WAITING, LAST, DISK, TICKETS)
FIGURES = {
    UNPAID: Figure.UNPAID,
    DRAFTS: Figure.DRAFTS,
    CUSTOMERS: Figure.CUSTOMERS,
    SUCCESS: Figure.SUCCESS,
    ERROR: Figure.ERROR,
    WAITING: Figure.WAITING,
    DISK: Figure.DISK,
    TICKETS: Figure.TICKETS,
}
"""What is kept of each tile; of the last file nothing is."""


def tile_words(shown: Dashboard) -> Words:
    """Return the words of the tiles that no filter governs, of the ageing and the disk's meter."""
    others = (CUSTOMERS, *PIPELINE_ROW)
    faces = zip(others, other_faces(shown), strict=True)
    meter = _meter(shown)
    return joined(
        [
            *(_words(tile, face, shown) for tile, face in faces),
            words(
                ("file-last-time", _time(shown.tiles.file_last.processed_at, shown.as_of, "never")),
                ("disk-meter", {"style": {"width": meter}}),
                ("disk-meter-track", {"className": "meter" if meter != "0%" else "meter none"}),
            ),
            ageing_words(shown),
        ]
    )


def invoice_words(shown: Dashboard) -> Words:
    """Return the words of the two tiles that the customer filter narrows."""
    faces = zip((UNPAID, DRAFTS), invoice_faces(shown), strict=True)
    all_of_them = "" if shown.customer is None else "By age, of all customers"
    return joined(
        [
            *(_words(tile, face, shown) for tile, face in faces),
            words(("age-whose", {"children": all_of_them})),
        ]
    )


def _words(tile: Tile, face: Face, shown: Dashboard) -> Words:
    slug = tile.slug
    figure = FIGURES.get(tile)
    own = words(
        (slug, {"className": f"card tile {face.state}".strip()}),
        (f"{slug}-value", {"children": face.value, "title": face.exact}),
        (f"{slug}-unit", {"children": face.unit}),
        (f"{slug}-mark", {"children": face.mark, "className": face.mark_class}),
        (f"{slug}-sub", {"children": face.sub, "title": face.sub}),
        (f"{slug}-when", _time(face.when, shown.as_of, "")),
    )
    if figure is None:
        return own
    return own + past_words(slug, figure, shown)


def _time(value: datetime | None, now: datetime, never: str) -> dict[str, object]:
    return {
        "children": never if value is None else text.ago(value, now),
        "dateTime": text.instant(value),
    }


def _meter(shown: Dashboard) -> str:
    disk = shown.tiles.disk
    if not disk.allotted_bytes:
        return "0%"
    return f"{min(100.0, 100 * disk.used_bytes / disk.allotted_bytes):.1f}%"


def money_row(said: Words) -> Component:
    """Return the three money tiles: what is owed, what waits to be recorded, by whom."""
    hero = html.Div([html.Div(_body(UNPAID, said)), ageing(said)], className="hero")
    return html.Section(
        [
            _card(UNPAID, said, [hero]),
            _card(DRAFTS, said, _body(DRAFTS, said)),
            _card(CUSTOMERS, said, _body(CUSTOMERS, said)),
        ],
        className="row-a",
        **attrs(aria_label="Money"),
    )


def pipeline_row(said: Words) -> Component:
    """Return the six tiles of the files and their context."""
    last = said.put(html.Time, "file-last-time", **attrs(data_rel="ago"))
    meter = said.put(
        html.Div,
        "disk-meter-track",
        children=said.put(html.Span, "disk-meter"),
    )
    cards = {
        LAST: _body(LAST, said, instead=last),
        DISK: _body(DISK, said, below=meter),
    }
    return html.Section(
        [_card(tile, said, cards.get(tile) or _body(tile, said)) for tile in PIPELINE_ROW],
        className="row-b",
        **attrs(aria_label="CDR files and context"),
    )


def _card(tile: Tile, said: Words, body: list[Component]) -> Component:
    return said.put(dbc.Card, tile.slug, children=body)


def _body(
    tile: Tile,
    said: Words,
    *,
    below: Component | None = None,
    instead: Component | None = None,
) -> list[Component]:
    slug = tile.slug
    look = "figure" if instead is None else "figure none"
    shown = [said.put(html.Span, f"{slug}-value", className=look)]
    if instead is not None:
        shown.append(html.Span(instead, className="figure"))
    spark = None
    if tile in FIGURES:
        spark = said.put(html.Span, f"{slug}-spark", **attrs(aria_hidden="true"))
    return [
        _label(tile),
        html.Div([*shown, said.put(html.Small, f"{slug}-unit"), spark], className="val num"),
        html.Div(
            [
                said.put(html.B, f"{slug}-mark"),
                said.put(html.Span, f"{slug}-sub", className="rest"),
                said.put(html.Time, f"{slug}-when", **attrs(data_rel="ago")),
            ],
            className="sub",
        ),
        *([] if below is None else [below]),
        *([_past(slug, said)] if tile in FIGURES else []),
    ]


def _label(tile: Tile) -> Component:
    return html.H2(
        [
            html.Span(className="icon warn", **attrs(aria_hidden="true")),
            html.A(
                tile.label,
                href=f"?panel={tile.panel}",
                className="open",
                **attrs(data_panel=tile.panel),
            ),
            html.Button(
                "?",
                className="what",
                type="button",
                **attrs(aria_label=f"What is “{tile.label}”?", data_definition=tile.definition),
            ),
        ],
        className="lab",
    )


def _past(slug: str, said: Words) -> Component:
    return html.Div(
        [said.put(html.B, f"{slug}-change"), said.put(html.Span, f"{slug}-against")],
        className="past num",
    )
