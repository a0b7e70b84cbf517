"""From local time to UTC for whole columns, with the hours that a zone repeats or skips."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.lines import Bools, Ints

QUARTER_MS = 900_000
SPARSE = 64
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the origin of local time, which has no zone
Table = npt.NDArray[np.int64]


@lru_cache(maxsize=64)
def named_zone(name: str) -> tzinfo:
    """Return the zone that a profile names."""
    return UTC if name == "utc" else ZoneInfo(name)


@dataclass(frozen=True)
class Instants:
    """A column of instants.

    Attributes:
        ms: UTC milliseconds; meaningless where the local time does not exist.
        ambiguous: The local time occurs twice; the earlier instant is given.
        later_ms: The later of the two instants, the same one where there is only one.
        missing: The local time does not exist: the clocks were put forward over it.
    """

    ms: Ints
    ambiguous: Bools
    later_ms: Ints
    missing: Bools


def in_utc(local_ms: Ints, zone: tzinfo) -> Instants:
    """Return local milliseconds (since 1970 in that zone) as UTC.

    Offsets are looked up once per quarter hour that occurs. A quarter in which the offset changes
    (a few zones change at one minute past) is looked up row by row.
    """
    none = np.zeros(len(local_ms), dtype=np.bool_)
    fixed = zone.utcoffset(None)  # none where the offset depends on the moment
    if fixed is not None or not len(local_ms):
        ms = local_ms - _ms(fixed)
        return Instants(ms, none, ms, none)
    quarters, at = _distinct(local_ms // QUARTER_MS)
    early, late = _tables(quarters, zone)
    first, second = early[at], late[at]
    for row in np.flatnonzero(first == _UNEVEN).tolist():
        first[row], second[row] = _offsets(int(local_ms[row]), zone)
    return Instants(local_ms - first, first > second, local_ms - second, first < second)


_UNEVEN = np.iinfo(np.int64).min


def _distinct(quarters: Ints) -> tuple[Ints, Ints]:
    """Return the quarter hours that occur, and which of them each row is in.

    Without sorting, where they lie close together: a mask over their span is enough.
    """
    lowest = int(quarters.min())
    span = int(quarters.max()) - lowest + 1
    if span > SPARSE * len(quarters):
        return np.unique(quarters, return_inverse=True)
    present = np.zeros(span, dtype=np.bool_)
    present[quarters - lowest] = True
    place = np.cumsum(present) - 1
    return np.flatnonzero(present) + lowest, place[quarters - lowest]


def _tables(quarters: Ints, zone: tzinfo) -> tuple[Table, Table]:
    """Return the offset of the first and of the second reading, for each quarter hour."""
    found = [_even_offsets(quarter * QUARTER_MS, zone) for quarter in quarters.tolist()]
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@lru_cache(maxsize=1 << 16)
def _even_offsets(begin: int, zone: tzinfo) -> tuple[int, int]:
    """Return the offsets of a quarter hour, or that they change within it."""
    offsets = _offsets(begin, zone)
    even = offsets == _offsets(begin + QUARTER_MS - 1000, zone)
    return offsets if even else (_UNEVEN, _UNEVEN)


def _offsets(local_ms: int, zone: tzinfo) -> tuple[int, int]:
    """Return the offsets in milliseconds under both readings of a local time (PEP 495)."""
    moment = (EPOCH + timedelta(milliseconds=local_ms)).replace(tzinfo=zone)
    return _ms(moment.utcoffset()), _ms(moment.replace(fold=1).utcoffset())


def _ms(offset: timedelta | None) -> int:
    return (offset or timedelta()) // timedelta(milliseconds=1)
