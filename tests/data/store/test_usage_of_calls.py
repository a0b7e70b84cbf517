"""What stored calls add up to by day is of the days that the tenant's clocks showed."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.domain.periods import Period
from data.store.queries.usage import CallRows, stored_customer_usage, stored_destination_usage
from data.store.schema import call_rows
from tests.factories import add_call

AROUND = timedelta(days=2)
CLOCKS_CHANGED = {
    "Europe/London, an hour less": ("Europe/London", date(2026, 3, 29)),
    "Europe/London, an hour more": ("Europe/London", date(2026, 10, 25)),
    "half an hour": ("Australia/Lord_Howe", date(2026, 4, 5)),
    "no midnight": ("America/Santiago", date(2026, 9, 6)),
    "midnight twice": ("America/Havana", date(2026, 11, 1)),
    "a day left out": ("Pacific/Apia", date(2011, 12, 30)),
    "before there were zones": ("America/New_York", date(1883, 11, 18)),
    "before 1970": ("UTC", date(1969, 12, 31)),
}


@pytest.mark.parametrize("case", CLOCKS_CHANGED)
def test_each_call_is_of_the_day_that_the_clocks_showed(conn, case):
    name, day = CLOCKS_CHANGED[case]
    zone, middle = ZoneInfo(name), datetime(day.year, day.month, day.day, tzinfo=UTC)
    instants = [middle - AROUND + timedelta(minutes=30 * each) for each in range(192)]
    for instant in instants:
        add_call(conn, started_at=instant)
    period = Period(day - 2 * AROUND, day + 2 * AROUND)
    every = CallRows(call_rows.c, call_rows, call_rows.c.file_id == 1)

    by_customer = stored_customer_usage(conn, period, zone, every)
    by_place = stored_destination_usage(conn, period, zone, every)

    shown = Counter(instant.astimezone(zone).date() for instant in instants)
    assert {each.day: each.sums[0] for each in by_customer} == shown
    assert {each.day: each.sums[0] for each in by_place} == shown
