"""Inboxes full of files, ingests in processes of their own, and all that a store holds as rows."""

import multiprocessing
import os
import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import numpy as np
from sqlalchemy import Table, select

from data.domain.authorship import By
from data.domain.records import FileStatus
from data.opening import opened
from data.settings import Settings
from data.store import schema
from data.store.connect import Store
from ingest.claim import Holder
from ingest.context import CALLS_AT_ONCE, Ingest
from ingest.demo.arriving import delivered
from ingest.demo.deliveries import Delivery, switch_files
from ingest.demo.founding import reseller_founded
from ingest.demo.mishaps import MISHAP_DAYS, with_mishaps
from ingest.demo.traffic import calls_between
from ingest.run import run
from tests.founding import just_founded

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
DEMO_CALLS = 50_000
DEMO_DAYS = 92
DEMO_SEED = 8050
OVERLAPPED = 14
"""Days ago of the file whose end the next day's file repeats."""
_ATTEMPTS = frozenset({"attempts"})
_WITHOUT_TIMES = ("id", "name", "sha256", "status", "lines", "loaded", "rejected", "duplicate")
UNCOUNTED: dict[str, frozenset[str]] = {
    "cdr_files": _ATTEMPTS,
    "finished_calls": frozenset({"load_version"}),  # counts commits; a killed run may make more
}
DUMPED: tuple[Table, ...] = (
    schema.calls,
    schema.rejections,
    schema.ignored_lines,
    schema.duplicates,
    schema.usage_by_customer,
    schema.usage_by_day,
    schema.margin_by_customer,
    schema.usage_by_destination,
    schema.duplicates_by_day,
    schema.cdr_files,
    schema.sources,
)
LONGEST_CHILD_S = 600
MANY_CALLS = 50
"""To an ingest that is killed: more of them come in segments, in others in one transaction."""
FIRST_MOMENT_S, FURTHER = 0.02, 1.05
_holders = count(1)
Dump = dict[str, list[tuple[object, ...]]]


@cache
def _every_file() -> tuple[Delivery, ...]:
    """Return all files of the demo, in the order in which they arrive."""
    begin = datetime.combine(NOW.date() - timedelta(days=DEMO_DAYS), time(), UTC)
    rng = np.random.default_rng(DEMO_SEED)
    traffic = calls_between(begin, NOW, count=DEMO_CALLS, rng=rng)
    files = switch_files(traffic, begin=begin.date(), now=NOW, rng=rng)
    return tuple(sorted(with_mishaps(files, NOW.date()), key=lambda file: file.at))


def demo_files(mishaps: int) -> list[Delivery]:
    """Return the demo's files of the days on which something goes wrong with them.

    Args:
        mishaps: How many of those days, the newest first.
    """
    days = {NOW.date() - timedelta(days=back) for back in (*MISHAP_DAYS[:mishaps], OVERLAPPED)}
    return [file for file in _every_file() if file.day in days]


@cache
def _reseller() -> "TemporaryDirectory[str]":
    """Return the demo's reseller as it was founded, made once in a process."""
    folder = TemporaryDirectory(prefix="tollboard-reseller-")
    var = Path(folder.name) / "var"
    store = just_founded(settings_of(var), NOW)
    by = By("demo", NOW)
    reseller_founded(store, var / "papers", by, billing_start=date(2026, 1, 1))
    store.close()
    return folder


def demo_reseller(var: Path) -> Path:
    """Found the demo's reseller in a folder; nothing waits yet."""
    return Path(shutil.copytree(Path(_reseller().name) / "var", var))


def demo_world(var: Path, *, mishaps: int) -> Path:
    """Found the demo's reseller in a folder and lay files of its switches into the inbox."""
    demo_reseller(var)
    for order, file in enumerate(demo_files(mishaps)):
        delivered(var / "inbox", file)
        os.utime(var / "inbox" / file.name, (order, order))
    return var


def copy_of(world: Path, name: str) -> Path:
    """Return another folder just like one."""
    return Path(shutil.copytree(world, world.with_name(name)))


def settings_of(var: Path) -> Settings:
    """Return settings for a store in a folder of its own; every file has settled."""
    return Settings(var=var, settle_s=0, _env_file=None)


def in_a_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own and return its exit code; negative: the signal.

    The process is forked from a server that has loaded everything and runs no threads.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.faults.worlds", "ingest.process", "ingest.reader"])
    process = context.Process(target=work)
    process.start()
    process.join(LONGEST_CHILD_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"an ingest was not done after {LONGEST_CHILD_S} s")
    return process.exitcode


