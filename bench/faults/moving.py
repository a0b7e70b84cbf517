"""Files that move under the ingest, and an archive that cannot take them."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from bench.faults.case import Case, Found, NotHere
from bench.faults.worlds import NOW, an_ingest, demo_world, differences, dump, is_done, settings_of
from data.opening import opened
from data.store import schema
from data.store.connect import Store
from ingest.inbox import path_of
from ingest.run import run
from tests.founding import just_founded
from tests.ingesting import line

ROOT = Path(__file__).parents[2]


def changed_while_read(root: Path, times: int) -> Found:
    """Change files at each moment of their being read; then let them rest and run again."""
    settings = settings_of(root / "var")
    store = just_founded(settings, NOW)
    rng = random.Random(times)  # noqa: S311  moments, not secrets
    wrong: list[str] = []
    for trial in range(times):
        path = settings.inbox_dir / f"{trial}.csv"
        path.write_text("".join(line(n) for n in range(trial * 1_000, trial * 1_000 + 20)))
        moment, change = rng.choice(MOMENTS), rng.choice(sorted(CHANGES))
        ingest = an_ingest(store, settings)
        ingest.step = partial(_at, moment, partial(CHANGES[change], path))
        run(ingest)
        wrong += [f"{change} when {moment}: {what}" for what in _counted(store, path.name, 0)]
        left = len(path.read_bytes().splitlines()) if path.exists() else 0
        run(an_ingest(store, settings))
        wrong += [f"{change} when {moment}: {what}" for what in _counted(store, path.name, left)]
    store.close()
    return Found(f"{times} files changed at {len(MOMENTS)} moments", tuple(wrong))


MOMENTS = ("claimed", "unpacked", "parsed")


def _at(moment: str, change: Callable[[], object], step: str) -> None:
    if step == moment:
        change()


def _grown(path: Path) -> None:
    with path.open("a") as file:
        file.write(line(999_999))


def _rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"+15555550101", b"+15555550199"))


CHANGES: dict[str, Callable[[Path], object]] = {
    "grown": _grown,
    "rewritten": _rewritten,
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "vanished": Path.unlink,
}


def _counted(store: Store, name: str, lines: int) -> list[str]:
    """Return what is wrong when a file should count with so many lines."""
    c = schema.cdr_files.c
    with store.snapshot() as conn:
        file_id, found = conn.execute(select(c.id, c.lines).where(c.name == name)).one()
        of_file = schema.calls.c.file_id == file_id
        calls = conn.execute(select(func.count()).where(of_file)).scalar_one()
    wrong = [] if found == lines else [f"{found} lines count, not {lines}"]
    return wrong + ([] if calls <= lines else [f"{calls} calls of {lines} lines"])


# An archive of its own file system, too small at first, that only this process sees.
SMALL_ARCHIVE = """
import json, subprocess, sys
from pathlib import Path
from bench.faults.moving import archive_trial
var = Path(sys.argv[1])
def mounted(*words):
    subprocess.run(["mount", "-t", "tmpfs", *words, "tmpfs", str(var / "archive")], check=True)
print(json.dumps(archive_trial(var, mounted)))
"""


def archive_too_small(root: Path, _times: int) -> Found:
    """Let the archive be another, full file system; then give it room."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        raise NotHere("root and unshare, to mount a small disk")
    elsewhere = demo_world(root / "undisturbed", mishaps=2)
    run_once(elsewhere)
    var = demo_world(root / "var", mishaps=2)
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", SMALL_ARCHIVE, str(var)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotHere("the right to mount a small disk")
    left, wrong = json.loads(done.stdout)
    wrong += differences(dump(elsewhere), dump(var))
    return Found(f"{left} files stayed in the inbox until there was room", tuple(wrong))


def run_once(var: Path) -> None:
    """Run the ingest once in this process."""
    store = opened(settings_of(var))
    run(an_ingest(store, settings_of(var)))
    store.close()


def archive_trial(var: Path, mounted: Callable[..., None]) -> tuple[int, list[str]]:
    """Ingest into a small archive, then into a large one; return what stayed and what is wrong."""
    mounted("-o", "size=100k")
    run_once(var)
    before = dump(var)
    left = sum(path.is_file() for path in (var / "inbox").rglob("*"))
    wrong = [] if left else ["the archive was large enough: no trial"]
    wrong += ["a copy was left unfinished"] * any((var / "archive").rglob("*.unfinished"))
    run_once(var)
    mounted("-o", "remount,size=100m")
    run_once(var)
    wrong += differences(before, dump(var)) + ([] if is_done(var) else ["not done"])
    store = opened(settings_of(var))
    with store.snapshot() as conn:
        places = conn.execute(select(schema.cdr_files.c.location)).scalars().all()
    store.close()
    wrong += [f"{place} is not there" for place in places if not path_of(place).exists()]
    return left, wrong


CASES = (
    Case(
        "I15",
        "a file grows, is cut, rewritten or vanishes while it is read",
        "nothing of it counts; it waits until it rests, and then counts whole",
        changed_while_read,
        full=100,
        short=6,
    ),
    Case(
        "I16",
        "the archive is another file system, and full",
        "the commit stands, the file stays until it can be moved, nothing counts twice",
        archive_too_small,
        full=1,
        short=1,
    ),
)
