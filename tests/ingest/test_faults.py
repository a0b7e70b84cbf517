"""An ingest that is killed anywhere, or runs beside others, leaves what an undisturbed one does."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.faults.killed import undisturbed
from bench.faults.worlds import (
    NOW,
    copy_of,
    demo_world,
    dump,
    in_a_child,
    ingest_once,
    is_done,
    killed_at,
    settings_of,
)
from data.domain.errors import StoreBusy
from data.domain.records import FileStatus
from data.opening import opened
from data.store import schema, sqlite_engine
from data.store.queries.files import cdr_file
from data.store.writes.files import file_claimed
from ingest.claim import Holder
from ingest.report import Outcome
from ingest.run import looked, run
from ingest.stopping import Stopped
from tests.founding import just_founded
from tests.ingesting import an_ingest, assert_books_balance, deliver, ingested, line, lines, rows


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    """Some files of the demo in the inbox of the demo's store; tests use copies of it."""
    return demo_world(tmp_path_factory.mktemp("faults") / "world", mishaps=4)


@pytest.fixture(scope="module")
def expected(world):
    return undisturbed(world)[0]


def test_four_ingests_at_once_work_on_each_file_once(world, expected):
    var = copy_of(world, "four")
    codes: list[int] = []
    together = [
        threading.Thread(target=lambda: codes.append(_ingest_in_a_process(var))) for _ in range(4)
    ]
    for each in together:
        each.start()
    for each in together:
        each.join()

    assert codes == [0, 0, 0, 0]
    found = dump(var)
    counts = {name: len(found[name]) for name in ("finished_calls", "rejections", "duplicates")}
    assert counts == {name: len(expected[name]) for name in counts}
    assert found["usage_by_customer"] == expected["usage_by_customer"]
    assert is_done(var)
    store = opened(settings_of(var))
    with store.snapshot() as conn:
        assert_books_balance(conn)
        attempts = schema.file_attempts.c.file_id
        worked_on = list(conn.execute(select(attempts).order_by(attempts)).scalars())
        assert worked_on == [int(row[0]) for row in expected["cdr_files"]]
    store.close()


def _ingest_in_a_process(var: Path) -> int:
    return in_a_child(partial(ingest_once, var))


def test_a_file_that_kills_its_holders_is_set_aside_and_the_others_go_on(world, expected):
    var = copy_of(world, "poison")
    for _ in range(3):
        killed_at(var, "parsed", 1)

    store = opened(settings_of(var))
    report = run(an_ingest(store, settings_of(var)))

    told = next(each for each in report.files if each.id == 1)
    assert (report.exit_code, told.status) == (1, Outcome.ERROR)
    assert "ended 3 times without an outcome" in told.as_line()
    with store.snapshot() as conn:
        found = rows(conn, schema.cdr_files, "id", "status", "error_code")
        poisoned = cdr_file(conn, 1)
        assert_books_balance(conn)
    store.close()
    assert found[0] == (1, FileStatus.ERROR, "poison")
    statuses = [row[6] for row in expected["cdr_files"]]
    assert [status for _, status, _ in found[1:]] == statuses[1:]
    assert Path(poisoned.location).exists()
    assert is_done(var)


def test_a_lease_of_another_machine_ends_when_it_is_not_extended(store, settings):
    deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    with store.writing() as conn:
        assert file_claimed(conn, 1, "elsewhere", now=NOW, until=NOW + timedelta(minutes=10))

    assert ingested(store, settings) == []
    assert ingested(store, settings, now=NOW + timedelta(minutes=11)) == [
        ("a.csv", "success", 1, 0, 0, 0)
    ]


def test_of_many_claimants_one_gets_the_file(store, settings):
    deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    won = []

    def claim(name):
        with store.writing() as conn:
            if file_claimed(conn, 1, name, now=NOW, until=NOW):
                won.append(name)

    claimants = [threading.Thread(target=claim, args=(f"holder-{n}",)) for n in range(8)]
    for each in claimants:
        each.start()
    for each in claimants:
        each.join()

    assert len(won) == 1


