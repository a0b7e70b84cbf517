"""How fast CDR lines become money, beside what one would write by hand, in the same run.

Times the whole `python -m ingest run` on one Asterisk file (identify to commit, with matching,
rating and rollups) and, on the same file, `pandas.read_csv` + `DataFrame.to_sql` and the `sqlite3`
shell's `.import`. Prints lines per second, the ratios, and the most memory that the ingest's
processes held together. Usage: python -m bench.ingest [--lines N] [--rounds N] [--broken PPM]
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).parent.parent
SEED = 20260601
FIRST_S = 1_755_000_000
SPAN_S = 90 * 86_400
CUSTOMERS = 50
SAMPLE_EVERY_S = 0.2  # reading the shared pages of four processes is not free
MIB = 2**20
BY_HAND = """
import sqlite3, sys, pandas
frame = pandas.read_csv(sys.argv[1], header=None, dtype=str, keep_default_na=False)
frame.to_sql("calls", sqlite3.connect(sys.argv[2]), index=False)
"""


@dataclass(frozen=True)
class Run:
    """One command, done: how long it took, and the most memory its processes held at once."""

    seconds: float
    peak_mib: float
    output: str


def main(lines: int, rounds: int, broken_ppm: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        cdr_file = folder / "Master.csv"
        written(cdr_file, lines, broken_ppm)
        print(
            f"{lines:,} Asterisk lines, {cdr_file.stat().st_size / MIB:.0f} MiB; best of {rounds}"
        )
        ways: dict[str, Callable[[], Run]] = {
            "ingest run": lambda: ingested(folder, cdr_file, lines),
            "pandas read_csv + to_sql": lambda: by_hand(folder, cdr_file),
            "sqlite3 .import": lambda: shell_import(folder, cdr_file),
        }
        best = {
            name: min((way() for _ in range(rounds)), key=seconds) for name, way in ways.items()
        }
    report(best, lines)


def seconds(run: Run) -> float:
    """Return how long a run took."""
    return run.seconds


def report(best: dict[str, Run], lines: int) -> None:
    """Print what was measured, and the two ratios."""
    for name, run in best.items():
        rate = lines / run.seconds
        print(f"{name:26} {run.seconds:6.2f} s {rate:11,.0f} lines/s {run.peak_mib:6.0f} MiB peak")
    ours, pandas_way, shell_way = best.values()
    print(f"faster than pandas by {pandas_way.seconds / ours.seconds:.2f} (aim: at least 4)")
    print(f"time against .import  {ours.seconds / shell_way.seconds:.2f} (aim: under 1)")


def ingested(folder: Path, cdr_file: Path, lines: int) -> Run:
    """Ingest the file into a fresh store with customers, auth codes and rates."""
    var = folder / "var"
    shutil.rmtree(var, ignore_errors=True)
    surroundings = os.environ | {"TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    for words in (("migrate",), *founding(folder)):
        command = [sys.executable, "-m", "data", *words]
        subprocess.run(command, env=surroundings, check=True, capture_output=True, cwd=ROOT)
    shutil.copy(cdr_file, var / "inbox")
    run = watched([sys.executable, "-m", "ingest", "run", "--json"], surroundings)
    told = json.loads(run.output)["totals"]
    if told["lines"] != lines or told["success"] != 1:
        raise SystemExit(f"the ingest did not take the file: {told}")
    return run


def by_hand(folder: Path, cdr_file: Path) -> Run:
    """Load the file as one would by hand with pandas."""
    target = folder / "by_hand.db"
    target.unlink(missing_ok=True)
    return watched([sys.executable, "-c", BY_HAND, str(cdr_file), str(target)], dict(os.environ))


def shell_import(folder: Path, cdr_file: Path) -> Run:
    """Load the file with the sqlite3 shell: text columns, nothing checked."""
    target = folder / "shell.db"
    target.unlink(missing_ok=True)
    columns = ", ".join(f"c{number}" for number in range(18))
    words = [f"CREATE TABLE calls ({columns})", ".mode csv", f".import {cdr_file} calls"]
    return watched(["sqlite3", str(target), *words], dict(os.environ))


def watched(command: list[str], surroundings: dict[str, str]) -> Run:
    """Run a command to its end, sampling the memory of all its processes.

    Shared pages count once (PSS), so that forked readers are not counted twice.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        peak = 0
        family = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, held_bytes(family))
            time.sleep(SAMPLE_EVERY_S)
        took = time.perf_counter() - began
        output = process.stdout.read() if process.stdout else ""
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {output}")
    return Run(took, peak / MIB, output)


def held_bytes(family: psutil.Process) -> int:
    """Return the memory that a process and its descendants hold now."""
    held = 0
    try:
        for process in (family, *family.children(recursive=True)):
            held += process.memory_full_info().pss
    except psutil.NoSuchProcess:
        pass
    return held


def founding(folder: Path) -> list[tuple[str, ...]]:
    """Write customers, auth codes and a rate table; return the commands that import them."""
    customers, codes, rates = (folder / name for name in ("c.csv", "a.csv", "r.csv"))
    with customers.open("w", newline="") as file:
        rows = ((number, f"Customer {number}", "Retail") for number in range(CUSTOMERS))
        csv.writer(file).writerows([("custid", "cname", "ratetable"), *rows])
    with codes.open("w", newline="") as file:
        equal = ((n, "BillingNumber", "equals", f"acc{n:03d}") for n in range(CUSTOMERS))
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


def written(path: Path, lines: int, broken_ppm: int) -> None:
    """Write an Asterisk cdr_csv file of 18 columns, in order of time, a fifth not answered."""
    random = np.random.default_rng(SEED)
    started = np.sort(FIRST_S + random.integers(0, SPAN_S, lines))
    talk_s = np.where(random.random(lines) < 0.2, 0, random.integers(1, 600, lines))  # noqa: PLR2004
    broken = random.random(lines) < broken_ppm / 1_000_000
    stamps = [
        np.datetime_as_string(part.astype("datetime64[s]"))
        for part in (started, started + 5, started + 5 + talk_s)
    ]
    with path.open("w") as file:
        for number in range(lines):
            file.write("broken line\n" if broken[number] else _line(number, talk_s, stamps))


def _line(number: int, talk_s: np.ndarray, stamps: list[np.ndarray]) -> str:
    began, answered, ended = (str(stamp[number]).replace("T", " ") for stamp in stamps)
    talked = int(talk_s[number])
    calling, called = f"+442079460{number % 1000:03d}", f"+447700900{number % 999:03d}"
    answer, word = (f'"{answered}"', "ANSWERED") if talked else ("", "NO ANSWER")
    return (
        f'"acc{number % CUSTOMERS:03d}","{calling}","{called}","from-internal",'
        f'"""{calling}"" <{calling}>","PJSIP/trunk-{number:08x}","PJSIP/carrier-{number:08x}",'
        f'"Dial","PJSIP/carrier/{called},60","{began}",{answer},"{ended}",{talked + 5},{talked},'
        f'"{word}","DOCUMENTATION","{FIRST_S}.{number}",""\n'
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--broken", type=int, default=0, help="broken lines per million")
    given = parser.parse_args()
    main(given.lines, given.rounds, given.broken)
