"""The attention list: what needs a person now, worst first, each with its one action."""

from dataclasses import dataclass
from datetime import date

from data.domain.counting import counted
from data.domain.dashboard import AttentionItem
from data.domain.money import MICROS_PER_UNIT

SPENDING_FACTOR = 4
"""Spending this many times above its usual is told: the first sign of toll fraud; our choice."""
SPENDING_FLOOR_MICROS = 10 * MICROS_PER_UNIT
"""Less than this a day is never told, however unusual; our choice."""
DISK_SHARE = 0.9
"""The disk is told when this share of its allotment is used; our choice."""
MOST_OF_A_KIND = 3


@dataclass(frozen=True)
class OverdueInvoice:
    """The invoice that has been overdue for longest, and for how many days."""

    number: str
    days: int


@dataclass(frozen=True)
class MarginLoss:
    """A customer whose calls cost more than they are charged."""

    custid: str
    customer: str
    loss_micros: int


@dataclass(frozen=True)
class CustomerSpending:
    """What a customer spends a day now, and usually did."""

    custid: str
    customer: str
    a_day_micros: int
    usual_a_day_micros: int


@dataclass(frozen=True)
class SourceGaps:
    """How many numbers of a source's counter are missing, and the newest of them in words."""

    source: str
    numbers: int
    newest: str


@dataclass(frozen=True)
class Findings:
    """What the rules judge, as read from the store."""

    failed_files: int = 0
    gaps: tuple[SourceGaps, ...] = ()
    unmatched: int = 0
    contested: int = 0
    unrated: int = 0
    overdue_count: int = 0
    overdue_micros: int = 0
    oldest_overdue: OverdueInvoice | None = None
    below_cost: tuple[MarginLoss, ...] = ()
    spending: tuple[CustomerSpending, ...] = ()
    disk_used_bytes: int = 0
    disk_allotted_bytes: int | None = None
    ignored_before: date | None = None


def attention(found: Findings) -> tuple[AttentionItem, ...]:
    """Return what needs a person, urgent things first; empty on a clean day."""
    items = [
        *_failed(found),
        *_ignored(found),
        *_missing(found),
        *_overspending(found),
        *_losses(found),
        *_unclaimed(found),
        *_overdue(found),
        *_disk(found),
    ]
    return tuple(sorted(items, key=lambda item: not item.urgent))


def _failed(found: Findings) -> list[AttentionItem]:
    if not found.failed_files:
        return []
    text = f"{counted(found.failed_files, 'CDR file')} failed"
    return [AttentionItem("files_failed", urgent=True, text=text, action="See why")]


def _ignored(found: Findings) -> list[AttentionItem]:
    if found.ignored_before is None:
        return []
    text = f"Calls before {found.ignored_before} are ignored: retention's clock was ahead"
    return [AttentionItem("calls_ignored", urgent=True, text=text, action="Files")]


def _missing(found: Findings) -> list[AttentionItem]:
    return [
        AttentionItem(
            "numbers_missing",
            urgent=True,
            text=f"{each.source}: {counted(each.numbers, 'number')} of its counter missing, "
            f"{each.newest}",
            action="Look",
            subject=each.source,
        )
        for each in found.gaps[:MOST_OF_A_KIND]
    ]


def _overspending(found: Findings) -> list[AttentionItem]:
    far = [
        spending
        for spending in found.spending
        if spending.a_day_micros >= SPENDING_FLOOR_MICROS
        and spending.a_day_micros >= SPENDING_FACTOR * spending.usual_a_day_micros > 0
    ]
    return [
        AttentionItem(
            "spending",
            urgent=True,
            text=f"{spending.customer} spends "
            f"{spending.a_day_micros // spending.usual_a_day_micros} times its usual",
            action="Look",
            subject=spending.custid,
        )
        for spending in far[:MOST_OF_A_KIND]
    ]


def _losses(found: Findings) -> list[AttentionItem]:
    return [
        AttentionItem(
            "below_cost",
            urgent=True,
            text=f"{loss.customer} is sold below cost",
            action="Look",
            subject=loss.custid,
        )
        for loss in found.below_cost[:MOST_OF_A_KIND]
    ]


def _unclaimed(found: Findings) -> list[AttentionItem]:
    kinds = (
        ("contested", found.contested, "claimed by two customers", "Decide", True),
        ("unmatched", found.unmatched, _match(found.unmatched), "Assign", False),
        ("unrated", found.unrated, _have(found.unrated), "Add a rate", False),
    )
    return [
        AttentionItem(kind, urgent, f"{counted(count, 'call')} {what}", action)
        for kind, count, what, action, urgent in kinds
        if count
    ]


def _overdue(found: Findings) -> list[AttentionItem]:
    oldest = found.oldest_overdue
    if oldest is None:
        return []
    days = counted(oldest.days, "day")
    if found.overdue_count == 1:
        text, subject = f"{oldest.number} is {days} overdue", oldest.number
    else:
        text = f"{found.overdue_count:,} invoices overdue, {oldest.number} for {days}"
        subject = ""
    return [AttentionItem("overdue", urgent=False, text=text, action="Chase", subject=subject)]


def _disk(found: Findings) -> list[AttentionItem]:
    allotted = found.disk_allotted_bytes
    if not allotted or found.disk_used_bytes < DISK_SHARE * allotted:
        return []
    share = found.disk_used_bytes / allotted
    return [AttentionItem("disk", urgent=share >= 1, text=f"Disk {share:.0%} full", action="Look")]


def _match(count: int) -> str:
    return "matches no customer" if count == 1 else "match no customer"


def _have(count: int) -> str:
    return "has no rate" if count == 1 else "have no rate"
