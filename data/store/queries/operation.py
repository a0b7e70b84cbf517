"""What an operator watches, read in one snapshot; no figure grows dearer with the calls."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from data.domain.operation import OperatingFigures, SourceLag
from data.domain.records import FileStatus, LineCounts
from data.store.queries.attention import rhythms
from data.store.queries.versions import newest_version
from data.store.schema import calls, cdr_files, growing_offsets, sources

_file = cdr_files.c


def operating_figures(conn: Connection, now: datetime) -> OperatingFigures:
    """Return the figures of this moment."""
    newest = newest_version(conn)
    return OperatingFigures(
        as_of=now,
        files=files_by_status(conn),
        lines=lines_by_outcome(conn),
        lags=source_lags(conn, now),
        newest_call_at=conn.execute(select(func.max(calls.c.started_at))).scalar_one(),
        oldest_waiting_at=oldest_waiting(conn),
        changed_at=newest.changed_at,
        version=newest.version,
        kept_bytes=int(
            conn.execute(select(func.coalesce(func.sum(_file.stored_bytes), 0))).scalar_one()
        ),
    )


def files_by_status(conn: Connection) -> tuple[tuple[FileStatus, int], ...]:
    """Return how many files are in each state, zeros included; dismissed and withdrawn ones not."""
    query = (
        select(_file.status, func.count())
        .where(_file.dismissed_at.is_(None), _file.withdrawn_at.is_(None))
        .group_by(_file.status)
    )
    found: dict[str, int] = {row[0]: row[1] for row in conn.execute(query)}
    return tuple((status, found.get(status, 0)) for status in FileStatus)


def lines_by_outcome(conn: Connection) -> LineCounts:
    """Return how the lines of all files ended."""
    columns = (_file.loaded, _file.rejected, _file.duplicate, _file.ignored)
    sums = conn.execute(select(*(func.coalesce(func.sum(column), 0) for column in columns))).one()
    return LineCounts(*(int(value) for value in sums))


def oldest_waiting(conn: Connection) -> datetime | None:
    """Return when the oldest waiting file was received; none when none waits."""
    query = select(func.min(_file.received_at)).where(_file.status == FileStatus.WAITING)
    oldest: datetime | None = conn.execute(query).scalar_one()
    return oldest


@dataclass(frozen=True)
class Kept:
    """Where a file of the store lies, and what is to be found there.

    Attributes:
        file_id: The file.
        location: Its path.
        stored_bytes: Its size as received.
        archived: It was processed, and retention has not taken it away: it must be there.
    """

    file_id: int
    location: str
    stored_bytes: int
    archived: bool


def kept_files(conn: Connection) -> list[Kept]:
    """Return where all files lie that the store knows, by number."""
    done = and_(
        _file.status.in_((FileStatus.SUCCESS, FileStatus.ERROR)),
        _file.expired_at.is_(None),
        _file.id.not_in(select(growing_offsets.c.file_id)),
    )
    query = (
        select(_file.id, _file.location, _file.stored_bytes, done)
        .where(_file.location != "")
        .order_by(_file.id)
    )
    return [
        Kept(file_id, location, size, bool(archived))
        for file_id, location, size, archived in conn.execute(query)
    ]


def source_lags(conn: Connection, now: datetime) -> tuple[SourceLag, ...]:
    """Return how long each source in use has been silent; one that never delivered has no lag."""
    late = {rhythm.source for rhythm in rhythms(conn) if rhythm.due < now}
    query = (
        select(sources.c.name, func.max(_file.received_at))
        .join_from(sources, cdr_files, _file.source_id == sources.c.id)
        .where(sources.c.disabled_at.is_(None))
        .group_by(sources.c.id, sources.c.name)
        .order_by(sources.c.name, sources.c.id)
    )
    return tuple(
        SourceLag(name, now - received, late=name in late) for name, received in conn.execute(query)
    )
