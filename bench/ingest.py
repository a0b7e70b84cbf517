"""How fast CDR lines become money, beside what one would write by hand, in the same run.

Times the whole `python -m ingest run` on one file (identify to commit, with matching, rating and
rollups) and, on the same file, `pandas.read_csv` + `DataFrame.to_sql` and the `sqlite3` shell's
`.import`. Prints lines per second, processor seconds and the most memory that the processes held
together, then what was aimed at.

With --broken the same lines are also ingested whole, in turns, and what broken ones cost is told.
With --gib the file is of that size, and the ingest alone is run: what is shown is its memory.
Usage: python -m bench.ingest [--format asterisk|freeswitch|3cx|cucm] [--lines N | --gib G]
[--rounds N] [--broken PPM]
"""

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TypeAlias

import psutil

from bench.aims import Aim, told
from bench.cdr_lines import ASTERISK, CUSTOMERS, LAYOUTS, Layout, lines_of_bytes, written

ROOT = Path(__file__).parent.parent
SAMPLE_EVERY_S = 0.1
MIB = 2**20
BY_HAND = """
import sqlite3, sys, pandas
frame = pandas.read_csv(sys.argv[1], header=None, dtype=str, keep_default_na=False)
frame.to_sql("calls", sqlite3.connect(sys.argv[2]), index=False)
"""


COMMANDED = """
import json, sys
from data.__main__ import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["data", *words]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
"""
OURS, PANDAS_WAY, SHELL_WAY = "ingest run", "pandas read_csv + to_sql", "sqlite3 .import"
BROKEN_WAY = "ingest run, some lines broken"


@dataclass(frozen=True)
class Run:
    """One command, done.

    Attributes:
        seconds: How long it took.
        output: What it printed.
        cpu_s: Processor time of its processes that ended by themselves, the system's included.
        peak_mib: The most memory that its processes held at once; 0 where nobody watched.
    """

    seconds: float
    output: str
    cpu_s: float = 0.0
    peak_mib: float = 0.0


Runs: TypeAlias = Callable[[list[str], dict[str, str]], Run]
"""How a command is run: watched or not."""
Figure: TypeAlias = Callable[[Run], float]
Way: TypeAlias = Callable[[Runs], Run]


@dataclass(frozen=True)
class Wanted:
    """What is to be measured.

    Attributes:
        layout: How the file is written.
        lines: How many it has.
        rounds: How often each way is run; the best counts.
        broken_ppm: Broken lines per million of a second file; 0: no second file.
        alone: The ingest only.
    """

    layout: Layout
    lines: int
    rounds: int = 2
    broken_ppm: int = 0
    alone: bool = False


