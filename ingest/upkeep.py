"""What an operator does about files: process again, dismiss, withdraw."""

from collections.abc import Collection, Sequence

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.records import FileStatus
from data.store.queries.files import file_ids_with_status
from data.store.writes.upkeep import (
    dismissals_undone,
    file_corrected,
    files_dismissed,
    files_requeued,
    files_withdrawn,
    withdrawals_undone,
)
from ingest.context import Ingest


def requeueing(ingest: Ingest, file_ids: Sequence[int], status: str) -> Collection[int]:
    """Send files back to waiting, and return which.

    Raises:
        Refused: There is no such file, or it is in work; nothing was changed.
    """
    with ingest.store.writing() as conn:
        if status:
            if status not in (FileStatus.ERROR, FileStatus.SUCCESS):
                raise Refused(f"--status takes error or success, not {status!r}.")
            file_ids = [*file_ids, *file_ids_with_status(conn, FileStatus(status))]
        files_requeued(conn, file_ids, _by(ingest))
    return set(file_ids)


def replacement(ingest: Ingest, file_id: int, *, of: int) -> Collection[int]:
    """Let a corrected file stand for an earlier one, which is withdrawn; return what to process.

    Raises:
        Refused: One of them is not there or in work, or calls of the earlier one are on recorded
            invoices; nothing was changed.
    """
    with ingest.store.writing() as conn:
        file_corrected(conn, file_id, _by(ingest), of=of)
    return {file_id}


def dismissal(ingest: Ingest, *file_ids: int, why: str, undo: bool) -> None:
    """Take files out of the error tile, or put them back, all or none.

    Raises:
        Refused: One is not in error, or no reason is given.
    """
    with ingest.store.writing() as conn:
        if undo:
            dismissals_undone(conn, file_ids, _by(ingest))
        else:
            files_dismissed(conn, file_ids, why, _by(ingest))


def withdrawal(ingest: Ingest, *file_ids: int, undo: bool) -> None:
    """Unload files that should not have been delivered, or have them taken in again, all or none.

    Raises:
        Refused: One is not there, it is in work, or calls of it are on recorded invoices.
    """
    with ingest.store.writing() as conn:
        if undo:
            withdrawals_undone(conn, file_ids, _by(ingest))
        else:
            files_withdrawn(conn, file_ids, _by(ingest))


def _by(ingest: Ingest) -> By:
    return By(ingest.actor, ingest.clock())
