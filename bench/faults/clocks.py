"""Clocks that step back or run wrong while files come in: nothing is lost, no day changes."""

import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bench.faults.case import Case, Found
from bench.faults.worlds import (
    NOW,
    Dump,
    demo_files,
    demo_reseller,
    differences,
    dump,
    in_a_child,
    ingest_once,
    is_done,
    settings_of,
    without_times,
)
from data.bill_run import drafted
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.opening import opened
from ingest.demo.arriving import delivered

STEPS = {"back by an hour": -timedelta(hours=1), "ahead by an hour": timedelta(hours=1)}


def stepping(root: Path, times: int) -> Found:
    """Let the clock step between two runs, and bill afterwards, beside a clock that does not."""
    expected = _lived(root / "undisturbed", [NOW, NOW], mishaps=times + 1)
    wrong: list[str] = []
    for number, (step, by) in enumerate(STEPS.items()):
        found = _lived(root / f"clock-{number}", [NOW, NOW + by], mishaps=times + 1)
        wrong += [f"{step}: {what}" for what in differences(expected, found)]
    rows = sum(map(len, expected.values()))
    return Found(f"{len(STEPS)} steps, {rows} rows and the drafts compared each", tuple(wrong))


def skewed(root: Path, times: int) -> Found:
    """Let the server's clock be wrong all the time, beside one that is right."""
    expected = _lived(root / "right", [NOW, NOW], mishaps=times + 1)
    wrong: list[str] = []
    for number, by in enumerate(STEPS.values()):
        found = _lived(root / f"skewed-{number}", [NOW + by, NOW + by], mishaps=times + 1)
        wrong += [f"wrong by {by}: {what}" for what in differences(expected, found)]
    return Found(f"{len(STEPS)} clocks, rows and drafts compared each", tuple(wrong))


def _lived(var: Path, clocks: list[datetime], *, mishaps: int) -> Dump:
    """Take in half of the files by each clock; return what is in the store, times left out."""
    demo_reseller(var)
    files = demo_files(mishaps)
    for number, now in enumerate(clocks):
        for place, file in enumerate(files[number :: len(clocks)]):
            delivered(var / "inbox", file)
            # Two files of one tick of the kernel's clock would be taken by name, not as they came.
            os.utime(var / "inbox" / file.name, (place, place))
        in_a_child(partial(ingest_once, var, now=now))
    if not is_done(var):
        raise AssertionError(f"files were left waiting in {var}")
    found = without_times(dump(var))
    store = opened(settings_of(var))
    run = BillRun(NOW.date(), Period(NOW.date().replace(day=1), NOW.date()))
    drafts = drafted(store, run, By("operator", clocks[-1]))
    store.close()
    found["drafts"] = [(draft.custid, draft.total_micros) for draft in drafts]
    return found


CASES = (
    Case(
        "I18",
        "the clock steps back or ahead between two runs",
        "nothing is lost or doubled; files go by their number, not by the clock",
        stepping,
        full=4,
        short=1,
    ),
    Case(
        "M7",
        "the server's clock is wrong by an hour",
        "days, sums and drafts are those of a right clock",
        skewed,
        full=4,
    ),
)
