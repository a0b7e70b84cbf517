"""Every fault that is tried, in the order of the catalogue: ingest, files, store, running."""

from bench.faults import disk_calls, killed, moving, postgresql
from bench.faults.case import Case, InSuite
from bench.faults.tested import TESTED

_PARTS = "IFDMO"
_EVERY: tuple[Case | InSuite, ...] = (
    *TESTED,
    *killed.CASES,
    *disk_calls.CASES,
    *moving.CASES,
    *postgresql.CASES,
)


def _place(row: Case | InSuite) -> tuple[int, int]:
    return _PARTS.index(row.id[0]), int(row.id[1:])


ROWS = tuple(sorted(_EVERY, key=_place))
