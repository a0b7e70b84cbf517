"""An inbox that is not there is no empty one, and what comes back with it is taken in."""

import re
import shutil

import pytest

from data.domain.errors import FolderMissing
from ingest.observer import NOBODY
from ingest.run import looked, run
from ingest.upkeep import dismissal
from ingest.watch import Look
from tests.ingesting import again, an_ingest, assert_books_balance, deliver, ingested, lines


@pytest.mark.parametrize("instead", ["nothing", "a file", "a link that leads nowhere"])
def test_a_missing_inbox_ends_the_run_with_its_path_and_how_to_make_it(store, settings, instead):
    settings.inbox_dir.rmdir()
    if instead == "a file":
        settings.inbox_dir.touch()
    elif instead != "nothing":
        settings.inbox_dir.symlink_to("/nowhere")

    with pytest.raises(FolderMissing, match=re.escape(f"mkdir -p {settings.inbox_dir}")):
        run(an_ingest(store, settings))


def test_a_missing_inbox_does_not_keep_files_from_being_processed_again(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)
    settings.inbox_dir.rmdir()

    (file,) = again(store, settings, 1).files

    assert file.status.value == "success"


def test_files_that_waited_keep_waiting_while_the_inbox_is_not_there(store, settings, caplog):
    deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    elsewhere = settings.inbox_dir.rename(settings.var / "unmounted")
    look = Look(an_ingest(store, settings), NOBODY)

    look.again()
    look.again()
    elsewhere.rename(settings.inbox_dir)

    assert [each.getMessage().count("There is no inbox") for each in caplog.records] == [1]
    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 0)]


def test_a_file_that_was_gone_and_is_there_again_is_taken_in(store, settings):
    path = deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    away = path.rename(settings.var / "a.csv")
    assert ingested(store, settings) == [("a.csv", "error", 0, 0, 0, 0)]

    shutil.copy(away, settings.inbox_dir / "b.csv")

    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 0)]
    assert not (settings.inbox_dir / "b.csv").exists()
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_what_was_gone_and_is_dismissed_stays_dismissed(store, settings):
    path = deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    away = path.rename(settings.var / "a.csv")
    ingested(store, settings)
    dismissal(an_ingest(store, settings), 1, why="not ours", undo=False)

    away.rename(path)

    assert ingested(store, settings) == []
