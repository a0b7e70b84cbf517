"""What the doctor asks the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.domain.records import FileStatus, Role
from data.store.queries.settings import setting
from data.store.schema import calls, cdr_files, data_version, sources, users

BACKED_UP = "backed_up_at"
"""Under this key stands when the store was last copied by the backup command."""
_file = cdr_files.c


@dataclass(frozen=True)
class Health:
    """Facts of one moment that tell whether the product is looked after.

    Attributes:
        failed: Files in error that nobody dismissed.
        abandoned: Files in work whose holder has been gone for an hour.
        oldest_waiting_at: Receipt of the oldest file that waits.
        first_received_at: Receipt of the first file there ever was.
        newest_written_at: The newest instant that the store's clock wrote.
        newest_call_at: Start of the newest call.
        admins: People who may administer it and are not disabled.
        folders: Name and inbox folder of every source in use that has one.
        backed_up_at: When the backup command last copied it.
    """

    failed: int
    abandoned: int
    oldest_waiting_at: datetime | None
    first_received_at: datetime | None
    newest_written_at: datetime | None
    newest_call_at: datetime | None
    admins: int
    folders: tuple[tuple[str, str], ...]
    backed_up_at: datetime | None


def health(conn: Connection, now: datetime) -> Health:
    """Return the facts of this moment."""
    received = conn.execute(select(func.min(_file.received_at), func.max(_file.received_at))).one()
    changed_at = conn.execute(select(func.max(data_version.c.changed_at))).scalar_one()
    written = [instant for instant in (received[1], changed_at) if instant is not None]
    backed_up = setting(conn, BACKED_UP)
    return Health(
        failed=_files(conn, FileStatus.ERROR),
        abandoned=_abandoned(conn, now - timedelta(hours=1)),
        oldest_waiting_at=conn.execute(
            select(func.min(_file.received_at)).where(_file.status == FileStatus.WAITING)
        ).scalar_one(),
        first_received_at=received[0],
        newest_written_at=max(written, default=None),
        newest_call_at=conn.execute(select(func.max(calls.c.started_at))).scalar_one(),
        admins=_admins(conn),
        folders=_folders(conn),
        backed_up_at=None if backed_up is None else datetime.fromisoformat(backed_up),
    )


def _files(conn: Connection, status: FileStatus) -> int:
    query = select(func.count()).where(
        _file.status == status, _file.dismissed_at.is_(None), _file.withdrawn_at.is_(None)
    )
    return int(conn.execute(query).scalar_one())


def _abandoned(conn: Connection, before: datetime) -> int:
    query = select(func.count()).where(
        _file.status == FileStatus.PROCESSING, _file.leased_until < before
    )
    return int(conn.execute(query).scalar_one())


def _admins(conn: Connection) -> int:
    query = select(func.count()).where(users.c.role == Role.ADMIN, users.c.disabled_at.is_(None))
    return int(conn.execute(query).scalar_one())


def _folders(conn: Connection) -> tuple[tuple[str, str], ...]:
    query = (
        select(sources.c.name, sources.c.folder)
        .where(sources.c.folder.is_not(None), sources.c.disabled_at.is_(None))
        .order_by(sources.c.name, sources.c.id)
    )
    return tuple((name, folder) for name, folder in conn.execute(query))