def an_ingest(store: Store, settings: Settings, *, now: datetime = NOW) -> Ingest:
    """Return a running ingest with a holder of its own and a clock that stands."""
    holder = Holder(f"{os.getpid()}-{next(_holders)}", settings.work_dir / "holders")
    return Ingest(store, settings, lambda: now, holder)


def ingest_once(
    var: Path,
    step: Callable[[str], None] | None = None,
    now: datetime = NOW,
    calls_at_once: int = CALLS_AT_ONCE,
) -> int:
    """Run the ingest to its end and return its exit status."""
    settings = settings_of(var)
    store = opened(settings)
    ingest = replace(an_ingest(store, settings, now=now), calls_at_once=calls_at_once)
    if step is not None:
        ingest.step = step
    try:
        return run(ingest).exit_code
    finally:
        store.close()


def killed_after(work: Callable[[], object], seconds: float) -> int:
    """Do something in a child that the kernel ends after a time; return the exit code."""
    return in_a_child(partial(_killed_after, work, seconds))


def _killed_after(work: Callable[[], object], seconds: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    work()


@dataclass
class Aim:
    """Kills at random moments of a run, whose length follows the load of the machine.

    Attributes:
        rng: Where the moments come from.
        longest_s: The last moment that is aimed at: a little further after every hit, no further
            than the whole run after a miss.
    """

    rng: random.Random
    longest_s: float

    def killed(self, work: Callable[[], object]) -> bool:
        """Do something in a child; tell whether it was killed before it was done."""
        began = monotonic()
        if killed_after(work, self.rng.uniform(FIRST_MOMENT_S, self.longest_s)):
            self.longest_s *= FURTHER
            return True
        self.longest_s = monotonic() - began
        return False


def timed(work: Callable[[], object]) -> float:
    """Do something and return how many seconds it took."""
    began = monotonic()
    work()
    return monotonic() - began


def killed_at(var: Path, step: str, occurrence: int) -> int:
    """Run the ingest in a child that ends itself at the n-th time it passes a step."""
    return in_a_child(partial(_killed_at, var, step, occurrence))


def _killed_at(var: Path, step: str, occurrence: int) -> None:
    passed: list[str] = []

    def kill(name: str) -> None:
        passed.append(name)
        if passed.count(step) == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    ingest_once(var, kill, calls_at_once=MANY_CALLS)


def dump(var: Path) -> Dump:
    """Return the ordered rows of everything that an ingest writes and a reader sees."""
    store = opened(settings_of(var))
    found: Dump = {}
    with store.snapshot() as conn:
        for table in DUMPED:
            left_out = UNCOUNTED.get(table.name, frozenset())
            columns = [column for column in table.c if column.name not in left_out]
            rows = conn.execute(select(*columns).order_by(*table.primary_key))
            found[table.name] = [
                tuple(str(value).replace(str(var), "VAR") for value in row) for row in rows
            ]
    store.close()
    return found


def without_times(found: Dump) -> Dump:
    """Return a dump without what says by which clock things happened, and at what place."""
    kept = {name: rows for name, rows in found.items() if name not in ("cdr_files", "sources")}
    columns = [column.name for column in schema.cdr_files.c if column.name not in _ATTEMPTS]
    places = [columns.index(name) for name in _WITHOUT_TIMES]
    kept["cdr_files"] = [tuple(row[place] for place in places) for row in found["cdr_files"]]
    return kept


def differences(expected: Dump, found: Dump) -> list[str]:
    """Return which tables differ, each with how many rows are missing and how many are extra."""
    return [
        f"{name}: {len(set(rows) - set(found[name]))} rows missing, "
        f"{len(set(found[name]) - set(rows))} extra"
        for name, rows in expected.items()
        if found[name] != rows
    ]


def is_done(var: Path) -> bool:
    """Tell whether no file waits or is in work, and the inbox is empty."""
    store = opened(settings_of(var))
    with store.snapshot() as conn:
        status = schema.cdr_files.c.status
        open_states = [FileStatus.WAITING, FileStatus.PROCESSING]
        waiting = conn.execute(select(schema.cdr_files.c.id).where(status.in_(open_states))).all()
    store.close()
    return not waiting and not any(path.is_file() for path in (var / "inbox").rglob("*"))
