"""A large file on its way in: its calls are committed a segment at a time, and count only at last.

The write lock is held for a segment, not for the file, so that a person's write need not wait for
the whole of it. Until its last transaction the file is in `unfinished_loads`, and nobody who reads
`calls` sees its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    insert,
    select,
    tuple_,
    update,
)

from data.store.queries.files import cdr_file
from data.store.schema import call_rows, cdr_files, invoice_coverage, unfinished_loads
from data.store.staged import StagedPart
from data.store.writes.parts import (
    LineChange,
    Loading,
    PartTaken,
    changes_dropped,
    changes_made,
)
from data.store.writes.unloads import orphans_requeued

SEGMENT_CALLS = 250_000
"""Calls that one transaction takes in, or clears: about half a second of the write lock."""


@dataclass(frozen=True)
class Segmented:
    """Calls of a file that are in the store already, and not yet seen.

    Attributes:
        version: The data version that their rows carry.
        inserted: How many were new, by part.
    """

    version: int
    inserted: Mapping[int, int]


def load_begun(
    conn: Connection, file_id: int, span: tuple[datetime, datetime], version: int
) -> None:
    """Say that calls of a file come in a segment, under a data version of its rows' own.

    Args:
        conn: The transaction that inserts them.
        file_id: The file, which had no calls before its first segment.
        span: Starts of the earliest and the latest call of the segment.
        version: The version, the same for all its segments.
    """
    first, last = span
    loads = unfinished_loads.c
    begun = conn.execute(select(unfinished_loads).where(loads.file_id == file_id)).one_or_none()
    if begun is None:
        new = {"file_id": file_id, "first_call_at": first, "last_call_at": last}
        conn.execute(insert(unfinished_loads).values(**new, load_version=version))
        return
    if begun.load_version != version:
        raise AssertionError(f"what file {file_id} left when it was given up is not cleared yet")
    conn.execute(
        update(unfinished_loads)
        .where(loads.file_id == file_id)
        .values(
            first_call_at=min(begun.first_call_at, first),
            last_call_at=max(begun.last_call_at, last),
        )
    )


def segment_inserted(
    conn: Connection, loading: Loading, parts: Sequence[StagedPart], changes: Sequence[LineChange]
) -> dict[int, int]:
    """Insert the calls of some parts that are new; return how many, by part."""
    conn.execution_options(compiled_cache=None)  # no statement comes twice; a file has hundreds
    if changes:
        changes_made(conn, changes)
    inserted = {part.number: PartTaken(loading, part).calls_inserted(conn) for part in parts}
    if changes:
        changes_dropped(conn)
    return inserted


def load_finished(conn: Connection, file_id: int, version: int) -> None:
    """Let everybody see a file's calls, in the transaction that makes them count.

    A bill run that went by meanwhile took everything up to its own version, and could not see
    these: then they move behind it, to the version of this transaction.
    """
    began = conn.execute(
        select(unfinished_loads).where(unfinished_loads.c.file_id == file_id)
    ).one()
    billed = select(exists().where(invoice_coverage.c.upto_version >= began.load_version))
    if conn.execute(billed).scalar():
        rows = _own(file_id, began.first_call_at, began.last_call_at)
        conn.execute(
            update(call_rows)
            .where(rows, call_rows.c.load_version == began.load_version)
            .values(load_version=version)
        )
    conn.execute(delete(unfinished_loads).where(unfinished_loads.c.file_id == file_id))


def load_abandoned(conn: Connection, file_id: int) -> bool:
    """Clear a segment of what a file left that was given up; False when nothing was left.

    Files with copies of the calls that are gone are processed again.
    """
    began = conn.execute(
        select(unfinished_loads).where(unfinished_loads.c.file_id == file_id)
    ).one_or_none()
    file = cdr_file(conn, file_id)
    if began is None or file is None:
        return False
    rows = call_rows.c
    some = (
        select(rows.started_at, rows.call_key)
        .where(_own(file_id, began.first_call_at, began.last_call_at))
        .limit(SEGMENT_CALLS)
    )
    gone = conn.execute(
        delete(call_rows).where(tuple_(rows.started_at, rows.call_key).in_(some))
    ).rowcount
    if gone < SEGMENT_CALLS:
        conn.execute(delete(unfinished_loads).where(unfinished_loads.c.file_id == file_id))
        span = {"first_call_at": began.first_call_at, "last_call_at": began.last_call_at}
        orphans_requeued(conn, replace(file, **span))
    return True


def _own(file_id: int, first: datetime, last: datetime) -> ColumnElement[bool]:
    rows = call_rows.c
    return and_(rows.started_at >= first, rows.started_at <= last, rows.file_id == file_id)


def abandoned_loads(conn: Connection) -> list[int]:
    """Return the files that left calls behind and are in work no more, in order."""
    query = (
        select(unfinished_loads.c.file_id)
        .join(cdr_files, cdr_files.c.id == unfinished_loads.c.file_id)
        .where(cdr_files.c.holder.is_(None))
        .order_by(unfinished_loads.c.file_id)
    )
    return list(conn.execute(query).scalars())
