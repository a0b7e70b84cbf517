"""Calls whose records lie in several files: whatever the order, each is one call."""

import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.domain.authorship import By
from data.domain.halves import Elsewhere, Half, HalfKind, met
from data.store.queries.files import cdr_file
from data.store.queries.retention import CALLS_EXPIRED
from data.store.schema import calls, cdr_files, ignored_lines
from data.store.writes.settings import setting_kept
from data.store.writes.source_settings import SourceSettings, source_added
from data.store.writes.unloads import file_withdrawn, withdrawal_undone
from ingest.read import MOST_JOINED_BYTES
from ingest.run import ONCE_MORE, run
from tests.ingesting import NOW, an_ingest, assert_books_balance, deliver, ingested, rows


def record(method, call, at, *, tags="ab", code="200"):
    """One line of a flatstore; a BYE by the called party has the tags the other way round."""
    one, other = tags
    return (
        f"{method}|{one}{call}|{other}{call}|call-{call}|{code}|OK|{1_780_000_000 + at}"
        f"|*rated|+15555550{call}|+15555550199|acc1|1:1\n"
    )


FILES = {
    "1.log": record("INVITE", 100, 0) + record("INVITE", 101, 5) + record("BYE", 101, 9),
    "2.log": record("ACK", 100, 2)
    + record("INVITE", 102, 20)
    + record("INVITE", 103, 1, code="486"),
    "3.log": record("BYE", 100, 62, tags="ba") + record("BYE", 999, 70),
}  # fmt: skip


def test_a_file_too_large_to_be_joined_at_once_is_refused_before_it_is_read(store, settings):
    path = deliver(settings, "acc.log", FILES["1.log"] * 6_000)
    os.truncate(path, MOST_JOINED_BYTES + 1)

    (file,) = run(an_ingest(store, settings)).files

    assert file.status.value == "error"
    assert "at most 64 MiB" in str(file.error)
    assert "split -C 32m" in str(file.error)
    assert file.counts.lines == 0


def loaded(store):
    """Calls as (number, seconds), and per file why its other lines are none."""
    query = select(calls.c.calling_number, calls.c.talk_ms).order_by(calls.c.calling_number)
    with store.snapshot() as conn:
        assert_books_balance(conn)
        names = dict(rows(conn, cdr_files, "id", "name"))
        reasons = [
            (names[file], line, reason)
            for file, line, reason in rows(conn, ignored_lines, "file_id", "line", "reason")
        ]
        return [tuple(row) for row in conn.execute(query)], sorted(reasons)


@pytest.mark.parametrize("order", list(itertools.permutations(FILES)), ids=lambda names: names[0])
def test_the_order_of_files_does_not_matter(store, settings, order):
    for name in order:
        deliver(settings, name, FILES[name])
        ingested(store, settings)

    assert loaded(store) == (
        [("+15555550100", 60_000), ("+15555550101", 4_000), ("+15555550103", 0)],
        [
            ("1.log", 3, "joined"),
            ("2.log", 1, "joined"),
            ("2.log", 2, "awaiting_pair"),
            ("3.log", 1, "joined"),
            ("3.log", 2, "awaiting_pair"),
        ],
    )


def test_one_run_over_all_files_reports_each_once_as_it_ended(store, settings):
    for name, text in FILES.items():
        deliver(settings, name, text)

    assert sorted(ingested(store, settings)) == [
        ("1.log", "success", 2, 0, 0, 1),
        ("2.log", "success", 1, 0, 0, 2),
        ("3.log", "success", 0, 0, 0, 2),
    ]


def test_a_file_that_is_processed_again_in_a_run_says_why(store, settings):
    for name, text in FILES.items():
        deliver(settings, name, text)

    notes = {file.name: file.note for file in run(an_ingest(store, settings)).files}

    assert notes["1.log"] == ONCE_MORE
    assert notes["3.log"] is None


def test_a_withdrawn_half_takes_its_call_away_and_a_return_brings_it_back(store, settings):
    for name, text in FILES.items():
        deliver(settings, name, text)
    ingested(store, settings)
    whole = loaded(store)
    with store.writing() as conn:
        (number,) = rows(conn, cdr_files, "id", where=cdr_files.c.name == "3.log")[0]
        third = cdr_file(conn, number)
        assert third is not None
        file_withdrawn(conn, third, NOW)
    ingested(store, settings)
    assert [call for call, _ in loaded(store)[0]] == ["+15555550101", "+15555550103"]

    _taken_back(store, settings, number)

    assert loaded(store) == whole


def _taken_back(store, settings, number):
    with store.writing() as conn:
        withdrawal_undone(conn, number)
    run(an_ingest(store, settings))


def test_a_growing_file_joins_records_that_were_appended_at_different_looks(store, settings):
    with store.writing() as conn:
        wanted = SourceSettings(profile="kamailio-flatstore", growing=True)
        source_added(conn, "sbc", wanted, By("test", NOW))
    deliver(settings, "sbc/acc.log", record("INVITE", 100, 0))
    ingested(store, settings)
    deliver(settings, "sbc/acc.log", record("INVITE", 100, 0) + record("BYE", 100, 60))

    assert ingested(store, settings) == [("acc.log", "success", 1, 0, 0, 1)]
    assert loaded(store)[0] == [("+15555550100", 60_000)]


def test_halves_of_another_source_are_none_of_ours(store, settings):
    deliver(settings, "one/a.log", record("INVITE", 100, 0))
    deliver(settings, "two/b.log", record("BYE", 100, 60))
    ingested(store, settings)

    assert loaded(store)[0] == []


kinds = st.sampled_from(HalfKind)
records = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), kinds, st.integers(0, 9)), max_size=14
)


@given(records)
def test_each_call_stands_in_exactly_one_file_whoever_asks(drawn):
    halves = [
        Half(key, kind, str(at), line, file) for line, (file, key, kind, at) in enumerate(drawn, 1)
    ]
    called: list[int] = []
    joined: set[int] = set()
    for file in {half.file_id for half in halves}:
        own = [half for half in halves if half.file_id == file]
        others = tuple(half for half in halves if half.file_id != file)
        found = met(own, Elsewhere(file, others))
        called += found.calls
        joined |= found.joined

    of_key = {key: [half for half in halves if half.pair_key == key] for key in (1, 2, 3)}
    whole = [
        each
        for each in of_key.values()
        if {HalfKind.OPENS, HalfKind.CLOSES} <= {half.kind for half in each}
    ]
    assert len(called) == len(whole)
    assert len(called) + len(joined) == sum(map(len, whole))


def test_a_file_of_days_that_retention_took_away_is_not_read_again(store, settings):
    deliver(settings, "1.log", FILES["1.log"])
    ingested(store, settings)
    with store.writing() as conn:
        setting_kept(conn, CALLS_EXPIRED, "2026-06-10")
    deliver(settings, "3.log", FILES["3.log"])

    assert ingested(store, settings) == [("3.log", "success", 0, 0, 0, 2)]
    assert loaded(store)[0] == [("+15555550101", 4_000)]
