"""Lists of calls as CSV (RFC 4180), for a spreadsheet or for a program, block by block."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO

BLOCK_CALLS = 500
BOM = "\N{BYTE ORDER MARK}"
"""Tells Excel that the file is UTF-8."""


def call_csv(
    heads: Sequence[str], rows: Iterable[Iterable[object]], *, machine: bool
) -> Iterator[str]:
    """Give rows as CSV; only one block is in memory, and without rows the heads alone."""
    out = StringIO()
    writer = csv.writer(out)
    if not machine:
        out.write(BOM)
    writer.writerow(heads)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % BLOCK_CALLS == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def started_text(started: datetime, *, machine: bool) -> str:
    """Return when a call began: in UTC for a program, else by the clock that it carries."""
    if machine:
        return started.astimezone(UTC).isoformat(timespec="milliseconds")
    return f"{started:%Y-%m-%d %H:%M:%S}"
