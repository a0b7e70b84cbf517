"""Every format against a file made by hand and what it must give, written by hand too."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.identify import identified
from ingest.normalise import SourceRules
from ingest.profile import profiles
from tests.reading import read_file

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cdr"
PROFILES = profiles()
EXPECTED = sorted(FIXTURES.glob("*/*.expected.json"))


def _file_of(expected: Path) -> Path:
    stem = expected.name.removesuffix(".expected.json")
    (found,) = (path for path in expected.parent.glob(f"{stem}.*") if path != expected)
    return found


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_golden_file_gives_exactly_what_is_written_beside_it(expected):
    wanted = json.loads(expected.read_text())
    path = _file_of(expected)
    profile = identified(path, PROFILES).profile
    rules = SourceRules("switch", zone=ZoneInfo(wanted.get("zone", "UTC")))

    reading = read_file(path, profile, rules)

    assert profile.name == expected.parent.name
    assert reading.refused() == [tuple(pair) for pair in wanted["rejections"]]
    assert reading.ignored == [tuple(pair) for pair in wanted["ignored"]]
    assert [
        {key: value for key, value in call.items() if key in (wanted["calls"] or [{}])[0]}
        for call in reading.told()
    ] == wanted["calls"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_has_a_golden_pair_and_a_hostile_one(profile):
    names = {path.name for path in (FIXTURES / profile.name).glob("*.expected.json")}

    assert "hostile.expected.json" in names
    assert len(names) >= 2
