"""Columns of text into instants: strictly, by the formats that the profile declares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from ingest.lines import Bools, Ints
from ingest.texts import mask_of, rows_of_width, whole_numbers
from ingest.time_format import MONTHS, Slot, TimeFormat

LEAST_YEAR, MOST_YEAR = 1990, 2100
PIVOT_YEAR = 70  # a year of two digits: 70 to 99 are 19xx, as POSIX has it
NO_SECONDS = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}( ?[AaPp][Mm])?$"
DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
LONG_MONTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
DAY_MS = 86_400_000
SERIAL_OF_1970 = 25_569


@dataclass(frozen=True)
class Moments:
    """A column of moments.

    Attributes:
        ms: Milliseconds since 1970, in the zone of the text; in UTC where `in_utc` says so.
        known: The text was understood.
        in_utc: The text carried its own offset, or was a count since 1970.
    """

    ms: Ints
    known: Bools
    in_utc: Bools

    @classmethod
    def none(cls, rows: int) -> "Moments":
        """Return a column in which nothing is understood."""
        return cls(np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_))


def moments(text: pa.Array, formats: Sequence[str], latest: date | None = None) -> Moments:
    """Return what a column says, each value by the first format that it fits wholly.

    A moment without a year is the last such one that is not after `latest`, one day allowed for
    zones; without a `latest` it is not understood.
    """
    found = Moments.none(len(text))
    for name in formats:
        form = TimeFormat.of(name)
        todo = ~found.known
        if not todo.any():
            break
        part = text if todo.all() else text.filter(pa.array(todo))
        read = (
            _dated(part, form, latest) if not (form.epoch or form.has_year) else _read(part, form)
        )
        rows = np.flatnonzero(todo)
        found.ms[rows] = read.ms
        found.known[rows] = read.known
        found.in_utc[rows] = read.in_utc
    return found


def lacks_seconds(text: pa.Array) -> Bools:
    """Return which values are a date and a time of day to the minute."""
    return mask_of(pc.match_substring_regex(text, NO_SECONDS))


def _dated(text: pa.Array, form: TimeFormat, latest: date | None) -> Moments:
    """Read moments without a year: this year's, or last year's where that would be too late."""
    if latest is None:
        return Moments.none(len(text))
    limit = int(np.datetime64(latest, "ms").astype(np.int64)) + 2 * DAY_MS
    this = _by_pattern(text, form, latest.year)
    last = _by_pattern(text, form, latest.year - 1)
    early = this.known & (this.ms < limit)
    return Moments(
        np.where(early, this.ms, last.ms), np.where(early, this.known, last.known), this.in_utc
    )


def _read(text: pa.Array, form: TimeFormat) -> Moments:
    if form.epoch:
        return _epochs(text, form)
    if form.is_serial:
        return _serials(text, form)
    if form.width:
        return _fixed(text, form)
    return _by_pattern(text, form)


def _epochs(text: pa.Array, form: TimeFormat) -> Moments:
    good, count = whole_numbers(text, most_digits=17)
    scaled = {"epoch_s": count * 1000, "epoch_ms": count, "epoch_us": count // 1000}[form.text]
    good = good & (scaled < 10**14)
    return Moments(np.where(good, scaled, 0), good, good)


def _serials(text: pa.Array, form: TimeFormat) -> Moments:
    """Read days since the end of 1899 as a spreadsheet counts them, to the millisecond.

    Source: ECMA-376 part 1, 18.17.4 (the 1900 date system; right from 1 March 1900 on).
    """
    good = mask_of(pc.match_substring_regex(text, f"^(?:{form.pattern})$"))
    days = pc.if_else(pa.array(good), text, "0").cast(pa.float64()).to_numpy()
    ms = np.rint((days - SERIAL_OF_1970) * DAY_MS).astype(np.int64)
    return Moments(np.where(good, ms, 0), good, np.zeros(len(text), np.bool_))


def _fixed(text: pa.Array, form: TimeFormat) -> Moments:
    """Read digits where they stand in the bytes: no expression, no allocation per value."""
    found = Moments.none(len(text))
    hit, codes = rows_of_width(text, form.width)
    digits = codes - np.uint8(48)
    good = np.ones(len(codes), dtype=np.bool_)
    for at, letter in form.literals:
        good &= codes[:, at] == ord(letter)
    parts: dict[str, Ints] = {}
    for slot in form.slots:
        parts[slot.word], fine = _slot(digits, slot)
        good &= fine
    ms, valid = _assembled(parts, len(codes))
    rows = np.flatnonzero(hit)
    found.ms[rows] = ms
    found.known[rows] = good & valid
    return found


def _slot(digits: np.ndarray, slot: Slot) -> tuple[Ints, Bools]:
    value = np.zeros(len(digits), dtype=np.int64)
    fine = np.ones(len(digits), dtype=np.bool_)
    for at in range(slot.first, slot.first + slot.width):
        column = digits[:, at]
        fine &= column <= 9  # noqa: PLR2004  the digits; others wrap around to more
        value = value * 10 + column
    if slot.word == "f":
        value = value * 1000 // 10**slot.width
    return value, fine


def _by_pattern(text: pa.Array, form: TimeFormat, year: int = 0) -> Moments:
    """Read values of varying width by an expression, each distinct value once."""
    encoded = text.dictionary_encode()
    values = encoded.dictionary
    fields = pc.extract_regex(values, f"^(?:{form.pattern})$")
    good = ~mask_of(fields.is_null())
    parts: dict[str, Ints] = {}
    names = [fields.type.field(at).name for at in range(fields.type.num_fields)]
    for name in names:
        column = pc.if_else(pa.array(good), pc.struct_field(fields, name), "")
        parts[name] = _part(name, column.to_pylist())
    if year:
        parts["Y"] = np.full(len(values), year, dtype=np.int64)
    offset = parts.pop("z", np.zeros(len(values), np.int64))
    ms, valid = _assembled(parts, len(values))
    at = encoded.indices.to_numpy()
    known = (good & valid)[at] if len(values) else np.zeros(0, np.bool_)
    utc = known & ("z" in names)
    return Moments((ms - offset)[at] if len(values) else np.zeros(0, np.int64), known, utc)


def _part(name: str, values: Sequence[str]) -> Ints:
    """Return one part of each distinct moment as a whole number."""
    rules = {"b": _month, "p": _half, "z": _offset_ms, "f": _fraction_ms}
    rule = rules.get(name, int)
    return np.array([rule(value) if value else 0 for value in values], dtype=np.int64)


def _month(word: str) -> int:
    return MONTHS.index(word.lower()) + 1 if word.lower() in MONTHS else 0


def _half(word: str) -> int:
    return 1 if word[0] in "Pp" else 0


def _offset_ms(word: str) -> int:
    if word == "Z":
        return 0
    digits = word[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if word[0] == "-" else minutes) * 60_000


def _fraction_ms(word: str) -> int:
    return int(word[:3].ljust(3, "0"))


def _assembled(parts: dict[str, Ints], rows: int) -> tuple[Ints, Bools]:
    """Return milliseconds from the parts of each moment, and which of them exist in a calendar."""
    zero = np.zeros(rows, dtype=np.int64)
    year = _year(parts, zero)
    month = parts.get("m", parts.get("b", zero))
    day = parts["d"]
    hour, hours_fine = _hour(parts, zero)
    minute, second = parts.get("M", zero), parts.get("S", zero)
    fine = hours_fine & (month >= 1) & (month <= 12) & (minute < 60) & (second < 60)  # noqa: PLR2004  a calendar's and a clock's bounds
    safe = np.where(fine, month, 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = LONG_MONTHS[safe - 1] + (leap & (safe == 2))  # noqa: PLR2004  February
    fine &= (day >= 1) & (day <= longest)
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
    days += DAYS_BEFORE[safe - 1] + (leap & (safe > 2)) + day - 1  # noqa: PLR2004  after February
    ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + parts.get("f", zero)
    return ms, fine


def _year(parts: dict[str, Ints], zero: Ints) -> Ints:
    if "Y" in parts:
        return parts["Y"]
    if "y" in parts:
        return np.where(parts["y"] >= PIVOT_YEAR, 1900, 2000) + parts["y"]
    return zero


def _hour(parts: dict[str, Ints], zero: Ints) -> tuple[Ints, Bools]:
    """Return the hour of the day; on a 12-hour clock 12 is midnight or noon."""
    if "I" in parts:
        hour = parts["I"]
        return hour % 12 + 12 * parts.get("p", zero), (hour >= 1) & (hour <= 12)  # noqa: PLR2004  a clock face
    hour = parts["H"]
    return hour, hour < 24  # noqa: PLR2004  a day


def in_range(ms: Ints) -> Bools:
    """Return which instants lie in the years that a call can be of."""
    return (ms >= LEAST_MS) & (ms < MOST_MS)


LEAST_MS = int(np.datetime64(f"{LEAST_YEAR}-01-01", "ms").astype(np.int64))
MOST_MS = int(np.datetime64(f"{MOST_YEAR}-01-01", "ms").astype(np.int64))
