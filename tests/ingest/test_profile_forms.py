"""Forms that a profile can declare and no built-in format needs."""

from dataclasses import replace
from datetime import UTC, timedelta

import pandas as pd
import pytest

from ingest.check_text import warnings
from ingest.checked import Basis, checked
from ingest.durations import UNREADABLE, written_ms
from ingest.profile import ProfileError, profile_of, profiles
from ingest.profile_values import DurationUnit
from ingest.proof import file_zone
from ingest.run import run
from tests.ingesting import NOW, an_ingest, deliver
from tests.reading import RULES, profile_named, read_file, whole

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
    def reading(declared, text, base=BASE, currency=""):
        path = tmp_path / "calls.csv"
        path.write_text(text)
        rules = replace(RULES, currency=currency)
        return read_file(path, profile_of(base + declared, "corner.toml"), rules)

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

    zone = file_zone(whole(path, profile), UTC)
    check = checked(path, [profile], Basis(UTC, NOW))

    assert (zone.zone.utcoffset(None), zone.assumed) == (timedelta(hours=5, minutes=30), False)
    assert f"{check.calls[0].started_at:%H:%M}" == "03:30"


@pytest.mark.parametrize(
    ("unit", "written", "talk_ms"),
    [
        ("h", "1.5", 5_400_000),
        ("6s", "14", 84_000),
        ("days", "0.00144675926", 125_000),
        ("hhmmss", "010305", 3_785_000),
        ("hmmt", "1034", 3_804_000),
        ("words", "1h 2m 5s", 3_725_000),
        ("words", "2 hours, 1 minute", 7_260_000),
        ("words", "2 Min. 5.5 secs", 125_500),
        ("words", "1hr", 3_600_000),
        ("words", "500ms", 500),
        ("words", "1.5ms", 1),
        ("words", "250µs", 0),
        ("ns", "61000000000", 61_000),
    ],
)
def test_a_duration_may_be_written_so(unit, written, talk_ms):
    assert written_ms(written, DurationUnit(unit)) == talk_ms


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("words", ""),
        ("words", "5 ms"),
        ("words", "hours"),
        ("words", "5"),
        ("ns", "6100000"),
        ("hmmt", "1604"),
        ("hhmmss", "006000"),
        ("days", "5.78E-05"),
    ],
)
def test_a_duration_that_is_not_written_so_is_not_guessed(unit, written):
    assert written_ms(written, DurationUnit(unit)) == UNREADABLE


def test_a_count_of_units_may_be_scaled_and_each_line_say_its_unit(read):
    declared = BASE.replace(
        "duration = { ",
        'duration = { scale = 100000, unit_column = "note", '
        'unit_words = { SEC = "s", 6SEC = "6s", MIN = "min" }, ',
    )
    lines = [("12500000", "SEC"), ("150000", "MIN"), ("1400000", "6SEC"), ("1", "DAY")]
    text = "".join(f"2026-03-02 09:00:00,101,202,{count},{unit}\n" for count, unit in lines)

    told = read(PLAIN + CALLED, text, declared)

    assert list(told.calls["talk_ms"]) == [125_000, 90_000, 84_000]
    assert told.refused() == [(4, "duration_unreadable")]


def test_an_answered_call_that_says_no_talk_time_is_refused_and_not_taken_for_unanswered(read):
    declared = 'disposition = { column = "note", words = { yes = "answered", no = "busy" } }\n'
    talks = [("", "yes"), ("", "no"), ("0", "yes"), ("60", "yes")]
    text = "".join(f"2026-03-02 09:00:00,101,202,{talk},{note}\n" for talk, note in talks)

    told = read(PLAIN + CALLED + declared, text, BASE.replace("\\d+'", "\\d*'"))

    assert told.refused() == [(1, "duration_unreadable")]
    assert list(told.calls["talk_ms"]) == [0, 0, 60_000]


def test_a_spreadsheets_day_numbers_are_local_times(read):
    declared = 'times.started = { columns = ["began"], formats = ["excel_days"], zone = "%s" }\n'
    shape = BASE.replace("\\d{4}-.*", "\\d+(\\.\\d+)?")
    text = "46083.375,101,202,60,\n46083.3750115741,101,203,60,\n46083.5,101,204,60,\n"

    told = read(declared % "Europe/Paris" + CALLED, text, shape)

    assert [call["started_at"] for call in told.told()] == [
        "2026-03-02T08:00:00+00:00",
        "2026-03-02T08:00:01+00:00",
        "2026-03-02T11:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("at", "written", "number"),
    [("start", "0207946000100000", "02079460001"), ("end", "0000002079460001", "02079460001")],
)
def test_a_column_of_its_own_may_say_how_long_a_number_is(read, at, written, number):
    declared = (
        f"parties.called = {{ column = 'called', length_column = 'note', number_at = '{at}' }}\n"
    )
    text = "".join(LINE.format(called=written, note=length) for length in ("11", "0", "17", "x"))

    told = read(PLAIN + declared, text)

    assert list(told.calls["called_number"]) == [number, ""]
    assert told.refused() == [(3, "value_unknown"), (4, "value_unknown")]


