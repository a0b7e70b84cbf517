from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.domain.periods import (
    LONGEST_DAYS,
    AskedPeriod,
    Period,
    asked_period,
    comparison,
    day_start,
    last_three_months,
    months_after,
    months_before,
    past_month,
    previous_calendar_month,
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 22), date(2026, 10, 23)),
        (date(2026, 3, 31), date(2026, 3, 1)),  # one month ago is clamped to 28 February
        (date(2024, 3, 30), date(2024, 3, 1)),  # to 29 February in a leap year
        (date(2026, 1, 1), date(2025, 12, 2)),
    ],
)
def test_the_past_month_begins_the_day_after_today_one_month_ago(today, first):
    assert past_month(today) == Period(first, today)


def test_the_previous_calendar_month_is_whole():
    assert previous_calendar_month(date(2026, 3, 17)) == Period(date(2026, 2, 1), date(2026, 2, 28))


def test_a_period_is_compared_with_both_ends_one_month_earlier():
    assert comparison(Period(date(2026, 10, 23), date(2026, 11, 22))) == Period(
        date(2026, 9, 23), date(2026, 10, 22)
    )


def test_three_months_are_two_whole_ones_and_the_current_one_to_date():
    assert last_three_months(date(2026, 1, 12)) == (
        Period(date(2025, 11, 1), date(2025, 11, 30)),
        Period(date(2025, 12, 1), date(2025, 12, 31)),
        Period(date(2026, 1, 1), date(2026, 1, 12)),
    )


def test_a_period_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 2, 2), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="spring forward"),
        pytest.param(date(2026, 10, 25), 25, id="fall back"),
        pytest.param(date(2026, 6, 1), 24, id="ordinary"),
    ],
)
def test_a_day_has_the_hours_that_its_zone_gives_it(day, hours):
    start, end = Period(day, day).instants(ZoneInfo("Europe/London"))

    assert end - start == timedelta(hours=hours)


def test_a_day_begins_at_local_midnight():
    assert day_start(date(2026, 1, 1), ZoneInfo("Asia/Tokyo")) == datetime(
        2025, 12, 31, 15, tzinfo=UTC
    )


@given(days, st.integers(min_value=0, max_value=60))
def test_months_before_never_leaves_its_month(day, months):
    earlier = months_before(day, months)

    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day <= day.day


def test_months_after_is_clamped_to_the_end_of_a_short_month():
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)


TODAY = date(2026, 6, 15)
GIVEN = AskedPeriod("dates", date(2026, 2, 1), date(2026, 2, 3))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param({}, date(2026, 5, 16), TODAY, id="nothing"),
        pytest.param({"preset": "this-month"}, date(2026, 6, 1), TODAY, id="this month"),
        pytest.param(
            {"preset": "previous-month"}, date(2026, 5, 1), date(2026, 5, 31), id="previous month"
        ),
        pytest.param(
            {"preset": "this-month", "first": "2026-02-01", "last": "2026-02-03"},
            date(2026, 2, 1),
            date(2026, 2, 3),
            id="dates go before a preset",
        ),
        pytest.param({"first": "2026-02-01"}, date(2026, 5, 16), TODAY, id="one date is none"),
        pytest.param({"last": "2026-02-01"}, date(2026, 5, 16), TODAY, id="one date is none, last"),
        pytest.param(
            {"first": "2026-02-03", "last": "2026-02-03"},
            date(2026, 2, 3),
            date(2026, 2, 3),
            id="one day",
        ),
        pytest.param({"preset": "dates"}, date(2026, 5, 16), TODAY, id="dates without dates"),
    ],
)
def test_an_address_asks_for_a_period(asked, first, last):
    assert asked_period(**asked).period(TODAY) == Period(first, last)


@pytest.mark.parametrize("half", [replace(GIVEN, first=None), replace(GIVEN, last=None)])
def test_half_of_dates_is_the_past_month_and_not_too_long(half):
    assert half.period(TODAY) == past_month(TODAY)
    assert not half.is_too_long


def test_a_preset_wins_over_dates_that_it_was_not_asked_with():
    assert replace(GIVEN, preset="past-month").period(TODAY) == past_month(TODAY)


@given(st.dates(), st.dates(), st.sampled_from([ZoneInfo("Etc/GMT-14"), ZoneInfo("Etc/GMT+12")]))
@example(date(9995, 1, 1), date(9995, 12, 31), ZoneInfo("UTC"))
@example(date(9999, 12, 31), date(9999, 12, 31), ZoneInfo("UTC"))
@example(date(1, 1, 1), date(1, 1, 1), ZoneInfo("Asia/Tokyo"))
def test_any_dates_of_an_address_make_a_period_that_begins_and_ends_in_every_zone(one, other, zone):
    first, last = sorted((one, other))
    today = date(2026, 6, 15)

    asked = asked_period(first=first.isoformat(), last=last.isoformat())
    period = asked.period(today)

    start, end = period.instants(zone)
    assert start < end
    whole = asked.preset == "dates" and not asked.is_too_long
    assert (period == Period(first, last)) == whole
    assert (asked == AskedPeriod()) == (first.year == 1 or last.year == 9999)


@pytest.mark.parametrize("more", [0, 1])
def test_the_longest_span_is_shown_whole_and_of_a_longer_one_as_many_days(more):
    first = date(2010, 1, 1)
    longest = first + timedelta(days=LONGEST_DAYS - 1)
    asked = AskedPeriod("dates", first, longest + timedelta(days=more))

    assert asked.is_too_long == bool(more)
    assert asked.period(first) == Period(first, longest)
