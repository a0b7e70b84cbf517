"""Instants of whole columns in a zone: the zone's steps are found once per day, not per call."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.domain.periods import EPOCH
from ingest.columns import Ints

MS_PER_DAY = 86_400_000


def local_ms(utc_ms: Ints, zone: ZoneInfo) -> Ints:
    """Return instants, in milliseconds since 1970 UTC, as wall-clock milliseconds of a zone."""
    days, place = np.unique(utc_ms // MS_PER_DAY, return_inverse=True)
    before = np.empty(len(days), dtype=np.int64)
    after = np.empty(len(days), dtype=np.int64)
    step = np.empty(len(days), dtype=np.int64)
    for index, day in enumerate(days.tolist()):
        before[index], after[index], step[index] = _day(day * MS_PER_DAY, zone)
    offsets = np.where(utc_ms < step[place], before[place], after[place])
    return utc_ms + offsets


def _day(start_ms: int, zone: ZoneInfo) -> tuple[int, int, int]:
    """Return the offsets at a UTC day's start and end, and the instant at which they change."""
    first, last = _offset_ms(start_ms, zone), _offset_ms(start_ms + MS_PER_DAY - 1, zone)
    low, high = start_ms, start_ms + MS_PER_DAY - 1
    if first == last:
        return first, last, low
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_ms(middle, zone) == first:
            low = middle
        else:
            high = middle
    return first, last, high


def _offset_ms(utc_ms: int, zone: ZoneInfo) -> int:
    offset = (EPOCH + timedelta(milliseconds=utc_ms)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(milliseconds=1)
