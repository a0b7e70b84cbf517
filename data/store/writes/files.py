"""What happens to a CDR file besides being loaded: received, claimed, lost, failed, set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, select, update

from data.domain.errors import Refused
from data.domain.records import FileStatus
from data.store.schema import cdr_files, deliveries, file_attempts

LOST = "lost"
STOPPED = "stopped"
PUT_BACK = "put_back"
POISON_AFTER = 3
"""Lost attempts after which a file is taken for what kills its holders."""


_CLAIMED = (
    update(cdr_files)
    .where(cdr_files.c.id == bindparam("of_file"), cdr_files.c.status == FileStatus.WAITING)
    .values(attempts=cdr_files.c.attempts + 1)
)
_BEGUN = insert(file_attempts)
_ATTEMPT = update(file_attempts).where(
    file_attempts.c.file_id == bindparam("of_file"), file_attempts.c.ended_at.is_(None)
)


@dataclass(frozen=True)
class Receipt:
    """A content seen for the first time.

    Attributes:
        name: As delivered.
        sha256: Its content.
        stored_bytes: Its size as stored.
        location: Where it lies.
        source_id: Its source, when its folder tells it.
    """

    name: str
    sha256: str
    stored_bytes: int
    location: str
    source_id: int | None = None


@dataclass(frozen=True)
class Failure:
    """Why a file could not be used: a code for programs, and words for a person."""

    code: str
    message: str


def file_received(conn: Connection, receipt: Receipt, now: datetime) -> int:
    """Record a new file as waiting and return its number."""
    result = conn.execute(
        insert(cdr_files)
        .values(
            name=receipt.name,
            sha256=receipt.sha256,
            stored_bytes=receipt.stored_bytes,
            location=receipt.location,
            source_id=receipt.source_id,
            status=FileStatus.WAITING,
            received_at=now,
        )
        .returning(cdr_files.c.id)
    )
    return int(result.scalar_one())


def file_rewritten(conn: Connection, file_id: int, *, sha256: str, stored_bytes: int) -> None:
    """Record that a file which waits was written on: the content seen before never was a file."""
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id)
        .values(sha256=sha256, stored_bytes=stored_bytes)
    )


def file_delivered_again(conn: Connection, file_id: int, name: str, now: datetime) -> None:
    """Record that a known content came again, under whatever name; nothing else changes."""
    conn.execute(insert(deliveries).values(file_id=file_id, name=name, received_at=now))


def file_kept_again(conn: Connection, file_id: int, stored_bytes: int) -> None:
    """Record that a file whose archived copy retention took away was delivered again and is kept.

    How long it is kept counts from that delivery.
    """
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id)
        .values(stored_bytes=stored_bytes, expired_at=None)
    )


def file_relocated(conn: Connection, file_id: int, location: str) -> None:
    """Record where a waiting file lies now."""
    conn.execute(update(cdr_files).where(cdr_files.c.id == file_id).values(location=location))


def file_claimed(
    conn: Connection, file_id: int, holder: str, *, now: datetime, until: datetime
) -> bool:
    """Lease a waiting file to a holder; exactly one of several claimants is told True."""
    leased = {
        "of_file": file_id,
        "status": FileStatus.PROCESSING,
        "holder": holder,
        "leased_until": until,
    }
    if conn.execute(_CLAIMED, leased).rowcount == 0:
        return False
    conn.execute(_BEGUN, {"file_id": file_id, "started_at": now, "holder": holder})
    return True


def lease_extended(conn: Connection, holder: str, until: datetime) -> None:
    """Say that a holder is alive: its leases run on."""
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.holder == holder, cdr_files.c.status == FileStatus.PROCESSING)
        .values(leased_until=until)
    )


def lease_is_held(conn: Connection, file_id: int, holder: str) -> bool:
    """Tell, inside the transaction that loads it, whether a file is still this holder's."""
    return conn.execute(select(cdr_files.c.id).where(_held(file_id, holder))).first() is not None


def _held(file_id: int, holder: str) -> ColumnElement[bool]:
    return and_(
        cdr_files.c.id == file_id,
        cdr_files.c.holder == holder,
        cdr_files.c.status == FileStatus.PROCESSING,
    )


