"""A rate table written to a file and imported again is as it was."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.domain.errors import Refused
from data.domain.rating import ALWAYS, Rate
from data.exchange.rate_files import rates_text
from data.exchange.rates import table_imported
from data.store.queries.customers import named_rules
from data.store.queries.rates import active_rates
from data.store.writes.rates import rates_imported

prices, lengths = st.integers(0, 10**9), st.integers(0, 3_600)
minutes = st.one_of(st.none(), st.integers(0, 24 * 60 - 1))
charges = st.one_of(st.none(), prices)
patterns = st.from_regex(r"[1-9][0-9]{0,5}", fullmatch=True)
names = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12).map(str.strip)
common = {
    "pattern": patterns,
    "destination": names,
    "initial_s": lengths,
    "increment_s": st.integers(1, 60),
    "maximum_micros": prices,
    "blocked": st.booleans(),
}
of_a_deck = st.builds(
    Rate,
    **common,
    per_minute_micros=prices,
    connection_micros=prices,
    effective_from=st.sampled_from([ALWAYS, date(2026, 7, 1), date(2027, 1, 1)]),
    group_value=st.sampled_from(["", "SMS", "MMS"]),
)
by_time_of_day = st.builds(
    Rate,
    **common,
    connection_micros=prices,
    compensation_micros=prices,
    day_start_min=minutes,
    day_initial_micros=prices,
    day_increment_micros=prices,
    evening_start_min=minutes,
    evening_initial_micros=charges,
    evening_increment_micros=charges,
    night_start_min=minutes,
    night_initial_micros=charges,
    night_increment_micros=charges,
    weekend_initial_micros=charges,
    weekend_increment_micros=charges,
)
marked_up = st.builds(Rate, **common, markup_ppm=st.integers(1, 10**6))


def version(rate):
    return rate.pattern, rate.effective_from, rate.group_value


tables = st.one_of(
    st.lists(of_a_deck, min_size=1, max_size=8, unique_by=version),
    st.lists(st.one_of(by_time_of_day, marked_up), min_size=1, max_size=8, unique_by=version),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables)
def test_a_table_that_is_written_and_imported_changes_nothing(store, by, tmp_path, rates):
    path = tmp_path / "rates.csv"
    with store.writing() as conn:
        rates_imported(conn, "Retail", [], by, whole=True)
        rates_imported(conn, "Retail", rates, by, whole=True)
        table_id = named_rules(conn).rate_tables["Retail"]
        stored = active_rates(conn, table_id)
        path.write_text(rates_text("Retail", stored), "utf-8", newline="")

        told = table_imported(conn, "Retail", path, by)

        assert (told.added, told.changed, told.unchanged) == (0, 0, len(rates))
        assert active_rates(conn, table_id) == stored


def test_what_no_one_file_says_is_not_written():
    dated = Rate(pattern="44", per_minute_micros=1, effective_from=date(2026, 7, 1))
    banded = Rate(pattern="49", day_initial_micros=0, day_increment_micros=5)

    with pytest.raises(Refused, match="Retail has both"):
        rates_text("Retail", [dated, banded])
