"""What calls cost, over whole columns, exact in 64-bit integers.

The scalar twin, and the rule, is `data.domain.rating`; a property holds this to it.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.domain.money import MOST_MICROS, PPM
from data.domain.rating import MS_PER_S, S_PER_MINUTE, SATURDAY
from data.domain.records import Direction, Disposition, RateState
from ingest.columns import Flags, Ints, int_column, nullable_int_column, text_column
from ingest.digits import NO_MATCH, encoded_digits
from ingest.local_time import MS_PER_DAY, local_ms
from ingest.rate_table import NO_START, RateBook, RateColumns

MS_PER_MINUTE = 60_000
WEEKDAY_OF_EPOCH = 3  # 1970-01-01 was a Thursday
WEEKEND = 3
"""Index of the weekend's charges, after day, evening and night."""
NEED_RATE = np.array([Direction.UNKNOWN, Direction.OUTBOUND, Direction.TOLL_FREE])


@dataclass(frozen=True)
class Tables:
    """Which rate table each customer and provider has.

    Attributes:
        customer_id: Ascending; customers and providers alike.
        rate_table_id: Their tables; 0 for none.
    """

    customer_id: Ints
    rate_table_id: Ints

    def of(self, customer_id: Ints) -> Ints:
        """Return the table of each customer; 0 for nobody's."""
        if len(self.customer_id) == 0:
            return np.zeros(len(customer_id), dtype=np.int64)
        place = np.searchsorted(self.customer_id, customer_id)
        place = np.minimum(place, len(self.customer_id) - 1)
        known = self.customer_id[place] == customer_id
        return np.where(known, self.rate_table_id[place], 0)


@dataclass(frozen=True)
class Priced:
    """What calls cost by one set of tables, one entry per call.

    Attributes:
        state: Values of `RateState`.
        rate: Row of the rate that matched; -1 for none.
        billed_s: Seconds billed; 0 unless priced.
        charge_micros: The price; 0 where it is not known.
        known: There is a price: rated, or none is needed.
    """

    state: Ints
    rate: Ints
    billed_s: Ints
    charge_micros: Ints
    known: Flags


