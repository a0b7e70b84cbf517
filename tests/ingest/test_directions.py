"""Directions by a source's own numbers, over columns and through the whole ingest."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.domain.authorship import By
from data.domain.own_numbers import OwnNumbers, direction_told
from data.domain.records import Direction, RateState
from data.explain import explained, named_call
from data.store.schema import calls, rates
from data.store.writes.source_settings import SourceSettings, source_added, source_edited
from ingest.directions import UNTOLD, directions
from ingest.run import run
from ingest.upkeep import requeueing
from tests.factories import add_customer
from tests.ingesting import (
    NOW,
    add_auth_code,
    add_rates,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
)
from tests.reading import RULES, profile_named, read_file

parties = st.tuples(
    st.sampled_from(["", "201", "+442079460123", "0044800555", "anon", "15555550100"]),
    st.sampled_from(["", "201", "442079460123", "44800555", "15555550100", "=201"]),
)
told = st.sampled_from([None, Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL])
declared = st.sampled_from([("", ""), ("2XX,442079460*", ""), ("2XX", "44800*"), ("", "44800*")])


@given(st.lists(st.tuples(told, parties, parties), max_size=8), declared)
def test_columns_and_the_scalar_rule_agree(rows, texts):
    by = OwnNumbers.of(*texts)
    said = np.array([UNTOLD if way is None else way for way, _, _ in rows], dtype=np.int64)
    calling, called = (
        tuple(pa.array([row[party][part] for row in rows], pa.string()) for part in (0, 1))
        for party in (1, 2)
    )

    found = directions(said, calling, called, by)

    expected = [direction_told(way, one, other, by) for way, one, other in rows]
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("calling", "called", "way"),
    [
        ("201", "0080012", Direction.OUTBOUND),
        ("201", "80099", Direction.INTERNAL),
        ("201", "202", Direction.INTERNAL),
        ("15555550100", "80012", Direction.TOLL_FREE),
        ("80012", "201", Direction.INBOUND),
        ("80012", "15555550100", Direction.OUTBOUND),
        ("15555550100", "15555550101", Direction.UNKNOWN),
    ],
)
def test_from_an_own_number_to_anybodys_toll_free_one_is_outbound(calling, called, way):
    by = OwnNumbers.of("2XX,80099", "800*,00800*")

    assert direction_told(None, (calling, calling), (called, called), by) is way


def test_own_numbers_decide_what_needs_a_rate_and_hold_for_files_processed_again(store, settings):
    with store.writing() as conn:
        table = add_rates(conn, "standard", p1=60_000)
        add_auth_code(conn, add_customer(conn, "C1", rate_table_id=table), "acc1")
        source_added(conn, "pbx", SourceSettings(profile="asterisk-cdr-csv"), By("test", NOW))
    inbound = line(1, src="+15555550100", dst="201")
    outbound = line(2, src="201", dst="+15555550100")
    free = line(3, src="+15555550100", dst="+18005550199")
    deliver(settings, "pbx/a.csv", inbound + outbound + free)
    ingested(store, settings)
    assert _told(store) == [
        (1, Direction.UNKNOWN, RateState.UNRATED),
        (2, Direction.UNKNOWN, RateState.RATED),
        (3, Direction.UNKNOWN, RateState.RATED),
    ]
    numbers = SourceSettings(own_numbers="2XX", toll_free_numbers="1800*")
    with store.writing() as conn:
        source_edited(conn, "pbx", numbers, By("test", NOW))

    ingest = an_ingest(store, settings)
    run(ingest, only=requeueing(ingest, [1], ""))

    assert _told(store) == [
        (1, Direction.INBOUND, RateState.NOT_NEEDED),
        (2, Direction.OUTBOUND, RateState.RATED),
        (3, Direction.TOLL_FREE, RateState.RATED),
    ]
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_a_short_number_takes_no_price_of_a_country_and_says_so(store, settings):
    told = SourceSettings(
        profile="asterisk-cdr-csv", country_code="44", international_prefix="00", trunk_prefix="0"
    )
    with store.writing() as conn:
        table = add_rates(conn, "standard", p1=60_000, p44=10_000, p118=5_000_000, p101=90_000)
        add_auth_code(conn, add_customer(conn, "C1", rate_table_id=table), "acc1")
        source_added(conn, "pbx", told, By("test", NOW))
    numbers = ["118118", "102", "101", "02079460100", "0015555550100"]
    content = "".join(line(n, dst=number) for n, number in enumerate(numbers, start=1))
    deliver(settings, "pbx/a.csv", content)
    ingested(store, settings)

    with store.snapshot() as conn:
        found = conn.execute(
            select(calls.c.rate_state, rates.c.pattern)
            .outerjoin(rates, rates.c.id == calls.c.rate_id)
            .order_by(calls.c.line)
        )
        assert [tuple(row) for row in found] == [
            (RateState.RATED, "118"),
            (RateState.UNRATED, None),
            (RateState.RATED, "101"),
            (RateState.RATED, "44"),
            (RateState.RATED, "1"),
        ]
        steps = {
            n: {step.what: step.text for step in explained(conn, named_call(conn, f"1:{n}")).steps}
            for n in (1, 2)
        }
    assert steps[1]["table"] == "standard; rated as 118118"
    assert steps[2]["price"].startswith("none: 102 is a short number")


def _told(store):
    query = select(calls.c.line, calls.c.direction, calls.c.rate_state).order_by(calls.c.line)
    with store.snapshot() as conn:
        return [tuple(row) for row in conn.execute(query)]


def test_a_record_that_says_whose_side_it_is_of_is_internal_between_own_numbers(tmp_path):
    record = (
        "0000000001AABBCC,Acme,Normal,+442079460101,,Originating,+442079460101,Public,{called},"
        "20260302090000.000,1+020000,Yes,20260302090005.000,20260302090105.000,016,VoIP,,,national"
        ",to,\n"
    )
    called = ["+442079460102", "2079460102", "+447700900125"]
    path = tmp_path / "bw.csv"
    path.write_text("".join(record.format(called=each) for each in called))
    own = OwnNumbers.of("442079460*,2079460*", "")

    reading = read_file(path, profile_named("broadworks"), replace(RULES, own_numbers=own))

    assert [call["direction"] for call in reading.told()] == ["internal", "internal", "outbound"]
