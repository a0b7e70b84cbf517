"""The CDR files: which wait, who has them in work, and what became of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from data.domain.records import FileStatus, LineCounts
from data.store.schema import calls, cdr_files, file_attempts, sources


@dataclass(frozen=True)
class CdrFile:
    """One distinct content that was delivered.

    Attributes:
        id: Its number.
        source_id: Whose it is; none until a profile recognised it.
        name: As delivered, without folders.
        sha256: Its content.
        stored_bytes: How many bytes of it are kept; of a growing file, how many were looked at.
        location: Where it lies now, or will lie once its move is done.
        status: Where it stands.
        received_at: When it was first seen.
        first_processed_at: When it was first processed, whatever the outcome.
        counts: How its lines ended, by its latest success.
        profile: What recognised it.
        error_code: Why it failed, in a word that stays the same.
        error: Why it failed, for a person.
        first_call_at: Start of its earliest call.
        last_call_at: Start of its latest call.
        dismissed_at: When somebody took it out of the error tile.
        withdrawn_at: When somebody unloaded it.
        expired_at: When retention took its archived copy away.
        erased_at: When numbers were erased from its archived copy.
    """

    id: int
    source_id: int | None
    name: str
    sha256: str
    stored_bytes: int
    location: str
    status: FileStatus
    received_at: datetime
    first_processed_at: datetime | None
    counts: LineCounts
    profile: str | None
    error_code: str | None
    error: str | None
    first_call_at: datetime | None
    last_call_at: datetime | None
    dismissed_at: datetime | None
    withdrawn_at: datetime | None
    expired_at: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True)
class Lease:
    """A file in work: who holds it, until when, and how often it was lost before."""

    file_id: int
    holder: str
    leased_until: datetime
    lost_attempts: int


_COLUMNS = (
    cdr_files.c.id,
    cdr_files.c.source_id,
    cdr_files.c.name,
    cdr_files.c.sha256,
    cdr_files.c.stored_bytes,
    cdr_files.c.location,
    cdr_files.c.status,
    cdr_files.c.received_at,
    cdr_files.c.first_processed_at,
    cdr_files.c.loaded,
    cdr_files.c.rejected,
    cdr_files.c.duplicate,
    cdr_files.c.ignored,
    cdr_files.c.profile,
    cdr_files.c.error_code,
    cdr_files.c.error,
    cdr_files.c.first_call_at,
    cdr_files.c.last_call_at,
    cdr_files.c.dismissed_at,
    cdr_files.c.withdrawn_at,
    cdr_files.c.expired_at,
    cdr_files.c.erased_at,
)


# Made once: for a file of few lines, making a statement costs more than carrying it out.
_BY_ID = select(*_COLUMNS).where(cdr_files.c.id == bindparam("file_id"))
_BY_CONTENT = select(*_COLUMNS).where(cdr_files.c.sha256 == bindparam("sha256"))
_IN_WORK = _BY_ID.where(
    cdr_files.c.holder == bindparam("holder"), cdr_files.c.status == FileStatus.PROCESSING
)


def cdr_file(conn: Connection, file_id: int) -> CdrFile | None:
    """Return one file, or none of that number."""
    return _first(conn, _BY_ID, file_id=file_id)


def file_in_work(conn: Connection, file_id: int, holder: str) -> CdrFile | None:
    """Return a file that a holder has in work; none when it has it no more."""
    return _first(conn, _IN_WORK, file_id=file_id, holder=holder)


def file_with_content(conn: Connection, sha256: str) -> CdrFile | None:
    """Return the file that has this content, or none."""
    return _first(conn, _BY_CONTENT, sha256=sha256)


def files_waiting_at(conn: Connection, locations: Collection[str]) -> dict[str, int]:
    """Return the files that wait at some locations to be processed for the first time."""
    query = select(cdr_files.c.location, cdr_files.c.id).where(
        cdr_files.c.location.in_(locations),
        cdr_files.c.status == FileStatus.WAITING,
        cdr_files.c.first_processed_at.is_(None),
    )
    return {row.location: row.id for row in conn.execute(query)}


def _first(
    conn: Connection, query: "Select[tuple[Any, ...]]", **given: int | str
) -> CdrFile | None:
    row = conn.execute(query, given).first()
    return None if row is None else _file(row)


def _file(row: "Row[tuple[Any, ...]]") -> CdrFile:
    values = dict(row._mapping)  # noqa: SLF001 (public in all but name)
    counts = LineCounts(*(values.pop(k) for k in ("loaded", "rejected", "duplicate", "ignored")))
    return CdrFile(**{**values, "status": FileStatus(values["status"])}, counts=counts)


def waiting_file_ids(conn: Connection) -> list[int]:
    """Return the files to process in the order of receipt, which no step of a clock changes."""
    query = (
        select(cdr_files.c.id)
        .where(cdr_files.c.status == FileStatus.WAITING)
        .order_by(cdr_files.c.id)
    )
    return list(conn.execute(query).scalars())


def file_ids_with_status(conn: Connection, status: FileStatus) -> list[int]:
    """Return the files of a status by number; dismissed and withdrawn ones are left out."""
    query = (
        select(cdr_files.c.id)
        .where(
            cdr_files.c.status == status,
            cdr_files.c.dismissed_at.is_(None),
            cdr_files.c.withdrawn_at.is_(None),
        )
        .order_by(cdr_files.c.id)
    )
    return list(conn.execute(query).scalars())


def leases(conn: Connection) -> list[Lease]:
    """Return the files in work, by number."""
    query = (
        select(cdr_files.c.id, cdr_files.c.holder, cdr_files.c.leased_until)
        .where(cdr_files.c.status == FileStatus.PROCESSING)
        .order_by(cdr_files.c.id)
    )
    return [
        Lease(file_id, holder, until, lost_attempts(conn, file_id))
        for file_id, holder, until in conn.execute(query)
    ]


def lost_attempts(conn: Connection, file_id: int) -> int:
    """Return how many attempts in a row ended with their holder gone, up to the last one."""
    query = (
        select(file_attempts.c.outcome)
        .where(file_attempts.c.file_id == file_id, file_attempts.c.ended_at.is_not(None))
        .order_by(file_attempts.c.id.desc())
    )
    lost = 0
    for outcome in conn.execute(query).scalars():
        if outcome != "lost":
            break
        lost += 1
    return lost


def source_names(conn: Connection) -> dict[int, str]:
    """Return the names of the sources by their number."""
    return {row.id: row.name for row in conn.execute(select(sources.c.id, sources.c.name))}


def keys_of_file(
    conn: Connection, file_id: int, first: datetime | None, last: datetime | None
) -> list[int]:
    """Return the keys of a file's calls that began within a span, both ends included.

    A span without ends has none.
    """
    if first is None or last is None:
        return []
    query = (
        select(calls.c.call_key)
        .where(calls.c.started_at >= first, calls.c.started_at <= last, calls.c.file_id == file_id)
        .order_by(calls.c.started_at, calls.c.call_key)
    )
    return list(conn.execute(query).scalars())
