import re
from pathlib import Path

import pytest

from ingest.identify import identified
from ingest.profile import ProfileError, profile_of, profiles
from tests.reading import OWN_PROFILE, read_file

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "profiles.md").read_text()


def test_every_mistake_of_a_profile_is_told_at_once():
    text = """
        name = "mine"
        grade = "D"
        colour = "red"
        columns.order = ["a"]
        columns.shapes = { a = "(" }
        times.started = { columns = ["a"], formats = ["%Q"], zone = "Mars/North" }
        parties.calling = { column = "a" }
        parties.called = { column = "a" }
    """

    with pytest.raises(ProfileError) as caught:
        profile_of(text, "mine.toml")

    told = "\n".join(caught.value.problems)
    for place in ("title", "source", "grade", "colour", "shapes", "formats", "zone"):
        assert place in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(('column = "talk"', 'column = "length"'), "no column 'length'", id="column"),
        pytest.param(('"epoch_s"', ""), "times.started.formats", id="no format"),
        pytest.param(("columns.shapes = { talk = '\\d+' }", ""), "shapes", id="no shapes"),
        pytest.param(
            ('column = "talk" }', 'column = "talk" }\ndirection = { fixed = "sideways" }'),
            "'sideways' is not one of",
            id="word",
        ),
        pytest.param(
            ('column = "talk" }', 'column = "talk" }\ncolumns.names = { x = ["x"] }'),
            "exactly one of",
            id="two ways to address columns",
        ),
        pytest.param(("grade", "grade ="), "is not TOML", id="not TOML"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(change, told):
    with pytest.raises(ProfileError, match=re.escape(told)):
        profile_of(OWN_PROFILE.replace(*change), "mine.toml")


def test_a_profile_of_the_users_own_takes_the_place_of_a_built_in_one(tmp_path):
    (tmp_path / "own.toml").write_text(OWN_PROFILE.replace('"mine"', '"3cx"'))

    found = {profile.name: profile for profile in profiles(tmp_path)}

    assert found["3cx"].title == "Mine"
    assert len(found) == len(profiles())


def test_the_profile_of_the_guide_loads_the_lines_of_the_guide(tmp_path):
    lines, toml = re.findall(r"```(?:toml)?\n(.*?)```", GUIDE, re.DOTALL)[:2]
    (tmp_path / "corner.toml").write_text(toml)
    path = tmp_path / "calls.log"
    path.write_text(lines)

    found = identified(path, profiles(tmp_path))
    reading = read_file(path, found.profile)

    assert found.profile.name == "corner-switch"
    assert len(toml.strip().splitlines()) <= 20
    assert list(reading.calls["called_number"]) == ["02079460001", "02079460002"]
    assert list(reading.calls["talk_ms"]) == [11000, 52000]
    assert reading.rejections == []


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.name)
def test_the_readme_names_every_format(profile):
    grade = profile.grade if profile.confirmed else f"{profile.grade}, unconfirmed"

    assert f"| `{profile.name}` | {profile.title} | {grade} |" in (ROOT / "README.md").read_text()


def test_the_readme_names_no_format_that_is_not_there():
    section = (ROOT / "README.md").read_text().split("## Formats")[1].split("\n## ")[0]

    assert set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)) == {
        profile.name for profile in profiles()
    }
