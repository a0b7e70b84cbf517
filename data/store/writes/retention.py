"""What retention takes out of the store; rollups, invoices and counts stay."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, update

from data.domain.authorship import By
from data.domain.periods import Period
from data.store.queries.retention import CALLS_EXPIRED, OldFile
from data.store.schema import call_rows, cdr_files, invoiced_differences, rejections
from data.store.writes.audit import Audit, audited
from data.store.writes.settings import setting_kept
from data.store.writes.versions import version_raised

RAW_EXPIRED = "(expired with its file)"
"""Stands where a rejected line's text stood."""


def day_expired(conn: Connection, by: By, day: date, zone: ZoneInfo) -> int:
    """Delete the calls of the oldest day and say that they have expired; return how many."""
    first, after = Period(day, day).instants(zone)
    gone = conn.execute(
        delete(call_rows).where(call_rows.c.started_at >= first, call_rows.c.started_at < after)
    ).rowcount
    kept = invoiced_differences.c.started_at
    conn.execute(delete(invoiced_differences).where(kept >= first, kept < after))
    calls_kept_from(conn, day + timedelta(days=1))
    audited(conn, by, Audit("calls_expired", f"calls of {day}", before={"calls": gone}))
    version_raised(conn, by.at)
    return gone


def calls_kept_from(conn: Connection, day: date) -> None:
    """Remember the first day whose calls are kept: lines from before it are no longer loaded."""
    setting_kept(conn, CALLS_EXPIRED, day.isoformat())


def files_expired(conn: Connection, by: By, files: Sequence[OldFile]) -> None:
    """Take archived files off the books before they are deleted: a crash between leaves no lie.

    Their rejected lines keep number and reason, and lose their text, which is the file's.
    """
    for file in files:
        conn.execute(
            update(rejections).where(rejections.c.file_id == file.id).values(raw=RAW_EXPIRED)
        )
        conn.execute(
            update(cdr_files)
            .where(cdr_files.c.id == file.id)
            .values(stored_bytes=0, expired_at=by.at)
        )
    audited(
        conn,
        by,
        *(
            Audit(
                "archived_file_expired",
                f"file {file.id}",
                before={"location": file.location, "stored_bytes": file.stored_bytes},
            )
            for file in files
        ),
    )
    version_raised(conn, by.at)
