"""A slip in a profile of one's own is named before a file is claimed, and costs none an attempt."""

import pytest

from data.doctor.folders import folder_findings
from data.domain.operation import Level
from ingest.observer import NOBODY
from ingest.profile import ProfileError
from ingest.run import run
from ingest.watch import Look
from tests.ingesting import an_ingest, deliver, ingested, lines

BROKEN = 'name = "mine"\ntitle = \n'


@pytest.fixture
def own(settings, tmp_path):
    """Settings with a folder of own profiles."""
    folder = tmp_path / "prof"
    folder.mkdir()
    return settings.model_copy(update={"profiles": folder})


@pytest.mark.parametrize(
    "content",
    [BROKEN.encode(), b'name = "a"\n', b"\xff"],
    ids=["no TOML", "incomplete", "no text"],
)
def test_files_wait_while_an_own_profile_is_wrong_and_are_taken_when_it_is_mended(
    store, own, content
):
    deliver(own, "a.csv", lines(1))
    (own.profiles / "m.toml").write_bytes(content)

    for _ in range(4):
        with pytest.raises(ProfileError, match=r"prof/m\.toml: "):
            run(an_ingest(store, own))
    told = [one.text for one in folder_findings(own) if one.level == Level.ERROR]
    (own.profiles / "m.toml").unlink()

    assert "prof/m.toml: " in told[0]
    assert ingested(store, own) == [("a.csv", "success", 1, 0, 0, 0)]


def test_a_profile_that_breaks_while_a_run_goes_on_sends_the_file_back_to_waiting(store, own):
    deliver(own, "a.csv", lines(1))

    def broken(step):
        if step == "claimed":
            (own.profiles / "m.toml").write_text(BROKEN)

    for _ in range(4):
        with pytest.raises(ProfileError, match=r"m\.toml"):
            run(an_ingest(store, own, step=broken))
        (own.profiles / "m.toml").unlink()

    assert ingested(store, own) == [("a.csv", "success", 1, 0, 0, 0)]


def test_who_watches_goes_on_when_the_profile_is_mended_and_says_once_what_is_wrong(
    store, own, caplog
):
    deliver(own, "a.csv", lines(1))
    (own.profiles / "m.toml").write_text(BROKEN)
    look = Look(an_ingest(store, own), NOBODY)

    look.again()
    look.again()
    (own.profiles / "m.toml").unlink()
    look.again()

    assert [each.getMessage().count("m.toml") for each in caplog.records] == [1]
    assert not (own.inbox_dir / "a.csv").exists()
