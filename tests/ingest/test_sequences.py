"""Counters of switches through the whole ingest: gaps open, are told, and close."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data.domain.authorship import By
from data.domain.errors import Refused
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.queries.files import cdr_file
from data.store.queries.sequences import missing
from data.store.schema import cdr_files
from data.store.writes.sequences import Counted, gaps_dismissed, runs_kept
from data.store.writes.sources import source_of_folder_met
from data.store.writes.unloads import file_withdrawn
from ingest.run import run
from ingest.sequences import run_of_name
from tests.factories import add_file
from tests.ingesting import NOW, an_ingest, deliver, ingested
from tests.reading import profile_named, read_file

CUCM = profile_named("cisco-cucm").file_name
HALF_AN_HOUR = 30
HEADER = (
    "cdrRecordType,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration,pkid,"
    "callingPartyNumber,finalCalledPartyNumber\n"
)


def cucm(n):
    """One file of one call."""
    at = 1_780_000_000 + n
    return f"{HEADER}1,{at},{at},{at + 60},60,pk-{n},+15555550100,+15555550101\n"


def name(number, minute, node="site_n1"):
    at = datetime(2026, 6, 1, 9, tzinfo=UTC) + timedelta(minutes=minute)
    return f"cdr_{node}_{at:%Y%m%d%H%M}_{number}"


def told(store):
    with store.snapshot() as conn:
        return [(each.source, each.gap.told()) for each in missing(conn)]


def test_a_missing_file_is_told_and_closes_when_it_arrives(store, settings):
    for number, minute in ((7, 0), (8, 1), (11, 4)):
        deliver(settings, f"pbx/{name(number, minute)}", cucm(number))
    report = run(an_ingest(store, settings))
    assert told(store) == [("pbx", "9 to 10 of site_n1")]
    assert any("9 to 10 of site_n1" in (each.note or "") for each in report.files)
    with store.snapshot() as conn:
        shown = dashboard(conn, NOW, DashboardQuestion()).attention
    (item,) = (each for each in shown if each.kind == "numbers_missing")
    assert item.text == "pbx: 2 numbers of its counter missing, 9 to 10 of site_n1"

    deliver(settings, f"pbx/{name(10, 3)}", cucm(10))
    ingested(store, settings)
    assert told(store) == [("pbx", "9 of site_n1")]
    deliver(settings, f"pbx/{name(9, 2)}", cucm(9))
    ingested(store, settings)
    assert told(store) == []


def test_a_withdrawn_file_opens_its_gap_again_and_a_dismissed_gap_is_told_no_more(store, settings):
    for number in (7, 8, 9):
        deliver(settings, f"pbx/{name(number, number)}", cucm(number))
    ingested(store, settings)
    with store.writing() as conn:
        query = select(cdr_files.c.id).where(cdr_files.c.name == name(8, 8))
        eighth = cdr_file(conn, conn.execute(query).scalar_one())
        assert eighth is not None
        file_withdrawn(conn, eighth, NOW)
    assert told(store) == [("pbx", "8 of site_n1")]

    with store.writing() as conn:
        assert gaps_dismissed(conn, "pbx", "lost with the disk", By("ann", NOW)) == 1
    assert told(store) == []
    with store.writing() as conn, pytest.raises(Refused):
        gaps_dismissed(conn, "pbx", "again", By("ann", NOW))


def test_in_1000_files_in_any_order_every_planted_gap_is_known_and_no_other(conn):
    rng = random.Random(7)
    source = source_of_folder_met(conn, "pbx", NOW).id
    names, planted, number, since = [], set(), 40, 0
    for minute in range(0, 1000 * HALF_AN_HOUR, HALF_AN_HOUR):  # not all are near a new one
        if since > 2 and rng.random() < 0.004:
            number, since = 1, 0
        elif since > 2 and rng.random() < 0.02:
            planted.add(f"{number} of site_n1")
            number, since = number + 1, 0
        names.append(name(number, minute))
        number, since = number + 1, since + 1
    rng.shuffle(names)

    for each in names:
        file_id = add_file(conn, name=each, source_id=source)
        run_told = run_of_name(each, CUCM)
        assert run_told is not None
        runs_kept(conn, Counted(file_id, source, NOW), [run_told])

    assert len(planted) > 5
    assert sorted(each.gap.told() for each in missing(conn)) == sorted(planted)


def test_lines_of_a_format_with_a_counter_are_counted_damaged_ones_too(tmp_path):
    broadworks = (
        "00000000{n:02}AABBCC,Acme,Normal,+447700900123,,Originating,+447700900123,Public,"
        "+442079460001,20260302090000.100,1+020000,Yes,20260302090007.100,202603020902{n:02}.350,"
        "016,VoIP,,+442079460001,private,ca,+442079460001\n"
    )
    path = tmp_path / "bw.csv"
    kept = [broadworks.format(n=n) for n in (1, 2, 3, 5, 8)]
    kept[2] = kept[2][:40] + "\n"
    path.write_text("".join(kept))

    runs = read_file(path, profile_named("broadworks")).runs

    held = {n for run in runs for n in range(run.first, run.last + 1)}
    assert held == {1, 2, 3, 5, 8}
    assert {run.stream for run in runs} == {"AABBCC"}