def test_whoever_lost_the_lease_stores_nothing(store, settings):
    deliver(settings, "a.csv", lines(1))

    def taken_over(step):
        if step == "parsed":
            with store.writing() as conn:
                conn.execute(schema.cdr_files.update().values(holder="another"))

    assert ingested(store, settings, step=taken_over) == []

    with store.snapshot() as conn:
        assert rows(conn, schema.calls) == []


def test_being_asked_to_stop_puts_the_file_back(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingest = an_ingest(store, settings)
    passed: list[str] = []
    ingest.step = passed.append
    ingest.stopping = lambda: "claimed" in passed

    with pytest.raises(Stopped):
        run(ingest)

    with store.snapshot() as conn:
        assert rows(conn, schema.cdr_files, "status") == [("waiting",)]
        assert rows(conn, schema.file_attempts, "outcome") == [("stopped",)]
    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 0)]


def test_a_mistake_of_ours_is_tried_again_and_then_sets_the_file_aside(store, settings):
    deliver(settings, "a.csv", lines(1))
    deliver(settings, "b.csv", line(2))

    def broken(step):
        if step == "parsed":
            raise ZeroDivisionError

    for _ in range(2):
        report = run(an_ingest(store, settings, step=broken))
        assert {each.status.value for each in report.files} == {"waiting"}
    report = run(an_ingest(store, settings, step=broken))

    assert {each.status.value for each in report.files} == {"error"}
    assert report.exit_code == 1
    with store.snapshot() as conn:
        assert rows(conn, schema.cdr_files, "error_code") == [("poison",), ("poison",)]


def _die_holding(holder):
    with holder.alive():
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_holder_is_gone_when_its_process_is(tmp_path):
    watching = Holder("me", tmp_path)
    other = Holder("other", tmp_path)

    with other.alive():
        assert watching.is_gone("other") is False
    assert watching.is_gone("other") is None

    in_a_child(partial(_die_holding, other))
    assert watching.is_gone("other") is True


def test_a_recovery_that_is_cut_short_is_made_up_for_by_the_next_run(store, settings, monkeypatch):
    deliver(settings, "a.csv", lines(1))
    looked(an_ingest(store, settings))
    lost = Holder("lost", settings.work_dir / "holders")
    with store.writing() as conn:
        assert file_claimed(conn, 1, "lost", now=NOW, until=NOW + timedelta(minutes=10))
    in_a_child(partial(_die_holding, lost))
    monkeypatch.setattr(sqlite_engine, "WRITER_BUSY_MS", 50)
    hurried = opened(settings)
    with store.writing(), pytest.raises(StoreBusy):
        ingested(hurried, settings)
    hurried.close()

    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 0)]
    assert not lost.marks.joinpath("lost").exists()


def test_a_file_that_vanishes_before_it_is_read_is_told_as_gone(store, settings):
    deliver(settings, "a.csv", lines(1))

    def unpacked(step: str) -> None:
        if step == "unpacked":
            (settings.inbox_dir / "a.csv").unlink()

    assert ingested(store, settings, step=unpacked) == [("a.csv", "error", 0, 0, 0, 0)]
    with store.snapshot() as conn:
        assert "gone from" in (cdr_file(conn, 1).error or "")


def test_sigterm_ends_a_run_at_once_and_the_file_waits(tmp_path):
    var = tmp_path / "var"
    store = just_founded(settings_of(var), NOW)
    settings = settings_of(var)
    deliver(settings, "a.csv", lines(*range(70_000)))
    environment = {**os.environ, "TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    command = [sys.executable, "-m", "ingest", "run"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        while not _in_work(store):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    assert code == 2
    with store.snapshot() as conn:
        assert rows(conn, schema.cdr_files, "status") == [("waiting",)]
        assert rows(conn, schema.calls) == []
    store.close()


def _in_work(store):
    with store.snapshot() as conn:
        return rows(conn, schema.cdr_files, "status") == [("processing",)]
