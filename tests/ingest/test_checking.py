import gzip
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.domain.authorship import By
from data.settings import Settings
from data.store.writes.source_settings import SourceSettings, source_added
from ingest.profile import profile_of, profiles
from ingest.program import app
from tests.founding import just_founded
from tests.ingesting import NOW

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cdr"
HOSTILE = FIXTURES / "asterisk-cdr-csv" / "hostile.csv"
CARRIER = FIXTURES / "generic-csv" / "carrier.csv"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLBOARD_VAR", str(tmp_path / "var"))

    def ran(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    return ran


def test_a_check_says_what_a_file_would_come_to_and_stores_nothing(run, tmp_path):
    result = run("check", HOSTILE, "--json")

    told = json.loads(result.stdout)
    (file,) = told["files"]
    assert result.exit_code == 0
    assert (file["id"], file["profile"], file["status"]) == (None, "asterisk-cdr-csv", "success")
    assert [file[name] for name in ("lines", "loaded", "rejected", "duplicate", "ignored")] == [
        9, 3, 6, 0, 0,
    ]  # fmt: skip
    assert [(item["line"], item["reason"]) for item in told["rejections"]][:2] == [
        (2, "column_count"),
        (3, "time_unreadable"),
    ]
    assert told["calls"][0] == {
        "line": 1,
        "started_at": "2026-03-02T09:00:00+00:00",
        "calling_number": "07700900123",
        "called_number": "02079460001",
        "duration_s": 125,
        "answered": True,
        "direction": "unknown",
        "customer": None,
        "charge": None,
    }
    assert not (tmp_path / "var").exists()


def test_a_check_tells_a_person_format_reason_times_and_what_was_rejected(run):
    text = run("check", HOSTILE).stdout

    assert "Asterisk cdr_csv (Master.csv) (asterisk-cdr-csv)" in text
    assert "recognised because 18 and 21 columns" in text
    assert "because the file proves UTC+00:00" in text
    assert "9 lines = 3 loaded + 6 rejected + 0 duplicate + 0 ignored" in text
    assert "warning: 1 numbers were damaged by a spreadsheet" in text
    assert re.search(r"rejected, number_damaged: 1 \(a spreadsheet .*\)\n    line 6:", text)
    assert "nothing was stored" in text


def test_a_compressed_file_is_checked_too(run, tmp_path):
    path = tmp_path / "carrier.csv.gz"
    path.write_bytes(gzip.compress(CARRIER.read_bytes()))

    told = json.loads(run("check", path, "--json").stdout)

    assert told["totals"]["loaded"] == 3


def test_a_file_that_cannot_be_used_ends_in_error_with_the_reason(run, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("sku,price\nA1,3.50\n")

    result = run("check", path, "--json")

    (file,) = json.loads(result.stdout)["files"]
    assert result.exit_code == 1
    assert file["status"] == "error"
    assert "is in no known format" in file["error"]


def test_a_named_format_is_the_only_one_asked(run):
    result = run("check", CARRIER, "--profile", "3cx")

    assert result.exit_code == 1
    assert "generic-csv" not in result.stdout


def test_times_that_lie_in_the_future_are_warned_of(run, tmp_path):
    path = tmp_path / "late.csv"
    path.write_text("start time,from,to,seconds\n2099-03-02 09:00:00,1,2,3\n")

    assert "every call lies in the future" in run("check", path).stdout


def test_talk_time_that_is_never_end_less_answer_is_warned_of(run, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(
        "start time,answer time,end time,from,to,duration\n"
        "2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:00:20,1,2,1000\n"
    )

    assert "the talk time is never the end less the answer" in run("check", path).stdout


def test_two_lines_of_one_identity_are_one_call_and_a_duplicate(run, tmp_path):
    line = (FIXTURES / "freeswitch-cdr-csv" / "example.csv").read_text().splitlines()[0]
    path = tmp_path / "twice.csv"
    path.write_text(f"{line}\n{line}\n")

    told = json.loads(run("check", path, "--json").stdout)

    assert (told["totals"]["loaded"], told["totals"]["duplicate"]) == (1, 1)
    assert len(told["calls"]) == 1


def test_two_equal_lines_without_an_identity_are_two_calls(run, tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text(CARRIER.read_text() + CARRIER.read_text().splitlines()[1] + "\n")

    told = json.loads(run("check", path, "--json").stdout)

    assert (told["totals"]["loaded"], told["totals"]["duplicate"]) == (4, 0)


@pytest.mark.usefixtures("store")
def test_with_a_store_a_check_asks_its_rules_whose_a_call_is(run):
    result = run("check", CARRIER, "--json")

    assert json.loads(result.stdout)["calls"][0]["customer"] is None


def test_the_formats_are_listed_with_grade_and_source(run):
    text = run("formats").stdout

    for profile in profiles():
        assert f"{profile.name}: {profile.title}" in text
    assert "grade C, unconfirmed" in text


@pytest.mark.parametrize(
    "text",
    [
        "1773500, Ann Lee, 0207946000, 90, 11, inbound, 1772442000\n" * 3,
        "When,Who;x,Caller,Callee,Duration\n2026-03-02 09:00:00,a,0207946,0770090,0:01:05\n",
    ],
    ids=["no header", "header"],
)
def test_a_draft_of_a_profile_is_a_profile(run, tmp_path, text):
    path = tmp_path / "calls.log"
    path.write_text(text)

    result = run("new-profile", path)

    profile = profile_of(result.stdout, "draft")
    assert profile.name == "calls"
    assert not profile.confirmed
    assert re.search("# CHECK", result.stdout)


@pytest.mark.parametrize("name", ["Talk Duration", "Talk (s)"], ids=["usual", "own"])
def test_a_draft_takes_neither_a_counter_nor_the_ringing_for_the_talk_time(run, tmp_path, name):
    path = tmp_path / "calls.log"
    lines = [f"{n};2026-11-13 09:0{n}:00;101;07700900123;5;{60 * n}" for n in (1, 2, 3)]
    path.write_text("\n".join([f"ID;Date Time;Caller;Callee;Ring Duration;{name}", *lines, ""]))

    profile = profile_of(run("new-profile", path).stdout, "draft")

    assert profile.duration is not None
    assert profile.duration.column == name


def test_a_draft_of_a_file_without_columns_is_refused(run, tmp_path):
    path = tmp_path / "prose.txt"
    path.write_text("nothing\nhere\n")

    assert "no columns" in str(run("new-profile", path).exception)


@pytest.fixture
def london(tmp_path):
    """A store with a source that has a zone, a number plan and numbers of its own."""
    settings = Settings(var=tmp_path / "var", _env_file=None)
    store = just_founded(settings, NOW)
    wanted = SourceSettings(
        profile="generic-csv",
        timezone="Europe/London",
        country_code="44",
        international_prefix="00",
        trunk_prefix="0",
        own_numbers="442079460*",
    )
    with store.writing() as conn:
        source_added(conn, "london", wanted, By("test", NOW))
    store.close()
    return settings.inbox_dir / "london" / "calls.csv"


SUMMER = "start time,from,to,seconds\n2026-06-02 09:00:00,02079460001,0015555550100,3\n"


@pytest.mark.usefixtures("london")
def test_a_named_source_says_format_zone_and_which_numbers_are_its_own(run, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(SUMMER)

    (told,) = json.loads(run("check", path, "--source", "london", "--json").stdout)["calls"]

    assert (told["started_at"], told["direction"]) == ("2026-06-02T08:00:00+00:00", "outbound")
    assert "because source london says so" in run("check", path, "--source", "london").stdout
    (told,) = json.loads(run("check", path, "--json").stdout)["calls"]
    assert (told["started_at"], told["direction"]) == ("2026-06-02T09:00:00+00:00", "unknown")


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize("content", [SUMMER, "colour;weight\nred;12\n"], ids=["good", "refused"])
def test_a_check_names_the_source_that_the_file_is_taken_for(run, tmp_path, content):
    path = tmp_path / "calls.csv"
    path.write_text(content)

    (file,) = json.loads(run("check", path, "--source", "london", "--json").stdout)["files"]

    assert file["source"] == "london"


def test_a_file_in_a_sources_folder_is_checked_as_its_file(run, london):
    london.parent.mkdir(parents=True)
    london.write_text(SUMMER)

    (told,) = json.loads(run("check", london, "--json").stdout)["calls"]

    assert told["started_at"] == "2026-06-02T08:00:00+00:00"


@pytest.mark.usefixtures("london")
def test_a_source_that_is_not_there_is_refused_with_those_that_are(run, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(SUMMER)

    result = run("check", path, "--source", "paris")

    assert result.exit_code != 0
    assert "There are: london" in str(result.output) + str(result.exception)


def test_the_nearest_formats_are_told_first_for_a_file_of_none(run, tmp_path):
    path = tmp_path / "near.csv"
    path.write_text(HOSTILE.read_text().splitlines()[0].replace("2026-03-02", "2.3.26") + "\n")

    lines = run("check", path).stdout.splitlines()

    assert lines[2].startswith("  asterisk-cdr-csv: start does not look as it does")
