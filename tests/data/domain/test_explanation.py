"""The worked price says what was reckoned, and comes to the price."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.explanation import TalkedCall, worked_price
from data.domain.rating import Rate, charge_micros, marked_up_micros

MONDAY = datetime(2026, 6, 15, 19, 5)


def texts(rate, talk_ms=61_200, cost_micros=None):
    worked = worked_price(rate, TalkedCall(talk_ms, MONDAY, cost_micros))
    return [(step.what, step.text) for step in worked.steps]


def test_a_price_per_minute_is_worked_on_the_billed_seconds():
    rate = Rate(
        pattern="44",
        destination="United Kingdom",
        initial_s=60,
        increment_s=6,
        per_minute_micros=3_500,
        connection_micros=50_000,
    )

    assert texts(rate) == [
        ("pattern", "44 (United Kingdom), the longest that matches, in force always"),
        (
            "increments",
            "61.2 s of talk, rounded up to 62 s; 60 s at first, then 6 s at a time: 66 s billed",
        ),
        ("connection", "0.05 for the connection"),
        ("price per minute", "66 s x 0.0035 / 60"),
        ("sum", "0.05385"),
    ]


def test_a_band_says_when_it_begins_and_what_it_charges():
    rate = Rate(
        pattern="44",
        initial_s=60,
        increment_s=6,
        day_start_min=480,
        day_initial_micros=60_000,
        evening_start_min=1_080,
        evening_initial_micros=40_000,
        evening_increment_micros=4_000,
    )

    found = dict(texts(rate))

    assert found["band"] == (
        "evening: started Monday 2026-06-15 19:05:00, tenant's time "
        "(day from 08:00, evening from 18:00)"
    )
    assert found["band charges"] == "0.04 + 1 x 0.004"


def test_a_maximum_and_a_rounding_are_said():
    rate = Rate(pattern="1", per_minute_micros=1_000_001, maximum_micros=20_000)

    found = dict(texts(rate))

    assert "rounded half-up" in found["price per minute"]
    assert found["maximum"] == "at most 0.02, connection included"
    assert found["sum"] == "0.02"


@pytest.mark.parametrize(
    ("rate", "cost_micros", "last"),
    [
        (Rate(pattern="1", blocked=True), None, "calls there are blocked: no price"),
        (Rate(pattern="1"), None, "the rate gives no price"),
        (Rate(pattern="1", markup_ppm=150_000), None, "the provider's cost and 15 %, but"),
        (Rate(pattern="1", markup_ppm=150_000), 100_000, "0.115"),
    ],
)
def test_prices_that_do_not_come_from_minutes_say_why(rate, cost_micros, last):
    assert texts(rate, cost_micros=cost_micros)[-1][1].startswith(last)


@given(
    st.integers(1, 10_000_000),
    st.integers(0, 120),
    st.integers(1, 120),
    st.integers(0, 5_000_000),
    st.integers(0, 3_000_000),
)
def test_the_worked_price_is_the_price(talk_ms, initial_s, increment_s, price, maximum):
    rates = [
        Rate(
            pattern="1",
            initial_s=initial_s,
            increment_s=increment_s,
            per_minute_micros=price,
            maximum_micros=maximum,
        ),
        Rate(
            pattern="1",
            initial_s=initial_s,
            increment_s=increment_s,
            day_initial_micros=price,
            day_increment_micros=price,
            maximum_micros=maximum,
        ),
    ]

    for rate in rates:
        worked = worked_price(rate, TalkedCall(talk_ms, MONDAY))
        assert worked.amount_micros == charge_micros(rate, talk_ms, MONDAY)
    marked = Rate(pattern="1", markup_ppm=price, maximum_micros=maximum)
    worked = worked_price(marked, TalkedCall(talk_ms, MONDAY, price))
    assert worked.amount_micros == marked_up_micros(marked, price)
