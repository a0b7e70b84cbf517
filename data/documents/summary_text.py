"""The daily summary in words: what needs a person, and the nine numbers."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.documents.wording import Money, bytes_size, day, instant, one_line
from data.domain.counting import counted
from data.domain.dashboard import Dashboard, SourceRhythm
from data.domain.records import FileStatus
from data.domain.tiles import CustomersTile, DiskTile, LastFileTile, TicketsTile, Tiles, UnpaidTile

ALL_CALM = "Nothing needs you today."
OUTCOMES = {FileStatus.SUCCESS: "success", FileStatus.ERROR: "error"}


@dataclass(frozen=True)
class NeedText:
    """One thing that needs a person: what is wrong, what to do, and whether it is urgent."""

    text: str
    action: str
    urgent: bool


@dataclass(frozen=True)
class NumberText:
    """One of the nine numbers with its second line."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True)
class BarText:
    """One row of a short list: a name and an amount."""

    label: str
    amount: str


@dataclass(frozen=True)
class SummaryText:
    """The whole summary, as texts.

    Attributes:
        subject: Of the mail.
        tenant: Whose books these are.
        headline: How many things need a person.
        as_of: When the figures were read, on the tenant's clocks.
        needs: Worst first.
        numbers: The nine, in the order of the page.
        owing: What is outstanding, by age.
        top_title: Of the list of the biggest customers, with its days.
        top: The biggest customers, the others and the total; empty: none was invoiced.
    """

    subject: str
    tenant: str
    headline: str
    as_of: str
    needs: tuple[NeedText, ...]
    numbers: tuple[NumberText, ...]
    owing: tuple[BarText, ...]
    top_title: str
    top: tuple[BarText, ...]


def summary_text(seen: Dashboard) -> SummaryText:
    """Return the words of a day's summary."""
    money, zone = Money(seen.currency, seen.minor_digits), ZoneInfo(seen.timezone)
    needs = needs_of(seen)
    headline = f"{counted(len(needs), 'thing')} need you" if needs else ALL_CALM
    if len(needs) == 1:
        headline = "1 thing needs you"
    period = seen.top_customers.period
    return SummaryText(
        subject=f"{one_line(seen.tenant)}, {day(seen.today)}: {headline.rstrip('.').lower()}",
        tenant=seen.tenant,
        headline=headline,
        as_of=f"{instant(seen.as_of, zone)} ({seen.timezone})",
        needs=needs,
        numbers=numbers_of(seen.tiles, money, zone),
        owing=_owing(seen, money),
        top_title=f"Top customers, invoiced {day(period.first)} to {day(period.last)}",
        top=_top(seen, money),
    )


def needs_of(seen: Dashboard) -> tuple[NeedText, ...]:
    """Return what needs a person: late sources among the urgent things, after the others."""
    zone = ZoneInfo(seen.timezone)
    items = [NeedText(item.text, item.action, item.urgent) for item in seen.attention]
    late = [_late(rhythm, zone) for rhythm in seen.late(seen.as_of)]
    return tuple(sorted([*items, *late], key=lambda need: not need.urgent))


def _late(rhythm: SourceRhythm, zone: ZoneInfo) -> NeedText:
    last, due = instant(rhythm.last, zone), instant(rhythm.due, zone)
    text = f"{rhythm.source} is late: nothing since {last}, due by {due}"
    return NeedText(text, "Ask whoever runs it", urgent=True)


def numbers_of(tiles: Tiles, money: Money, zone: ZoneInfo) -> tuple[NumberText, ...]:
    """Return the nine numbers with their second lines, in the order of the page."""
    drafts, unpaid = tiles.draft_invoices, tiles.unpaid_invoices
    success, error, waiting = tiles.files_success, tiles.files_error, tiles.files_waiting
    return (
        _customers(tiles.customers),
        _disk(tiles.disk),
        NumberText(
            "Draft invoices",
            f"{drafts.count:,}",
            _with(money.printed(drafts.total_micros), "oldest of", drafts.oldest, zone),
        ),
        NumberText(
            "Unpaid invoices",
            f"{unpaid.count:,} · {money.printed(unpaid.outstanding_micros)}",
            _overdue(unpaid, money),
        ),
        NumberText(
            "CDR files: success",
            f"{success.count:,}",
            f"{success.with_rejections:,} with rejected lines; {success.last_24h:,} in 24 hours",
        ),
        NumberText(
            "CDR files: error", f"{error.count:,}", _with("", "newest of", error.newest, zone)
        ),
        NumberText(
            "CDR files: waiting",
            f"{waiting.count:,}",
            _with(f"{waiting.processing:,} in work", "oldest of", waiting.oldest, zone),
        ),
        _last_file(tiles.file_last, zone),
        _tickets(tiles.open_tickets, zone),
    )


def _overdue(tile: UnpaidTile, money: Money) -> str:
    if not tile.overdue_count:
        return "nothing overdue"
    owed, invoices = money.printed(tile.overdue_micros), counted(tile.overdue_count, "invoice")
    return f"{owed} overdue on {invoices}"


def _customers(tile: CustomersTile) -> NumberText:
    return NumberText(
        "Customer records", f"{tile.count:,}", f"of which {counted(tile.providers, 'provider')}"
    )


def _disk(tile: DiskTile) -> NumberText:
    detail = "no allotment is set"
    if tile.allotted_bytes:
        share = tile.used_bytes / tile.allotted_bytes
        detail = f"{share:.0%} of {bytes_size(tile.allotted_bytes)}"
    return NumberText("Disk space used", bytes_size(tile.used_bytes), detail)


def _last_file(tile: LastFileTile, zone: ZoneInfo) -> NumberText:
    if tile.processed_at is None or tile.outcome is None:
        return NumberText("CDR file: last", "—", "no file was processed yet")
    detail = f"{tile.name}, {OUTCOMES[tile.outcome]}"
    return NumberText("CDR file: last", instant(tile.processed_at, zone), detail)


def _tickets(tile: TicketsTile, zone: ZoneInfo) -> NumberText:
    detail = _with("", "oldest of", tile.oldest, zone)
    return NumberText("Open help tickets", f"{tile.count:,}", detail)


def _with(first: str, label: str, when: datetime | None, zone: ZoneInfo) -> str:
    """Return a second line: what is known first, then an instant where there is one."""
    told = f"{label} {instant(when, zone)}" if when else ""
    return "; ".join(part for part in (first, told) if part)


def _owing(seen: Dashboard, money: Money) -> tuple[BarText, ...]:
    owing = seen.ageing
    parts = (
        ("Not due", owing.not_due),
        ("1-30 days", owing.days_1_30),
        ("31-60 days", owing.days_31_60),
        ("61-90 days", owing.days_61_90),
        ("Over 90 days", owing.over_90),
        ("Owing in all", owing.total),
    )
    return tuple(BarText(label, money.printed(amount)) for label, amount in parts)


def _top(seen: Dashboard, money: Money) -> tuple[BarText, ...]:
    top = seen.top_customers
    if not top.rows:
        return ()
    rows = [BarText(row.customer, money.printed(row.total_micros)) for row in top.rows]
    if top.other_count:
        other = f"{counted(top.other_count, 'other customer')}"
        rows.append(BarText(other, money.printed(top.other_micros)))
    return (*rows, BarText("Total", money.printed(top.total_micros)))
