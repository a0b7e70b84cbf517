"""Columns that say how long a call was, into milliseconds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.records import RejectionReason
from ingest.lines import Bools, Ints
from ingest.profile_parts import DurationField
from ingest.profile_values import DurationUnit
from ingest.texts import by_value, is_one_of, lengths, whole_numbers
from ingest.verdicts import Verdicts

MOST_MS = 2**31 - 1  # what the store keeps: a little under 25 days
UNREADABLE = -(2**62)
SEPARATOR = "\x1f"
MS_PER = {
    DurationUnit.S: 1000,
    DurationUnit.MS: 1,
    DurationUnit.CENTI: 10,
    DurationUnit.DECI: 100,
    DurationUnit.MIN: 60_000,
    DurationUnit.SIX_S: 6_000,
    DurationUnit.HOURS: 3_600_000,
    DurationUnit.DAYS: 86_400_000,
}
DECIMAL = re.compile(r"(-?)(\d{1,10})(?:\.(\d{1,15}))?")
WRITTEN = {
    DurationUnit.HMS: re.compile(
        r"(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,4}):(?P<s>[0-5]\d)(?:\.(?P<f>\d+))?"
    ),
    DurationUnit.HHMMSS: re.compile(r"(?P<h>\d\d)(?P<m>[0-5]\d)(?P<s>[0-5]\d)"),
    DurationUnit.HMMT: re.compile(r"(?P<h>\d)(?P<m>[0-5]\d)(?P<tenths>\d)"),
    DurationUnit.WORDS: re.compile(
        r"(?:(?P<h>\d{1,9})\s*(?:h|hrs?|hours?)\.?(?:,?\s*|$))?"
        r"(?:(?P<m>\d{1,9})\s*(?:m|mins?|minutes?)\.?(?:,?\s*|$))?"
        r"(?:(?P<s>\d{1,9})(?:\.(?P<f>\d+))?\s*(?:s|secs?|seconds?)\.?)?"
        r"(?:(?P<ms>\d{1,9})(?:\.\d+)?ms|\d{1,9}(?:\.\d+)?[uµμn]s)?",
        re.IGNORECASE,
    ),
    DurationUnit.NS: re.compile(r"(?P<ms>\d{2,13})\d{6}"),
    DurationUnit.PRIME: re.compile(r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3})'(?P<s>[0-5]\d)"),
}


@dataclass(frozen=True)
class Durations:
    """How long the calls of some rows were.

    Attributes:
        ms: Milliseconds; 0 where none are said.
        negative: Rows that hold a negative code.
        unsaid: Rows that say none.
    """

    ms: Ints
    negative: Bools
    unsaid: Bools


def durations(
    text: pa.Array, units: pa.Array | None, field: DurationField, verdicts: Verdicts
) -> Durations:
    """Return the durations of the rows; bad rows are rejected.

    `units` is the column in which every line says its own unit, where there is one.
    """
    empty = is_one_of(text, field.empty)
    counts = field.unit in MS_PER and units is None and field.scale == 1
    ms = _whole(text, MS_PER[field.unit]) if counts else None
    if ms is None:
        text = text if units is None else pc.binary_join_element_wise(text, units, SEPARATOR)
        ms = by_value(text, lambda value: _read(value, field))
    ms = np.where(empty, 0, ms)
    unreadable = ms == UNREADABLE
    negative = (ms < 0) & ~unreadable
    verdicts.reject(unreadable, RejectionReason.DURATION_UNREADABLE)
    verdicts.reject(ms > MOST_MS, RejectionReason.DURATION_OUT_OF_RANGE)
    if field.negative == "reject":
        verdicts.reject(negative, RejectionReason.DURATION_OUT_OF_RANGE)
    return Durations(np.clip(ms, 0, MOST_MS), negative, empty)


def _whole(text: pa.Array, ms_per_unit: int) -> Ints | None:
    """Return whole counts as milliseconds, or nothing when some are written otherwise."""
    good, counts = whole_numbers(text, most_digits=11)
    if not (good | (lengths(text) == 0)).all():
        return None
    return np.where(good, counts * ms_per_unit, UNREADABLE)


def _read(value: str, field: DurationField) -> int:
    """Return the milliseconds of a value, which its own unit may follow."""
    count, separator, word = value.partition(SEPARATOR)
    if separator:
        units = [field.unit_words[word]] if word in field.unit_words else []
    else:
        units = [field.unit, *field.also]
    return _first_readable(count, units, field.scale)


def _first_readable(value: str, units: Sequence[DurationUnit], scale: int) -> int:
    found = (written_ms(value, unit, scale) for unit in units)
    return next((ms for ms in found if ms != UNREADABLE), UNREADABLE)


def written_ms(value: str, unit: DurationUnit, scale: int = 1) -> int:
    """Return the milliseconds of one written duration, or UNREADABLE.

    A fraction finer than a millisecond is cut off only where it is nought.
    """
    if unit in MS_PER:
        return _decimal_ms(value, MS_PER[unit], scale)
    match = WRITTEN[unit].fullmatch(value)
    if match is None or not value:
        return UNREADABLE
    parts = match.groupdict()
    if parts.get("h") is not None and int(parts["m"] or 0) >= 60 and unit is DurationUnit.HMS:  # noqa: PLR2004  minutes of an hour
        return UNREADABLE
    hours, minutes, seconds = (int(parts.get(name) or 0) for name in "hms")
    seconds += 6 * int(parts.get("tenths") or 0)
    fraction = int((parts.get("f") or "0")[:3].ljust(3, "0"))
    ms = fraction + int(parts.get("ms") or 0)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _decimal_ms(value: str, ms_per_unit: int, scale: int) -> int:
    """Return a plain decimal count as milliseconds, the part below one cut off."""
    match = DECIMAL.fullmatch(value)
    if match is None:
        return UNREADABLE
    sign, whole, fraction = match[1], match[2], match[3] or ""
    ms = int(whole + fraction) * ms_per_unit // (int(10 ** len(fraction)) * scale)
    return -ms if sign else ms
