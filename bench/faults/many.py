"""Very many files, and a run that is asked to stop."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bench.faults.case import Case, Found
from bench.faults.worlds import (
    NOW,
    an_ingest,
    copy_of,
    demo_world,
    differences,
    dump,
    in_a_child,
    ingest_once,
    is_done,
    settings_of,
    without_times,
)
from data.domain.records import FileStatus
from data.opening import opened
from data.store import schema
from ingest.run import run
from tests.founding import just_founded
from tests.ingesting import lines

ROOT = Path(__file__).parents[2]
LARGEST_MIB = 400
LONGEST_MS = 50
LONGEST_LOG_BYTES = 16 << 20
LONGEST_STOP_S = 10.0


def waiting(root: Path, files: int) -> Found:
    """Let very many small files wait, and take them in."""
    var = root / "var"
    just_founded(settings_of(var), NOW).close()
    for number in range(files):
        path = var / "inbox" / f"{number % 97:02}-{number}.csv"
        path.write_text(lines(*range(3 * number, 3 * number + 3)))
        os.utime(path, (number, number))
    in_a_child(partial(_measured, var))
    told = json.loads((var / "told").read_text())
    log_bytes = (var / "tollboard.db-wal").stat().st_size if _has_log(var) else 0
    wrong = []
    if told["mib"] >= LARGEST_MIB:
        wrong.append(f"{told['mib']} MiB of memory")
    if told["cpu_ms"] >= LONGEST_MS:
        wrong.append(f"{told['cpu_ms']:.1f} ms of CPU for each file")
    if log_bytes >= LONGEST_LOG_BYTES:
        wrong.append(f"the log keeps {log_bytes >> 20} MiB")
    if not told["in_order"]:
        wrong.append("not the oldest first")
    return Found(
        f"{files} files: {told['mib']} MiB, {told['cpu_ms']:.1f} ms of CPU and "
        f"{told['wall_ms']:.1f} ms for each; log afterwards {log_bytes >> 10} KiB",
        tuple(wrong),
    )


def _has_log(var: Path) -> bool:
    return (var / "tollboard.db-wal").exists()


def _measured(var: Path) -> None:
    """Ingest, and leave behind what it took and whether it went by age."""
    before, began = time.process_time(), time.monotonic()
    store = opened(settings_of(var))
    report = run(an_ingest(store, settings_of(var)))
    files = len(report.files)
    with store.snapshot() as conn:
        c = schema.cdr_files.c
        names = conn.execute(
            select(c.name).where(c.status == FileStatus.SUCCESS).order_by(c.id)
        ).scalars()
        ages = [int(name.partition("-")[2].removesuffix(".csv")) for name in names]
    store.close()
    told = {
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "cpu_ms": (time.process_time() - before) * 1000 / files,
        "wall_ms": (time.monotonic() - began) * 1000 / files,
        "in_order": ages == list(range(files)),
    }
    (var / "told").write_text(json.dumps(told))


def asked_to_stop(root: Path, times: int) -> Found:
    """Send SIGTERM to the command at random moments; then let it run to its end."""
    world = demo_world(root / "world", mishaps=3)
    undisturbed = copy_of(world, "undisturbed")
    began = time.monotonic()
    _command(undisturbed).wait()
    whole_s = time.monotonic() - began
    expected = without_times(dump(undisturbed))
    rng = random.Random(times)  # noqa: S311  moments, not secrets
    wrong: list[str] = []
    longest_s = 0.0
    for trial in range(times):
        var = copy_of(world, f"trial-{trial}")
        with _command(var) as process:
            time.sleep(rng.uniform(0, whole_s))
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.wait()
        longest_s = max(longest_s, time.monotonic() - began)
        in_a_child(partial(ingest_once, var))
        what = differences(expected, without_times(dump(var)))
        what += [] if is_done(var) else ["not done"]
        wrong += [f"trial {trial}: {each}" for each in what]
    if longest_s >= LONGEST_STOP_S:
        wrong.append(f"one took {longest_s:.1f} s to stop")
    return Found(f"{times} stops, the longest took {longest_s:.1f} s", tuple(wrong))


def _command(var: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


CASES = (
    Case(
        "I19",
        "very many small files wait",
        "under 400 MiB, under 50 ms for each, the oldest first",
        waiting,
        full=10_000,
    ),
    Case(
        "I20",
        "SIGTERM at a random moment",
        "it ends within 10 s; the file in work waits; a rerun is as no stop",
        asked_to_stop,
        full=20,
    ),
    Case(
        "D8",
        "very many commits",
        "the store's log is under 16 MiB when the run is over",
        waiting,
        full=500,
    ),
)
