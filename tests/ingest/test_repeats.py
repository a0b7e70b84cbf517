"""What was delivered before, a file or a call, is known again and counts once."""

import pytest
from sqlalchemy import func, select

from data.domain.authorship import By
from data.store import schema
from data.store.schema import calls, cdr_files, deliveries
from data.store.writes.source_settings import SourceSettings, source_added
from ingest.run import run
from tests.ingesting import (
    NOW,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    rows,
)


def test_running_again_changes_nothing(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    with store.snapshot() as conn:
        before = [rows(conn, table) for table in schema.metadata.sorted_tables]

    assert ingested(store, settings) == []

    with store.snapshot() as conn:
        assert [rows(conn, table) for table in schema.metadata.sorted_tables] == before


@pytest.mark.parametrize("name", ["a.csv", "other name.csv", "folder/a.csv"])
def test_the_same_content_again_is_a_repeated_delivery(store, settings, name):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    deliver(settings, name, lines(1, 2))

    assert ingested(store, settings) == [(name.split("/")[-1], "repeated", 0, 0, 0, 0)]

    with store.snapshot() as conn:
        assert conn.execute(select(func.count()).select_from(cdr_files)).scalar_one() == 1
        assert rows(conn, deliveries, "file_id", "name") == [(1, name.split("/")[-1])]
        assert_books_balance(conn)
    assert not (settings.inbox_dir / name).exists()


def test_a_repeated_delivery_is_of_the_source_that_delivered_it_else_of_the_first(store, settings):
    with store.writing() as conn:
        for name in ("london", "paris"):
            source_added(conn, name, SourceSettings(), By("test", NOW))
    deliver(settings, "london/a.csv", lines(1, 2))
    ingested(store, settings)
    for again in ("london/a.csv", "paris/a.csv", "a.csv"):
        deliver(settings, again, lines(1, 2))

    report = run(an_ingest(store, settings))

    assert sorted(each.source or "" for each in report.files) == ["london", "london", "paris"]


def test_the_same_content_twice_in_one_look_is_loaded_once(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    deliver(settings, "b.csv", lines(1, 2))

    assert sorted(each[1:3] for each in ingested(store, settings)) == [
        ("repeated", 0),
        ("success", 2),
    ]

    assert list(settings.inbox_dir.iterdir()) == []


def test_a_file_that_seems_to_correct_another_says_how_it_would_stand_for_it(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3, 4))
    ingested(store, settings)
    deliver(settings, "corrected.csv", lines(1, 2) + line(3, talk_s=90) + lines(4))
    deliver(settings, "overlapping.csv", lines(2, 3, 4, 5))

    notes = {file.name: file.note or "" for file in run(an_ingest(store, settings)).files}

    assert notes["overlapping.csv"] == ""
    assert "3 lines of it came with a.csv (file 1)" in notes["corrected.csv"]
    assert "'python -m ingest reprocess 2 --replaces 1'" in notes["corrected.csv"]


def test_an_overlapping_file_loads_each_call_once_and_names_the_original(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    ingested(store, settings)
    deliver(settings, "b.csv", lines(2, 3, 4))

    assert ingested(store, settings) == [("b.csv", "success", 1, 0, 2, 0)]

    with store.snapshot() as conn:
        same = (schema.duplicates.c.started_at == calls.c.started_at) & (
            schema.duplicates.c.call_key == calls.c.call_key
        )
        query = select(schema.duplicates.c.line, calls.c.file_id, calls.c.line).join(calls, same)
        assert sorted(map(tuple, conn.execute(query))) == [(1, 1, 2), (2, 1, 3)]
        assert_books_balance(conn)


def test_a_call_repeated_within_a_file_counts_once(store, settings):
    legs = [line(n, linkedid=place) for place, n in enumerate((1, 1, 2, 1))]
    deliver(settings, "a.csv", "".join(legs))

    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 2, 0)]

    with store.snapshot() as conn:
        assert rows(conn, schema.duplicates, "line") == [(2,), (4,)]
        assert_books_balance(conn)


def test_equal_lines_without_an_identity_are_two_calls_and_each_is_loaded_once(store, settings):
    deliver(settings, "a.csv", lines(1, 1, 2))
    deliver(settings, "b.csv", lines(1, 1, 1, 3))

    found = sorted(ingested(store, settings))

    assert found == [("a.csv", "success", 3, 0, 0, 0), ("b.csv", "success", 2, 0, 2, 0)]
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_the_same_name_with_ten_more_lines_adds_exactly_ten(store, settings):
    deliver(settings, "a.csv", lines(*range(20)))
    ingested(store, settings)
    deliver(settings, "a.csv", lines(*range(30)))

    assert ingested(store, settings) == [("a.csv", "success", 10, 0, 20, 0)]
