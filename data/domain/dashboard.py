"""Everything that the page shows: one snapshot, and the values that it is made of."""

from dataclasses import dataclass
from datetime import date, datetime

from data.domain.history import TileHistory
from data.domain.periods import Period
from data.domain.tiles import Tiles
from data.domain.views import NarrowedTo


@dataclass(frozen=True)
class CustomerTotal:
    """One bar of a top 5."""

    custid: str
    customer: str
    total_micros: int


@dataclass(frozen=True)
class TopCustomers:
    """A top 5 that adds up: rows + other = total; highest first, ties by name.

    Attributes:
        period: The dates that count.
        rows: At most five, only sums above zero.
        other_micros: What everybody else adds.
        other_count: How many customers that is.
        total_micros: All of it.
    """

    period: Period
    rows: tuple[CustomerTotal, ...]
    other_micros: int
    other_count: int
    total_micros: int


@dataclass(frozen=True)
class MonthOfFiles:
    """Files first processed in a month, by their latest outcome.

    Attributes:
        month: Its first day.
        through: The last day counted: the month's end, or today.
        success: Files that ended well.
        error: Files that ended in error.
        to_same_day: Files (both outcomes) up to the current month's day of today, to compare with.
    """

    month: date
    through: date
    success: int
    error: int
    to_same_day: int


@dataclass(frozen=True)
class Ageing:
    """What is outstanding, by whole days after the due date, in micros."""

    not_due: int
    days_1_30: int
    days_31_60: int
    days_61_90: int
    over_90: int

    @property
    def total(self) -> int:
        """All of it: the amount of the unpaid tile."""
        return self.not_due + self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90


@dataclass(frozen=True)
class LineToCash:
    """The whole way of a period, lines first and money after; counts, then micros.

    lines = calls + duplicate + ignored + rejected, to the line. The call counts below `calls`
    say how far calls got; every amount is the net charge of those calls.
    """

    period: Period
    lines: int
    rejected: int
    duplicate: int
    ignored: int
    calls: int
    talk_s: int
    matched: int
    unmatched: int
    contested: int
    priced: int
    unrated: int
    invoiced_calls: int
    paid_calls: int
    charge: int
    plan: int
    invoiced: int
    unbilled: int
    paid: int
    outstanding: int
    overdue: int


@dataclass(frozen=True)
class AttentionItem:
    """One thing that needs a person now.

    Attributes:
        kind: Which rule found it (`files_failed`, `unmatched`, `contested`, `unrated`, `overdue`,
            `below_cost`, `spending`, `disk`, `numbers_missing`, `calls_ignored`).
        urgent: Money or data is being lost now; else it can wait for the day's round.
        text: What is wrong, in the analyst's words, numbers included.
        action: The one thing to do, as the words of its button.
        subject: What the action opens where that is one thing: a custid, an invoice number
            or a source.
    """

    kind: str
    urgent: bool
    text: str
    action: str
    subject: str = ""


@dataclass(frozen=True)
class SourceRhythm:
    """When a source must have delivered again; after that it is late.

    Attributes:
        source: Its name.
        last: When its newest file was received.
        due: Until when the next one is not late; declared, or learned from its usual rhythm.
    """

    source: str
    last: datetime
    due: datetime


@dataclass(frozen=True)
class TrafficDay:
    """One day of calls.

    Attributes:
        day: In the tenant's zone.
        calls: All of them.
        answered: Of them, those with talk.
        talk_s: Talk of the answered ones.
        charge_micros: What customers are charged for them.
        margin_micros: Charge less cost of those with a price; none: the cost of one is not known.
    """

    day: date
    calls: int
    answered: int
    talk_s: int
    charge_micros: int
    margin_micros: int | None = None


@dataclass(frozen=True)
class Ratios:
    """What the ratios of a period are made of; a ratio without a base is None.

    Attributes:
        attempts: All calls.
        answered: Answered calls.
        no_answer: Calls that rang or were given up by the caller.
        busy: Calls to a busy number.
        talk_ms: Talk time of the answered ones.
    """

    attempts: int
    answered: int
    no_answer: int
    busy: int
    talk_ms: int

    @property
    def asr(self) -> float | None:
        """Answer-seizure ratio: answered / attempts."""
        return self.answered / self.attempts if self.attempts else None

    @property
    def acd_s(self) -> float | None:
        """Average call duration: talk time / answered, in seconds."""
        return self.talk_ms / 1000 / self.answered if self.answered else None

    @property
    def ner(self) -> float | None:
        """Network effectiveness ratio: what the network delivered, whoever then did not answer.

        Source: ITU-T E.425; answered, busy and unanswered calls reached their goal.
        """
        if not self.attempts:
            return None
        return (self.answered + self.no_answer + self.busy) / self.attempts


@dataclass(frozen=True)
class DestinationTotal:
    """One bar of the top destinations."""

    destination: str
    calls: int
    charge_micros: int


@dataclass(frozen=True)
class TopDestinations:
    """The destinations with the highest charge; rows + other = total, ties by name.

    Attributes:
        rows: At most five, only charges above zero.
        other_micros: What all others add.
        other_count: How many destinations those are.
        total_micros: All of it.
    """

    rows: tuple[DestinationTotal, ...]
    other_micros: int
    other_count: int
    total_micros: int


@dataclass(frozen=True)
class Dashboard:
    """One snapshot of everything that the page shows, read in one transaction.

    Attributes:
        as_of: When it was read.
        data_version: Which state of the store it shows.
        changed_at: When the data last changed; none before the first change.
        today: The tenant's day; with the version it says whether a page is current.
        tenant: Whose books these are.
        currency: ISO 4217 code of the one currency.
        minor_digits: Decimals of its minor unit.
        timezone: The tenant's zone.
        customer: The customer that the page is narrowed to; none: all.
        calls_through: The newest day, today at the latest, of which anybody's calls are here; none:
            no call is. Later days are not known to be quiet: their files may be on their way.
        history: What the tiles were on earlier days, as far as it was kept.
        rhythms: When each source that has a rhythm is due; lateness follows from the clock.
    """

    as_of: datetime
    data_version: int
    changed_at: datetime | None
    today: date
    tenant: str
    currency: str
    minor_digits: int
    timezone: str
    customer: NarrowedTo | None
    tiles: Tiles
    top_customers: TopCustomers
    top_paying: TopCustomers
    files_by_month: tuple[MonthOfFiles, ...]
    ageing: Ageing
    line_to_cash: LineToCash
    attention: tuple[AttentionItem, ...]
    rhythms: tuple[SourceRhythm, ...]
    traffic: tuple[TrafficDay, ...]
    traffic_before: tuple[TrafficDay, ...]
    calls_through: date | None
    ratios: Ratios
    ratios_before: Ratios
    top_destinations: TopDestinations
    history: TileHistory

    @property
    def period(self) -> Period:
        """The dates that govern the top 5s, line to cash, traffic, destinations and ratios."""
        return self.line_to_cash.period

    def unknown(self, day: TrafficDay) -> bool:
        """Tell whether a day without calls may still get some, as its files are not here."""
        return not day.calls and (self.calls_through is None or day.day > self.calls_through)

    def late(self, now: datetime) -> tuple[SourceRhythm, ...]:
        """Return the sources that should have delivered by now."""
        return tuple(rhythm for rhythm in self.rhythms if rhythm.due < now)