@dataclass(frozen=True)
class Starts:
    """When calls began, by the tenant's clock, and how long they talked, one entry per call."""

    day: Ints
    minute: Ints
    duration_s: Ints

    @classmethod
    def of(cls, calls: pd.DataFrame, zone: ZoneInfo) -> "Starts":
        """Take a frame of normalised calls and the tenant's zone."""
        local = local_ms(int_column(calls, "started_ms"), zone)
        duration_s = -(-int_column(calls, "talk_ms") // MS_PER_S)
        return cls(local // MS_PER_DAY, local % MS_PER_DAY // MS_PER_MINUTE, duration_s)

    def at(self, rows: Ints) -> "Starts":
        """Return those of some calls."""
        return Starts(self.day[rows], self.minute[rows], self.duration_s[rows])


@dataclass(frozen=True)
class Prices:
    """Both prices of calls, one entry per call.

    Attributes:
        charge: What the customer pays.
        cost_micros: What the provider takes; 0 where it is not known.
        cost_known: There is a cost.
        cost_rate: Row of the provider's rate that gave it; -1 where none did.
        answered: The call was answered.
    """

    charge: Priced
    cost_micros: Ints
    cost_known: Flags
    cost_rate: Ints
    answered: Flags


class Rater:
    """Prices calls by the tables of their customers and providers."""

    def __init__(self, book: RateBook, tables: Tables) -> None:
        """Take the rates and who has which table."""
        self.book, self._tables = book, tables

    def prices(
        self, calls: pd.DataFrame, starts: Starts, customer_id: Ints, provider_id: Ints
    ) -> Prices:
        """Return what the calls cost.

        Args:
            calls: A frame of normalised calls.
            starts: When they began.
            customer_id: Whose each call is; 0 for nobody's.
            provider_id: Who carried it; 0 for nobody known.
        """
        answered = int_column(calls, "disposition") == Disposition.ANSWERED
        needs = answered & np.isin(int_column(calls, "direction"), NEED_RATE)
        rows = np.flatnonzero(needs)
        digits = encoded_digits(text_column(calls, "called_digits").take(rows))  # type: ignore[union-attr]
        some, group = starts.at(rows), self._groups(calls, rows)
        sheet = self.book.sheets(self._tables.of(provider_id[rows]), group)
        cost = _with_upstream(self._priced(sheet, digits, some, None), calls, rows)
        sheet = self.book.sheets(self._tables.of(customer_id[rows]), group)
        charge = self._priced(sheet, digits, some, cost)
        return Prices(
            _spread(charge, rows, len(calls)),
            _placed(cost.charge_micros, rows, len(calls)),
            _placed_flags(cost.known, rows, len(calls)),
            _placed(np.where(cost.known, cost.rate, NO_MATCH), rows, len(calls), NO_MATCH),
            answered,
        )

    def _groups(self, calls: pd.DataFrame, rows: Ints) -> Ints:
        values = text_column(calls, "override_value")
        if values is None or len(self.book.groups) == 1:
            return np.zeros(len(rows), dtype=np.int64)
        return self.book.groups_of(values.take(rows))

    def _priced(self, sheets: Ints, digits: Ints, starts: Starts, cost: Priced | None) -> Priced:
        rate = self.book.longest(sheets, digits, starts.day)
        matched = np.flatnonzero(rate != NO_MATCH)
        columns, row, some = self.book.columns, rate[matched], starts.at(matched)
        billed, amount = _own_price(columns, row, some)
        known = columns.has_own_price[row] & ~columns.blocked[row]
        if cost is not None:
            by_cost = ~columns.has_own_price[row] & columns.has_markup[row] & ~columns.blocked[row]
            by_cost &= cost.known[matched]
            amount = np.where(
                by_cost, _marked_up(columns, row, cost.charge_micros[matched]), amount
            )
            known |= by_cost
        known &= amount <= MOST_MICROS
        state = np.full(len(rate), int(RateState.UNRATED), dtype=np.int64)
        state[matched] = np.where(
            columns.blocked[row],
            RateState.BLOCKED,
            np.where(known, RateState.RATED, RateState.UNRATED),
        )
        return Priced(
            state,
            rate,
            _placed(np.where(known, billed, 0), matched, len(rate)),
            _placed(np.where(known, amount, 0), matched, len(rate)),
            state == RateState.RATED,
        )


def _own_price(columns: RateColumns, row: Ints, starts: Starts) -> tuple[Ints, Ints]:
    """Return billed seconds and price of answered calls, each by its rate's own charges."""
    initial_s, increment_s = columns.initial_s[row], columns.increment_s[row]
    increments = -(-np.maximum(0, starts.duration_s - initial_s) // increment_s)
    talked = starts.duration_s > 0
    billed_s = np.where(talked, initial_s + increments * increment_s, 0)
    talk = half_up(billed_s * columns.per_minute_micros[row], S_PER_MINUTE)
    banded = np.flatnonzero(~columns.by_minute[row])
    if len(banded):
        of = row[banded]
        band = _band(columns, of, starts.at(banded))
        initial = columns.band_initial_micros[band, of]
        talk[banded] = initial + increments[banded] * columns.band_increment_micros[band, of]
    amount = columns.connection_micros[row] + talk
    return billed_s, np.where(talked, _capped(columns, row, amount), 0)


def _band(columns: RateColumns, row: Ints, starts: Starts) -> Ints:
    begins = columns.band_starts_min[:, row]
    # The later start wins, then the earlier of day, evening, night: one number orders both.
    rank = np.where(begins == NO_START, -1, begins * 4 + np.array([[3], [2], [1]]))
    begun = np.where(begins <= starts.minute, rank, -1).max(axis=0)
    latest = np.where(begun >= 0, begun, rank.max(axis=0))
    band = np.where(latest >= 0, 3 - latest % 4, 0)
    weekend = (starts.day + WEEKDAY_OF_EPOCH) % 7 >= SATURDAY
    return np.where(weekend & columns.has_weekend[row], WEEKEND, band)


def _marked_up(columns: RateColumns, row: Ints, cost_micros: Ints) -> Ints:
    units, rest = np.divmod(cost_micros, PPM)  # apart, so that no product outgrows 64 bits
    share = PPM + columns.markup_ppm[row]
    return _capped(columns, row, units * share + half_up(rest * share, PPM))


def _capped(columns: RateColumns, row: Ints, amount_micros: Ints) -> Ints:
    maximum = columns.maximum_micros[row]
    return np.where(maximum != 0, np.minimum(amount_micros, maximum), amount_micros)


def half_up(numerators: Ints, denominator: int) -> Ints:
    """Return quotients rounded, halves away from zero; the scalar twin is `money.half_up`."""
    magnitude = (2 * np.abs(numerators) + denominator) // (2 * denominator)
    return np.where(numerators >= 0, magnitude, -magnitude)


def _with_upstream(cost: Priced, calls: pd.DataFrame, rows: Ints) -> Priced:
    """Return costs with those that the file itself states in their place."""
    if "upstream_cost_micros" not in calls.columns:
        return cost
    stated = nullable_int_column(calls, "upstream_cost_micros").take(rows)
    known = stated.is_valid().to_numpy(zero_copy_only=False)
    amount = stated.fill_null(0).to_numpy(zero_copy_only=False)
    return Priced(
        cost.state,
        np.where(known, NO_MATCH, cost.rate),
        cost.billed_s,
        np.where(known, amount, cost.charge_micros),
        known | cost.known,
    )


def _spread(priced: Priced, rows: Ints, calls: int) -> Priced:
    """Return prices of some calls as prices of all; the others need none and cost 0."""
    state = np.full(calls, int(RateState.NOT_NEEDED), dtype=np.int64)
    state[rows] = priced.state
    rate = np.full(calls, NO_MATCH, dtype=np.int64)
    rate[rows] = priced.rate
    return Priced(
        state,
        rate,
        _placed(priced.billed_s, rows, calls),
        _placed(priced.charge_micros, rows, calls),
        _placed_flags(priced.known, rows, calls),
    )


def _placed(values: Ints, rows: Ints, calls: int, elsewhere: int = 0) -> Ints:
    placed = np.full(calls, elsewhere, dtype=np.int64)
    placed[rows] = values
    return placed


def _placed_flags(known: Flags, rows: Ints, calls: int) -> Flags:
    placed = np.ones(calls, dtype=np.bool_)
    placed[rows] = known
    return placed