def costs_of(read, declared, *notes, currency="EUR"):
    """What the notes say that each call cost, in micros; none: unknown."""
    text = "".join(LINE.format(called="202", note=note) for note in notes)
    shape = BASE.replace('"note"]', '"cost", "money"]')
    told = read(PLAIN + CALLED + declared, text, shape, currency=currency)
    return [None if pd.isna(cost) else int(cost) for cost in told.calls["upstream_cost_micros"]]


@pytest.mark.parametrize(
    ("declared", "micros"),
    [
        pytest.param('included_tax = "20"', 1_000_000, id="with tax"),
        pytest.param('included_tax = "8.875"', 1_102_181, id="with a broken percentage"),
        pytest.param("scale = 100", 12_000, id="cents"),
        pytest.param('currency = "EUR"', 1_200_000, id="ours"),
        pytest.param('currency = "USD"', None, id="another's"),
    ],
)
def test_a_cost_is_in_the_books_money_and_without_tax(read, declared, micros):
    cost = f'cost = {{ column = "cost", {declared} }}\n'

    assert costs_of(read, cost, "1.20,") == [micros]


def test_a_cost_in_another_currency_than_the_books_is_unknown(read):
    cost = 'cost = { column = "cost", currency_column = "money" }\n'

    assert costs_of(read, cost, "1.20,EUR", "1.20,usd", "1.20, eur", "1.20,") == [
        1_200_000,
        None,
        1_200_000,
        None,
    ]
    with_usual = cost.replace(" }", ', currency = "EUR" }')
    assert costs_of(read, with_usual, "1.20,", "1.20,USD") == [1_200_000, None]
    assert costs_of(read, cost, "1.20,USD", currency="") == [1_200_000]


def test_a_negative_cost_is_a_credit_or_a_code_for_none(read):
    cost = 'cost = { column = "cost" }\n'
    code = 'cost = { column = "cost", negative = "unknown" }\n'

    assert costs_of(read, cost, "-1,", "0.5,") == [-1_000_000, 500_000]
    assert costs_of(read, code, "-1,", "-1.0000,", "0.5,") == [None, None, 500_000]


def test_a_charge_of_teams_is_a_cost_in_the_currency_that_its_line_says(tmp_path):
    head = "Caller ID,Call Type,Destination Number,Start Time,Duration Seconds,Charge,Currency\n"
    line = "+442079460101,user_out,+447700900123,2026-06-10 09:00:00Z,61,{charge}\n"
    path = tmp_path / "PSTN.csv"
    path.write_text(head + line.format(charge="1.50,USD") + line.format(charge="0.07,GBP"))

    told = read_file(path, profile_named("teams-calling-plans"), replace(RULES, currency="GBP"))

    costs = told.calls["upstream_cost_micros"]
    assert [None if pd.isna(cost) else int(cost) for cost in costs] == [None, 70_000]


def test_a_cost_may_have_a_decimal_comma(read):
    framing = 'framing.delimiters = [";"]\n'
    cost = 'cost = { column = "note", decimal = "," }\n'
    text = "2026-03-02 09:00:00;101;202;60;0,0123\n2026-03-02 09:00:00;101;203;60;0.0123\n"

    told = read(PLAIN + CALLED + framing + cost, text)

    assert list(told.calls["upstream_cost_micros"]) == [12_300]
    assert told.refused() == [(2, "value_unknown")]


@pytest.mark.parametrize(
    "declared",
    ['included_tax = "a fifth"', 'currency = "euro"', "scale = 0", 'currency_column = "gone"'],
)
def test_a_profile_that_says_money_badly_is_refused(declared):
    with pytest.raises(ProfileError):
        profile_of(BASE + PLAIN + CALLED + f'cost = {{ column = "note", {declared} }}', "c.toml")


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


def test_calls_that_3cx_passed_on_to_a_number_outside_are_told(store, settings):
    call = (
        "Call {n},A{n},00:10:00,2026/06/10 10:00:00,{answered},2026/06/10 10:10:05,"
        "TerminatedBySrc,02071838750,Ext.101,10001,101,101,ReplacedDst,{final},10001,ACME,,,,"
        "Chain: 02071838750;Ext.101;,External,Internal,{kind},a,b,c,\n"
    )
    answered, mobile = "2026/06/10 10:00:05", "07700900125"
    given = [
        (answered, mobile, "External"),
        ("", mobile, "External"),
        (answered, "EndCall", "External"),
        (answered, "Ext.102", "Internal"),
    ]
    text = "".join(
        call.format(n=n, answered=when, final=final, kind=kind)
        for n, (when, final, kind) in enumerate(given, 1)
    )
    path = deliver(settings, "cdr.log", text)
    found = checked(path, profiles(), Basis(UTC, NOW))
    told = "1 call ended at a number outside (final-number) that was not dialled"

    (report,) = run(an_ingest(store, settings)).files

    assert [told in warning for warning in warnings(found)].count(True) == 1
    assert told in (report.note or "")
