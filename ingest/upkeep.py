"""What an operator does about files: process again, dismiss, withdraw."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from data.domain.errors import Refused
from data.domain.records import FileStatus
from data.store.queries.files import cdr_file, file_ids_with_status
from data.store.queries.growing import growth
from data.store.queries.retention import calls_expired_before
from data.store.queries.tenant import the_tenant
from data.store.writes.files import (
    dismissal_undone,
    file_dismissed,
    file_replaced,
    file_requeued,
)
from data.store.writes.growing import growth_begun_again
from data.store.writes.unloads import file_withdrawn, withdrawal_undone
from data.store.writes.versions import version_raised
from ingest.context import Ingest


def requeueing(ingest: Ingest, file_ids: Sequence[int], status: str) -> Collection[int]:
    """Send files back to waiting, and return which.

    Raises:
        Refused: There is no such file, or it is in work; nothing was changed.
    """
    now = ingest.clock()
    with ingest.store.writing() as conn:
        if status:
            if status not in (FileStatus.ERROR, FileStatus.SUCCESS):
                raise Refused(f"--status takes error or success, not {status!r}.")
            file_ids = [*file_ids, *file_ids_with_status(conn, FileStatus(status))]
        for file_id in file_ids:
            _refuse_expired(conn, file_id)
            file_requeued(conn, file_id)
            _read_anew(conn, file_id)
        version_raised(conn, now)
    return set(file_ids)


def replacement(ingest: Ingest, file_id: int, *, of: int) -> Collection[int]:
    """Let a corrected file stand for an earlier one, which is withdrawn; return what to process.

    Raises:
        Refused: One of them is not there or in work, or calls of the earlier one are on recorded
            invoices; nothing was changed.
    """
    now = ingest.clock()
    with ingest.store.writing() as conn:
        earlier = cdr_file(conn, of)
        if earlier is None or of == file_id:
            raise Refused(f"File {of} is not there to be replaced. Nothing was changed.")
        _refuse_expired(conn, of)
        file_withdrawn(conn, earlier, now)
        file_requeued(conn, file_id)
        _read_anew(conn, file_id)
        file_replaced(conn, file_id, of)
        version_raised(conn, now)
    return {file_id}


def dismissal(ingest: Ingest, file_id: int, *, why: str, undo: bool) -> None:
    """Take a file out of the error tile, or put it back.

    Raises:
        Refused: It is not in error, or no reason is given.
    """
    now = ingest.clock()
    if not undo and not why.strip():
        raise Refused("Give the reason with --why; it is kept with the file.")
    with ingest.store.writing() as conn:
        if undo:
            dismissal_undone(conn, file_id)
        else:
            file_dismissed(conn, file_id, why.strip(), now)
        version_raised(conn, now)


def withdrawal(ingest: Ingest, file_id: int, *, undo: bool) -> None:
    """Unload a file that should not have been delivered, or send it to be taken in again.

    Raises:
        Refused: There is no such file, it is in work, or calls of it are on recorded invoices.
    """
    now = ingest.clock()
    with ingest.store.writing() as conn:
        file = cdr_file(conn, file_id)
        if file is None:
            raise Refused(f"There is no file {file_id}. Nothing was changed.")
        _refuse_expired(conn, file_id)
        if undo:
            withdrawal_undone(conn, file_id)
            _read_anew(conn, file_id)
        else:
            file_withdrawn(conn, file, now)
        version_raised(conn, now)


def _refuse_expired(conn: Connection, file_id: int) -> None:
    """Refuse to touch a file of whose calls or content retention took something away."""
    file, kept_from = cdr_file(conn, file_id), calls_expired_before(conn)
    if file is None:
        return
    if kept_from is not None and file.first_call_at is not None:
        day = file.first_call_at.astimezone(the_tenant(conn).zone).date()
        if day < kept_from:
            raise Refused(
                f"File {file_id} has calls of {day}, and retention took the calls before "
                f"{kept_from} away. Nothing was changed."
            )
    if not file.location:
        raise Refused(
            f"The archived file {file_id} was removed by retention, so it cannot be processed "
            "again. Nothing was changed."
        )


def _read_anew(conn: Connection, file_id: int) -> None:
    """Have a growing file read from its beginning; others always are."""
    growing = growth(conn, file_id)
    if growing is not None:
        growth_begun_again(conn, growing)
