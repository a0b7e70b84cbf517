"""The archive is the only copy: nothing in it is overwritten, forgotten or deleted for nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data.archived import archive_state
from data.backup import backed_up, restored
from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.retention import GivenUp
from data.erasure import number_erased
from data.opening import opened
from data.retention import Keeping, expired
from data.store import schema
from data.store.writes.source_settings import SourceSettings, source_added
from ingest.recovery import forgotten_files_returned, moved_files_found
from ingest.run import run
from ingest.upkeep import requeueing, withdrawal
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

BY = By("operator", NOW)
MUCH_LATER = NOW + timedelta(days=500)


def archived(store):
    """Where each file lies."""
    with store.snapshot() as conn:
        query = select(schema.cdr_files.c.location).order_by(schema.cdr_files.c.id)
        return [Path(location) for location in conn.execute(query).scalars()]


def retention_ran(store, settings, at, *, archive_days=400, calls_days=None):
    keeping = Keeping(
        archive_days=archive_days, calls_days=calls_days, given_up=GivenUp(unclaimed=True)
    )
    return expired(store, keeping, By("operator", at), settings.archive_dir)


@pytest.fixture
def expired_copy(store, settings):
    """A file whose archived copy retention took away, and its content."""
    content = lines(1, 2)
    deliver(settings, "a.csv", content)
    ingested(store, settings)
    retention_ran(store, settings, MUCH_LATER)
    (kept,) = archived(store)
    assert not kept.exists()
    return content, kept


def test_a_file_whose_archived_copy_expired_is_kept_when_it_is_delivered_again(
    store, settings, expired_copy
):
    content, kept = expired_copy
    deliver(settings, "again.csv", content)

    report = run(an_ingest(store, settings, now=MUCH_LATER))

    assert [each.status.value for each in report.files] == ["repeated"]
    assert "the archive keeps it again" in (report.files[0].note or "")
    assert kept.read_text() == content
    assert list(settings.inbox_dir.iterdir()) == []
    with store.snapshot() as conn:
        assert rows(conn, schema.cdr_files, "stored_bytes", "expired_at") == [(len(content), None)]
        assert_books_balance(conn)
    retention_ran(store, settings, MUCH_LATER + timedelta(days=399))
    assert kept.exists()
    retention_ran(store, settings, MUCH_LATER + timedelta(days=401))
    assert not kept.exists()


def test_what_was_delivered_again_after_it_expired_can_be_processed_again(
    store, settings, expired_copy
):
    content, _ = expired_copy
    deliver(settings, "again.csv", content)
    run(an_ingest(store, settings, now=MUCH_LATER))
    ingest = an_ingest(store, settings, now=MUCH_LATER)

    report = run(ingest, only=requeueing(ingest, [1], ""))

    assert [each.counts.loaded for each in report.files] == [2]


def test_an_archived_copy_that_was_cut_is_replaced_by_a_whole_one(store, settings):
    content = lines(1, 2)
    deliver(settings, "a.csv", content)
    ingested(store, settings)
    (kept,) = archived(store)
    kept.write_text(content[:-9])
    with store.snapshot() as conn:
        assert archive_state(conn, settings.archive_dir).changed == [kept.resolve()]
    deliver(settings, "again.csv", content)

    ingested(store, settings)

    assert kept.read_text() == content
    with store.snapshot() as conn:
        assert archive_state(conn, settings.archive_dir).changed == []


@pytest.mark.parametrize("lost", [False, True], ids=["there", "lost"])
def test_a_content_out_of_which_a_number_was_erased_does_not_come_back(store, settings, lost):
    content = lines(1, 2)
    deliver(settings, "a.csv", content)
    ingested(store, settings)
    number_erased(store, ["+15555550101"], BY, settings.archive_dir)
    (kept,) = archived(store)
    if lost:
        kept.unlink()
    deliver(settings, "again.csv", content)

    ingested(store, settings)

    assert list(settings.inbox_dir.iterdir()) == []
    assert lost is not kept.exists()
    assert lost or "15555550101" not in kept.read_text()


@pytest.mark.parametrize("taken", ["archive_days", "calls_days"])
def test_what_retention_took_away_is_neither_processed_again_nor_withdrawn(store, settings, taken):
    deliver(settings, "a.csv", line(1, account="nobody"))
    ingested(store, settings)
    days = {"archive_days": None, "calls_days": None} | {taken: 400}
    retention_ran(store, settings, MUCH_LATER, **days)
    ingest = an_ingest(store, settings, now=MUCH_LATER)

    for attempt in (
        lambda: requeueing(ingest, [1], ""),
        lambda: requeueing(ingest, [], "success"),
        lambda: withdrawal(ingest, 1, undo=False),
    ):
        with pytest.raises(Refused, match="retention"):
            attempt()

    with store.snapshot() as conn:
        assert rows(conn, schema.cdr_files, "status") == [("success",)]


def test_a_forgotten_file_of_the_same_number_and_name_is_not_overwritten(store, settings):
    deliver(settings, "a.csv", line(1))
    ingested(store, settings)
    (forgotten,) = archived(store)
    with store.writing() as conn:  # as an older backup would have it
        for table in (schema.call_rows, schema.file_attempts, schema.cdr_files):
            conn.execute(table.delete())
    deliver(settings, "a.csv", line(2))

    ingested(store, settings)

    assert forgotten.read_text() == line(1)
    assert archived(store) != [forgotten]


@pytest.mark.sqlite  # a server brings a backup back itself
def test_files_that_a_restored_store_forgot_are_found_and_taken_in_as_they_were(
    store, settings, tmp_path
):
    with store.writing() as conn:
        source_added(conn, "berlin", SourceSettings(timezone="Europe/Berlin"), BY)
    deliver(settings, "a.csv", line(1))
    ingested(store, settings)
    backed_up(store, tmp_path / "backup.db")
    for folder, number in (("berlin/", 2), ("", 3)):
        deliver(settings, f"{folder}{number}.csv", line(number, uniqueid="x"))
    ingested(store, settings)
    facts = ("started_at", "call_key", "file_id", "line")
    with store.snapshot() as conn:
        before = rows(conn, schema.calls, *facts)
    store.close()
    restored(settings.store_url, tmp_path / "backup.db", BY, discard_newer=True)
    store = opened(settings)
    ingest = an_ingest(store, settings)

    returned = forgotten_files_returned(ingest)
    run(ingest)

    assert [path.relative_to(settings.inbox_dir).as_posix() for path in returned] == [
        "3.csv",
        "berlin/2.csv",
    ]
    with store.snapshot() as conn:
        after = rows(conn, schema.calls, *facts)
        assert_books_balance(conn)
        assert archive_state(conn, settings.archive_dir).unknown == []
    store.close()
    assert [row[:2] for row in after] == [row[:2] for row in before]


def test_in_an_archive_that_was_moved_files_are_processed_again_and_the_store_learns_where_they_lie(
    store, settings, tmp_path
):
    deliver(settings, "a.csv", line(1))
    deliver(settings, "pbx/b.csv", line(2))
    ingested(store, settings)
    settings.archive_dir.rename(tmp_path / "elsewhere")
    settings = settings.model_copy(update={"archive": tmp_path / "elsewhere"})
    ingest = an_ingest(store, settings)
    with store.snapshot() as conn:
        before = archive_state(conn, settings.archive_dir)

    again = run(ingest, only=requeueing(ingest, [1], ""))
    found = moved_files_found(ingest)

    assert (sorted(before.moved), before.lost, before.unknown) == ([1, 2], [], [])
    assert [each.status for each in again.files] == ["success"]
    assert found == 1
    with store.snapshot() as conn:
        after = archive_state(conn, settings.archive_dir)
        assert all(Path(each).exists() for (each,) in rows(conn, schema.cdr_files, "location"))
        assert_books_balance(conn)
    assert (after.moved, after.lost, after.unknown) == ({}, [], [])
