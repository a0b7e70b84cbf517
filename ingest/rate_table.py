"""Rate tables as arrays: a row per rate, and for each table the prefixes in force by day."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.domain.numbers import is_of_no_country
from data.domain.rating import Rate
from ingest.columns import Flags, Ints
from ingest.digits import LONGEST, NO_MATCH, PrefixIndex

log = logging.getLogger(__name__)

EPOCH_DAY = date(1970, 1, 1)
NO_START = -1


@dataclass(frozen=True)
class RateColumns:
    """Rates as columns, one entry per rate; amounts that are not given are 0.

    Attributes:
        rate_id: Their rows in the store.
        rate_table_id: The tables that they belong to.
        initial_s: Seconds always billed.
        increment_s: Seconds billed at a time.
        per_minute_micros: Price of 60 billed seconds.
        by_minute: It has such a price.
        band_starts_min: Per band (day, evening, night) the minute it begins; -1: no such band.
        band_initial_micros: Per band (day, evening, night, weekend).
        band_increment_micros: Per band.
        has_weekend: It gives charges for weekends.
        connection_micros: Added once.
        maximum_micros: The most; 0: no maximum.
        markup_ppm: Share on top of a provider's cost.
        has_own_price: It says what a call costs without a provider's cost.
        has_markup: It prices by a provider's cost.
        blocked: Calls there are not priced.
        destination: Index into `RateBook.destinations`.
    """

    rate_id: Ints
    rate_table_id: Ints
    initial_s: Ints
    increment_s: Ints
    per_minute_micros: Ints
    by_minute: Flags
    band_starts_min: Ints
    band_initial_micros: Ints
    band_increment_micros: Ints
    has_weekend: Flags
    connection_micros: Ints
    maximum_micros: Ints
    markup_ppm: Ints
    has_own_price: Flags
    has_markup: Flags
    blocked: Flags
    destination: Ints


@dataclass(frozen=True)
class _Version:
    """The prefixes of one table that are in force from a day on, and the rates they stand for."""

    prefixes: Sequence[str]
    index: PrefixIndex
    rates: Ints

    @cached_property
    def short(self) -> PrefixIndex:
        """Finds the prefixes of short numbers: the whole of them, or what begins no country's."""
        whole = [not is_of_no_country(prefix) for prefix in self.prefixes]
        return PrefixIndex.of(self.prefixes, np.array(whole, dtype=np.bool_))

    def places(self, digits: Ints) -> Ints:
        """Return which prefix is the longest of each number, or -1."""
        found = self.index.longest(digits)
        short = np.flatnonzero(digits < 0)
        if len(short):
            found[short] = self.short.longest(-digits[short])
        return found


class RateBook:
    """All rates that an ingest needs, ready for whole columns.

    A sheet is what prices a call: the rates of a table for one override value. Its number is
    made of the table's and the value's place in `groups`.
    """

    def __init__(self, rates: Sequence[Rate]) -> None:
        """Take rates of any number of tables, in any order."""
        usable = [rate for rate in rates if _usable(rate)]
        self.destinations = tuple(sorted({"", *(rate.place for rate in usable)}))
        self.groups = tuple(sorted({"", *(rate.group_value for rate in usable)}))
        self.columns = _columns(usable, {name: i for i, name in enumerate(self.destinations)})
        self._rows: dict[int, list[tuple[int, int, str]]] = {}
        place = {value: n for n, value in enumerate(self.groups)}
        for row, rate in enumerate(usable):
            sheet = rate.rate_table_id * len(self.groups) + place[rate.group_value]
            self._rows.setdefault(sheet, []).append((_day(rate), row, rate.pattern))
        self._versions: dict[tuple[int, int], _Version] = {}
        self._first_days = {
            sheet: np.array(sorted({day for day, _, _ in rows}), dtype=np.int64)
            for sheet, rows in self._rows.items()
        }
        self._sheets = np.array(sorted(self._rows), dtype=np.int64)

    def groups_of(self, values: Any) -> Ints:  # noqa: ANN401 (pyarrow has no types)
        """Return each override value's place in `groups`; 0, no group's, for any other."""
        found = pc.index_in(values, value_set=pa.array(self.groups, type=pa.string()))
        places: Ints = pc.fill_null(found, 0).to_numpy(zero_copy_only=False).astype(np.int64)
        return places

    def sheets(self, tables: Ints, groups: Ints) -> Ints:
        """Return the sheet of each call.

        Args:
            tables: Rate table per call; 0 for none.
            groups: Place in `groups` of the call's override value. A table without rates for the
                value prices the call by those without a value.
        """
        own = tables * len(self.groups) + groups
        plain: Ints = tables * len(self.groups)
        return plain if len(self.groups) == 1 else np.where(np.isin(own, self._sheets), own, plain)

    def longest(self, sheets: Ints, digits: Ints, days: Ints) -> Ints:
        """Return the row of each number's rate in its sheet on its local day; -1 for none.

        Args:
            sheets: What prices each call.
            digits: Numbers, encoded.
            days: Local days since 1970.
        """
        found = np.full(len(sheets), NO_MATCH, dtype=np.int64)
        for sheet in np.unique(sheets).tolist():
            if sheet not in self._rows:
                continue
            rows = np.flatnonzero(sheets == sheet)
            version = np.searchsorted(self._first_days[sheet], days[rows], side="right") - 1
            for number in np.unique(version[version >= 0]).tolist():
                here = rows[version == number]
                found[here] = self._looked_up(sheet, number, digits[here])
        return found

    def _looked_up(self, sheet: int, number: int, digits: Ints) -> Ints:
        version = self._versions.get((sheet, number))
        if version is None:
            version = self._version(sheet, int(self._first_days[sheet][number]))
            self._versions[sheet, number] = version
        place = version.places(digits)
        return np.where(place == NO_MATCH, NO_MATCH, version.rates[place])

    def _version(self, sheet: int, day: int) -> _Version:
        newest = {pattern: row for since, row, pattern in sorted(self._rows[sheet]) if since <= day}
        rates = np.array([*newest.values(), NO_MATCH], dtype=np.int64)
        prefixes = list(newest)
        return _Version(prefixes, PrefixIndex.of(prefixes), rates)


