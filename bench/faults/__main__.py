"""make faults: every fault of the catalogue, what must hold, the figure, and whether it held.

.venv/bin/python -m bench.faults [--only I1 I3] [--short]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.faults.case import Case, Found, InSuite, NotHere
from bench.faults.catalogue import ROWS
from bench.faults.in_suite import outcomes

WIDTH = 160
MOST_SHOWN = 20


@dataclass(frozen=True)
class Verdict:
    """What came of one row."""

    row: Case | InSuite
    figure: str
    held: bool | None
    wrong: Sequence[str] = ()

    @property
    def word(self) -> str:
        """Return it in one word."""
        return {True: "held", False: "BROKEN", None: "not here"}[self.held]


def tried(case: Case, times: int) -> Verdict:
    """Do one case in a folder of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"fault-{case.id}-") as root:
        try:
            found = case.trial(Path(root), times)
        except NotHere as lack:
            return Verdict(case, f"needs {lack}", None)
        except Exception as error:  # noqa: BLE001  the other rows are still wanted
            found = Found("it could not be tried", (repr(error),))
    took_s = time.monotonic() - began
    return Verdict(case, f"{found.figure} ({took_s:.0f} s)", not found.wrong, found.wrong)


def verdicts(rows: Sequence[Case | InSuite], *, short: bool) -> Iterator[Verdict]:
    """Give what came of each row, the tests' first, for they are one run of pytest."""
    tested = [row for row in rows if isinstance(row, InSuite)]
    for each, (passed, figure) in zip(tested, outcomes(tested), strict=True):
        yield Verdict(each, figure, passed)
    for row in rows:
        if isinstance(row, Case):
            yield tried(row, (row.short or 1) if short else row.full)


def table_of(found: Sequence[Verdict]) -> Table:
    """Return the table that is printed at the end."""
    table = Table("Id", "Fault", "Expected", "Figure", "Verdict", show_lines=True)
    for one in found:
        table.add_row(one.row.id, one.row.fault, one.row.expected, one.figure, one.word)
    return table


def main() -> None:
    """Do what was asked for; exit 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="ID")
    parser.add_argument("--short", action="store_true", help="as `make test` does them")
    given = parser.parse_args()
    rows = [row for row in ROWS if not given.only or row.id in given.only]
    console = Console(width=WIDTH)
    found = []
    for one in verdicts(rows, short=given.short):
        found.append(one)
        console.print(f"{one.row.id:4}{one.word:9}{one.figure}", highlight=False, markup=False)
        for what in one.wrong[:MOST_SHOWN]:
            console.print(f"     {what}", highlight=False, markup=False)
    console.print(table_of(found))
    sys.exit(any(one.held is False for one in found))


if __name__ == "__main__":
    main()
