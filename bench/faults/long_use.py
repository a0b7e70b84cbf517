"""Long use of the web side: what its workers hold may not grow."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import psutil

from bench.cdr_lines import written
from bench.faults.case import Case, Found
from bench.faults.web import LOG_MIB, MIB, small_world, workers_of
from bench.ingest import ROOT
from bench.refreshing import Inside
from bench.screenshots import served
from bench.stores import surroundings
from bench.viewers import watching
from callbacks.snapshots import MOST_KEPT

SOAKS_FROM = 20
ONE_WORKER_AT_MOST = 10
SETTLES_S = 300
"""After so long, at ten times a viewer's pace, a worker's threads have met all that they keep."""
FOR_LIFE = ("-c", "import sys, app; app.ANSWERS_EACH = 0; sys.exit(app.main())")
"""The page with workers that are never replaced: what grows would have to show."""


@dataclass(frozen=True)
class Sample:
    """What one worker holds at a moment; open files are told without connections."""

    seconds: float
    rss_mib: float
    files: int
    connections: int
    threads: int


def soaked(root: Path, times: int) -> Found:
    """Let 50 viewers tick ten times as often as they would, with a file ingested now and then.

    Workers are not replaced meanwhile, as they are in use after many thousand answers.
    """
    var, seconds = small_world(root / "world"), 30.0 * times
    lives: dict[int, list[Sample]] = {}
    with (
        served(surroundings(var), FOR_LIFE) as url,
        watching(url, 50, 0.5) as crowd,
        _ingesting(var),
    ):
        began = time.monotonic()
        while (at := time.monotonic() - began) < seconds:
            for pid in workers_of(url):
                with suppress(psutil.NoSuchProcess):  # it died, and another one comes
                    lives.setdefault(pid, []).append(_sample(at, psutil.Process(pid)))
            time.sleep(1)
        log_mib = (var / "tollboard.db-wal").stat().st_size / MIB
    settled = {pid: _settled(life) for pid, life in lives.items() if _settled(life)}
    wrong = [f"{crowd.failed} answers failed"] if crowd.failed else []
    wrong += [] if settled else ["no worker lived long enough to be looked at"]
    grows_mib = _grows_mib(list(settled.values()))
    if grows_mib > 1:
        wrong.append(f"memory grows by {grows_mib:.2f} MiB for an hour of use")
    for pid, life in settled.items():
        for name in ("files", "threads"):
            first, last = getattr(life[0], name), max(getattr(s, name) for s in life[-5:])
            if last > first:
                wrong.append(f"{name} of worker {pid} grew from {first} to {last}")
    if log_mib > LOG_MIB:
        wrong.append(f"the store's log has {log_mib:.1f} MiB")
    last_ones = [life[-1] for life in settled.values()]
    return Found(
        f"{len(crowd.answers):,} answers in {seconds:.0f} s ({seconds / 360:.2f} h of use), "
        f"{len(lives)} workers: {grows_mib:+.2f} MiB an hour, at most "
        f"{max((s.rss_mib for s in last_ones), default=0):.0f} MiB, "
        f"{max((s.files for s in last_ones), default=0)} files, "
        f"{max((s.threads for s in last_ones), default=0)} threads each, log {log_mib:.1f} MiB",
        tuple(wrong),
    )


def _settled(life: list[Sample]) -> list[Sample]:
    """Return what a worker that serves viewers was like, once it is used to it."""
    used = [one for one in life if one.seconds > SETTLES_S]
    return used if used and min(one.connections for one in used) > 1 else []


def _grows_mib(lives: list[list[Sample]]) -> float:
    """Return how much a worker grows in an hour of use, of all lives by their lengths."""
    slopes = [
        linear_regression([s.seconds for s in life], [s.rss_mib for s in life]).slope
        for life in lives
    ]
    weights = [len(life) for life in lives]
    weighted = sum(slope * weight for slope, weight in zip(slopes, weights, strict=True))
    return weighted / max(1, sum(weights)) * 3600 / 10


def _sample(at: float, worker: psutil.Process) -> Sample:
    connections = len(worker.net_connections())
    with worker.oneshot():
        return Sample(
            at,
            worker.memory_info().rss / MIB,
            worker.num_fds() - connections,
            connections,
            worker.num_threads(),
        )


@contextmanager
def _ingesting(var: Path) -> Iterator[None]:
    """Ingest a small file every few seconds while the body runs."""
    done = threading.Event()
    env = os.environ | {"TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}

    def ingest() -> None:
        number = 0
        while not done.wait(6):
            number += 1
            written(var / "inbox" / f"{number}.csv", 500 + number, broken_ppm=0)
            command = [sys.executable, "-m", "ingest", "run"]
            subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)

    worker = threading.Thread(target=ingest, daemon=True)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()


def used(root: Path, times: int) -> Found:
    """Soak the page for as long as is asked; the shortest form knows one worker only."""
    one = used_for_long(root / "one", min(times, ONE_WORKER_AT_MOST))
    if times < SOAKS_FROM:
        return one
    many = soaked(root / "many", times)
    return Found(f"{many.figure}; one worker: {one.figure}", (*one.wrong, *many.wrong))


def used_for_long(root: Path, times: int) -> Found:
    """Refresh one worker through changes; its memory, files and threads must stay."""
    viewer, us = Inside.of(small_world(root / "world")), psutil.Process()

    def held() -> tuple[float, int, int]:
        return us.memory_info().rss / MIB, us.num_fds(), us.num_threads()

    def refreshed(changes: int) -> None:
        for _ in range(changes):
            viewer.something_changes()
            for _ in range(2):
                viewer.refreshed()

    refreshed(MOST_KEPT + 8)
    before = held()
    refreshed(40 * times)
    after = held()
    viewer.store.close()
    wrong = [
        f"{name} grew from {first:.0f} to {last:.0f}"
        for name, first, last, most in zip(
            ("memory", "files", "threads"), before, after, (4.0, 0, 0), strict=True
        )
        if last > first + most
    ]
    return Found(f"{80 * times} refreshes: {after[0] - before[0]:+.1f} MiB", tuple(wrong))


CASES = (
    Case(
        "O2",
        "50 viewers at ten times their pace, a file ingested every few seconds; one worker through "
        "hundreds of changes",
        "memory, files, threads and the store's log stay",
        used,
        full=60,
        short=1,
    ),
)
