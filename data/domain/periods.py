"""Days, periods and what a month is, in the tenant's zone."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What instants that are kept as milliseconds count from."""


@dataclass(frozen=True)
class Period:
    """A span of whole days, both ends inclusive.

    Attributes:
        first: The first day.
        last: The last day; never before the first.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def meets(self, other: "Period") -> bool:
        """Tell whether a day is in both."""
        return self.first <= other.last and other.first <= self.last

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the half-open span of instants, UTC, that these days are in a zone."""
        return day_start(self.first, zone), day_start(self.last + timedelta(days=1), zone)


def without(period: Period, others: Iterable[Period]) -> list[Period]:
    """Return the days of a period that are in none of the others, as spans in their order."""
    left: list[Period] = []
    day = period.first
    for other in sorted(others, key=lambda each: each.first):
        if day < other.first <= period.last:
            left.append(Period(day, other.first - timedelta(days=1)))
        if other.first <= period.last:
            day = max(day, other.last + timedelta(days=1))
    return [*left, Period(day, period.last)] if day <= period.last else left


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, UTC, at which a day begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, clamped to that month's end."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, clamped to that month's end."""
    return months_before(day, -months)


def past_month(today: date) -> Period:
    """Return the rolling month that ends today, inclusive.

    It begins on the day after today one month ago, clamped to that month's end.
    """
    return Period(months_before(today, 1) + timedelta(days=1), today)


def previous_calendar_month(today: date) -> Period:
    """Return the whole calendar month before today's."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def comparison(period: Period) -> Period:
    """Return the period that a period is compared with: both ends one month earlier."""
    return Period(months_before(period.first, 1), months_before(period.last, 1))


def last_three_months(today: date) -> tuple[Period, Period, Period]:
    """Return two whole calendar months and the current one to date, oldest first."""
    current = Period(today.replace(day=1), today)
    previous = previous_calendar_month(today)
    return previous_calendar_month(previous.first), previous, current


PAST_MONTH = "past-month"
LONGEST_YEARS = 10
LONGEST_DAYS = 366 * LONGEST_YEARS
"""Longer spans are cut: a page that shows more than ten years by day shows nothing."""


@dataclass(frozen=True)
class AskedPeriod:
    """What a viewer asked for: a preset that moves with the days, or fixed dates.

    Attributes:
        preset: past-month, previous-month, this-month or dates.
        first: The first day, for dates.
        last: The last day, for dates.
    """

    preset: str = PAST_MONTH
    first: date | None = None
    last: date | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether more days are asked for than are shown."""
        if self.first is None or self.last is None:
            return False
        return (self.last - self.first).days >= LONGEST_DAYS

    def period(self, today: date) -> Period:
        """Return the dates that are meant on a day."""
        if self.preset == "dates" and self.first and self.last:
            last = self.first + timedelta(days=LONGEST_DAYS - 1) if self.is_too_long else self.last
            return Period(self.first, last)
        if self.preset == "previous-month":
            return previous_calendar_month(today)
        if self.preset == "this-month":
            return Period(today.replace(day=1), today)
        return past_month(today)


def asked_period(*, preset: str = "", first: str = "", last: str = "") -> AskedPeriod:
    """Return what an address asks for; what cannot be read means the past month.

    So do dates of the first and the last year there is: in some zone such a day begins or ends
    outside of what an instant can be.
    """
    if first and last:
        try:
            days = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return AskedPeriod()
        if days[0] <= days[1] and days[0].year > MINYEAR and days[1].year < MAXYEAR:
            return AskedPeriod("dates", *days)
    if preset in ("previous-month", "this-month"):
        return AskedPeriod(preset)
    return AskedPeriod()
