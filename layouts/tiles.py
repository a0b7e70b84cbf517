"""The nine tiles: label, value, a second line; always the same shape, so that nothing jumps."""

from dataclasses import dataclass
from datetime import datetime

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.records import Ageing, Dashboard, FileStatus
from layouts import text
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
NINE = MONEY_ROW + PIPELINE_ROW
BUCKETS = ("Not due", "1–30", "31–60", "61–90", "90+")
BUCKET_SLUGS = ("not-due", "1-30", "31-60", "61-90", "over-90")


@dataclass(frozen=True)
class Face:
    """What a tile shows now.

    Attributes:
        value: The large figure.
        exact: The same without shortening, for hover.
        unit: What follows it in small type.
        mark: The part of the second line that is emphasised.
        mark_class: How.
        sub: The rest of the second line.
        when: An instant at its end, shown as a relative time.
        state: A class of the whole tile.
    """

    value: str
    exact: str = ""
    unit: str = ""
    mark: str = ""
    mark_class: str = ""
    sub: str = ""
    when: datetime | None = None
    state: str = ""


def tile_words(shown: Dashboard) -> Words:
    """Return the words of the nine tiles, the ageing strip and the disk's meter."""
    money = text.Money(shown.currency, shown.minor_digits)
    faces = zip(NINE, _faces(shown, money), strict=True)
    meter = _meter(shown)
    return joined(
        [
            *(_words(tile, face, shown.as_of) for tile, face in faces),
            words(
                ("file-last-time", _time(shown.tiles.file_last.processed_at, shown.as_of, "never")),
                ("disk-meter", {"style": {"width": meter}}),
                ("disk-meter-track", {"className": "meter" if meter != "0%" else "meter none"}),
                ("customers-spark", {"style": _spark(shown.customers_by_week)}),
            ),
            _ageing_words(shown.ageing, money),
        ]
    )


def _faces(shown: Dashboard, money: text.Money) -> tuple[Face, ...]:
    return (*_money_faces(shown, money), *_file_faces(shown), *_context_faces(shown))


def _money_faces(shown: Dashboard, money: text.Money) -> tuple[Face, Face, Face]:
    unpaid, drafts, people = (
        shown.tiles.unpaid_invoices,
        shown.tiles.draft_invoices,
        shown.tiles.customers,
    )
    overdue = f"{money.exact(unpaid.overdue_micros)} overdue" if unpaid.overdue_count else ""
    return (
        Face(
            value=money.short(unpaid.outstanding_micros),
            exact=money.exact(unpaid.outstanding_micros),
            unit=text.plural(unpaid.count, "invoice"),
            mark=overdue,
            mark_class="over",
            sub=_of_invoices(unpaid.count, unpaid.overdue_count),
        ),
        Face(
            value=text.short_count(drafts.count),
            exact=text.count(drafts.count),
            unit=money.exact(drafts.total_micros),
            sub="oldest" if drafts.oldest else "none to record",
            when=drafts.oldest,
        ),
        Face(
            value=text.short_count(people.count),
            exact=text.count(people.count),
            mark=f"▲ {people.added:,}" if people.added else "",
            mark_class="up",
            sub=_people(people.added, people.providers),
        ),
    )


def _of_invoices(unpaid_count: int, overdue_count: int) -> str:
    if overdue_count:
        return f"· {text.plural(overdue_count, 'invoice')}"
    return "nothing overdue" if unpaid_count else "everything is paid"


def _people(added: int, providers: int) -> str:
    of_which = f"of which {text.plural(providers, 'provider')}"
    return f"in the past month · {text.plural(providers, 'provider')}" if added else of_which


def _file_faces(shown: Dashboard) -> tuple[Face, Face, Face, Face]:
    done, failed = shown.tiles.files_success, shown.tiles.files_error
    waiting, last = shown.tiles.files_waiting, shown.tiles.file_last
    outcome_class = "pill bad" if last.outcome is FileStatus.ERROR else "pill"
    return (
        Face(
            value=text.short_count(done.count),
            exact=text.count(done.count),
            unit=f"{done.last_24h:,} in 24 h" if done.last_24h else "",
            sub=f"{done.with_rejections:,} with rejected lines",
        ),
        Face(
            value=text.short_count(failed.count),
            exact=text.count(failed.count),
            sub="newest" if failed.count else "none failed",
            when=failed.newest if failed.count else None,
            state="is-bad" if failed.count else "",
        ),
        Face(
            value=text.short_count(waiting.count),
            exact=text.count(waiting.count),
            unit=f"{waiting.processing:,} in work" if waiting.processing else "",
            sub="oldest" if waiting.oldest else "all processed",
            when=waiting.oldest,
        ),
        Face(
            value="",
            exact=last.name or "",
            mark=last.outcome.value if last.outcome else "",
            mark_class=outcome_class if last.outcome else "",
            sub=last.name or "no file yet",
        ),
    )


def _context_faces(shown: Dashboard) -> tuple[Face, Face]:
    disk, tickets = shown.tiles.disk, shown.tiles.open_tickets
    used, unit = text.bytes_size(disk.used_bytes)
    if disk.allotted_bytes:
        unit, sub = _of_allotted(unit, text.bytes_size(disk.allotted_bytes)), ""
    else:
        sub = "no allotment set"
    return (
        Face(value=used, exact=f"{disk.used_bytes:,} bytes", unit=unit, sub=sub),
        Face(
            value=text.short_count(tickets.count),
            exact=text.count(tickets.count),
            sub="oldest" if tickets.oldest else "none open",
            when=tickets.oldest,
        ),
    )


