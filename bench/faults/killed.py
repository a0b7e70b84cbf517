"""Ingests that are killed, anywhere and at named steps: a rerun is as if nothing had happened."""

import random
import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from bench.faults.case import Case, Found
from bench.faults.worlds import (
    MANY_CALLS,
    Aim,
    Dump,
    copy_of,
    demo_world,
    differences,
    dump,
    in_a_child,
    ingest_once,
    is_done,
    killed_at,
)

STEPS = ("claimed", "unpacked", "parsed", "segment", "inserted", "committed", "archived", "failed")
FEW, FEW_MISHAPS, MISHAPS = 20, 1, 3
"""Up to so many kills, files of so many days; for more kills of so many. Each step of an ingest is
met with files of every kind by `at_steps`; here it is the number of moments that counts."""


def undisturbed(world: Path) -> tuple[Dump, float]:
    """Return the dump of an ingest that nobody disturbs, and how many seconds it took."""
    in_a_child(_nothing)  # the first child waits for the server that it is forked from
    var = copy_of(world, "undisturbed")
    began = time.monotonic()
    in_a_child(partial(ingest_once, var))
    return dump(var), time.monotonic() - began


def _nothing() -> None:
    pass


def at_random(root: Path, kills: int) -> Found:
    """Kill ingests of the demo's files at random moments until so many kills hit."""
    world = demo_world(root / "world", mishaps=FEW_MISHAPS if kills <= FEW else MISHAPS)
    expected, longest_s = undisturbed(world)
    aim = Aim(random.Random(kills), longest_s)  # noqa: S311  moments, not secrets
    wrong: list[str] = []
    hit = 0
    for trial in count(1):
        if hit >= kills:
            break
        var = copy_of(world, f"trial-{trial}")
        for again in (False, True):  # a third lost attempt would, rightly, set the file aside
            of_the_rest = Aim(aim.rng, aim.longest_s)
            if not (of_the_rest if again else aim).killed(_in_segments(var)):
                break
            hit += 1
            if aim.rng.random() < 1 / 2:
                break
        wrong += [f"trial {trial}: {what}" for what in _after_a_rerun(var, expected)]
        shutil.rmtree(var)
    rows = sum(map(len, expected.values()))
    return Found(f"{hit} kills in {trial - 1} runs, {rows} rows compared each", tuple(wrong))


def _in_segments(var: Path) -> Callable[[], int]:
    return partial(ingest_once, var, calls_at_once=MANY_CALLS)


def _after_a_rerun(var: Path, expected: Dump) -> list[str]:
    in_a_child(_in_segments(var))
    return differences(expected, dump(var)) + ([] if is_done(var) else ["not done"])


def at_steps(root: Path, times: int) -> Found:
    """Kill an ingest as it passes a step for the first time, the second time, and so on."""
    world = demo_world(root / "world", mishaps=10 if times > 1 else 2)
    expected, _ = undisturbed(world)
    wrong: list[str] = []
    hit = 0
    for step in STEPS:
        for occurrence in range(1, times + 1):
            var = copy_of(world, f"{step}-{occurrence}")
            hit += killed_at(var, step, occurrence) == -signal.SIGKILL
            wrong += [f"{step} {occurrence}: {what}" for what in _after_a_rerun(var, expected)]
            shutil.rmtree(var)
    if hit < len(STEPS):
        wrong.append(f"only {hit} kills hit")
    return Found(f"{hit} kills at {len(STEPS)} steps", tuple(wrong))


CASES = (
    Case(
        "I1",
        "kill -9 at a random moment of an ingest of the demo's files",
        "after a rerun calls, rejections, rollups and file states are those of no kill",
        at_random,
        full=200,
        short=20,
    ),
    Case(
        "I2",
        "kill -9 at each named step, from claim to archive",
        "the same",
        at_steps,
        full=10,
        short=1,
    ),
)
