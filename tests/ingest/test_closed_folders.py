"""Folders that another user made: each is named with whose it is, and the rest is taken in."""

import re

import pytest

import ingest.process
import ingest.reader  # noqa: F401  before this process becomes somebody who may not read it
from data.doctor.folders import folder_findings, inbox_findings, written_findings
from data.domain.authorship import By
from data.domain.errors import FolderForbidden
from data.domain.operation import Level
from data.opening import opened
from data.store.writes.source_settings import SourceSettings, source_added
from ingest.run import run
from tests.founding import just_founded
from tests.ingesting import NOW, an_ingest, deliver, lines
from tests.other_user import as_nobody, only_root, opened_to_all

pytestmark = [pytest.mark.sqlite, only_root]


@pytest.fixture
def shared(reachable, settings):
    """Settings of a var folder in which every user may do everything."""
    settings = settings.model_copy(update={"var": reachable / "var"})
    just_founded(settings, NOW).close()
    opened_to_all(settings)
    return settings


def taken_by_nobody(settings):
    with as_nobody():
        store = opened(settings)
        try:
            return run(an_ingest(store, settings))
        finally:
            store.close()


@pytest.mark.parametrize(("mode", "told"), [(0o000, "lost+found"), (0o744, "a.csv")])
def test_a_folder_of_the_inbox_that_cannot_be_read_is_named_and_all_else_is_taken(
    shared, mode, told
):
    deliver(shared, "lost+found/a.csv", lines(9))
    deliver(shared, "b.csv", lines(1))
    deliver(shared, "pbx/c.csv", lines(2))
    (shared.inbox_dir / "pbx").chmod(0o777)
    (shared.inbox_dir / "lost+found").chmod(mode)

    report = taken_by_nobody(shared)
    with as_nobody():
        (found,) = inbox_findings(shared)

    assert [(each.name, each.status.value) for each in report.files] == [
        ("b.csv", "success"),
        ("c.csv", "success"),
    ]
    (refused,) = report.refused
    assert refused.startswith(f"{told}: It ")
    assert "Give the user that runs the ingest the right" in refused
    assert told in found.text
    assert report.exit_code == 0


def test_a_growing_file_that_cannot_be_read_is_named_and_all_else_is_taken(shared):
    store = opened(shared)
    with store.writing() as conn:
        source_added(conn, "pbx", SourceSettings(growing=True), By("test", NOW))
    store.close()
    deliver(shared, "b.csv", lines(1))
    for name in ("closed.csv", "open.csv"):
        deliver(shared, f"pbx/{name}", lines(len(name)))
    opened_to_all(shared)
    (shared.inbox_dir / "pbx" / "closed.csv").chmod(0)

    report = taken_by_nobody(shared)

    assert sorted((each.name, each.status.value) for each in report.files) == [
        ("b.csv", "success"),
        ("open.csv", "success"),
    ]
    (refused,) = report.refused
    assert refused.startswith("closed.csv: It cannot be read. Give the user")


def test_an_inbox_that_cannot_be_read_ends_the_run_with_its_path_and_owner(shared):
    shared.inbox_dir.chmod(0o700)

    with pytest.raises(FolderForbidden, match=re.escape(f"{shared.inbox_dir} cannot be read")) as e:
        taken_by_nobody(shared)

    assert "it belongs to root" in str(e.value)


@pytest.mark.parametrize(
    "closed",
    ["work", "work/holders", "archive", "archive/2026", "archive/2026/06", "archive/2026/06/pbx"],
)
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_a_folder_that_another_user_made_for_an_ingest_ends_the_run_before_a_file_is_begun(
    shared, closed, mode
):
    deliver(shared, "a.csv", lines(1))
    folder = shared.var / closed
    folder.mkdir(parents=True, exist_ok=True)
    opened_to_all(shared)
    folder.chmod(mode)

    with pytest.raises(FolderForbidden, match=re.escape(f"{folder} cannot be written")) as refused:
        taken_by_nobody(shared)
    with as_nobody():
        found = [*folder_findings(shared), *written_findings(shared, NOW)]
    folder.chmod(0o777)

    assert "it belongs to root" in str(refused.value)
    assert [str(folder) in one.text for one in found if one.level == Level.ERROR] == [True]
    assert [each.status.value for each in taken_by_nobody(shared).files] == ["success"]


def test_the_mark_of_another_users_ingest_stops_none(shared):
    deliver(shared, "a.csv", lines(1))
    (shared.work_dir / "holders").mkdir()
    (shared.work_dir / "holders").chmod(0o777)
    (shared.work_dir / "holders" / "roots").touch(0o600)

    assert [each.status.value for each in taken_by_nobody(shared).files] == ["success"]
