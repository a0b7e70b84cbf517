"""Viewers and a person who writes, beside an ingest: what each of the three gets.

A file is loaded once alone and once while viewers have the page open and somebody opens tickets.
Usage: python -m bench.beside [--lines N] [--viewers N]
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.aims import Aim, p95, told
from bench.cdr_lines import written
from bench.ingest import commanded, founding, watched
from bench.screenshots import served
from bench.stores import settings_of, surroundings, with_a_viewer
from bench.viewers import watching
from data.domain.authorship import By
from data.domain.errors import StoreError
from data.domain.tickets import NewTicket
from data.opening import founded, opened
from data.store.writes.tickets import ticket_opened

PRICED_FROM = 50_000
"""A shorter file is loaded without customers: founding them would take longer than its load."""
VIEWERS, TICK_S, WRITE_EVERY_S = 50, 5.0, 0.2


@dataclass(frozen=True)
class Beside:
    """What was measured.

    Attributes:
        alone_s: How long the load took alone.
        beside_s: How long it took beside the viewers and the writer.
        waits_s: How long each answer took while the load ran.
        failed: Answers that were no 200.
        writes_s: How long each write of a person took.
        unwritten: Writes that failed, and why.
        log_bytes: The store's log after the load.
    """

    alone_s: float
    beside_s: float
    waits_s: list[float]
    failed: int
    writes_s: list[float]
    unwritten: list[str]
    log_bytes: int

    def aims(self) -> list[Aim]:
        """Return the figures beside their bounds. Source: QUALITY.md I7, I8, D8."""
        times = self.beside_s / self.alone_s
        of_load = f"{self.alone_s:.1f} s alone, {self.beside_s:.1f} s beside"
        of_writes = f"{len(self.writes_s):,} writes"
        return [
            Aim("answers that failed", self.failed, 0, "", f"{len(self.waits_s):,} answers"),
            Aim("95 of 100 answers within", p95(self.waits_s), 1, "s"),
            Aim("load time, as many times that alone", times, 1.5, "", of_load),
            Aim("writes of a person that failed", len(self.unwritten), 0, "", of_writes),
            Aim("95 of 100 writes within", p95(self.writes_s), 1, "s"),
            Aim("the longest write", max(self.writes_s, default=0.0), 3, "s"),
            Aim("the store's log afterwards", self.log_bytes / 2**20, 16, "MiB"),
        ]


def measured(root: Path, lines: int, viewers: int = VIEWERS, *, every_s: float = TICK_S) -> Beside:
    """Load a file alone, then beside viewers and a writer, in an empty folder."""
    world = _world(root, lines, priced=lines >= PRICED_FROM)
    alone = Path(shutil.copytree(world, root / "alone"))
    alone_s = _loaded(alone, lines)
    with served(surroundings(world)) as url, watching(url, viewers, every_s) as crowd:
        time.sleep(every_s)  # every viewer has ticked once
        quiet = len(crowd.answers)
        with _writing(world) as (writes_s, unwritten):
            beside_s = _loaded(world, lines)
    during = crowd.answers[quiet:]
    log = world / "tollboard.db-wal"
    return Beside(
        alone_s=alone_s,
        beside_s=beside_s,
        waits_s=[answer.seconds for answer in during],
        failed=sum(answer.status != 200 for answer in during),  # noqa: PLR2004
        writes_s=writes_s,
        unwritten=unwritten,
        log_bytes=log.stat().st_size if log.exists() else 0,
    )


def _world(root: Path, lines: int, *, priced: bool) -> Path:
    """Found a store and lay the file into its inbox; customers and rates only where asked for."""
    var = root / "world"
    founded(settings_of(var), datetime.now(UTC)).close()
    commanded(founding(root) if priced else [], surroundings(var))
    with_a_viewer(var)
    written(var / "inbox" / "Master.csv", lines, broken_ppm=0)
    return var


def _loaded(var: Path, lines: int) -> float:
    env = os.environ | {"TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    run = watched([sys.executable, "-m", "ingest", "run", "--json"], env)
    told_of = json.loads(run.output)["totals"]
    if told_of["lines"] != lines or told_of["success"] != 1:
        raise RuntimeError(f"the ingest did not take the file: {told_of}")
    return run.seconds


@contextmanager
def _writing(var: Path) -> Iterator[tuple[list[float], list[str]]]:
    """Open a ticket several times a second while the body runs, as the page does."""
    store, done = opened(settings_of(var)), threading.Event()
    writes_s: list[float] = []
    unwritten: list[str] = []

    def write() -> None:
        while not done.wait(WRITE_EVERY_S):
            began = time.perf_counter()
            try:
                with store.writing() as conn:
                    by = By("bench", datetime.now(UTC))
                    ticket_opened(conn, NewTicket("Is the load done?"), by)
            except StoreError as error:
                unwritten.append(str(error))
            writes_s.append(time.perf_counter() - began)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        yield writes_s, unwritten
    finally:
        done.set()
        writer.join()
        store.close()


def main(lines: int, viewers: int) -> bool:
    """Measure and print; return whether every aim was reached."""
    with tempfile.TemporaryDirectory(prefix="tollboard-bench-") as made:
        found = measured(Path(made), lines, viewers)
    title = f"{viewers} viewers at {TICK_S:g} s and a writer beside a load of {lines:,} lines"
    return told(title, found.aims())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    given = parser.parse_args()
    sys.exit(not main(given.lines, given.viewers))
