"""What a call costs: bands, increments, connection, maximum, and the longest prefix.

These scalar rules are the reference: the price explanation uses them, and the vectorised rating
is held to them by properties.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.domain.money import PPM, half_up
from data.domain.numbers import begins
from data.domain.records import Direction, Disposition

MS_PER_S = 1_000
S_PER_MINUTE = 60
SATURDAY = 5
ALWAYS = date(1970, 1, 1)
"""The effective date of a rate that was always in force."""

_NEEDS_RATE = frozenset({Direction.UNKNOWN, Direction.OUTBOUND, Direction.TOLL_FREE})


class Band(StrEnum):
    """Which of a rate's charges apply, by the local start of the call."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
    WEEKEND = "weekend"


@dataclass(frozen=True)
class BandCharges:
    """The charges of one band, in micros: for the initial length and for each increment."""

    initial_micros: int
    increment_micros: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One pattern of a rate table, as the table `rates` keeps it.

    Attributes:
        id: Its row; 0 before it is stored.
        rate_table_id: The table it belongs to.
        pattern: Leading digits of the called number, E.164.
        effective_from: The first local day on which it is in force.
        destination: The name of the place.
        initial_s: Seconds that are always billed.
        increment_s: Seconds billed at a time after those; positive.
        per_minute_micros: Price of 60 billed seconds; else the charges by band apply.
        day_start_min: Minute of the local day at which the band begins; none: no such band.
        day_initial_micros: Charge for the initial length.
        day_increment_micros: Charge for each increment.
        evening_start_min: As for the day.
        evening_initial_micros: As for the day.
        evening_increment_micros: As for the day.
        night_start_min: As for the day.
        night_initial_micros: As for the day.
        night_increment_micros: As for the day.
        weekend_initial_micros: Saturdays and Sundays; none: weekends are as other days.
        weekend_increment_micros: As for the day.
        connection_micros: Added once to every answered call.
        compensation_micros: Kept and unused.
        maximum_micros: The most that a call costs, connection included; 0: no maximum.
        markup_ppm: The charge is the provider's cost and this share on top; none: its own price.
        blocked: Calls there are not priced.
        group_value: Applies only to calls with this override value (`of_group`).
    """

    id: int = 0
    rate_table_id: int = 0
    pattern: str
    effective_from: date = ALWAYS
    destination: str = ""
    initial_s: int = 0
    increment_s: int = 1
    per_minute_micros: int | None = None
    day_start_min: int | None = None
    day_initial_micros: int | None = None
    day_increment_micros: int | None = None
    evening_start_min: int | None = None
    evening_initial_micros: int | None = None
    evening_increment_micros: int | None = None
    night_start_min: int | None = None
    night_initial_micros: int | None = None
    night_increment_micros: int | None = None
    weekend_initial_micros: int | None = None
    weekend_increment_micros: int | None = None
    connection_micros: int = 0
    compensation_micros: int = 0
    maximum_micros: int = 0
    markup_ppm: int | None = None
    blocked: bool = False
    group_value: str = ""

    @property
    def place(self) -> str:
        """Where its calls go: the destination's name, else the pattern, as many decks have none."""
        return self.destination or self.pattern

    @property
    def has_own_price(self) -> bool:
        """It says what a call costs without a provider's cost; a markup then plays no part."""
        prices = (self.per_minute_micros, self.day_initial_micros, self.day_increment_micros)
        return any(price is not None for price in prices)

    @property
    def has_price(self) -> bool:
        """It says what a call costs; a rate without any price leaves its calls unrated."""
        return self.has_own_price or self.markup_ppm is not None


def needs_rate(direction: Direction, disposition: Disposition) -> bool:
    """Tell whether a call without a rate is unrated: answered, and not inbound or internal."""
    return disposition == Disposition.ANSWERED and direction in _NEEDS_RATE


