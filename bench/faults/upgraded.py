"""Upgrades while people have the page open, and the way back."""

import multiprocessing
from collections import Counter
from functools import partial
from pathlib import Path

from bench.faults.case import Case, Found
from bench.faults.store_file import BY, migrated, next_migrations
from bench.faults.web import small_world
from bench.refreshing import Inside
from bench.stores import settings_of
from data.backup import backed_up, restored
from data.domain.errors import SchemaTooNew
from data.opening import opened
from data.store.sqlite_file import condition

FINE = frozenset({200, 503})
"""What a page may be told while its store is upgraded under it."""
AT_ONCE = 2


def upgraded_in_use(root: Path, times: int) -> Found:
    """Upgrade the store twice at once under an open page of the old release; then go back."""
    wrong: list[str] = []
    told: Counter[int] = Counter()
    for number in range(times):
        var = small_world(root / f"world-{number}")
        viewer = Inside.of(var)
        backed_up(viewer.store, root / f"{number}.db")
        old = condition(var / "tollboard.db").revision
        folder = next_migrations(root / f"migrations-{number}", str(old))
        codes = _upgraded(var, folder, viewer, told)
        wrong += [f"upgrade {number}: exit codes {codes}"] if any(codes) else []
        found = condition(var / "tollboard.db")
        wrong += [what for what in found.problems if what != "unknown schema 9000"]
        wrong += [] if found.revision == "9000" else [f"upgrade {number}: {found.revision}"]
        wrong += [] if _is_refused(var) else ["the old release opens the new store"]
        viewer.store.close()
        wrong += _gone_back(var, root / f"{number}.db", str(old))
    wrong += [f"{told[status]} answers of {status}" for status in told if status not in FINE]
    answers = ", ".join(f"{told[status]} of {status}" for status in sorted(told))
    return Found(f"{AT_ONCE * times} upgrades, answers meanwhile: {answers}", tuple(wrong))


def _upgraded(var: Path, folder: Path, viewer: Inside, told: Counter[int]) -> list[int | None]:
    """Let two upgrades run at once and a page of the old release ask on; return how they ended."""
    context = multiprocessing.get_context("forkserver")
    running = [context.Process(target=partial(migrated, var, folder, 0)) for _ in range(AT_ONCE)]
    for process in running:
        process.start()
    rounds_left = 3  # after the upgrade too
    while rounds_left:
        rounds_left -= not any(process.is_alive() for process in running)
        viewer.state["read"] = None  # a page that was just opened: all figures are read
        answers = [*viewer.refreshed(), viewer.get("/"), viewer.get("/api/v1/dashboard")]
        told.update(answer.status for answer in answers)
    return [process.exitcode for process in running]


def _is_refused(var: Path) -> bool:
    try:
        opened(settings_of(var)).close()
    except SchemaTooNew:
        return True
    return False


def _gone_back(var: Path, backup: Path, old: str) -> list[str]:
    """Bring the store of before the upgrade back; return what the old release then lacks."""
    restored(settings_of(var).store_url, backup, BY, discard_newer=True)
    viewer = Inside.of(var)
    status = viewer.get("/").status
    viewer.store.close()
    found = condition(var / "tollboard.db")
    wrong = [] if found.revision == old else [f"back to {found.revision}, not {old}"]
    return wrong + ([] if status == 200 else [f"the page answers {status} after going back"])  # noqa: PLR2004


CASES = (
    Case(
        "O6",
        "two upgrades at once under an open page of the old release, and the way back",
        "the store is migrated once; the old page gets its figures or 503, never an error; the old "
        "release refuses the new store, and opens the backup of before",
        upgraded_in_use,
        full=20,
        short=1,
    ),
)
