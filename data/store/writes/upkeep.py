"""What a person decides about files: process again, correct, dismiss, withdraw; all audited."""

from collections.abc import Sequence

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.errors import Refused
from data.store.queries.erasure import erased_copy
from data.store.queries.files import CdrFile, cdr_file
from data.store.queries.growing import growth
from data.store.queries.retention import calls_expired_before
from data.store.queries.tenant import the_tenant
from data.store.writes.audit import Audit, audited
from data.store.writes.files import (
    dismissal_undone,
    file_dismissed,
    file_replaced,
    file_requeued,
)
from data.store.writes.growing import growth_begun_again
from data.store.writes.unloads import file_withdrawn, withdrawal_undone
from data.store.writes.versions import version_raised


def files_requeued(conn: Connection, file_ids: Sequence[int], by: By) -> None:
    """Send files back to waiting, all or none; what they loaded stays until they are processed.

    Raises:
        Refused: One is not there, in work, withdrawn, or its calls or content have expired.
    """
    for file_id in file_ids:
        _requeued(conn, file_id)
        audited(conn, by, Audit("file_requeued", f"file {file_id}"))
    version_raised(conn, by.at)


def file_corrected(conn: Connection, file_id: int, by: By, *, of: int) -> None:
    """Let a corrected file stand for an earlier one, which is withdrawn.

    Raises:
        Refused: One of them is not there or in work, or calls of the earlier one are on recorded
            invoices.
    """
    earlier = cdr_file(conn, of)
    if earlier is None or of == file_id:
        raise Refused(f"File {of} is not there to be replaced. Nothing was changed.")
    _refuse_expired(conn, of)
    file_withdrawn(conn, earlier, by.at)
    _requeued(conn, file_id)
    file_replaced(conn, file_id, of)
    audited(conn, by, Audit("file_corrected", f"file {file_id}", after={"replaces": of}))
    version_raised(conn, by.at)


def files_dismissed(conn: Connection, file_ids: Sequence[int], why: str, by: By) -> None:
    """Take files that cannot be repaired out of the error tile, all or none.

    Raises:
        Refused: One is not in error, or no reason is given.
    """
    if not why.strip():
        raise Refused("Give the reason; it is kept with the file.")
    for file_id in file_ids:
        file_dismissed(conn, file_id, why.strip(), by.at)
        audited(conn, by, Audit("file_dismissed", f"file {file_id}", after={"why": why.strip()}))
    version_raised(conn, by.at)


def dismissals_undone(conn: Connection, file_ids: Sequence[int], by: By) -> None:
    """Put dismissed files back into the error tile, all or none.

    Raises:
        Refused: One was not dismissed.
    """
    for file_id in file_ids:
        dismissal_undone(conn, file_id)
        audited(conn, by, Audit("dismissal_undone", f"file {file_id}"))
    version_raised(conn, by.at)


def files_withdrawn(conn: Connection, file_ids: Sequence[int], by: By) -> None:
    """Unload files that should not have been delivered, all or none; their content is kept.

    Raises:
        Refused: One is not there, in work, or calls of it are on recorded invoices.
    """
    for file_id in file_ids:
        file = _known(conn, file_id)
        if file.withdrawn_at is not None:
            raise Refused(f"File {file_id} is withdrawn already. Nothing was changed.")
        _refuse_expired(conn, file_id)
        file_withdrawn(conn, file, by.at)
        audited(
            conn, by, Audit("file_withdrawn", f"file {file_id}", {"loaded": file.counts.loaded})
        )
    version_raised(conn, by.at)


def withdrawals_undone(conn: Connection, file_ids: Sequence[int], by: By) -> None:
    """Send withdrawn files back to waiting, to be taken in again, all or none.

    Raises:
        Refused: One is not there, was not withdrawn, or its content has expired.
    """
    for file_id in file_ids:
        _known(conn, file_id)
        _refuse_expired(conn, file_id)
        withdrawal_undone(conn, file_id)
        _read_anew(conn, file_id)
        audited(conn, by, Audit("withdrawal_undone", f"file {file_id}"))
    version_raised(conn, by.at)


def _known(conn: Connection, file_id: int) -> CdrFile:
    file = cdr_file(conn, file_id)
    if file is None:
        raise Refused(f"There is no file {file_id}. Nothing was changed.")
    return file


def _requeued(conn: Connection, file_id: int) -> None:
    _refuse_expired(conn, file_id)
    file_requeued(conn, file_id)
    _read_anew(conn, file_id)


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
    if erased_copy(conn, file_id):
        raise Refused(
            f"Phone numbers were erased from the kept copy of file {file_id}, so it is not what "
            "was received and cannot be processed again. Nothing was changed."
        )
    if file.expired_at is not None:
        raise Refused(
            f"The archived file {file_id} was removed by retention, so it cannot be processed "
            "again. Nothing was changed."
        )


def _read_anew(conn: Connection, file_id: int) -> None:
    """Have a growing file read from its beginning; others always are."""
    growing = growth(conn, file_id)
    if growing is not None:
        growth_begun_again(conn, growing)
