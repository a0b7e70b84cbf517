"""The k-th call that writes fails: the disk is bad, tears a page, or is full from there on."""

import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
import traceback
from dataclasses import asdict
from enum import IntEnum
from functools import partial
from pathlib import Path

from bench.faults.case import Case, Found, NotHere
from bench.faults.killed import undisturbed
from bench.faults.worlds import (
    copy_of,
    demo_world,
    differences,
    dump,
    in_a_child,
    ingest_once,
    is_done,
)
from data.domain.errors import BillingError
from data.store.sqlite_file import condition

SOURCE = Path(__file__).with_name("failing_io.c")
COULD_NOT_RUN = 2
TRACEBACK = 70


class Mode(IntEnum):
    """How a call fails, as failing_io.c has it."""

    NEVER = 0
    INPUT_OUTPUT_ERROR = 1
    TORN = 2
    FULL_FROM_HERE = 3


def at_the_kth_call(root: Path, times: int) -> Found:
    """Build the library, and do the trials in a process that carries it."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NotHere("a C compiler: apt-get install gcc libc6-dev")
    library = root / "failing_io.so"
    made = ("-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl")
    subprocess.run([compiler, *made], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults.disk_calls", root, library, str(times)],
        cwd=SOURCE.parents[2],
        env={**os.environ, "LD_PRELOAD": str(library)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Found(told["figure"], tuple(told["wrong"]))


def trials(root: Path, library: Path, times: int) -> Found:
    """Let calls fail that are spread over the whole run, each way as often."""
    world = demo_world(root / "world", mishaps=1)
    expected, _ = undisturbed(world)
    calls = _counted(world, library)
    rng = random.Random(times)  # noqa: S311  moments, not secrets
    wrong: list[str] = []
    codes: dict[int, int] = {}
    for number in range(times):
        mode = Mode(number % 3 + 1)
        call = rng.randint(1, calls)
        var = copy_of(world, f"trial-{number}")
        code = in_a_child(partial(_armed, var, library, call, mode))
        codes[code] = codes.get(code, 0) + 1
        what = _unsound(var, code, differences(expected, dump(var)))
        in_a_child(partial(ingest_once, var))
        what += differences(expected, dump(var)) + ([] if is_done(var) else ["not done"])
        wrong += [f"{mode.name} at call {call} of {calls}: {each}" for each in what]
        shutil.rmtree(var)
    ended = ", ".join(f"exit {code}: {codes[code]}" for code in sorted(codes))
    return Found(f"{times} of {calls} calls failed; {ended}", tuple(wrong))


def _unsound(var: Path, code: int, missing: list[str]) -> list[str]:
    """Return what is wrong right after the failure: a broken file, a silent loss, a stack trace."""
    found = [f"damaged: {problem}" for problem in condition(var / "tollboard.db").problems]
    if code == 0 and missing:
        found.append("exit 0, and not all was done")
    if code == TRACEBACK:
        found.append("a stack trace")
    return found


def _counted(world: Path, library: Path) -> int:
    var = copy_of(world, "counted")
    in_a_child(partial(_armed, var, library, 0, Mode.NEVER))
    return int((var / "calls").read_text())


def _armed(var: Path, library: Path, call: int, mode: Mode) -> None:
    """Run the ingest as its command does, with a call that fails."""
    failing = ctypes.CDLL(str(library))
    failing.arm(call, mode.value, str(var).encode())
    try:
        code = ingest_once(var)
    except BillingError:
        code = COULD_NOT_RUN
    except Exception:  # noqa: BLE001  whatever it is, a person would see a stack trace
        traceback.print_exc()
        code = TRACEBACK
    seen = failing.calls_seen()
    failing.arm(0, 0, b"")
    (var / "calls").write_text(str(seen))
    sys.exit(code)


CASES = (
    Case(
        "I3",
        "the k-th call that writes fails: EIO, a torn write, no space from there on",
        "exit code not 0 unless all was done; the store is sound; a rerun is as no fault",
        at_the_kth_call,
        full=300,
        short=3,
    ),
)

if __name__ == "__main__":
    print(json.dumps(asdict(trials(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))))