def _day(rate: Rate) -> int:
    return (rate.effective_from - EPOCH_DAY).days


def _usable(rate: Rate) -> bool:
    pattern = rate.pattern
    usable = pattern == "" or (len(pattern) <= LONGEST and pattern.isascii() and pattern.isdigit())
    if not usable:
        log.warning("Rate %d is left out: its pattern is no prefix of digits.", rate.id)
    return usable


def _columns(rates: Sequence[Rate], destinations: dict[str, int]) -> RateColumns:
    def ints(value: Callable[[Rate], Any]) -> Ints:
        return np.array([value(rate) or 0 for rate in rates], dtype=np.int64)

    def flags(value: Callable[[Rate], bool]) -> Flags:
        return np.array([value(rate) for rate in rates], dtype=np.bool_)

    def starts(value: Callable[[Rate], int | None]) -> Ints:
        found = [value(rate) for rate in rates]
        return np.array([NO_START if each is None else each for each in found], dtype=np.int64)

    return RateColumns(
        rate_id=ints(lambda rate: rate.id),
        rate_table_id=ints(lambda rate: rate.rate_table_id),
        initial_s=ints(lambda rate: rate.initial_s),
        increment_s=ints(lambda rate: rate.increment_s),
        per_minute_micros=ints(lambda rate: rate.per_minute_micros),
        by_minute=flags(lambda rate: rate.per_minute_micros is not None),
        band_starts_min=np.stack(
            [
                starts(lambda rate: rate.day_start_min),
                starts(lambda rate: rate.evening_start_min),
                starts(lambda rate: rate.night_start_min),
            ]
        ),
        band_initial_micros=np.stack(
            [
                ints(lambda rate: rate.day_initial_micros),
                ints(lambda rate: rate.evening_initial_micros),
                ints(lambda rate: rate.night_initial_micros),
                ints(lambda rate: rate.weekend_initial_micros),
            ]
        ),
        band_increment_micros=np.stack(
            [
                ints(lambda rate: rate.day_increment_micros),
                ints(lambda rate: rate.evening_increment_micros),
                ints(lambda rate: rate.night_increment_micros),
                ints(lambda rate: rate.weekend_increment_micros),
            ]
        ),
        has_weekend=flags(
            lambda rate: (
                (rate.weekend_initial_micros, rate.weekend_increment_micros) != (None, None)
            )
        ),
        connection_micros=ints(lambda rate: rate.connection_micros),
        maximum_micros=ints(lambda rate: rate.maximum_micros),
        markup_ppm=ints(lambda rate: rate.markup_ppm),
        has_own_price=flags(_has_own_price),
        has_markup=flags(lambda rate: rate.markup_ppm is not None),
        blocked=flags(lambda rate: rate.blocked),
        destination=ints(lambda rate: destinations[rate.place]),
    )


def _has_own_price(rate: Rate) -> bool:
    prices = (rate.per_minute_micros, rate.day_initial_micros, rate.day_increment_micros)
    return any(price is not None for price in prices)
