"""What many auth codes cost an ingest: 50 customers and 50,000 with 100,000 codes, in one run.

The same file, of which every line has a calling number of its own, is ingested into a store with
50 customers and 50 codes, and into one with 50,000 customers and 100,000 codes, 100 of them regular
expressions and 10,000 joined by AND or OR. Prints lines per second and the ratio of processor time,
which other work on the machine does not move; ends with 1 when it is too large.
Usage: python -m bench.codes [--lines N] [--rounds N]
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from sqlalchemy import func, select

from bench.cdr_lines import FIRST_S, SPAN_S
from bench.ingest import ROOT
from data.opening import opened
from data.settings import Settings
from data.store.schema import calls

SEED = 20260602
FEW, MANY = 50, 50_000
REGEXES = 100
JOINED = 5_000
ALLOWED = 1.25


@dataclass(frozen=True)
class Run:
    """One ingest: seconds by the clock, and seconds of processor time of all its processes."""

    seconds: float
    cpu_s: float
    matched: int


def main(lines: int, rounds: int) -> None:
    """Measure and print; end with 1 when many codes cost more than they may."""
    with tempfile.TemporaryDirectory(prefix="tollboard-bench-") as made:
        ratio = measured(Path(made), lines, rounds)
    sys.exit(int(ratio > ALLOWED))


def measured(folder: Path, lines: int, rounds: int) -> float:
    """Return the processor time with many codes over that with few, and print what it is of."""
    cdr_file = folder / "calls.csv"
    written(cdr_file, lines)
    best: dict[int, Run] = {}
    for customers in [FEW, MANY] * rounds:  # in turns, so that both meet the same neighbours
        run = ingested(folder / str(customers), cdr_file, customers)
        if run.matched != lines:
            raise SystemExit(f"{run.matched:,} of {lines:,} calls were matched")
        if customers not in best or run.cpu_s < best[customers].cpu_s:
            best[customers] = run
    for customers, run in best.items():
        codes = customers if customers == FEW else 2 * customers
        print(
            f"{customers:,} customers, {codes:,} auth codes: {run.seconds:.2f} s, "
            f"{lines / run.seconds:,.0f} lines/s, {run.cpu_s:.2f} s of processor time"
        )
    by_clock = best[MANY].seconds / best[FEW].seconds
    ratio = best[MANY].cpu_s / best[FEW].cpu_s
    print(
        f"many over few: {ratio:.2f} in processor time (at most {ALLOWED}), {by_clock:.2f} by the "
        "clock, which means something only where nothing else runs"
    )
    return ratio


def ingested(var: Path, cdr_file: Path, customers: int) -> Run:
    """Ingest the file into a store with so many customers, made at a first time."""
    surroundings = os.environ | {"TOLLBOARD_VAR": str(var), "TOLLBOARD_SETTLE_S": "0"}
    empty = var.with_name(f"{var.name}-empty")
    if not empty.exists():
        _founded(empty, customers)
    shutil.rmtree(var, ignore_errors=True)
    shutil.copytree(empty, var)
    shutil.copy(cdr_file, var / "inbox")
    began, before = time.perf_counter(), psutil.Process().cpu_times()
    command = [sys.executable, "-m", "ingest", "run", "--json"]
    done = subprocess.run(command, env=surroundings, check=True, capture_output=True, cwd=ROOT)
    took = time.perf_counter() - began
    after = psutil.Process().cpu_times()
    cpu_s = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    if json.loads(done.stdout)["totals"]["success"] != 1:
        raise SystemExit(done.stdout.decode())
    return Run(took, cpu_s, _matched(var))


def _matched(var: Path) -> int:
    """Return how many calls have exactly one customer, asked of the store itself."""
    store = opened(Settings(var=var, _env_file=None))
    try:
        with store.snapshot() as conn:
            return int(conn.execute(select(func.count(calls.c.customer_id))).scalar_one())
    finally:
        store.close()


def _founded(var: Path, customers: int) -> None:
    surroundings = os.environ | {"TOLLBOARD_VAR": str(var)}
    var.mkdir(parents=True)
    rates = var / "rates.csv"
    rates.write_text("prefix,destination,price per minute\n44,United Kingdom,0.0120\n")
    for words in (
        ("migrate",),
        ("rates", "import", "Retail", str(rates)),
        ("customers", "import", str(_customers(var, customers))),
        ("auth-codes", "import", str(_codes(var, customers))),
    ):
        command = [sys.executable, "-m", "data", *words]
        subprocess.run(command, env=surroundings, check=True, capture_output=True, cwd=ROOT)


def _customers(var: Path, customers: int) -> Path:
    path = var / "customers.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("custid", "cname", "ratetable"))
        out.writerows((f"{n:05}", f"Customer {n}", "Retail") for n in range(customers))
    return path


def _codes(var: Path, customers: int) -> Path:
    """Write one code per customer, and with many customers a second one that no other meets."""
    path = var / "codes.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("custid", "field", "kind", "pattern", "operator"))
        for n in range(customers):
            joined = ("AND", "OR")[n % 2] if n < JOINED and customers > FEW else "NONE"
            out.writerow((f"{n:05}", "BillingNumber", "equals", f"acc{n:05}", joined))
            if customers > FEW:
                out.writerow((f"{n:05}", "CallingNumber", *_second(n, joined), "NONE"))
    return path


def _second(n: int, joined: str) -> tuple[str, str]:
    if joined == "AND":
        return "prefix", "+44"
    if n >= MANY - REGEXES:
        return "regex", rf"\+49(30|40){n:05}\d{{2,5}}"
    return ("prefix", f"+331{n:05}") if n % 2 else ("equals", f"+331{n:05}00")


def written(path: Path, lines: int) -> None:
    """Write an Asterisk file in order of time; every line has a calling number of its own."""
    random = np.random.default_rng(SEED)
    began = np.sort(FIRST_S + random.integers(0, SPAN_S, lines))
    talk_s = random.integers(1, 600, lines)
    stamps = [
        np.datetime_as_string(part.astype("datetime64[s]"))
        for part in (began, began + 5, began + 5 + talk_s)
    ]
    with path.open("w") as file:
        for n in range(lines):
            start, answer, end = (str(stamp[n]).replace("T", " ") for stamp in stamps)
            file.write(
                f'"acc{n % FEW:05d}","+4420{n:08d}","+447700900{n % 999:03d}","from-internal",'
                f'"""x"" <1>","PJSIP/trunk-{n:08x}","PJSIP/carrier-{n:08x}","Dial","x,60",'
                f'"{start}","{answer}","{end}",{talk_s[n] + 5},{talk_s[n]},"ANSWERED",'
                f'"DOCUMENTATION","{FIRST_S}.{n}",""\n'
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    main(given.lines, given.rounds)
