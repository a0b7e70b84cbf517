"""The wall clocks of a column of instants: what zoneinfo says of each, to the millisecond."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.periods import EPOCH
from ingest.local_time import local_ms

MS = timedelta(milliseconds=1)
DAY_MS = 86_400_000
FIRST, LAST = datetime(1985, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
ZONES = (
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "Europe/Berlin",
    "Asia/Kathmandu",  # moved by a quarter of an hour in 1986, and never since
    "Pacific/Apia",  # left out a whole day in 2011
    "America/Sao_Paulo",  # changed at midnight
    "UTC",
)


def clocks(utc_ms: int, zone: ZoneInfo) -> int:
    """What the wall clocks show, one instant at a time."""
    local = (EPOCH + utc_ms * MS).astimezone(zone)
    return (local.replace(tzinfo=UTC) - EPOCH) // MS


@cache
def changes(name: str) -> list[int]:
    """Starts of the days of UTC in which the clocks of a zone change."""
    zone, days = ZoneInfo(name), range((FIRST - EPOCH) // MS, (LAST - EPOCH) // MS, DAY_MS)
    apart = [clocks(day, zone) - day for day in days]
    return [day for day, now, then in zip(days, apart, apart[1:], strict=False) if now != then]


@pytest.mark.parametrize("name", ZONES)
@given(st.data())
def test_a_column_of_instants_shows_the_clocks_that_zoneinfo_shows(name, data):
    zone = ZoneInfo(name)
    anywhere = st.integers((FIRST - EPOCH) // MS, (LAST - EPOCH) // MS)
    near = st.tuples(st.sampled_from(changes(name) or [0]), st.integers(0, DAY_MS)).map(sum)
    instants = data.draw(st.lists(st.one_of(anywhere, near), min_size=1, max_size=40))

    found = local_ms(np.array(instants, dtype=np.int64), zone).tolist()

    assert found == [clocks(each, zone) for each in instants]


@pytest.mark.parametrize("name", ZONES)
def test_the_clocks_change_at_their_millisecond_and_not_one_beside_it(name):
    zone = ZoneInfo(name)
    for day in changes(name):
        low, high = day, day + DAY_MS
        while high - low > 1:
            middle = (low + high) // 2
            same = clocks(middle, zone) - middle == clocks(day, zone) - day
            low, high = (middle, high) if same else (low, middle)
        beside = np.arange(high - 2, high + 3)

        assert local_ms(beside, zone).tolist() == [clocks(int(each), zone) for each in beside]
