"""Which files a run takes in and which it leaves, of which source they are, and how each ends."""

import bz2
import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from data.domain.records import FileStatus
from data.store import schema
from data.store.queries.files import cdr_file
from data.store.schema import cdr_files
from ingest.run import looked, run
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

BAD = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 40, "not_text"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(200), "not_text"),
    "cut-off.csv.gz": (gzip.compress(lines(*range(200)).encode())[:-20], "truncated"),
    "plain-called.gz": (lines(7).encode(), "not_text"),
    "other.csv": (b"colour;weight\nred;12\nblue;14\n", "unknown_format"),
}


def test_what_is_seen_waits_at_once(store, settings):
    deliver(settings, "a.csv", lines(1))

    looked(an_ingest(store, settings))

    with store.snapshot() as conn:
        assert rows(conn, cdr_files, "name", "status") == [("a.csv", FileStatus.WAITING)]


def test_a_file_that_is_still_written_is_left_until_it_rests(store, settings):
    path = deliver(settings, "a.csv", lines(1))
    busy = settings.model_copy(update={"settle_s": 60.0})
    written = path.stat().st_ctime

    at = datetime.fromtimestamp(written, UTC)
    assert ingested(store, busy, now=at + timedelta(seconds=30)) == []
    with path.open("a") as file:
        file.write(line(2))
    at = datetime.fromtimestamp(path.stat().st_ctime, UTC)

    assert ingested(store, busy, now=at + timedelta(seconds=61)) == [
        ("a.csv", "success", 2, 0, 0, 0)
    ]


def test_a_file_written_to_while_it_is_read_goes_back_to_waiting(store, settings):
    path = deliver(settings, "a.csv", lines(1))

    def grow(step):
        if step == "parsed":
            with path.open("a") as file:
                file.write(line(2))

    report = run(an_ingest(store, settings, step=grow))

    assert [each.status.value for each in report.files] == ["waiting"]
    assert ingested(store, settings)[-1][1:3] == ("success", 2)
    with store.snapshot() as conn:
        assert_books_balance(conn)


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress])
def test_compressed_files_are_read(store, settings, packed):
    deliver(settings, "a.csv.packed", packed(lines(1, 2).encode()))

    assert ingested(store, settings) == [("a.csv.packed", "success", 2, 0, 0, 0)]


def test_odd_names_go_through_and_are_kept_under_an_id(store, settings):
    for raw in (b"a\nb.csv", b"\xff\xfe.csv", b"-rf", b"x" * 255):
        deliver(settings, os.fsdecode(raw), line(len(raw)))

    assert [each[1] for each in ingested(store, settings)] == ["success"] * 4

    assert list(settings.inbox_dir.iterdir()) == []


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=list(BAD))
def test_a_file_that_cannot_be_used_ends_in_error_and_the_next_goes_on(
    store, settings, content, code, request
):
    deliver(settings, request.node.callspec.id, content)
    deliver(settings, "good.csv", lines(1))

    report = run(an_ingest(store, settings))

    assert report.exit_code == 1
    assert sorted(each.status.value for each in report.files) == ["error", "success"]
    with store.snapshot() as conn:
        (bad,) = rows(
            conn, cdr_files, "id", "error_code", "error", where=cdr_files.c.status == "error"
        )
        assert bad[1] == code
        assert len(bad[2]) > 20
        kept = cdr_file(conn, bad[0])
        assert_books_balance(conn)
    assert Path(kept.location).read_bytes() == content
    assert list(settings.inbox_dir.iterdir()) == []


def test_a_source_can_say_how_many_rejections_fail_a_file(store, settings):
    deliver(settings, "switch/a.csv", lines(1, 2, 3) + '"broken\n')
    looked(an_ingest(store, settings))
    with store.writing() as conn:
        conn.execute(update(schema.sources).values(rejected_ppm_tolerated=100_000))

    assert ingested(store, settings) == [("a.csv", "error", 0, 0, 0, 0)]

    with store.snapshot() as conn:
        file = cdr_file(conn, 1)
        assert file.error.startswith("1 of 4 lines were rejected")
        assert_books_balance(conn)


def test_no_room_leaves_files_waiting_and_says_so(store, settings, monkeypatch):
    deliver(settings, "a.csv", lines(1))
    monkeypatch.setattr("ingest.keeping.SPARE_BYTES", 1 << 62)

    report = run(an_ingest(store, settings))

    assert report.exit_code == 2
    assert "make room" in str(report.files[0].error)
    with store.snapshot() as conn:
        assert rows(conn, cdr_files, "status") == [("waiting",)]


def test_a_sub_folder_is_a_source_of_its_own(store, settings):
    deliver(settings, "east/a.csv", lines(1))
    deliver(settings, "west/a.csv", lines(1) + line(2))

    assert [each[1:3] for each in ingested(store, settings)] == [("success", 1), ("success", 2)]

    with store.snapshot() as conn:
        assert rows(conn, schema.sources, "name", "folder") == [("east", "east"), ("west", "west")]
        assert_books_balance(conn)


def test_files_at_the_top_belong_to_a_source_named_after_the_profile(store, settings):
    deliver(settings, "a.csv", lines(1))

    report = run(an_ingest(store, settings))

    assert report.files[0].source == "asterisk-cdr-csv"


def test_files_of_a_disabled_source_stay_in_the_inbox(store, settings):
    deliver(settings, "east/a.csv", lines(1))
    looked(an_ingest(store, settings))
    ingested(store, settings)
    with store.writing() as conn:
        conn.execute(update(schema.sources).values(disabled_at=NOW))
    path = deliver(settings, "east/b.csv", lines(2))

    assert ingested(store, settings) == []
    assert path.exists()
