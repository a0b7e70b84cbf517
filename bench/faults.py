"""Kills at random moments of an ingest; afterwards the store must be as if nothing had happened.

make faults: 200 kills. The test run does 20. Prints how many kills hit, and what differed.
"""

import argparse
import gzip
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Table, select

from data.domain.records import FileStatus
from data.opening import founded, opened
from data.settings import Settings
from data.store import schema
from ingest.claim import Holder
from ingest.context import Ingest
from ingest.run import run

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
UNCOUNTED = {
    "cdr_files": {"attempts"},
    "calls": {"load_version"},  # counts commits, and a killed run may have made one more
    "deliveries": {"id"},
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
_holders = count(1)
LONGEST_CHILD_S = 120


def call_line(n: int) -> str:
    """Return one Asterisk line of 21 columns."""
    at = NOON + timedelta(seconds=n)
    end = at + timedelta(seconds=n % 90)
    stamp = "%Y-%m-%d %H:%M:%S"
    return (
        f'"acc{n % 7}","+15555550100","+1555555{n % 10_000:04d}","out","""A"" <100>","SIP/a",'
        f'"SIP/b","Dial","x","{at:{stamp}}","{at:{stamp}}","{end:{stamp}}",{n % 90},{n % 90},'
        f'"ANSWERED","DOCUMENTATION","{int(at.timestamp())}.{n}","","","1781000000.{n}",{n}\n'
    )


def files_delivered(inbox: Path, *, lines: int, files: int = 5) -> None:
    """Lay files into an inbox: overlapping ones, broken lines, a packed one, one of no format."""
    inbox.mkdir(parents=True, exist_ok=True)
    contents = {
        f"{part}.csv": "".join(
            call_line(n) if n % 50 else '"broken\n'
            for n in range(part * lines, part * lines + lines + lines // 10)
        ).encode()
        for part in range(files)
    }
    packed = "".join(map(call_line, range((files + 2) * lines)))
    contents["8.csv.gz"] = gzip.compress(packed.encode(), 1, mtime=0)
    contents["9.csv"] = b"colour;weight\nred;12\n"
    for order, (name, content) in enumerate(contents.items()):
        path = inbox / name
        path.write_bytes(content)
        os.utime(path, (order, order))


def settings_of(var: Path) -> Settings:
    """Return settings for a store in a folder of its own; every file has settled."""
    return Settings(var=var, settle_s=0, _env_file=None)


def in_a_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own and return its exit code; negative: the signal.

    The process is forked from a server that has loaded everything and runs no threads.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.faults", "ingest.process", "ingest.reader"])
    process = context.Process(target=work)
    process.start()
    process.join(LONGEST_CHILD_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"an ingest was not done after {LONGEST_CHILD_S} s")
    return process.exitcode


def ingest_once(var: Path, step: Callable[[str], None] | None = None) -> None:
    """Run the ingest to its end."""
    settings = settings_of(var)
    store = opened(settings)
    holder = Holder(f"{os.getpid()}-{next(_holders)}", settings.work_dir / "holders")
    ingest = Ingest(store, settings, lambda: NOW, holder)
    if step is not None:
        ingest.step = step
    run(ingest)
    store.close()


def killed_after(var: Path, seconds: float) -> int:
    """Run the ingest in a child that the kernel ends after a time; return the exit code."""
    return in_a_child(partial(_killed_after, var, seconds))


def _killed_after(var: Path, seconds: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    ingest_once(var)


def killed_at(var: Path, step: str, occurrence: int) -> int:
    """Run the ingest in a child that ends itself at the n-th time it passes a step."""
    return in_a_child(partial(_killed_at, var, step, occurrence))


def _killed_at(var: Path, step: str, occurrence: int) -> None:
    passed: list[str] = []

    def kill(name: str) -> None:
        passed.append(name)
        if passed.count(step) == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    ingest_once(var, kill)


def dump(var: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the ordered rows of everything that an ingest writes and a reader sees."""
    store = opened(settings_of(var))
    found: dict[str, list[tuple[object, ...]]] = {}
    with store.snapshot() as conn:
        for table in DUMPED:
            left_out = UNCOUNTED.get(table.name, set())
            columns = [column for column in table.c if column.name not in left_out]
            rows = conn.execute(select(*columns).order_by(*table.primary_key))
            found[table.name] = [
                tuple(str(value).replace(str(var), "VAR") for value in row) for row in rows
            ]
    store.close()
    return found


def is_done(var: Path) -> bool:
    """Tell whether no file waits or is in work, and the inbox is empty."""
    store = opened(settings_of(var))
    with store.snapshot() as conn:
        status = schema.cdr_files.c.status
        open_states = [FileStatus.WAITING, FileStatus.PROCESSING]
        waiting = conn.execute(select(schema.cdr_files.c.id).where(status.in_(open_states))).all()
    store.close()
    return not waiting and not any((var / "inbox").iterdir())


def fresh(root: Path, name: str, *, lines: int, files: int = 5) -> Path:
    """Return a folder with a new store and files in its inbox; made once, then copied."""
    made = root / "fresh"
    if not made.exists():
        founded(settings_of(made), NOW).close()
        files_delivered(made / "inbox", lines=lines, files=files)
    return Path(shutil.copytree(made, root / name))


def undisturbed(root: Path, *, lines: int) -> dict[str, list[tuple[object, ...]]]:
    """Return the dump of an ingest that nobody disturbs."""
    var = fresh(root, "undisturbed", lines=lines)
    in_a_child(partial(ingest_once, var))
    return dump(var)


def storm(root: Path, *, kills: int, lines: int, seed: int, files: int = 5) -> list[str]:
    """Kill ingests at random moments until enough kills hit; return what differed afterwards."""
    fresh(root, "first", lines=lines, files=files)
    rng = random.Random(seed)  # noqa: S311  moments, not secrets
    began = time.monotonic()
    expected = undisturbed(root, lines=lines)
    longest_s = time.monotonic() - began
    wrong: list[str] = []
    hit = 0
    for round_number in count(1):
        if hit >= kills:
            break
        var = fresh(root, f"round-{round_number}", lines=lines)
        for _ in range(2):  # a third lost attempt in a row would, rightly, set the file aside
            if killed_after(var, rng.uniform(0.02, longest_s)) == 0:
                break
            hit += 1
            if rng.random() < 1 / 2:
                break
        in_a_child(partial(ingest_once, var))
        found = dump(var)
        wrong += [
            f"round {round_number}: {name}" for name in expected if found[name] != expected[name]
        ]
        if not is_done(var):
            wrong.append(f"round {round_number}: not done")
        shutil.rmtree(var)
    return wrong


def main() -> None:
    """Run the storm that was asked for and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--lines", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        wrong = storm(Path(root), kills=given.kills, lines=given.lines, seed=given.seed)
    print(f"{given.kills} kills at random moments (seed {given.seed}): {len(wrong)} wrong")
    for each in wrong:
        print(f"  {each}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
