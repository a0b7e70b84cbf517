"""What the tiles show now: each one's figure, its unit and its second line."""

from dataclasses import dataclass
from datetime import datetime

from data.domain.counting import counted
from data.domain.dashboard import Dashboard
from data.domain.records import FileStatus
from layouts import text


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


def invoice_faces(shown: Dashboard) -> tuple[Face, Face]:
    """Return the faces of the two tiles that the customer filter narrows: unpaid, drafts."""
    money = text.Money(shown.currency, shown.minor_digits)
    unpaid, drafts = shown.tiles.unpaid_invoices, shown.tiles.draft_invoices
    overdue = f"{money.exact(unpaid.overdue_micros)} overdue" if unpaid.overdue_count else ""
    return (
        Face(
            value=money.short(unpaid.outstanding_micros),
            exact=money.exact(unpaid.outstanding_micros),
            unit=counted(unpaid.count, "invoice"),
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
    )


def _of_invoices(unpaid_count: int, overdue_count: int) -> str:
    if overdue_count:
        return f"· {counted(overdue_count, 'invoice')}"
    return "nothing overdue" if unpaid_count else "nothing is owed"


def other_faces(shown: Dashboard) -> tuple[Face, ...]:
    """Return the faces of the tiles that no filter governs."""
    return (_people_face(shown), *_file_faces(shown), *_context_faces(shown))


def _people_face(shown: Dashboard) -> Face:
    people = shown.tiles.customers
    return Face(
        value=text.short_count(people.count),
        exact=text.count(people.count),
        sub=f"of which {counted(people.providers, 'provider')}",
    )


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
