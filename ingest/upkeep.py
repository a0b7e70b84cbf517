"""What an operator does about files: process again, dismiss, withdraw."""

from collections.abc import Collection, Sequence

from data.domain.errors import Refused
from data.domain.records import FileStatus
from data.store.queries.files import file_ids_with_status
from data.store.writes.files import dismissal_undone, file_dismissed, file_requeued
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
            file_requeued(conn, file_id)
        version_raised(conn, now)
    return set(file_ids)


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
