"""`run` and `watch` as an operator starts them: what they write, and how they end."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from typer.testing import CliRunner

from data.opening import opened
from data.store.schema import cdr_files
from ingest.program import app
from tests.founding import just_founded
from tests.ingesting import NOW, deliver, lines, rows

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(settings):
    """Starts a command on the test's own store, its two outputs wherever a test wants them."""
    just_founded(settings, NOW).close()

    def start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
        given = {"TOLLBOARD_VAR": str(settings.var), "TOLLBOARD_SETTLE_S": "0", "TERM": "xterm"}
        given["TOLLBOARD_DATABASE_URL"] = settings.database_url
        command = [sys.executable, "-m", "ingest", *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=os.environ | given, stdout=stdout, stderr=stderr
        )

    return start


def written(process):
    """What a command writes until it ends: (exit code, stdout, stderr)."""
    with process:
        out, err = process.communicate(timeout=60)
    return (
        process.returncode,
        out.decode() if out is not None else "",
        err.decode() if err is not None else "",
    )


def test_without_a_terminal_there_are_only_plain_lines(started, settings):
    deliver(settings, "a.csv", lines(1, 2))
    deliver(settings, "b.csv", lines(3))

    code, out, err = written(started("run"))

    assert (code, err) == (0, "")
    assert [line.split(" (")[0] for line in out.splitlines()] == [
        "success: a.csv",
        "success: b.csv",
    ]
    assert "\x1b" not in out


@pytest.mark.parametrize(("words", "bar"), [(["run"], True), (["run", "--json"], False)])
def test_a_terminal_gets_a_bar_on_stderr_unless_a_program_reads(started, settings, words, bar):
    deliver(settings, "a.csv", lines(1))
    ours, theirs = pty.openpty()

    code, out, _ = written(started(*words, stderr=theirs))

    os.write(theirs, b"END")
    seen = b""
    while not seen.endswith(b"END"):
        seen += os.read(ours, 4096)
    os.close(theirs)
    os.close(ours)
    assert code == 0
    assert "\x1b" not in out
    assert (b"1/1" in seen) is bar
    assert (seen == b"END") is not bar


@pytest.mark.parametrize(
    ("words", "out", "told"),
    [
        (["run"], "closed", "Broken pipe"),
        (["run", "--json"], "full", "No space left on device"),
    ],
)
def test_all_files_are_taken_whatever_becomes_of_what_is_printed(
    started, settings, words, out, told
):
    for name in ("a.csv", "b.csv", "c.csv"):
        deliver(settings, name, lines(ord(name[0])))
    deliver(settings, "d.csv", b"colour;weight\nred;12\n")
    nobody, theirs = os.pipe()
    os.close(nobody)
    full = os.open("/dev/full", os.O_WRONLY)

    code, _, err = written(started(*words, stdout=full if out == "full" else theirs))

    os.close(full)
    os.close(theirs)
    assert [status for _, status in _statuses(settings)] == ["success"] * 3 + ["error"]
    assert (code, err) == (1, f"What was done could not be printed ({told}). The work goes on.\n")


def test_a_run_with_nothing_to_do_names_the_inbox(started, settings):
    assert written(started("run")) == (0, f"Nothing new in {settings.inbox_dir}.\n", "")


def test_a_run_without_the_folder_of_ones_own_profiles_says_so(started, monkeypatch):
    monkeypatch.setenv("TOLLBOARD_PROFILES", "/nope")

    code, out, err = written(started("run"))

    assert (code, out) == (2, "")
    assert err == "TOLLBOARD_PROFILES: there is no folder /nope; make it, or mend the setting.\n"


def test_a_run_with_nothing_to_do_is_still_one_object_for_a_program(started):
    code, out, _ = written(started("run", "--json"))

    assert (code, json.loads(out)["files"]) == (0, [])


@pytest.mark.parametrize("command", ["reprocess", "dismiss", "withdraw"])
def test_a_command_about_files_that_names_none_is_wrongly_used(command):
    done = CliRunner().invoke(app, [command])

    assert done.exit_code == 2
    assert "Usage: " in done.output
    assert "file" in done.output.casefold()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_watch_takes_a_file_that_arrives_and_ends_well_when_it_is_told_to(started, settings, told):
    with started("watch") as process, _ended(process):
        _waits_for(process, (settings.work_dir / "holders").is_dir)  # it has made the store
        whole = settings.var / "a.csv"
        whole.write_text(lines(1, 2))
        whole.rename(settings.inbox_dir / "a.csv")
        _waits_for(process, lambda: _statuses(settings) == [("a.csv", "success")])
        process.send_signal(told)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"success: a.csv")


@contextmanager
def _ended(process):
    """Whatever fails meanwhile, a process that would go on for ever does not."""
    try:
        yield
    finally:
        process.kill()


def _waits_for(process, condition, within_s=60):
    """Let a process go on until a condition holds; it fails when the process ends before."""
    last = monotonic() + within_s
    while not condition():
        assert monotonic() < last, "it did not come to that in time"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)


def _statuses(settings):
    store = opened(settings)
    try:
        with store.snapshot() as conn:
            return rows(conn, cdr_files, "name", "status")
    finally:
        store.close()
