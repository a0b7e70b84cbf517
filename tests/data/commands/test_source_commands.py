"""What `python -m data source` takes for a format."""

import pytest

from data.doctor.store import Examination, store_findings
from data.domain.errors import Refused, SettingsError
from data.store.queries.sources import all_sources
from tests.reading import OWN_PROFILE


@pytest.fixture
def settings(settings, tmp_path):
    """Settings with a folder of own profiles."""
    folder = tmp_path / "own"
    folder.mkdir()
    return settings.model_copy(update={"profiles": folder})


@pytest.mark.parametrize("command", ["add", "edit"])
def test_a_source_is_of_no_format_that_is_not_there(says, run, store, command):
    says("source", "add", "paris")
    name = "london" if command == "add" else "paris"

    with pytest.raises(Refused, match=r"There is no format 'mine'\. There are: .*generic-csv"):
        run("source", command, name, "--profile", "mine")

    with store.snapshot() as conn:
        assert [(each.name, each.profile) for each in all_sources(conn) if each.folder] == [
            ("paris", None)
        ]


def test_a_source_may_be_of_a_format_of_ones_own_and_the_doctor_misses_it_when_it_goes(
    says, run, settings, now
):
    (settings.profiles / "m.toml").write_text(OWN_PROFILE)
    says("source", "add", "london", "--profile", "mine")
    (settings.profiles / "m.toml").write_text("name =")
    with pytest.raises(SettingsError, match=r"m\.toml"):
        run("source", "edit", "london", "--profile", "mine")
    (settings.profiles / "m.toml").unlink()

    told = [one.text for one in store_findings(Examination(settings, now, deep=False))]

    assert [text for text in told if "is of format mine, which is not there" in text]
