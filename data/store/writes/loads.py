"""The one transaction that makes a CDR file count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, literal, update

from data.domain.errors import StoreError
from data.domain.records import FileStatus, LineCounts
from data.store.schema import cdr_files, file_attempts
from data.store.staged import StagedPart
from data.store.types import Instant
from data.store.writes.files import attempt_ended, lease_is_held
from data.store.writes.parts import (
    LineChange,
    PartTaken,
    changes_dropped,
    changes_made,
    folded_legs_ignored,
)
from data.store.writes.usage import (
    CustomerUsage,
    DestinationUsage,
    customer_usage_added,
    destination_usage_added,
    duplicates_added,
)
from data.store.writes.versions import version_raised


class LeaseLost(StoreError):
    """The file is no longer ours: our lease ran out and somebody else took it."""


@dataclass(frozen=True)
class Load:
    """One CDR file, read to its end, ready to count.

    Attributes:
        file_id: The file.
        holder: Who has it in work.
        source_id: Whose it is.
        profile: The format's name.
        timezone: The zone that its times were read in.
        location: Where the archive will keep it.
        parts: Its staged parts, in order.
        changes: Lines that the whole file changed.
        usage: What all its staged calls add up to, before duplicates and folded legs.
        destinations: The same by destination.
        first_call_at: Start of its earliest call, in milliseconds since 1970; none without calls.
        last_call_at: Start of its latest call.
    """

    file_id: int
    holder: str
    source_id: int
    profile: str
    timezone: str
    location: str
    parts: Sequence[StagedPart]
    changes: Sequence[LineChange]
    usage: Sequence[CustomerUsage]
    destinations: Sequence[DestinationUsage]
    first_call_at: datetime | None
    last_call_at: datetime | None


@dataclass(frozen=True)
class Loaded:
    """What a load came to: how the file's lines ended, and the data version that shows it."""

    counts: LineCounts
    version: int


def file_loaded(conn: Connection, load: Load, now: datetime) -> Loaded:
    """Take a file's calls, rejections and ignored lines in, with all that follows from them.

    Returns:
        How its lines ended.

    Raises:
        LeaseLost: Somebody else took the file meanwhile; nothing was changed.
    """
    if not lease_is_held(conn, load.file_id, load.holder):
        raise LeaseLost(f"File {load.file_id} was taken over by another ingest.")
    version = version_raised(conn, now)
    if load.changes:
        changes_made(conn, load.changes)
    loaded = duplicate = 0
    customer_usage, destination_usage = list(load.usage), list(load.destinations)
    for part in load.parts:
        taken = PartTaken(load.file_id, part, changed=bool(load.changes))
        new = taken.calls_inserted(conn, version) if part.calls else 0
        loaded += new
        if new < part.calls:
            customer_usage += taken.folded_usage(conn)
            destination_usage += taken.folded_destinations(conn)
            repeated = taken.repeated_usage(conn)
            customer_usage += repeated
            destination_usage += taken.repeated_destinations(conn)
            duplicate += taken.duplicates_inserted(conn)
            _duplicates_counted(conn, load.source_id, repeated)
        taken.rejections_inserted(conn)
        taken.ignored_inserted(conn)
    customer_usage_added(conn, load.source_id, customer_usage)
    destination_usage_added(conn, destination_usage)
    counts = _counts(load, loaded, duplicate)
    if load.changes:
        folded_legs_ignored(conn, load.file_id)
        changes_dropped(conn)
    _file_succeeded(conn, load, counts, now)
    return Loaded(counts, version)


def _counts(load: Load, loaded: int, duplicate: int) -> LineCounts:
    folded = sum(change.folded for change in load.changes)
    counts = LineCounts(
        loaded=loaded,
        rejected=sum(part.rejected for part in load.parts),
        duplicate=duplicate,
        ignored=sum(part.ignored for part in load.parts) + folded,
    )
    staged = sum(part.calls + part.rejected + part.ignored for part in load.parts)
    if counts.lines != staged:
        raise AssertionError(f"{staged} lines were staged, but {counts} accounts for others")
    return counts


def _duplicates_counted(
    conn: Connection, source_id: int, repeated: Sequence[CustomerUsage]
) -> None:
    """Count repeated lines by the day of the call that each repeats."""
    by_day: dict[date, int] = {}
    for each in repeated:
        by_day[each.day] = by_day.get(each.day, 0) - each.sums[0]
    duplicates_added(conn, source_id, by_day)


def _file_succeeded(conn: Connection, load: Load, counts: LineCounts, now: datetime) -> None:
    ended = {
        "lines": counts.lines,
        "loaded": counts.loaded,
        "rejected": counts.rejected,
        "duplicate": counts.duplicate,
        "ignored": counts.ignored,
    }
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == load.file_id)
        .values(
            status=FileStatus.SUCCESS,
            source_id=load.source_id,
            profile=load.profile,
            timezone=load.timezone,
            location=load.location,
            first_processed_at=func.coalesce(cdr_files.c.first_processed_at, literal(now, Instant)),
            processed_at=now,
            first_call_at=load.first_call_at,
            last_call_at=load.last_call_at,
            holder=None,
            leased_until=None,
            error_code=None,
            error=None,
            dismissed_at=None,
            dismissed_why=None,
            **ended,
        )
    )
    conn.execute(
        update(file_attempts)
        .where(file_attempts.c.file_id == load.file_id, file_attempts.c.ended_at.is_(None))
        .values(**ended)
    )
    attempt_ended(conn, load.file_id, outcome=FileStatus.SUCCESS, now=now)
