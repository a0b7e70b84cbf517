"""The instants of the calls of a block, in UTC, each checked."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from data.domain.records import RejectionReason
from ingest.lines import Bools, Ints
from ingest.profile_parts import TimeField
from ingest.rows import Rows
from ingest.texts import is_one_of
from ingest.times import LEAST_MS, in_range, lacks_seconds, moments
from ingest.zones import in_utc

TOLERANCE_MS = 1000  # switches truncate each stamp by itself
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Stamps:
    """One instant of each call.

    Attributes:
        ms: UTC milliseconds; 0 where there is none.
        later_ms: The other reading, where the zone repeats the hour.
        given: The line has it.
        ambiguous: The hour occurs twice, and the earlier reading is given.
        by_zone: It was a local time of the source's zone.
    """

    ms: Ints
    later_ms: Ints
    given: Bools
    ambiguous: Bools
    by_zone: Bools


def stamps(rows: Rows, field: TimeField | None, *, required: bool = False) -> Stamps:
    """Return one instant of each call; rows in which it is wrong are rejected."""
    text = rows.joined(field.columns, " ") if field else None
    if field is None or text is None:
        return _none(rows, required=required)
    empty = is_one_of(text, field.empty)
    found = moments(text, (*field.formats, *rows.either) if field.either else field.formats)
    bad = ~found.known & ~empty
    if bad.any():
        rows.verdicts.reject(bad & lacks_seconds(text), RejectionReason.TIME_WITHOUT_SECONDS)
        rows.verdicts.reject(bad, RejectionReason.TIME_UNREADABLE)
    given = found.known & ~empty
    inside = in_range(found.ms)
    local = np.where(given & inside, found.ms, LEAST_MS)
    utc = in_utc(local, _zone(field, rows.rules.zone))
    if found.in_utc.any():
        ms, later = (
            np.where(found.in_utc, local, utc.ms),
            np.where(found.in_utc, local, utc.later_ms),
        )
    else:
        ms, later = utc.ms, utc.later_ms
    placed = given & ~found.in_utc
    rows.verdicts.reject(given & ~inside, RejectionReason.TIME_OUT_OF_RANGE)
    rows.verdicts.reject(placed & utc.missing, RejectionReason.TIME_NONEXISTENT)
    if required:
        rows.verdicts.reject(~given, RejectionReason.REQUIRED_FIELD_EMPTY)
    by_zone = placed if field.zone == "source" else np.zeros(len(rows), np.bool_)
    return Stamps(ms, later, given, placed & utc.ambiguous, by_zone)


def _none(rows: Rows, *, required: bool) -> Stamps:
    zero, no = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    if required:
        rows.verdicts.reject(~no, RejectionReason.REQUIRED_FIELD_EMPTY)
    return Stamps(zero, zero, no, no, no)


@lru_cache(maxsize=64)
def _named(zone: str) -> tzinfo:
    return UTC if zone == "utc" else ZoneInfo(zone)


def _zone(field: TimeField, source_zone: tzinfo) -> tzinfo:
    return source_zone if field.zone == "source" else _named(field.zone)


def not_before(first: Stamps, later: Stamps, rows: Rows) -> Ints:
    """Return the later instants; one in a repeated hour that would precede the first is moved.

    What still precedes it by more than the rounding of stamps is rejected.
    """
    both = first.given & later.given
    early = both & (later.ms < first.ms - TOLERANCE_MS)
    if not early.any():
        return later.ms
    ms = np.where(early, later.later_ms, later.ms)
    wrong = both & (ms < first.ms - TOLERANCE_MS)
    rows.verdicts.reject(wrong, RejectionReason.TIMES_OUT_OF_ORDER)
    return ms


def nullable(ms: Ints, given: Bools) -> pa.Array:
    """Return instants with nothing where there is none."""
    return pa.array(ms, mask=~given)
