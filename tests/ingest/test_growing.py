"""Files that are appended to: only complete new lines, each once, across rotation."""

import gzip

import pytest
from sqlalchemy import insert, update

from data.store import schema
from data.store.queries.growing import growths
from data.store.schema import calls, cdr_files, sources
from ingest.growing import complete_bytes
from ingest.run import run
from ingest.upkeep import requeueing
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


@pytest.fixture(autouse=True)
def growing_source(store):
    with store.writing() as conn:
        conn.execute(insert(sources).values(name="pbx", folder="pbx", growing=True, created_at=NOW))


def append(settings, content):
    path = settings.inbox_dir / "pbx" / "Master.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(content)
    return path


def test_only_complete_new_lines_are_read_and_the_file_stays(store, settings):
    path = append(settings, lines(1, 2) + line(3)[:40])

    assert ingested(store, settings) == [("Master.csv", "success", 2, 0, 0, 0)]
    assert ingested(store, settings) == []
    append(settings, line(3)[40:] + line(4))
    assert ingested(store, settings) == [("Master.csv", "success", 2, 0, 0, 0)]

    assert path.exists()
    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line") == [(1, 1), (1, 2), (1, 3), (1, 4)]
        assert rows(conn, cdr_files, "lines", "loaded", "status") == [(4, 4, "success")]
        assert_books_balance(conn)


def test_a_file_still_without_a_complete_line_is_left_alone(store, settings):
    append(settings, line(1)[:40])

    assert ingested(store, settings) == []


def test_lines_are_numbered_through_and_rejections_keep_theirs(store, settings):
    append(settings, lines(1, 2))
    ingested(store, settings)
    append(settings, '"broken\n' + line(3))

    assert ingested(store, settings) == [("Master.csv", "success", 1, 1, 0, 0)]

    with store.snapshot() as conn:
        assert rows(conn, schema.rejections, "line") == [(3,)]
        assert rows(conn, calls, "line") == [(1,), (2,), (4,)]
        assert_books_balance(conn)


def test_an_equal_line_appended_later_is_another_call(store, settings):
    append(settings, lines(1, 1))
    ingested(store, settings)
    append(settings, lines(1, 1))

    assert ingested(store, settings) == [("Master.csv", "success", 2, 0, 0, 0)]

    with store.snapshot() as conn:
        assert rows(conn, calls, "line") == [(1,), (2,), (3,), (4,)]
        assert_books_balance(conn)


def test_after_rotation_the_rest_of_the_old_file_and_the_new_one_are_read(store, settings):
    path = append(settings, lines(1, 2))
    ingested(store, settings)
    append(settings, lines(3))
    path.rename(path.with_name("Master.csv.1"))
    append(settings, lines(4, 5))

    found = sorted(ingested(store, settings))

    assert [each[1:3] for each in found] == [("success", 1), ("success", 2)]
    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line") == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
        assert [each.offset_bytes for each in growths(conn)] == [
            len(lines(1, 2, 3)),
            len(lines(4, 5)),
        ]
        assert_books_balance(conn)
    assert ingested(store, settings) == []


def test_a_file_cut_to_nothing_and_written_anew_is_a_new_file(store, settings):
    path = append(settings, lines(1, 2, 3))
    ingested(store, settings)
    path.write_text(lines(7))

    assert ingested(store, settings) == [("Master.csv", "success", 1, 0, 0, 0)]

    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line") == [(1, 1), (1, 2), (1, 3), (2, 1)]
        assert_books_balance(conn)


def test_processing_a_growing_file_again_reads_it_from_its_beginning(store, settings):
    append(settings, lines(1, 2))
    ingested(store, settings)
    append(settings, lines(3))
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    report = run(ingest, only=requeueing(ingest, [1], ""))

    assert report.files[0].counts.loaded == 3
    with store.snapshot() as conn:
        assert rows(conn, calls, "line") == [(1,), (2,), (3,)]
        assert_books_balance(conn)


def test_a_growing_file_of_no_format_fails_where_it_lies_and_is_tried_when_it_grew(store, settings):
    path = append(settings, "colour;weight\nred;12\n")

    assert [each[1] for each in ingested(store, settings)] == ["error"]
    assert path.exists()
    assert ingested(store, settings) == []


def test_files_of_a_growing_source_that_were_packed_are_taken_whole(store, settings):

    deliver(settings, "pbx/old.csv.gz", gzip.compress(lines(1).encode()))

    assert ingested(store, settings) == [("old.csv.gz", "success", 1, 0, 0, 0)]
    assert not (settings.inbox_dir / "pbx" / "old.csv.gz").exists()


def test_a_source_switched_off_is_not_followed(store, settings):
    append(settings, lines(1))
    with store.writing() as conn:
        conn.execute(update(sources).values(disabled_at=NOW))

    assert ingested(store, settings) == []


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("copy.csv", lines(1, 2).encode()),
        ("other/Master.csv", lines(1, 2, 3).encode()),
        ("other/Master.csv.gz", gzip.compress(lines(1, 2, 3).encode())),
    ],
    ids=["at the top", "another source, longer", "packed"],
)
def test_a_copy_of_a_growing_file_is_refused_and_no_call_of_it_counts_twice(
    store, settings, name, copy
):
    append(settings, lines(1, 2))
    ingested(store, settings)

    deliver(settings, name, copy)

    assert [each[1:3] for each in ingested(store, settings)] == [("error", 0)]
    with store.snapshot() as conn:
        found = rows(conn, cdr_files, "id", "error_code")
        assert [code for _, code in found] == [None, "copy_of_growing"]
        assert rows(conn, calls, "file_id", "line") == [(1, 1), (1, 2)]
        assert_books_balance(conn)


def test_a_file_that_begins_otherwise_or_belongs_to_the_same_source_is_no_copy(store, settings):
    append(settings, lines(1, 2))
    ingested(store, settings)

    deliver(settings, "other/Master.csv", lines(2, 1))
    deliver(settings, "pbx/Master.csv.1.gz", gzip.compress(lines(1, 2, 3).encode()))

    found = {name: counted for name, _, *counted in ingested(store, settings)}
    assert found == {"Master.csv": [2, 0, 0, 0], "Master.csv.1.gz": [1, 0, 2, 0]}


def test_in_a_renamed_folder_a_growing_file_goes_on_once_that_is_growing_too(store, settings):
    path = append(settings, lines(1, 2))
    ingested(store, settings)
    path.parent.rename(path.parent.with_name("hall"))
    moved = path.parent.with_name("hall") / path.name
    moved.write_text(lines(1, 2, 3))
    ingested(store, settings)

    with store.writing() as conn:
        conn.execute(update(sources).where(sources.c.name == "hall").values(growing=True))
    moved.write_text(lines(1, 2, 3))

    assert ingested(store, settings) == [("Master.csv", "success", 1, 0, 0, 0)]
    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line") == [(1, 1), (1, 2), (1, 3)]
        assert_books_balance(conn)


@pytest.mark.parametrize(
    ("content", "complete"),
    [(b"", 0), (b"abc", 0), (b"ab\ncd", 3), (b"ab\n", 3), (b"a\n" + b"x" * 200_000, 2)],
    ids=["empty", "no end", "cut", "whole", "long rest"],
)
def test_what_is_complete_ends_with_the_last_line_end(tmp_path, content, complete):
    path = tmp_path / "a"
    path.write_bytes(content)

    assert complete_bytes(path) == complete
