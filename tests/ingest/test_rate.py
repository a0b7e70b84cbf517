"""The arrays price every call as the scalar rule does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.money import MOST_MICROS, MOST_PPM, half_up
from data.domain.rating import (
    Rate,
    billed_seconds,
    charge_micros,
    in_force,
    longest_prefix,
    marked_up_micros,
    needs_rate,
    of_group,
    rated_seconds,
)
from data.domain.records import Direction, Disposition, RateState
from data.exchange.cells import MOST_PRICE_MICROS
from ingest import rate as vector
from ingest.digits import PrefixIndex, encoded_digits
from ingest.local_time import local_ms
from ingest.rate import Rater, Starts, Tables
from ingest.rate_table import RateBook

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/New_York", "Asia/Kolkata")]
HALF_HOUR_MS = 1_800_000
digits = st.text("0123", max_size=6)
# What follows is drawn so that most calls find a rate, and often at the very minute it begins.
prefixes = st.text("01", max_size=2)
numbers = st.from_regex(r"\A=?[01]{1,4}\Z")
micros = st.sampled_from([0, 1, 7, 30_000, 1_234_567, 10**9, MOST_PRICE_MICROS])
maybe_micros = st.none() | micros
minutes = st.none() | st.integers(0, 47).map(lambda half: 30 * half) | st.integers(0, 1439)
instants = st.integers(944_445, 999_999).map(lambda half: HALF_HOUR_MS * half) | st.integers(
    1_700_000_000_000, 1_800_000_000_000
)


@st.composite
def rates(draw, table=1):
    return Rate(
        rate_table_id=table,
        pattern=draw(prefixes),
        effective_from=draw(
            st.sampled_from([date(1970, 1, 1), date(2024, 6, 1), date(2025, 3, 9)])
        ),
        initial_s=draw(st.integers(0, 120)),
        increment_s=draw(st.integers(1, 120)),
        per_minute_micros=draw(maybe_micros),
        day_start_min=draw(minutes),
        day_initial_micros=draw(maybe_micros),
        day_increment_micros=draw(maybe_micros),
        evening_start_min=draw(minutes),
        evening_initial_micros=draw(maybe_micros),
        evening_increment_micros=draw(maybe_micros),
        night_start_min=draw(minutes),
        night_initial_micros=draw(maybe_micros),
        night_increment_micros=draw(maybe_micros),
        weekend_initial_micros=draw(maybe_micros),
        weekend_increment_micros=draw(maybe_micros),
        connection_micros=draw(micros),
        maximum_micros=draw(st.just(0) | micros),
        markup_ppm=draw(st.none() | st.integers(0, MOST_PPM)),
        blocked=draw(st.sampled_from([False] * 7 + [True])),
        group_value=draw(st.sampled_from([""] * 6 + ["SMS", "MMS"])),
    )


@st.composite
def decks(draw, table=1):
    drawn = draw(st.lists(rates(table), min_size=2, max_size=12))
    distinct = {(rate.pattern, rate.effective_from, rate.group_value): rate for rate in drawn}
    return [
        Rate(**{**vars(rate), "id": 100 * table + n}) for n, rate in enumerate(distinct.values())
    ]


@st.composite
def calls(draw):
    rows = draw(
        st.lists(
            st.tuples(
                instants,
                st.integers(0, 400_000) | st.sampled_from([0, 1, 60_000, 61_000, 2**31 - 1]),
                numbers,
                st.sampled_from([*[Direction.OUTBOUND] * 20, *Direction]),
                st.sampled_from([*[Disposition.ANSWERED] * 30, *Disposition]),
                st.sampled_from([7, 7, 7, 7, 8, 0]),
                st.sampled_from([9, 9, 0]),
                st.sampled_from([None] * 5 + ["SMS", "MMS", "voice"]),
            ),
            min_size=1,
            max_size=8,
        )
    )
    names = ["started_ms", "talk_ms", "called_digits", "direction", "disposition"]
    frame = pd.DataFrame({name: [row[n] for row in rows] for n, name in enumerate(names)})
    frame["called_digits"] = frame["called_digits"].astype(pd.ArrowDtype(pa.string()))
    frame["override_value"] = pd.Series([row[7] for row in rows], dtype=pd.ArrowDtype(pa.string()))
    return frame, np.array([row[5] for row in rows]), np.array([row[6] for row in rows])


def expected(call, customer_rates, cost_micros, zone):
    """The scalar rules, joined as PRODUCT.md says: state, charge, billed seconds."""
    if not needs_rate(call.direction, call.disposition):
        return RateState.NOT_NEEDED, 0, 0
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=call.started_ms)).astimezone(
        zone
    )
    value = "" if pd.isna(call.override_value) else call.override_value
    deck = in_force(of_group(customer_rates, value), local.date())
    rate = longest_prefix(call.called_digits, deck)
    if rate is None or (not rate.blocked and not rate.has_price):
        return RateState.UNRATED, None, 0
    if rate.blocked:
        return RateState.BLOCKED, None, 0
    own = any(
        price is not None
        for price in (rate.per_minute_micros, rate.day_initial_micros, rate.day_increment_micros)
    )
    if not own and cost_micros is None:
        return RateState.UNRATED, None, 0
    charge = (
        charge_micros(rate, call.talk_ms, local) if own else marked_up_micros(rate, cost_micros)
    )
    if charge > MOST_MICROS:
        return RateState.UNRATED, None, 0
    seconds = rated_seconds(call.talk_ms)
    billed = billed_seconds(seconds, initial_s=rate.initial_s, increment_s=rate.increment_s)
    return RateState.RATED, charge, billed


@given(calls(), decks(1), decks(2), decks(3), st.sampled_from(ZONES))
def test_arrays_price_as_the_scalar_rule_does(drawn, first, second, carriers, zone):
    frame, customer_id, provider_id = drawn
    tables = Tables(np.array([7, 8, 9]), np.array([1, 2, 3]))
    rater = Rater(RateBook([*first, *second, *carriers]), tables)

    prices = rater.prices(frame, Starts.of(frame, zone), customer_id, provider_id)

    for row, call in enumerate(frame.itertuples()):
        carrier = carriers if provider_id[row] else []
        state, cost, _ = expected(call, carrier, None, zone)
        cost = cost if state != RateState.NOT_NEEDED else 0
        deck = {0: [], 7: first, 8: second}[customer_id[row]]
        assert (
            prices.charge.state[row],
            prices.charge.charge_micros[row] if prices.charge.known[row] else None,
            prices.charge.billed_s[row],
        ) == expected(call, deck, cost, zone)
        assert (prices.cost_micros[row] if prices.cost_known[row] else None) == cost
        by_rate = state == RateState.RATED
        assert (prices.cost_rate[row] >= 0) == by_rate


@given(st.lists(digits, unique=True), st.lists(st.text("0123*x", max_size=8)))
def test_the_longest_prefix_of_an_array_is_that_of_each_number(prefixes, numbers):
    index = PrefixIndex.of(prefixes)

    found = index.longest(encoded_digits(pa.array(numbers, type=pa.string())))

    for number, place in zip(numbers, found.tolist(), strict=True):
        matching = [prefix for prefix in prefixes if number.startswith(prefix)]
        assert (prefixes[place] if place >= 0 else None) == max(matching, key=len, default=None)


def test_a_prefix_does_not_match_a_number_shorter_than_itself():
    index = PrefixIndex.of(["1120", "11"])

    found = index.longest(encoded_digits(pa.array(["112", "1120", "1", "11209999999999999999999"])))

    assert found.tolist() == [1, 0, -1, 0]


def test_a_slice_of_a_column_is_encoded_like_the_whole():
    numbers = pa.array(["442079460000", "33", "", "1"])

    assert encoded_digits(numbers.slice(1, 2)).tolist() == encoded_digits(numbers)[1:3].tolist()


@pytest.mark.parametrize("prefix", ["12a", "1" * 19, "\u0661"])
def test_what_is_no_prefix_of_digits_is_refused(prefix):
    with pytest.raises(ValueError, match="no prefix"):
        PrefixIndex.of([prefix])


def test_a_rate_whose_pattern_is_no_prefix_is_left_out_with_a_warning(caplog):
    book = RateBook([Rate(id=5, rate_table_id=1, pattern="4x")])

    assert "Rate 5 is left out" in caplog.text
    assert book.columns.rate_id.tolist() == []


@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=1), st.sampled_from(ZONES))
def test_wall_clocks_of_an_array_are_those_of_each_instant(utc_ms, zone):
    local = local_ms(np.array(utc_ms), zone)

    for at, wall in zip(utc_ms, local.tolist(), strict=True):
        aware = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        naive = aware.astimezone(zone).replace(tzinfo=UTC)
        assert wall == (naive - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(st.integers(-(10**15), 10**15), st.sampled_from([1, 2, 60, 10**6]))
def test_arrays_round_half_up_as_money_does(numerator, denominator):
    assert vector.half_up(np.array([numerator]), denominator).tolist() == [
        half_up(numerator, denominator)
    ]


def test_a_cost_that_the_file_states_stands_before_the_carriers_rate():
    frame = pd.DataFrame(
        {
            "started_ms": [0, 0],
            "talk_ms": [60_000, 60_000],
            "direction": [1, 1],
            "disposition": [1, 1],
            "called_digits": pd.Series(["44", "44"], dtype=pd.ArrowDtype(pa.string())),
            "upstream_cost_micros": pd.array([5, None], dtype="Int64"),
        }
    )
    rater = Rater(
        RateBook([Rate(id=1, rate_table_id=3, pattern="44", per_minute_micros=60)]),
        Tables(np.array([9]), np.array([3])),
    )

    prices = rater.prices(frame, Starts.of(frame, ZONES[0]), np.array([0, 0]), np.array([9, 9]))

    assert prices.cost_micros.tolist() == [5, 60]
    assert prices.cost_known.tolist() == [True, True]
    assert prices.cost_rate.tolist() == [-1, 0]
