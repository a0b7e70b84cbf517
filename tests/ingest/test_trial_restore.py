"""A store that is restored elsewhere, to try a backup, leaves the archive it came from alone."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from data.domain.authorship import By
from data.erasure import number_erased
from data.retention import Keeping, expired
from data.settings import Settings
from data.store import schema
from ingest.run import run
from ingest.scan import scanned
from ingest.stopping import never
from ingest.upkeep import requeueing, withdrawal
from tests.ingesting import (
    NOW,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
)

BY = By("operator", NOW)


@dataclass(frozen=True)
class Trial:
    """The live files, and the settings of a place where the same store is tried."""

    live: dict[Path, bytes]
    settings: Settings
    home: Path

    def untouched(self) -> bool:
        return files_of(self.home) == self.live


def files_of(home: Path) -> dict[Path, bytes]:
    below = (path for part in ("archive", "inbox") for path in (home / part).rglob("*"))
    return {path: path.read_bytes() for path in below if path.is_file()}


def locations(store):
    with store.snapshot() as conn:
        query = select(schema.cdr_files.c.location).order_by(schema.cdr_files.c.id)
        return [Path(each) for each in conn.execute(query).scalars()]


@pytest.fixture
def trial(store, settings, tmp_path):
    """Two archived files, one of them in error, and one that waits in the live inbox."""
    deliver(settings, "a.csv", lines(1, 2))
    deliver(settings, "broken.csv", "colour;weight\nred;12\n")
    ingested(store, settings)
    deliver(settings, "waits.csv", line(3))
    scanned(store, settings, NOW, never)
    elsewhere = settings.model_copy(update={"var": tmp_path / "trial"})
    elsewhere.inbox_dir.mkdir(parents=True)
    return Trial(files_of(settings.var), elsewhere, settings.var)


def tried_again(store, trial, *file_ids, status=""):
    ingest = an_ingest(store, trial.settings)
    return run(ingest, only=requeueing(ingest, file_ids, status))


def test_what_is_processed_again_there_is_copied(store, trial):
    report = tried_again(store, trial, 1)

    assert [each.counts.loaded for each in report.files if each.id == 1] == [2]
    assert trial.untouched()
    kept = locations(store)[0]
    assert kept.is_relative_to(trial.settings.archive_dir)
    assert kept.read_text() == lines(1, 2)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_what_fails_again_there_stays_where_it_is(store, trial):
    before = locations(store)

    report = tried_again(store, trial, status="error")

    assert [each.status.value for each in report.files] == ["error"]
    assert trial.untouched()
    assert locations(store) == before


def test_what_is_withdrawn_and_taken_back_there_is_copied(store, trial):
    ingest = an_ingest(store, trial.settings)
    withdrawal(ingest, 1, undo=False)
    withdrawal(ingest, 1, undo=True)

    run(an_ingest(store, trial.settings))

    assert trial.untouched()


def test_what_waits_in_the_other_inbox_is_read_there_and_stays(store, trial):
    report = run(an_ingest(store, trial.settings))

    assert [(each.name, each.counts.loaded) for each in report.files] == [("waits.csv", 1)]
    assert trial.untouched()


@pytest.mark.parametrize("expired_at", [None, NOW], ids=["lost", "expired"])
def test_what_the_other_archive_lacks_and_is_delivered_there_is_kept_there(
    store, trial, expired_at
):
    lost = locations(store)[0]
    content = trial.live.pop(lost)
    lost.unlink()
    with store.writing() as conn:
        file = schema.cdr_files.c
        conn.execute(update(schema.cdr_files).where(file.id == 1).values(expired_at=expired_at))
    deliver(trial.settings, "again.csv", content)

    ingested(store, trial.settings)

    assert trial.untouched()
    kept = locations(store)[0]
    assert kept.is_relative_to(trial.settings.archive_dir)
    assert kept.read_bytes() == content
    assert list(trial.settings.inbox_dir.iterdir()) == []


def test_neither_erasure_nor_retention_there_touches_the_other_archive(store, trial):
    number_erased(store, ["+15555550101"], BY, trial.settings.archive_dir)
    expired(store, Keeping(archive_days=1, calls_days=None), BY, trial.settings.archive_dir)

    assert trial.untouched()


def test_an_archive_reached_by_a_link_is_this_installations_own(store, settings, tmp_path):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    (tmp_path / "link").symlink_to(settings.var)
    linked = settings.model_copy(update={"var": tmp_path / "link"})
    ingest = an_ingest(store, linked)

    run(ingest, only=requeueing(ingest, [1], ""))

    assert len(list(settings.archive_dir.rglob("*.csv"))) == 1
