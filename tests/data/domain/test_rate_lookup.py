"""The quick look-up finds what the rule says."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.domain.rate_lookup import RateLookup
from data.domain.rating import Rate, in_force, longest_prefix, of_group

START = date(2026, 1, 1)
days = st.integers(0, 5).map(lambda offset: START + timedelta(days=offset))
values = st.sampled_from(["", "SMS", "MMS"])
versions = st.lists(st.tuples(st.text("01", max_size=3), days, values), unique=True, max_size=12)


@given(versions, st.from_regex(r"\A=?[01]{0,5}\Z"), days, values)
def test_the_look_up_is_the_longest_prefix_of_the_versions_in_force(found, digits, day, value):
    rates = [
        Rate(
            id=number, pattern=pattern, effective_from=since, per_minute_micros=1, group_value=group
        )
        for number, (pattern, since, group) in enumerate(found, start=1)
    ]

    expected = longest_prefix(digits, in_force(of_group(rates, value), day))

    assert RateLookup(rates).rate(digits, day, value) == expected
