"""Faults of the web side: workers that die or hang, readers that stay, mixed-up users."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.beside import measured
from bench.faults.case import Case, Found
from bench.refreshing import Inside
from bench.screenshots import served
from bench.stores import EMAIL, WORKERS, settings_of, surroundings, with_a_viewer
from bench.viewers import watching
from tests.founding import just_founded

MIB = 2**20
LOG_MIB = 16
OTHER = "somebody.else@example.com"
VIEWERS = 20
LINES_EACH = 20_000
RECOVERS_WITHIN_S = 15.0


def small_world(var: Path) -> Path:
    """Found a store with somebody who may look at it."""
    just_founded(settings_of(var), datetime.now(UTC)).close()
    with_a_viewer(var)
    return var


def beside_an_ingest(root: Path, times: int) -> Found:
    """Load a file while 50 viewers poll and a person writes."""
    found = measured(root, times * LINES_EACH)
    aims = found.aims()
    figure = ", ".join(f"{aim.what} {aim.found:.2f} {aim.unit}".strip() for aim in aims)
    return Found(
        f"{times * LINES_EACH:,} lines: {figure}",
        tuple(
            f"{aim.what}: {aim.found:.2f}, at most {aim.most:g}" for aim in aims if not aim.reached
        ),
    )


# --- workers ------------------------------------------------------------------------------------


def workers_lost(root: Path, times: int) -> Found:
    """Kill one worker and freeze the other, again and again, under 20 viewers."""
    var = small_world(root / "world")
    waits: list[float] = []
    with served(surroundings(var)) as url, watching(url, VIEWERS, 0.5) as crowd:
        time.sleep(3)  # everybody has the page open
        for _ in range(times):
            for blow in (signal.SIGKILL, signal.SIGSTOP):
                victim = next(worker for worker in workers_of(url) if _serves(worker))
                began = time.monotonic()
                os.kill(victim, blow)
                waits.append(_replaced(url, victim) - began)
        time.sleep(1)  # what the last one held is answered by its successor
    failed = crowd.failed / max(1, len(crowd.answers))
    worst_s = max(waits)
    wrong = []
    if failed > 1 / 100 and crowd.failed > len(waits) * VIEWERS / WORKERS:
        wrong.append(f"{crowd.failed} of {len(crowd.answers)} answers failed")
    if worst_s > RECOVERS_WITHIN_S:
        wrong.append(f"a worker was away for {worst_s:.1f} s")
    return Found(
        f"{2 * times} workers lost: {failed:.2%} of {len(crowd.answers):,} answers failed, "
        f"replaced within {worst_s:.1f} s",
        tuple(wrong),
    )


def workers_of(url: str) -> list[int]:
    """Return the processes that answer at an address, oldest first; not the one above them."""
    port = int(url.rpartition(":")[2])
    listening, above = set[int](), set[int]()
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # an ingest that has just ended
            if any(c.laddr.port == port for c in one.net_connections()):
                listening.add(one.pid)
                above.add(one.ppid())
    return sorted(listening - above)


def _serves(worker: int) -> bool:
    """Tell whether a worker has said that it works: in the file by which gunicorn hears of it."""
    for file in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if "wgunicorn-" in str(file.readlink()):
                return file.stat().st_mtime <= time.monotonic()
    return False


def _replaced(url: str, victim: int) -> float:
    """Wait until a worker is gone and two others work; return when."""
    last = time.monotonic() + 4 * RECOVERS_WITHIN_S
    while time.monotonic() < last:
        if not psutil.pid_exists(victim) and sum(map(_serves, workers_of(url))) > 1:
            return time.monotonic()
        time.sleep(0.1)
    raise TimeoutError(f"worker {victim} was not replaced")


# --- readers and users --------------------------------------------------------------------------


def readers_stay(root: Path, times: int) -> Found:
    """After every kind of request no reader may be left that keeps the log from being emptied."""
    var = small_world(root / "world")
    viewer = Inside.of(var)
    paths = ["/", "/_dash-layout", "/_dash-dependencies", "/metrics", "/api/v1/dashboard"]
    paths += ["/healthz", "/nowhere", "/login"]
    kept = []
    for _ in range(times):
        viewer.something_changes()
        for path in paths:
            viewer.get(path)
            kept += [] if viewer.store.log_truncated() else [path]
        viewer.refreshed()
        kept += [] if viewer.store.log_truncated() else ["a refresh"]
    log_bytes = (var / "tollboard.db-wal").stat().st_size
    if log_bytes > LOG_MIB * MIB:
        kept.append(f"a log of {log_bytes / MIB:.1f} MiB")
    viewer.store.close()
    return Found(
        f"{times * (len(paths) + 1)} requests, then a log of {log_bytes} bytes",
        tuple(f"a reader stays after {what}" for what in kept),
    )


def users_crossed(root: Path, times: int) -> Found:
    """Let 32 threads ask one worker as two users: each page must bear its own user's name."""
    var = small_world(root / "world")
    with_a_viewer(var, OTHER)
    first = Inside.of(var)
    emails = [EMAIL, OTHER] * 16
    viewers = [Inside(first.server, first.store, email) for email in emails]

    def looked(viewer: Inside) -> list[str]:
        seen = []
        for number in range(times):
            if number % 5 == 0:
                viewer.something_changes()
            body = viewer.get("/_dash-layout").body.decode()
            seen.append([email for email in (EMAIL, OTHER) if email in body])
        return [f"{viewer.email} saw {names}" for names in seen if names != [viewer.email]]

    with ThreadPoolExecutor(len(viewers)) as threads:
        wrong = [what for found in threads.map(looked, viewers) for what in found]
    first.store.close()
    return Found(f"{32 * times:,} pages of two users: {len(wrong)} crossed", tuple(wrong))


CASES = (
    Case(
        "I7",
        "an ingest beside 50 viewers, and a person who writes (I8)",
        "no answer and no write fails; answers and writes within 1 s (95 of 100), every write "
        "within 3 s; the load takes at most 1.5 times what it takes alone; the log stays small",
        beside_an_ingest,
        full=50,
    ),
    Case(
        "O1",
        "a web worker killed, another frozen, under 20 viewers",
        "under 1 % of the answers fail, or no more than the lost workers held (half the viewers "
        "each); replaced within 15 s",
        workers_lost,
        full=5,
        short=1,
    ),
    Case(
        "W6",
        "two users, 32 threads, one worker's kept answers",
        "nobody sees the other's page",
        users_crossed,
        full=320,
        short=1,
    ),
)
