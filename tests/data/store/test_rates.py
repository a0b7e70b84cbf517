"""Rates as they are stored: all at once, beside others that write, as a plain reckoning has it."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from data.domain.errors import Refused
from data.domain.rating import ALWAYS, Rate
from data.exchange.rates import RateFile, RatesRead, RateTarget, rates_given
from data.store.queries.rates import active_rates, known_rate_table
from data.store.schema import rates
from data.store.writes.rates import (
    RatesChanged,
    rates_imported,
    rates_wanted,
    wanted_rates_imported,
)
from data.store.writes.versions import version_raised


def version(rate):
    return rate.pattern, rate.effective_from, rate.group_value


TAKEN = re.compile("BEGIN IMMEDIATE|advisory_xact_lock")

few_rates = st.lists(
    st.builds(
        Rate,
        pattern=st.sampled_from(["1", "44", "441"]),
        effective_from=st.sampled_from([ALWAYS, date(2026, 7, 1)]),
        group_value=st.sampled_from(["", "SMS", "MMS"]),
        per_minute_micros=st.sampled_from([None, 0, 10_000]),
        markup_ppm=st.sampled_from([None, 0]),
        destination=st.sampled_from(["", "Isles"]),
        blocked=st.booleans(),
    ),
    unique_by=version,
)


def deck(price, patterns):
    rates = (Rate(pattern=pattern, per_minute_micros=price) for pattern in patterns)
    return RatesRead("deck.csv", RateTarget("Retail"), RateFile(tuple(rates), whole=True), ())


def in_force(conn):
    found = active_rates(conn, known_rate_table(conn, "Retail"))
    return {version(rate): replace(rate, id=0, rate_table_id=0) for rate in found}


def prices(store):
    with store.snapshot() as conn:
        return {pattern: rate.per_minute_micros for (pattern, *_), rate in in_force(conn).items()}


def reckoned(before, wanted, *, whole):
    """Return what is in force after an import, and its counts, one rate after another."""
    values = {group for _, _, group in wanted} or {group for _, _, group in before}
    gone = [key for key in before if whole and key not in wanted and key[2] in values]
    told = Counter(
        "added" if key not in before else "unchanged" if before[key] == rate else "changed"
        for key, rate in wanted.items()
    )
    after = {key: rate for key, rate in before.items() if key not in gone} | wanted
    return after, RatesChanged(told["added"], told["changed"], len(gone), told["unchanged"])


@given(few_rates, few_rates, st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_import_stores_what_one_rate_after_another_comes_to(store, by, before, wanted, whole):
    with store.writing() as conn:
        rates_imported(conn, "Retail", [], by, whole=True)
        rates_imported(conn, "Retail", before, by, whole=True)
        was = in_force(conn)

        told = rates_imported(conn, "Retail", wanted, by, whole=whole)

        assert was == {version(rate): rate for rate in before}
        wanted = {version(rate): rate for rate in wanted}
        assert (in_force(conn), told) == reckoned(was, wanted, whole=whole)


def test_others_write_while_a_long_deck_gets_ready(store, by):
    def first(conn):
        rates_wanted(conn, deck(10_000, ["1"]).file.rates)
        with store.writing() as other:  # who waits does a minute
            version_raised(other, by.at)

    with store.writing(first=first) as conn:
        told = wanted_rates_imported(conn, "Retail", by, whole=True)

    assert told == RatesChanged(added=1, changed=0, retired=0, unchanged=0)


def test_the_later_of_two_imports_at_once_replaces_what_the_earlier_one_left(store, by):
    rates_given(store, deck(10_000, ["1", "44"]), by)

    def first(conn):
        rates_wanted(conn, deck(30_000, ["1", "44"]).file.rates)
        rates_given(store, deck(20_000, ["44", "49"]), by)

    with store.writing(first=first) as conn:
        told = wanted_rates_imported(conn, "Retail", by, whole=True)

    assert told == RatesChanged(added=1, changed=1, retired=1, unchanged=0)
    assert prices(store) == {"1": 30_000, "44": 30_000}
    with store.snapshot() as conn:
        query = select(func.count()).where(rates.c.retired_at.is_not(None))
        assert conn.execute(query).scalar_one() == len(["1", "44", "44", "49"])


def test_an_import_that_is_refused_leaves_nothing_in_the_way_of_the_next(store, by):
    rates_given(store, deck(10_000, ["1"]), by)
    refused = replace(deck(20_000, ["1"]), target=RateTarget("retail"))

    with pytest.raises(Refused, match="nearly its name"):
        rates_given(store, refused, by)
    rates_given(store, deck(30_000, ["44"]), by)

    assert prices(store) == {"44": 30_000}


def test_the_lock_is_held_for_as_many_statements_with_a_thousand_rates_as_with_one(store, by):
    sent = []
    rates_given(store, deck(10_000, ["0"]), by)

    @event.listens_for(store.writers, "before_cursor_execute")
    def on_execute(_conn, _cursor, statement, _given, _context, many):
        sent.append((statement, many))

    held = []
    for patterns in (["1"], [str(number) for number in range(1_000, 2_000)]):
        sent.clear()
        rates_given(store, deck(20_000, patterns), by)
        held.append(sent[next(at for at, (said, _) in enumerate(sent) if TAKEN.search(said)) :])

    assert held[0] == held[1]
    assert not any(many for _, many in held[1])
