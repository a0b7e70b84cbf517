"""Forms that a profile can declare and no built-in format needs."""

from datetime import UTC, timedelta

import pytest

from ingest.checked import Basis, checked
from ingest.profile import profile_of
from ingest.proof import file_zone
from ingest.run import run
from tests.ingesting import NOW, an_ingest, deliver
from tests.reading import read_file

BASE = """
name = "corner"
title = "The switch in the corner"
source = "its manual"
grade = "C"
columns.order = ["began", "caller", "called", "talk", "note"]
columns.shapes = { talk = '\\d+', began = '\\d{4}-.*' }
duration = { column = "talk" }
parties.calling = { column = "caller" }
"""
PLAIN = 'times.started = { columns = ["began"], formats = ["%Y-%m-%d %H:%M:%S"] }\n'
CALLED = 'parties.called = { column = "called" }\n'
LINE = "2026-03-02 09:00:00,101,{called},60,{note}\n"


@pytest.fixture
def read(tmp_path):
    def reading(declared, text):
        path = tmp_path / "calls.csv"
        path.write_text(text)
        return read_file(path, profile_of(BASE + declared, "corner.toml"))

    return reading


@pytest.mark.parametrize("quoting", ["doubled", "unescaped"])
def test_another_character_may_quote(read, quoting):
    framing = f"framing = {{ quote = \"'\", quoting = '{quoting}' }}\n"
    text = LINE.format(called="'202'", note="'Smith, \"Ann\"'") + LINE.format(
        called="203", note='5"'
    )

    told = read(PLAIN + CALLED + framing, text)

    assert (told.rejections, list(told.calls["called_number"])) == ([], ["202", "203"])


def test_a_moment_may_be_the_end_of_the_call(read):
    declared = PLAIN + "times.started_is = 'end'\n" + CALLED

    (call,) = read(declared, LINE.format(called="202", note="")).told()

    assert (call["started_at"], call["talk_ms"]) == ("2026-03-02T08:59:00+00:00", 60_000)


def test_words_for_zones_are_explained_by_the_profile(read):
    declared = (
        'times.started = { columns = ["began"], formats = ["%Y-%m-%d %H:%M:%S"], '
        'zone_column = "note", zone_words = { PST = "-08:00", PDT = "-07:00" } }\n'
    )
    text = LINE.format(called="1", note="PST") + LINE.format(called="2", note="XST")

    told = read(declared + CALLED, text)

    assert [call["started_at"] for call in told.told()] == ["2026-03-02T17:00:00+00:00"]
    assert told.refused() == [(2, "value_unknown")]


def test_a_number_may_stand_behind_its_kind_and_length(read):
    declared = "parties.called = { column = 'called', pattern = '[A-Z]\\d\\d(\\d*)' }\n"
    text = LINE.format(called="N10442079460", note="") + LINE.format(called="202", note="")

    told = read(PLAIN + declared, text)

    assert list(told.calls["called_number"]) == ["442079460", "202"]


def test_the_head_of_a_file_may_say_its_offset(tmp_path):
    head = """
framing.lines = [{ starts = "H|", kind = "header" }]
times.head_zone = 'UTC(?:offset)?=([+-]\\d{4})'
"""
    profile = profile_of(BASE + PLAIN + CALLED + head, "corner.toml")
    path = tmp_path / "calls.csv"
    path.write_text("H|UTCoffset=+0530\n" + LINE.format(called="202", note=""))

    zone = file_zone(path, profile, UTC)
    check = checked(path, [profile], Basis(UTC, NOW))

    assert (zone.zone.utcoffset(None), zone.assumed) == (timedelta(hours=5, minutes=30), False)
    assert f"{check.calls[0].started_at:%H:%M}" == "03:30"


TRAILER = """
[[framing.lines]]
starts = "TRL"
kind = "trailer"
count = 'TRL,(\\d+)'
"""


@pytest.mark.parametrize(
    ("said", "status"), [(2, "success"), (3, "error")], ids=["as many", "one is missing"]
)
def test_a_file_with_another_number_of_lines_than_its_trailer_says_is_not_loaded(
    store, settings, tmp_path, said, status
):
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "corner.toml").write_text(BASE + PLAIN + CALLED + TRAILER)
    ours = settings.model_copy(update={"profiles": folder})
    lines = LINE.format(called="1", note="") + LINE.format(called="2", note="")
    deliver(ours, "calls.csv", f"{lines}TRL,{said}\n")

    (file,) = run(an_ingest(store, ours)).files

    assert file.status.value == status
    assert ("Its trailer says 3 lines, and it has 2" in (file.error or "")) is (status == "error")