def rated_seconds(talk_ms: int) -> int:
    """Return talk time in whole seconds, rounded up: what rating begins with."""
    return -(-talk_ms // MS_PER_S)


def billed_seconds(duration_s: int, *, initial_s: int, increment_s: int) -> int:
    """Return the seconds that are billed: the initial length, then whole increments.

    Nothing is billed for no duration. 61 s at 60/60 are 120, at 60/6 are 66, at 1/1 are 61.

    Raises:
        ValueError: The increment is not positive, or a length is negative.
    """
    if increment_s <= 0 or initial_s < 0 or duration_s < 0:
        raise ValueError(f"lengths {duration_s}, {initial_s}, {increment_s} s cannot be billed")
    if duration_s == 0:
        return 0
    return initial_s + _increments(duration_s, initial_s, increment_s) * increment_s


def _increments(duration_s: int, initial_s: int, increment_s: int) -> int:
    return -(-max(0, duration_s - initial_s) // increment_s)


def is_weekend(day: date) -> bool:
    """Tell whether a local day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY


def band(rate: Rate, started_local: datetime) -> Band:
    """Return the band in force at the local start of a call.

    The bands go round the clock: each lasts until the next one begins, past midnight too. Where
    two begin at the same minute the first of day, evening, night counts. A rate without any
    start has only its day charges. Weekends have their own charges where the rate gives them.
    """
    if is_weekend(started_local.date()) and _has_weekend(rate):
        return Band.WEEKEND
    starts = [
        (start, -order, name)
        for order, (start, name) in enumerate(
            (
                (rate.day_start_min, Band.DAY),
                (rate.evening_start_min, Band.EVENING),
                (rate.night_start_min, Band.NIGHT),
            )
        )
        if start is not None
    ]
    if not starts:
        return Band.DAY
    minute = started_local.hour * 60 + started_local.minute
    begun = [start for start in starts if start[0] <= minute]
    return max(begun or starts)[2]


def _has_weekend(rate: Rate) -> bool:
    charges = (rate.weekend_initial_micros, rate.weekend_increment_micros)
    return any(charge is not None for charge in charges)


def band_charges(rate: Rate, of: Band) -> BandCharges:
    """Return the charges of one band; a charge that is not given is 0."""
    initial, increment = {
        Band.DAY: (rate.day_initial_micros, rate.day_increment_micros),
        Band.EVENING: (rate.evening_initial_micros, rate.evening_increment_micros),
        Band.NIGHT: (rate.night_initial_micros, rate.night_increment_micros),
        Band.WEEKEND: (rate.weekend_initial_micros, rate.weekend_increment_micros),
    }[of]
    return BandCharges(initial or 0, increment or 0)


def charge_micros(rate: Rate, talk_ms: int, started_local: datetime) -> int:
    """Return what an answered call costs by the rate's own price, rounded half-up once.

    Args:
        rate: The rate that applies; its markup plays no part here (`marked_up_micros`).
        talk_ms: Talk time; rounded up to a whole second.
        started_local: The start of the call in the tenant's zone.
    """
    duration_s = rated_seconds(talk_ms)
    if duration_s == 0:
        return 0
    if rate.per_minute_micros is not None:
        billed_s = billed_seconds(
            duration_s, initial_s=rate.initial_s, increment_s=rate.increment_s
        )
        talk = half_up(billed_s * rate.per_minute_micros, S_PER_MINUTE)
    else:
        charges = band_charges(rate, band(rate, started_local))
        increments = _increments(duration_s, rate.initial_s, rate.increment_s)
        talk = charges.initial_micros + increments * charges.increment_micros
    return _capped(rate, rate.connection_micros + talk)


def marked_up_micros(rate: Rate, cost_micros: int) -> int:
    """Return a provider's cost with the rate's markup on top, capped by its maximum."""
    return _capped(rate, half_up(cost_micros * (PPM + (rate.markup_ppm or 0)), PPM))


def _capped(rate: Rate, amount_micros: int) -> int:
    return min(amount_micros, rate.maximum_micros) if rate.maximum_micros else amount_micros


def of_group(rates: Iterable[Rate], override_value: str) -> list[Rate]:
    """Return the rates of a table that price a call with an override value.

    Where the table has rates for the value those are a table of their own, and its other rates
    play no part; else the rates without a value apply.

    **Source:** CDR2Cloud manual, "Rate Table - Override": tables of one name are told apart by
    the override value of the record, as for voice and messages at different prices. Whole values
    are compared; regular expressions are not.
    """
    known = list(rates)
    own = [rate for rate in known if rate.group_value == override_value]
    return own or [rate for rate in known if rate.group_value == ""]


def in_force(rates: Iterable[Rate], day: date) -> list[Rate]:
    """Return the version of each pattern and group that is in force on a local day."""
    newest: dict[tuple[str, str], Rate] = {}
    for rate in rates:
        key = (rate.pattern, rate.group_value)
        if rate.effective_from <= day and (
            key not in newest or newest[key].effective_from < rate.effective_from
        ):
            newest[key] = rate
    return list(newest.values())


def longest_prefix(digits: str, rates: Iterable[Rate]) -> Rate | None:
    """Return the rate with the longest pattern that the digits begin with, or none.

    Order plays no part. Give it one version of each pattern (`in_force`); the empty pattern
    matches every number, an empty number only that. A short number has the prefixes that
    `numbers.prefixes_of` gives it.
    """
    matching = [rate for rate in rates if begins(digits, rate.pattern)]
    return max(matching, key=lambda rate: (len(rate.pattern), rate.effective_from), default=None)