def main(wanted: Wanted) -> bool:
    """Measure and print; return whether what was aimed at is reached."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        cdr_file = folder / "calls.csv"
        written(cdr_file, wanted.lines, layout=wanted.layout)
        size_mib = cdr_file.stat().st_size / MIB
        print(f"{wanted.lines:,} lines, {size_mib:.0f} MiB; best of {wanted.rounds}")
        found = ways(wanted, folder, cdr_file)
        rounds = rounds_of(found, wanted.rounds)
        best = best_of(found, rounds)
    for name, run in best.items():
        rate = wanted.lines / run.seconds
        print(
            f"{name:30} {run.seconds:7.2f} s {rate:10,.0f} lines/s {run.cpu_s:7.2f} CPU s "
            f"{run.peak_mib:6.0f} MiB peak"
        )
    return told("What was aimed at; ratios are the middle ones of the rounds", aims(best, rounds))


def ways(wanted: Wanted, folder: Path, cdr_file: Path) -> dict[str, Way]:
    """Return what is measured, by name; each is done by a way to run a command."""
    layout, lines = wanted.layout, wanted.lines
    found: dict[str, Way] = {OURS: lambda runs: ingested(folder, cdr_file, lines, layout, runs)}
    if wanted.broken_ppm:
        broken = folder / "broken.csv"
        written(broken, lines, broken_ppm=wanted.broken_ppm, layout=layout)
        found[BROKEN_WAY] = lambda runs: ingested(folder, broken, lines, layout, runs)
    if not wanted.alone:
        found[PANDAS_WAY] = lambda runs: by_hand(folder, cdr_file, runs)
        found[SHELL_WAY] = lambda runs: shell_import(folder, cdr_file, layout.columns, runs)
    return found


def rounds_of(found: Mapping[str, Way], rounds: int) -> list[dict[str, Run]]:
    """Run every way in turns."""
    return [{name: way(unwatched) for name, way in found.items()} for _ in range(rounds)]


def best_of(found: Mapping[str, Way], rounds: Sequence[Mapping[str, Run]]) -> dict[str, Run]:
    """Return the quickest run of each way, with the memory of a run of its own.

    Adding the pages of several processes up takes a tenth of a processor, so it is not timed.
    """
    best = {name: min((each[name] for each in rounds), key=seconds) for name in found}
    held = {name: way(watched).peak_mib for name, way in found.items()}
    return {name: replace(run, peak_mib=held[name]) for name, run in best.items()}


def seconds(run: Run) -> float:
    """Return how long a run took."""
    return run.seconds


def cpu_seconds(run: Run) -> float:
    """Return how long the processors worked for it."""
    return run.cpu_s


def aims(best: Mapping[str, Run], rounds: Sequence[Mapping[str, Run]]) -> list[Aim]:
    """Return what was measured beside what was aimed at.

    A machine's speed may drift by half within minutes: what ran one after the other is compared.
    """

    def ratio(what: str, way: str, yardstick: str, most: float, of: Figure = seconds) -> Aim:
        ratios = [of(each[way]) / of(each[yardstick]) for each in rounds]
        return Aim(what, median(ratios), most, note=" ".join(f"{each:.2f}" for each in ratios))

    found = [Aim("memory of the ingest's processes", best[OURS].peak_mib, 400, "MiB")]
    if PANDAS_WAY in best:
        found.append(ratio("time against pandas", OURS, PANDAS_WAY, 0.25))
        found.append(ratio("time against .import", OURS, SHELL_WAY, 0.65))
    if BROKEN_WAY in best:
        found.append(ratio("time of broken lines against whole", BROKEN_WAY, OURS, 1.15))
        found.append(ratio("processor time of them", BROKEN_WAY, OURS, 1.15, cpu_seconds))
    return found


def unwatched(command: list[str], surroundings: dict[str, str]) -> Run:
    """Run a command to its end."""
    began, cpu_s = time.perf_counter(), children_cpu_s()
    done = subprocess.run(
        command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    return _run(done.returncode, command, done.stdout, began, cpu_s)


def watched(command: list[str], surroundings: dict[str, str]) -> Run:
    """Run a command to its end, sampling the memory of all its processes.

    Shared pages count once (PSS), so that forked readers are not counted twice.
    """
    began, cpu_s = time.perf_counter(), children_cpu_s()
    with subprocess.Popen(
        command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        peak = 0
        family = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, held_bytes(family))
            time.sleep(SAMPLE_EVERY_S)
        output = process.stdout.read() if process.stdout else ""
    run = _run(process.returncode, command, output, began, cpu_s)
    return replace(run, peak_mib=peak / MIB)


def _run(returncode: int, command: list[str], output: str, began: float, cpu_s: float) -> Run:
    took = time.perf_counter() - began
    if returncode != 0:
        raise SystemExit(f"{command[0]} ended with {returncode}: {output}")
    return Run(took, output, children_cpu_s() - cpu_s)


def ingested(
    folder: Path, cdr_file: Path, lines: int, layout: Layout = ASTERISK, runs: Runs = watched
) -> Run:
    """Ingest the file into a fresh store with customers, auth codes and rates."""
    var = folder / "var"
    shutil.rmtree(var, ignore_errors=True)
    surroundings = os.environ | {"TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    commanded([("migrate",), *founding(folder, layout)], surroundings)
    shutil.copy(cdr_file, var / "inbox")
    run = runs([sys.executable, "-m", "ingest", "run", "--json"], surroundings)
    totals = json.loads(run.output)["totals"]
    if totals["lines"] != lines or totals["success"] != 1:
        raise SystemExit(f"the ingest did not take the file: {totals}")
    return run


def commanded(commands: Sequence[Sequence[str]], surroundings: dict[str, str]) -> None:
    """Run commands of `python -m data` one after the other, in one process."""
    command = [sys.executable, "-c", COMMANDED, json.dumps(commands)]
    subprocess.run(command, env=surroundings, check=True, capture_output=True, cwd=ROOT)


def by_hand(folder: Path, cdr_file: Path, runs: Runs = watched) -> Run:
    """Load the file as one would by hand with pandas."""
    target = folder / "by_hand.db"
    target.unlink(missing_ok=True)
    return runs([sys.executable, "-c", BY_HAND, str(cdr_file), str(target)], dict(os.environ))


def shell_import(folder: Path, cdr_file: Path, column_count: int, runs: Runs = watched) -> Run:
    """Load the file with the sqlite3 shell: text columns, nothing checked."""
    target = folder / "shell.db"
    target.unlink(missing_ok=True)
    columns = ", ".join(f"c{number}" for number in range(column_count))
    words = [f"CREATE TABLE calls ({columns})", ".mode csv", f".import {cdr_file} calls"]
    return runs(["sqlite3", str(target), *words], dict(os.environ))


def children_cpu_s() -> float:
    """Return the processor time of this process's children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held_bytes(family: psutil.Process) -> int:
    """Return the memory that a process and its descendants hold now."""
    held = 0
    try:
        for process in (family, *family.children(recursive=True)):
            held += process.memory_full_info().pss
    except psutil.NoSuchProcess:
        pass
    return held


