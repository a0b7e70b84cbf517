"""Three months of the fictional reseller, lived through night by night with the real ingest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.periods import months_before
from data.domain.tickets import NewTicket
from data.settings import Settings
from data.store.connect import Store
from data.store.queries.customers import customers_by_custid
from data.store.queries.settings import setting
from data.store.writes.settings import setting_kept
from data.store.writes.tickets import ticket_opened, ticket_resolved
from ingest.claim import Holder
from ingest.context import Ingest
from ingest.demo.arriving import delivered
from ingest.demo.bookkeeping import (
    month_billed,
    newest_drafted,
    old_books_taken_over,
    payments_booked,
)
from ingest.demo.debts import Paid
from ingest.demo.deliveries import Delivery, switch_files
from ingest.demo.founding import reseller_founded
from ingest.demo.mishaps import with_mishaps
from ingest.demo.traffic import calls_between
from ingest.run import looked, run

KEY, BEGUN, COMPLETE = "demo", "begun", "complete"
ACTOR = "demo"
TICKETS = (
    (9, "Number moved to another customer", "Calls from +442079460197 are on nobody's invoice."),
    (2, "Please send October's invoice again", "Our bookkeeping has a new address."),
    (1, "Which rate applies to +33 6?", "The invoice shows more than last month's price."),
)
LEFT_WAITING = 2
"""So many of the newest arrivals are seen but not processed, so that something waits."""


@dataclass(frozen=True)
class Plot:
    """How much happens.

    Attributes:
        calls: How many calls are made.
        months: For how long, up to now.
    """

    calls: int = 50_000
    months: int = 3


@dataclass
class Reseller:
    """What the story is told with, and what is still to come.

    Attributes:
        store: Its books.
        settings: Where its files go.
        papers: A folder for the files that it imports.
        rng: What chance decides.
        plot: How much happens.
        ingest: What processes its files.
        at: The present of the story.
        coming: Payments that customers will make.
    """

    store: Store
    settings: Settings
    papers: Path
    rng: np.random.Generator
    plot: Plot = Plot()
    ingest: Ingest = field(init=False)
    at: datetime = field(init=False)
    coming: list[Paid] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the ingest, which lives in the story's time."""
        # The story waits for nothing: its files are whole when they get their names.
        settings = self.settings.model_copy(update={"settle_s": 0})
        holder = Holder(ACTOR, settings.work_dir / "holders")
        self.ingest = Ingest(self.store, settings, lambda: self.at, holder)

    def by(self, at: datetime) -> By:
        """Return who changes something at an instant."""
        return By(ACTOR, at)


def demo_is_there(store: Store) -> bool:
    """Tell whether the whole demo is in the store.

    Raises:
        Refused: The store is somebody's own, or a demo was cut short in it.
    """
    with store.snapshot() as conn:
        found, in_use = setting(conn, KEY), bool(customers_by_custid(conn))
    if found == BEGUN:
        raise Refused(
            "A demo was begun in this store and cut short. Nothing was changed; remove the var "
            "folder, or set TOLLBOARD_VAR to another one, and begin again."
        )
    if found is None and in_use:
        raise Refused(
            "This store has customers of its own, and a demo would mix with them. Nothing was "
            "changed; set TOLLBOARD_VAR to another folder."
        )
    return found == COMPLETE


def lived_through(reseller: Reseller, now: datetime, tell: Callable[[str], None]) -> None:
    """Found the reseller three months ago and live until now; nothing of it is there before."""
    begin = datetime.combine(months_before(now.date(), reseller.plot.months), time(), UTC)
    founder, first_day = reseller.by(begin), begin.date()
    with reseller.store.writing() as conn:
        setting_kept(conn, KEY, BEGUN)
    tell("Founding a fictional reseller: customers, auth codes, rates, sources ...")
    reseller_founded(reseller.store, reseller.papers, founder, billing_start=first_day)
    arrivals = list(_arrivals(reseller, begin, now))
    tell(f"Processing its CDR files since {begin:%d %B %Y}, night by night ...")
    for at, files in arrivals[:-LEFT_WAITING]:
        _night(reseller, at, files)
    _books_closed(reseller, now)
    for at, files in arrivals[-LEFT_WAITING:]:
        _arrived(reseller, at, files)
        looked(reseller.ingest)
    with reseller.store.writing() as conn:
        setting_kept(conn, KEY, COMPLETE)


def _arrivals(
    reseller: Reseller, begin: datetime, now: datetime
) -> Iterator[tuple[datetime, list[Delivery]]]:
    """Give the instants at which files arrive, in order, each with its files."""
    rng = reseller.rng
    traffic = calls_between(begin, now, count=reseller.plot.calls, rng=rng)
    files = switch_files(traffic, begin=begin.date(), now=now, rng=rng)
    in_order = sorted(with_mishaps(files, now.date()), key=lambda file: file.at)
    for at, together in groupby(in_order, key=lambda file: file.at):
        yield at, list(together)


def _night(reseller: Reseller, at: datetime, files: list[Delivery]) -> None:
    _arrived(reseller, at, files)
    run(reseller.ingest)
    if at.hour == 0 and at.day == 1:
        reseller.coming += month_billed(reseller.store, at.date(), reseller.by(at), reseller.rng)
    if at.hour == 0 and at.weekday() == 0:
        _booked(reseller, at)


def _arrived(reseller: Reseller, at: datetime, files: list[Delivery]) -> None:
    reseller.at = at
    for file in files:
        delivered(reseller.settings.inbox_dir, file)


def _booked(reseller: Reseller, at: datetime) -> None:
    """Take the payments that have come since the last time."""
    come = [paid for paid in reseller.coming if paid.on <= at.date()]
    reseller.coming = [paid for paid in reseller.coming if paid.on > at.date()]
    payments_booked(reseller.store, reseller.papers, come, reseller.by(at))


def _books_closed(reseller: Reseller, now: datetime) -> None:
    """Bring the books to today: what is owed from elsewhere, drafts, tickets."""
    today, by = now.date(), reseller.by(now)
    _booked(reseller, now)
    old_books_taken_over(reseller.store, reseller.papers, by, today=today, rng=reseller.rng)
    newest_drafted(reseller.store, today, by)
    _tickets_opened(reseller, now)


def _tickets_opened(reseller: Reseller, now: datetime) -> None:
    """Let three customers ask for help; one of them was helped."""
    with reseller.store.writing() as conn:
        for days, subject, text in TICKETS:
            by = reseller.by(now - timedelta(days=days))
            number = ticket_opened(conn, NewTicket(subject, text), by)
        ticket_resolved(conn, number, reseller.by(now - timedelta(hours=3)))
