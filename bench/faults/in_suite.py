"""How the tests of faults that the suite does in every run end."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.faults.case import InSuite

ROOT = Path(__file__).parents[2]


def outcomes(rows: Sequence[InSuite]) -> list[tuple[bool | None, str]]:
    """Run the tests of some rows at once; return of each whether all passed, and a figure.

    None: every test was skipped, and the figure is the reason.
    """
    if not rows:
        return []
    names = sorted({f"tests/{file}::{name}" for row in rows for file, name in row.each()})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *names]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        ended = ET.parse(report).getroot().iter("testcase") if report.exists() else ()  # noqa: S314
        cases = list(ended)
    return [_outcome(row, cases) for row in rows]


def _outcome(row: InSuite, cases: Sequence[ET.Element]) -> tuple[bool | None, str]:
    keys = [(_module(file), name) for file, name in row.each()]
    ours = [
        case
        for case in cases
        if (case.get("classname", ""), case.get("name", "").partition("[")[0]) in keys
    ]
    seconds = sum(float(case.get("time", 0)) for case in ours)
    skipped = [case.find("skipped") for case in ours if case.find("skipped") is not None]
    bad = [case for case in ours if {"failure", "error"} & {part.tag for part in case}]
    if ours and len(skipped) == len(ours):
        return None, str(skipped[0].get("message"))
    figure = f"{len(ours) - len(bad) - len(skipped)} of {len(ours)} tests pass ({seconds:.0f} s)"
    return bool(ours) and not bad, figure


def _module(file: str) -> str:
    return "tests." + file.removesuffix(".py").replace("/", ".")
