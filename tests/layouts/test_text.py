from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.domain.counting import counted
from data.domain.periods import Period
from layouts.text import (
    UNKNOWN,
    Money,
    ago,
    bytes_size,
    compared,
    compared_ratios,
    duration,
    percent,
    ratio,
    short_count,
    span,
)

DOLLARS = Money("USD")


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (0, "$0.00"),
        (12.4, "$12.40"),
        (123.45, "$123"),
        (9413.0, "$9,413"),
        (18_127.85, "$18.13k"),
        (999_999, "$1.000M"),
        (9_999.99, "$10.00k"),
        (1_284_000, "$1.284M"),
        (-20_000, "-$20.00k"),
    ],
)
def test_a_tile_shows_money_in_at_most_four_significant_digits(units, shown):
    assert DOLLARS.short(round(units * 1_000_000)) == shown


def test_exact_money_has_its_currency_and_its_minor_digits():
    assert DOLLARS.exact(1_204_000_000) == "$1,204.00"
    assert Money("JPY", 0).exact(1_204_400_000) == "¥1,204"
    assert Money("KWD", 3).exact(1_234_500_000) == "KWD\N{THIN SPACE}1,234.500"
    assert Money("RSD", 2).exact(1_234_500_000) == "RSD\N{THIN SPACE}1,234.50"
    assert DOLLARS.exact(-5_000_000) == "-$5.00"
    assert Money("CHF").exact(5_000_000) == "CHF\N{THIN SPACE}5.00"


@given(st.integers(min_value=0, max_value=10**12))
@example(99_995)
def test_a_shortened_count_never_has_more_than_four_digits(number):
    assert sum(letter.isdigit() for letter in short_count(number)) <= 4


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, ("0", "B")),
        (1023, ("1023", "B")),
        (1024, ("1.0", "KiB")),
        (19_756_849_561, ("18.4", "GiB")),
        (200 * 1024**2, ("200", "MiB")),
    ],
)
def test_bytes_are_binary_with_their_unit(size, shown):
    assert bytes_size(size) == shown


def test_what_has_no_base_is_unknown_never_zero():
    assert (percent(1, 0), ratio(None), duration(None)) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert (percent(0, 5), percent(0.01, 5), ratio(0.456)) == ("0%", "<1%", "45.6 %")


def test_one_is_singular():
    assert (counted(1, "invoice"), counted(0, "invoice")) == ("1 invoice", "0 invoices")


def test_a_span_names_years_only_where_they_are_not_todays():
    today = date(2026, 6, 15)
    assert span(Period(date(2026, 5, 16), today), today=today) == "16 May – 15 Jun"
    assert span(Period(today, today), today=today) == "15 Jun"
    assert span(Period(date(2025, 12, 1), today), today=today) == "1 Dec 2025 – 15 Jun 2026"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (41, "41 s ago"),
        (120, "2 min ago"),
        (7300, "2 h ago"),
        (90_000, "1 day ago"),
    ],
)
def test_relative_times_use_their_largest_whole_unit(seconds, shown):
    now = datetime(2026, 6, 15, tzinfo=UTC)

    assert ago(now - timedelta(seconds=seconds), now) == shown


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        (100, 100, ("– no change", "same")),
        (1009, 1000, ("– about the same", "same")),
        (5, 0, ("new", "up")),
        (0, 0, ("– no change", "same")),
        (90, 100, ("▼ 10 (10\N{THIN SPACE}%)", "down")),
        (3000, 100, ("▲ 2,900 (30 times)", "up")),
    ],
)
def test_a_comparison_is_an_arrow_the_absolute_and_the_per_cent(now, before, shown):
    assert compared(now, before) == shown


def test_rates_are_compared_in_percentage_points_and_not_without_a_base():
    assert compared_ratios(0.8, 0.796) == ("▲ 0.4 pp", "up")
    assert compared_ratios(0.5, 0.5) == ("– no change", "same")
    assert compared_ratios(None, 0.5) == ("", "same")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(48, "48 s"), (125, "2 min 5 s"), (3725, "1 h 2 min"), (17_683_200, "4,912 h")],
)
def test_talk_is_written_in_its_two_largest_units(seconds, shown):
    assert duration(seconds) == shown
