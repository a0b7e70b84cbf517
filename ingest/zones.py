"""From local time to UTC for whole columns, with the hours that a zone repeats or skips."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.lines import Bools, Ints

QUARTER_MS = 900_000
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
    if zone is UTC or not len(local_ms):
        return Instants(local_ms, none, local_ms, none)
    quarters = local_ms // QUARTER_MS
    lowest = int(quarters.min())
    present = np.zeros(int(quarters.max()) - lowest + 1, dtype=np.bool_)
    present[quarters - lowest] = True
    early, late = _tables(present, lowest, zone)
    first, second = early[quarters - lowest], late[quarters - lowest]
    for row in np.flatnonzero(first == _UNEVEN).tolist():
        first[row], second[row] = _offsets(int(local_ms[row]), zone)
    return Instants(local_ms - first, first > second, local_ms - second, first < second)


_UNEVEN = np.iinfo(np.int64).min


def _tables(present: Bools, lowest: int, zone: tzinfo) -> tuple[Table, Table]:
    """Return the offset of the first and of the second reading, by quarter hour from the lowest."""
    early = np.zeros(len(present), dtype=np.int64)
    late = np.zeros(len(present), dtype=np.int64)
    for at in np.flatnonzero(present).tolist():
        begin = (lowest + at) * QUARTER_MS
        offsets = _offsets(begin, zone)
        even = offsets == _offsets(begin + QUARTER_MS - 1000, zone)
        early[at], late[at] = offsets if even else (_UNEVEN, _UNEVEN)
    return early, late


def _offsets(local_ms: int, zone: tzinfo) -> tuple[int, int]:
    """Return the offsets in milliseconds under both readings of a local time (PEP 495)."""
    moment = (EPOCH + timedelta(milliseconds=local_ms)).replace(tzinfo=zone)
    return _ms(moment.utcoffset()), _ms(moment.replace(fold=1).utcoffset())


def _ms(offset: timedelta | None) -> int:
    return (offset or timedelta()) // timedelta(milliseconds=1)
