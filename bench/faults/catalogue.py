"""Every fault that is tried, in the order of the catalogue: ingest, files, store, running."""

from bench.faults import (
    clocks,
    content,
    disk_calls,
    killed,
    many,
    moving,
    postgresql,
    reprocessed,
    store_file,
    upgraded,
    web,
)
from bench.faults.case import Case, InSuite
from bench.faults.tested import TESTED

_PARTS = "IFDWMO"
_EVERY: tuple[Case | InSuite, ...] = (
    *TESTED,
    *killed.CASES,
    *disk_calls.CASES,
    *moving.CASES,
    *postgresql.CASES,
    *reprocessed.CASES,
    *clocks.CASES,
    *many.CASES,
    *content.CASES,
    *store_file.CASES,
    *web.CASES,
    *upgraded.CASES,
)


def _place(row: Case | InSuite) -> tuple[int, int]:
    return _PARTS.index(row.id[0]), int(row.id[1:])


ROWS = tuple(sorted(_EVERY, key=_place))
