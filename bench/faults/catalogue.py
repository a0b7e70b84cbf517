"""Every fault that is tried, in order: ingest, files, store, web, money, running."""

from bench.faults import (
    clocks,
    connection_lost,
    content,
    contention,
    disk_calls,
    killed,
    long_use,
    many,
    moving,
    reprocessed,
    store_file,
    tabs,
    upgraded,
    web,
)
from bench.faults.case import Case, InSuite
from bench.faults.tested import TESTED
from bench.faults.tested_money import MONEY

_PARTS = "IFDWMO"
_EVERY: tuple[Case | InSuite, ...] = (
    *TESTED,
    *MONEY,
    *killed.CASES,
    *disk_calls.CASES,
    *moving.CASES,
    *connection_lost.CASES,
    *contention.CASES,
    *reprocessed.CASES,
    *clocks.CASES,
    *many.CASES,
    *content.CASES,
    *store_file.CASES,
    *web.CASES,
    *long_use.CASES,
    *upgraded.CASES,
    *tabs.CASES,
)


def _place(row: Case | InSuite) -> tuple[int, int]:
    return _PARTS.index(row.id[0]), int(row.id[1:])


ROWS = tuple(sorted(_EVERY, key=_place))


def line_of(row: Case | InSuite) -> str:
    """Return a fault's line in docs/faults-and-attacks.md: what, what must hold, how, its name."""
    if isinstance(row, InSuite):
        how = "every test run: " + ", ".join(f"`{file}`" for file in row.tests)
    else:
        how = f"`make faults`, {row.trial.__module__.rpartition('.')[2]}.py, {row.full:,} at full"
        how += f"; every test run, {row.short:,}" if row.short else ""
    return f"| {row.fault} | {row.expected} | {how} | {row.id} |"