def _of_allotted(unit: str, allotted: tuple[str, str]) -> str:
    """Return "of 50 GiB", with the unit of what is used before it where that is another."""
    size, its_unit = allotted
    said = f"of {size.removesuffix('.0')} {its_unit}"
    return said if unit == its_unit else f"{unit} {said}"


def _words(tile: Tile, face: Face, now: datetime) -> Words:
    slug = tile.slug
    return words(
        (slug, {"className": f"card tile {face.state}".strip()}),
        (f"{slug}-value", {"children": face.value, "title": face.exact}),
        (f"{slug}-unit", {"children": face.unit}),
        (f"{slug}-mark", {"children": face.mark, "className": face.mark_class}),
        (f"{slug}-sub", {"children": face.sub, "title": face.sub}),
        (f"{slug}-when", _time(face.when, now, "")),
    )


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


def _spark(values: tuple[int, ...]) -> dict[str, str]:
    """Return a line through the values as a mask, so that its colour follows the theme."""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = 92 / max(1, len(values) - 1)
    points = " ".join(
        f"{place * step:.1f},{24 - 22 * (value - low) / spread if high > low else 24:.1f}"
        for place, value in enumerate(values)
    )
    picture = (
        "%3Csvg xmlns='http://www.w3.org/2000/svg' width='92' height='26'%3E%3Cpolyline "
        f"points='{points}' fill='none' stroke='%23000' stroke-width='1.6' "
        "stroke-linejoin='round'/%3E%3C/svg%3E"
    )
    mask = f'url("data:image/svg+xml,{picture}") no-repeat'
    return {"mask": mask, "WebkitMask": mask}


def _ageing_words(ageing: Ageing, money: text.Money) -> Words:
    amounts = (
        ageing.not_due,
        ageing.days_1_30,
        ageing.days_31_60,
        ageing.days_61_90,
        ageing.over_90,
    )
    parts: list[tuple[str, dict[str, object]]] = []
    for place, (slug, label, amount) in enumerate(zip(BUCKET_SLUGS, BUCKETS, amounts, strict=True)):
        share = amount / ageing.total if ageing.total else 0
        parts += [
            (
                f"age-{slug}-bar",
                {
                    "style": {"flex": f"{share:.4f}", "background": f"var(--age-{place})"},
                    "className": "" if amount else "none",
                    "title": f"{label}: {money.exact(amount)}",
                },
            ),
            (
                f"age-{slug}",
                {"children": money.short(amount) if amount else "–", "title": money.exact(amount)},
            ),
        ]
    said = ", ".join(
        f"{label} {money.exact(amount)}" for label, amount in zip(BUCKETS, amounts, strict=True)
    )
    parts.append(("age-strip", {"aria-label": f"Amount owing by days overdue: {said}"}))
    return words(*parts)


def money_row(said: Words) -> Component:
    """Return the three money tiles: what is owed, what waits to be recorded, by whom."""
    hero = html.Div(
        [html.Div(_body(UNPAID, said)), _ageing(said)],
        className="hero",
    )
    spark = said.put(html.Span, "customers-spark", className="spark", **attrs(aria_hidden="true"))
    return html.Section(
        [
            _card(UNPAID, said, [hero]),
            _card(DRAFTS, said, _body(DRAFTS, said)),
            _card(CUSTOMERS, said, _body(CUSTOMERS, said, beside=spark)),
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
        DISK: [*_body(DISK, said), meter],
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
    beside: Component | None = None,
    instead: Component | None = None,
) -> list[Component]:
    slug = tile.slug
    look = "figure" if instead is None else "figure none"
    shown = [said.put(html.Span, f"{slug}-value", className=look)]
    if instead is not None:
        shown.append(html.Span(instead, className="figure"))
    return [
        html.H2(
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
        ),
        html.Div(
            [*shown, said.put(html.Small, f"{slug}-unit"), beside],
            className="val num",
        ),
        html.Div(
            [
                said.put(html.B, f"{slug}-mark"),
                said.put(html.Span, f"{slug}-sub", className="rest"),
                said.put(html.Time, f"{slug}-when", **attrs(data_rel="ago")),
            ],
            className="sub",
        ),
    ]


def _ageing(said: Words) -> Component:
    bars = [
        said.put(html.Span, f"age-{slug}-bar", **attrs(data_panel=f"age-{slug}"))
        for slug in BUCKET_SLUGS
    ]
    keys = [
        html.Div(
            [
                html.Dt(label, style={"--c": f"var(--age-{place})"}),
                html.Dd(
                    said.put(
                        html.A,
                        f"age-{slug}",
                        href=f"?panel=age-{slug}",
                        **attrs(data_panel=f"age-{slug}"),
                    ),
                    className="num",
                ),
            ]
        )
        for place, (slug, label) in enumerate(zip(BUCKET_SLUGS, BUCKETS, strict=True))
    ]
    strip = said.put(html.Div, "age-strip", children=bars, className="strip", role="img")
    return html.Div([strip, html.Dl(keys)], className="age")
