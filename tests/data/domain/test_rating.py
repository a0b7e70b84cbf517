"""The price of a call, by worked examples and by properties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.rating import (
    Band,
    Rate,
    band,
    billed_seconds,
    charge_micros,
    in_force,
    longest_prefix,
    marked_up_micros,
    needs_rate,
    of_group,
    rated_seconds,
)
from data.domain.records import Direction, Disposition

MONDAY = datetime(2026, 6, 15, 12, 0)
SATURDAY = datetime(2026, 6, 13, 12, 0)
BANDED = Rate(
    pattern="44",
    initial_s=60,
    increment_s=6,
    day_start_min=8 * 60,
    day_initial_micros=60_000,
    day_increment_micros=6_000,
    evening_start_min=18 * 60,
    evening_initial_micros=40_000,
    evening_increment_micros=4_000,
    night_start_min=23 * 60,
    night_initial_micros=20_000,
    night_increment_micros=2_000,
    weekend_initial_micros=10_000,
    weekend_increment_micros=1_000,
)
ONE_BAND = Rate(pattern="1", initial_s=60, increment_s=6, day_initial_micros=900)
seconds = st.integers(1, 100_000)


@pytest.mark.parametrize(
    ("duration_s", "initial_s", "increment_s", "billed_s"),
    [
        pytest.param(61, 60, 60, 120, id="60/60 bills whole minutes"),
        pytest.param(60, 60, 60, 60, id="60/60 at exactly a minute"),
        pytest.param(1, 60, 60, 60, id="60/60 bills the first minute whole"),
        pytest.param(61, 60, 6, 66, id="60/6 bills six seconds at a time after the first minute"),
        pytest.param(3, 60, 6, 60, id="60/6 bills the first minute whole"),
        pytest.param(61, 1, 1, 61, id="1/1 bills the seconds"),
        pytest.param(65, 0, 30, 90, id="no initial length"),
        pytest.param(0, 60, 60, 0, id="nothing for no duration"),
    ],
)
def test_increments_are_billed_whole(duration_s, initial_s, increment_s, billed_s):
    assert billed_seconds(duration_s, initial_s=initial_s, increment_s=increment_s) == billed_s


@given(seconds, st.integers(0, 300), st.integers(1, 300))
def test_billed_time_is_never_under_the_duration_nor_a_whole_increment_over(
    duration_s, initial_s, increment_s
):
    billed_s = billed_seconds(duration_s, initial_s=initial_s, increment_s=increment_s)

    assert billed_s >= duration_s
    assert billed_s == initial_s or billed_s - duration_s < increment_s


@pytest.mark.parametrize("lengths", [(1, 60, 0), (1, -1, 1), (-1, 60, 60)])
def test_impossible_lengths_are_refused(lengths):
    duration_s, initial_s, increment_s = lengths

    with pytest.raises(ValueError, match="cannot be billed"):
        billed_seconds(duration_s, initial_s=initial_s, increment_s=increment_s)


@pytest.mark.parametrize(
    ("talk_ms", "rated_s"), [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)]
)
def test_talk_time_is_rounded_up_to_a_whole_second(talk_ms, rated_s):
    assert rated_seconds(talk_ms) == rated_s


def test_a_per_minute_price_applies_to_the_billed_seconds_and_is_rounded_once():
    # 66 billed seconds at 0.0035 a minute are 0.00385; six seconds alone would be 0.00035.
    rate = Rate(pattern="1", initial_s=60, increment_s=6, per_minute_micros=3_500)

    assert charge_micros(rate, 61_000, MONDAY) == 3_850


def test_half_a_micro_is_rounded_up():
    rate = Rate(pattern="1", initial_s=1, increment_s=1, per_minute_micros=30)

    assert charge_micros(rate, 1_000, MONDAY) == 1


def test_the_price_in_a_band_is_initial_and_increments():
    assert charge_micros(BANDED, 61_000, MONDAY) == 66_000
    assert charge_micros(BANDED, 61_000, MONDAY.replace(hour=19)) == 44_000
    assert charge_micros(BANDED, 61_000, SATURDAY) == 11_000


def test_the_connection_charge_is_added_once():
    rate = Rate(pattern="1", per_minute_micros=60_000, connection_micros=50_000)

    assert charge_micros(rate, 10_000, MONDAY) == 60_000


def test_the_maximum_caps_the_total_with_its_connection():
    rate = Rate(
        pattern="1", per_minute_micros=60_000, connection_micros=50_000, maximum_micros=55_000
    )

    assert charge_micros(rate, 10_000, MONDAY) == 55_000


def test_no_talk_costs_nothing_not_even_the_connection():
    rate = Rate(pattern="1", per_minute_micros=60_000, connection_micros=50_000)

    assert charge_micros(rate, 0, MONDAY) == 0


def test_a_markup_goes_on_top_of_the_cost_and_below_the_maximum():
    rate = Rate(pattern="1", markup_ppm=150_000, maximum_micros=20_000)

    assert marked_up_micros(rate, 10_001) == 11_501
    assert marked_up_micros(rate, 100_000) == 20_000


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (8, 0, Band.DAY),
        (17, 59, Band.DAY),
        (18, 0, Band.EVENING),
        (23, 0, Band.NIGHT),
        (0, 0, Band.NIGHT),
        (7, 59, Band.NIGHT),
    ],
)
def test_a_band_lasts_until_the_next_one_begins_past_midnight_too(hour, minute, expected):
    assert band(BANDED, MONDAY.replace(hour=hour, minute=minute)) is expected


def test_the_start_decides_the_band_of_a_call_that_crosses_midnight_into_the_weekend():
    friday_night = datetime(2026, 6, 12, 23, 59, 59)

    assert band(BANDED, friday_night) is Band.NIGHT
    assert band(BANDED, friday_night + timedelta(seconds=1)) is Band.WEEKEND


def test_weekends_without_their_own_charges_are_as_other_days():
    rate = Rate(pattern="1", day_start_min=0, day_initial_micros=1, day_increment_micros=1)

    assert band(rate, SATURDAY) is Band.DAY


@pytest.mark.parametrize(
    "rate",
    [
        pytest.param(replace(ONE_BAND, weekend_initial_micros=70), id="initial"),
        pytest.param(replace(ONE_BAND, weekend_increment_micros=70), id="increment"),
    ],
)
def test_one_charge_of_its_own_makes_a_weekend_and_the_other_is_nothing(rate):
    assert band(rate, SATURDAY) is Band.WEEKEND
    assert charge_micros(rate, 66_000, SATURDAY) == 70


def test_a_cost_without_a_markup_is_passed_on_to_the_micro():
    assert marked_up_micros(Rate(pattern="1"), 3_000_000) == 3_000_000


def test_a_rate_without_starts_has_only_its_day_charges():
    assert band(Rate(pattern="1", day_initial_micros=1), MONDAY) is Band.DAY


def test_bands_that_begin_together_are_the_day():
    rate = Rate(pattern="1", day_start_min=0, evening_start_min=0, night_start_min=0)

    assert band(rate, MONDAY) is Band.DAY


def test_the_local_clock_decides_on_the_days_that_it_is_put_forward_and_back():
    london = ZoneInfo("Europe/London")
    # 07:30 UTC is 08:30 on a summer Monday, and 07:30 on a winter one.
    summer = datetime(2026, 3, 30, 7, 30, tzinfo=UTC).astimezone(london)
    winter = datetime(2026, 3, 27, 7, 30, tzinfo=UTC).astimezone(london)

    assert (band(BANDED, summer), band(BANDED, winter)) == (Band.DAY, Band.NIGHT)


NESTED = [Rate(pattern=p, per_minute_micros=1) for p in ("416", "416368", "416987")]


@pytest.mark.parametrize(
    ("digits", "pattern"),
    [("4163681234", "416368"), ("4169871234", "416987"), ("4165550100", "416"), ("416", "416")],
)
def test_the_longest_prefix_wins(digits, pattern):
    rate = longest_prefix(digits, NESTED)

    assert rate is not None
    assert rate.pattern == pattern


def test_a_number_without_a_prefix_has_no_rate():
    assert longest_prefix("5195550100", NESTED) is None
    assert longest_prefix("41", NESTED) is None


@given(st.data())
def test_the_longest_prefix_wins_whatever_the_order_of_the_table(data):
    patterns = data.draw(st.lists(st.text("123", max_size=4), unique=True))
    digits = data.draw(st.text("123", max_size=6))
    rates = [Rate(pattern=pattern, per_minute_micros=1) for pattern in patterns]

    found = longest_prefix(digits, rates)

    candidates = [p for p in patterns if digits[: len(p)] == p]
    assert (found.pattern if found else None) == max(candidates, key=len, default=None)
    assert longest_prefix(digits, reversed(rates)) == found


def test_the_version_in_force_on_the_day_prices_the_call():
    old = Rate(pattern="44", effective_from=date(2026, 1, 1), per_minute_micros=1)
    new = Rate(pattern="44", effective_from=date(2026, 6, 1), per_minute_micros=2)

    assert in_force([new, old], date(2025, 12, 31)) == []
    assert in_force([new, old], date(2026, 5, 31)) == [old]
    assert in_force([new, old], date(2026, 6, 1)) == [new]


@pytest.mark.parametrize("direction", list(Direction))
def test_answered_calls_that_leave_the_house_need_a_rate(direction):
    leaves = direction in {Direction.OUTBOUND, Direction.UNKNOWN, Direction.TOLL_FREE}

    assert needs_rate(direction, Disposition.ANSWERED) is leaves
    assert not needs_rate(direction, Disposition.NO_ANSWER)


def test_a_rate_knows_whether_it_has_a_price():
    assert Rate(pattern="1", day_initial_micros=0).has_price
    assert Rate(pattern="1", markup_ppm=0).has_price
    assert not Rate(pattern="1", blocked=True).has_price


def test_an_override_value_chooses_its_own_rates_and_any_other_those_without_one():
    plain = Rate(pattern="44", per_minute_micros=1)
    longer = Rate(pattern="447", per_minute_micros=2)
    messages = Rate(pattern="44", per_minute_micros=3, group_value="SMS")
    rates = [plain, longer, messages]

    assert of_group(rates, "SMS") == [messages]
    assert of_group(rates, "MMS") == of_group(rates, "") == [plain, longer]
    assert of_group([messages], "") == []