def lease_lost(conn: Connection, file_id: int, holder: str, now: datetime) -> bool:
    """Take a file from a holder that is gone, back to waiting; False when it holds it no more."""
    freed = _freed(conn, file_id, holder, FileStatus.WAITING)
    if freed:
        attempt_ended(conn, file_id, outcome=LOST, now=now)
    return freed


def claim_put_back(conn: Connection, file_id: int, holder: str, *, why: str, now: datetime) -> None:
    """Give a claimed file back to waiting: the ingest was stopped, or the file moved under it."""
    if _freed(conn, file_id, holder, FileStatus.WAITING):
        attempt_ended(conn, file_id, outcome=why, now=now)


def _freed(conn: Connection, file_id: int, holder: str, status: FileStatus) -> bool:
    freed = conn.execute(
        update(cdr_files)
        .where(_held(file_id, holder))
        .values(status=status, holder=None, leased_until=None)
    )
    return freed.rowcount == 1


def attempt_ended(
    conn: Connection, file_id: int, *, outcome: str, now: datetime, error: str | None = None
) -> None:
    """Close the attempt that is open for a file."""
    ended = {"of_file": file_id, "outcome": outcome, "ended_at": now, "error": error}
    conn.execute(_ATTEMPT, ended)


def attempt_succeeded(
    conn: Connection, file_id: int, counted: Mapping[str, int], now: datetime
) -> None:
    """Close the attempt that is open for a file, with how its lines ended."""
    ended = {"of_file": file_id, "outcome": FileStatus.SUCCESS, "ended_at": now, "error": None}
    conn.execute(_ATTEMPT, ended | dict(counted))


def file_failed(
    conn: Connection, file_id: int, failure: Failure, *, location: str, now: datetime
) -> None:
    """Record that a file ended in error and why; nothing of its content was kept."""
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id)
        .values(
            status=FileStatus.ERROR,
            error_code=failure.code,
            error=failure.message,
            location=location,
            processed_at=now,
            holder=None,
            leased_until=None,
        )
    )
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id, cdr_files.c.first_processed_at.is_(None))
        .values(first_processed_at=now)
    )
    attempt_ended(conn, file_id, outcome=FileStatus.ERROR, now=now, error=failure.message)


def file_requeued(conn: Connection, file_id: int) -> None:
    """Send a processed file back to waiting; what it loaded stays until it is processed again.

    Raises:
        Refused: There is no such file, it is in work, or it was withdrawn.
    """
    queued = conn.execute(
        update(cdr_files)
        .where(
            cdr_files.c.id == file_id,
            cdr_files.c.status != FileStatus.PROCESSING,
            cdr_files.c.withdrawn_at.is_(None),
        )
        .values(status=FileStatus.WAITING, dismissed_at=None, dismissed_why=None)
    )
    if queued.rowcount == 0:
        raise Refused(
            f"File {file_id} is not there, is in work now, or was withdrawn (withdraw --undo takes "
            "it in again). Nothing was changed."
        )


def file_dismissed(conn: Connection, file_id: int, why: str, now: datetime) -> None:
    """Take a file that cannot be repaired out of the error tile.

    Raises:
        Refused: It is not in error.
    """
    dismissed = conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id, cdr_files.c.status == FileStatus.ERROR)
        .values(dismissed_at=now, dismissed_why=why)
    )
    if dismissed.rowcount == 0:
        raise Refused(f"File {file_id} is not in error, so there is nothing to dismiss.")


def dismissal_undone(conn: Connection, file_id: int) -> None:
    """Put a dismissed file back into the error tile.

    Raises:
        Refused: It was not dismissed.
    """
    undone = conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id, cdr_files.c.dismissed_at.is_not(None))
        .values(dismissed_at=None, dismissed_why=None)
    )
    if undone.rowcount == 0:
        raise Refused(f"File {file_id} was not dismissed.")


def file_replaced(conn: Connection, file_id: int, replaced_id: int) -> None:
    """Record that a corrected file stands for an earlier one."""
    conn.execute(update(cdr_files).where(cdr_files.c.id == file_id).values(replaces_id=replaced_id))