def founding(folder: Path, layout: Layout = ASTERISK) -> list[tuple[str, ...]]:
    """Write customers, auth codes and a rate table; return the commands that import them."""
    customers, codes, rates = (folder / name for name in ("c.csv", "a.csv", "r.csv"))
    with customers.open("w", newline="") as file:
        rows = ((number, f"Customer {number}", "Retail") for number in range(CUSTOMERS))
        csv.writer(file).writerows([("custid", "cname", "ratetable"), *rows])
    with codes.open("w", newline="") as file:
        equal = ((n, layout.code_field, "equals", layout.code(n)) for n in range(CUSTOMERS))
        csv.writer(file).writerows([("custid", "field", "kind", "pattern"), *equal])
    with rates.open("w", newline="") as file:
        nested = [("44", "United Kingdom", "0.0120")]
        nested += [(f"447{n}", f"Mobile {n}", f"0.0{200 + n % 700}") for n in range(700, 4000)]
        nested += [(f"4477009000{n:02d}", f"Special {n}", "0.5") for n in range(50)]
        csv.writer(file).writerows([("prefix", "destination", "price per minute"), *nested])
    return [
        ("customers", "import", str(customers)),
        ("auth-codes", "import", str(codes)),
        ("rates", "import", "Retail", str(rates)),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", choices=sorted(LAYOUTS), default="asterisk")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--gib", type=float, default=0, help="a file of this size, ingest alone")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--broken", type=int, default=0, help="broken lines per million")
    given = parser.parse_args()
    written_as = LAYOUTS[given.format]
    main(
        Wanted(
            written_as,
            lines_of_bytes(written_as, int(given.gib * 2**30)) if given.gib else given.lines,
            1 if given.gib else given.rounds,
            given.broken,
            alone=bool(given.gib),
        )
    )
