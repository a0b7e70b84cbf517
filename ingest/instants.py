"""The instants of the calls of a block, in UTC, each checked."""

from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.records import RejectionReason
from ingest.lines import Bools, Ints
from ingest.own_zones import in_own_zone, renamed
from ingest.profile_parts import TimeField
from ingest.rows import Rows
from ingest.texts import is_one_of
from ingest.time_format import EPOCHS
from ingest.times import LEAST_MS, in_range, lacks_seconds, moments
from ingest.zones import Instants, in_utc, named_zone

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
    other = rows.joined(field.otherwise, " ")
    if other is not None and empty.any():
        text = pc.if_else(pa.array(empty), other, text)
        empty = is_one_of(text, field.empty)
    formats = (*field.formats, *rows.either) if field.either else field.formats
    found = moments(text, formats, rows.rules.latest)
    bad = ~found.known & ~empty
    if bad.any():
        if all("%S" in form for form in field.formats if form not in EPOCHS):
            rows.verdicts.reject(bad & lacks_seconds(text), RejectionReason.TIME_WITHOUT_SECONDS)
        rows.verdicts.reject(bad, RejectionReason.TIME_UNREADABLE)
    given = found.known & ~empty
    inside = in_range(found.ms)
    local = np.where(given & inside, found.ms, LEAST_MS)
    utc = _placed(rows, field, local, given)
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
    by_source = field.zone == "source" and field.zone_column is None
    by_zone = placed if by_source else np.zeros(len(rows), np.bool_)
    return Stamps(ms, later, given, placed & utc.ambiguous, by_zone)


def _placed(rows: Rows, field: TimeField, local: Ints, given: Bools) -> Instants:
    """Return local times as UTC by the zone of the line, of the format, or of the source."""
    column = rows.text(field.zone_column) if field.zone_column else None
    if column is None:
        return in_utc(local, _zone(field, rows))
    if field.zone_words:
        column = renamed(column, field.zone_words)
    utc, known = in_own_zone(local, column, field.zone_form)
    rows.verdicts.reject(given & ~known, RejectionReason.VALUE_UNKNOWN)
    return utc


def _none(rows: Rows, *, required: bool) -> Stamps:
    zero, no = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    if required:
        rows.verdicts.reject(~no, RejectionReason.REQUIRED_FIELD_EMPTY)
    return Stamps(zero, zero, no, no, no)


def _zone(field: TimeField, rows: Rows) -> tzinfo:
    """Return the zone of the format, else the source's."""
    return rows.rules.zone if field.zone == "source" else named_zone(field.zone)


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
