"""The one transaction that makes a CDR file count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, or_, update

from data.domain.errors import StoreError
from data.domain.halves import Half
from data.domain.records import FileStatus, LineCounts
from data.domain.sequences import Gap, Run
from data.domain.usage import CustomerUsage, DestinationUsage
from data.store.queries.files import CdrFile, file_in_work
from data.store.schema import cdr_files
from data.store.staged import StagedPart
from data.store.types import Instant
from data.store.writes.files import attempt_succeeded
from data.store.writes.halves import halves_kept, read_too_early
from data.store.writes.invoiced_lines import (
    Restored,
    invoiced_lines,
    lines_let_go,
    lines_restored,
)
from data.store.writes.parts import (
    Frozen,
    LineChange,
    Loading,
    PartTaken,
    changes_dropped,
    changes_made,
    folded_legs_ignored,
)
from data.store.writes.segments import Segmented, load_finished
from data.store.writes.sequences import Counted, runs_kept
from data.store.writes.unloads import file_unloaded, orphans_requeued
from data.store.writes.usage import customer_usage_added, destination_usage_added, duplicates_added
from data.store.writes.versions import version_raised

_SUCCEEDED = (
    update(cdr_files)
    .where(cdr_files.c.id == bindparam("of_file"))
    .values(
        first_processed_at=func.coalesce(
            cdr_files.c.first_processed_at, bindparam("first_time", type_=Instant)
        )
    )
)


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
        appended: It was loaded before, and this is what was appended since.
        halves: Records whose call is not whole within the file.
        elsewhere: The halves in other files that were known when it was read.
        runs: What it holds of its source's counter.
        segmented: What of its calls is in the store already; none: nothing.
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
    appended: bool = False
    halves: Sequence[Half] = ()
    elsewhere: frozenset[Half] = frozenset()
    runs: Sequence[Run] = ()
    segmented: Segmented | None = None


@dataclass(frozen=True)
class Loaded:
    """What a load came to.

    Attributes:
        counts: How the file's lines ended.
        version: The data version that shows it.
        frozen: Calls that stayed as they were, being on recorded invoices.
        gaps: Numbers of the source's counter that are found missing by it.
    """

    counts: LineCounts
    version: int
    frozen: Frozen
    gaps: Sequence[Gap] = ()


def file_loaded(conn: Connection, load: Load, now: datetime) -> Loaded:
    """Take a file's calls, rejections and ignored lines in, with all that follows from them.

    Returns:
        How its lines ended.

    Raises:
        LeaseLost: Somebody else took the file meanwhile; nothing was changed.
    """
    before = file_in_work(conn, load.file_id, load.holder)
    if before is None:
        raise LeaseLost(f"File {load.file_id} was taken over by another ingest.")
    version = version_raised(conn, now)
    stay = 0 if load.appended else file_unloaded(conn, before).frozen
    tally = _taken_in(conn, load, version, stay=stay)
    customer_usage_added(conn, load.source_id, tally.usage)
    destination_usage_added(conn, tally.destinations)
    counts = _counts(load, tally)
    _file_succeeded(conn, load, _with_before(before, counts) if load.appended else counts, now)
    if stay or load.appended:
        _span_widened(conn, load.file_id, before)
    if not load.appended:
        orphans_requeued(conn, before)
        if halves_kept(conn, before, load.source_id, load.halves) != load.elsewhere:
            read_too_early(conn, load.file_id)
    if load.segmented:
        load_finished(conn, load.file_id, version)
    counted = Counted(load.file_id, load.source_id, now)
    gaps = runs_kept(conn, counted, load.runs, appended=load.appended)
    return Loaded(counts, version, tally.restored.frozen, gaps)


def _taken_in(conn: Connection, load: Load, version: int, *, stay: int) -> "_Tally":
    """Take the parts in, as the whole file sees them; return what they came to.

    Rows that came in segments carry a version of their own. Of the file's calls `stay` were not
    taken back, and their lines make no others.
    """
    rows_version = load.segmented.version if load.segmented else version
    loading = Loading(load.file_id, rows_version, changed=bool(load.changes or stay))
    tally = _Tally(list(load.usage), list(load.destinations))
    if loading.changed:
        changes_made(conn, load.changes)
    for part in load.parts:
        taken = PartTaken(loading, part)
        if stay and part.calls:
            tally.set_aside += taken.others_set_aside(conn, invoiced_lines)
        tally.take(conn, load, taken, part)
    if loading.changed:
        folded_legs_ignored(conn, load.file_id)
        changes_dropped(conn)
    if stay:
        own = tally.frozen.calls
        tally.restored = lines_restored(conn, load.file_id, load.parts, own)
        lines_let_go(conn)
    return tally


@dataclass
class _Tally:
    """What the parts taken in so far came to."""

    usage: list[CustomerUsage]
    destinations: list[DestinationUsage]
    loaded: int = 0
    duplicate: int = 0
    frozen: Frozen = field(default_factory=Frozen)
    set_aside: int = 0
    restored: Restored = field(default_factory=Restored)

    def take(self, conn: Connection, load: Load, part: PartTaken, staged: StagedPart) -> None:
        """Take one part in, and correct the sums for lines that made no new call."""
        if staged.calls:
            folded = part.folded_lines(conn)
            if folded:
                self.usage += part.folded_usage(conn)
                self.destinations += part.folded_destinations(conn)
            new = _inserted(conn, load, part, staged, calls=staged.calls - folded)
            self.loaded += new
            if new < staged.calls - folded:
                self._take_present(conn, load, part)
        part.rejections_inserted(conn)
        part.ignored_inserted(conn)

    def _take_present(self, conn: Connection, load: Load, part: PartTaken) -> None:
        """Correct the sums for lines whose call was there already."""
        repeated = part.present_usage(conn, own=False)
        _duplicates_counted(conn, load.source_id, repeated)
        self.usage += repeated + part.present_usage(conn, own=True)
        for own in (False, True):
            self.destinations += part.present_destinations(conn, own=own)
        self.duplicate += part.duplicates_inserted(conn)
        self.frozen = self.frozen.plus(part.frozen(conn))


def _inserted(
    conn: Connection, load: Load, part: PartTaken, staged: StagedPart, *, calls: int
) -> int:
    """Insert a part's calls that are new and not yet there; return how many are new.

    One that was there when its segment came may have gone since: then it is inserted now.
    """
    before = load.segmented.inserted.get(staged.number, 0) if load.segmented else 0
    return before if before == calls else before + part.calls_inserted(conn)


def _counts(load: Load, tally: _Tally) -> LineCounts:
    folded = sum(change.folded for change in load.changes) + tally.set_aside
    stay = tally.restored
    counts = LineCounts(
        loaded=tally.loaded + stay.frozen.calls,
        rejected=sum(part.rejected for part in load.parts) - stay.rejected,
        duplicate=tally.duplicate,
        ignored=sum(part.ignored for part in load.parts) + folded - stay.ignored,
    )
    staged = sum(part.calls + part.rejected + part.ignored for part in load.parts) + stay.missing
    if counts.lines != staged:
        raise AssertionError(f"{staged} lines were staged, but {counts} accounts for others")
    return counts


def _with_before(before: CdrFile, counts: LineCounts) -> LineCounts:
    """Return how a growing file's lines ended, those read before among them."""
    return LineCounts(
        loaded=before.counts.loaded + counts.loaded,
        rejected=before.counts.rejected + counts.rejected,
        duplicate=before.counts.duplicate + counts.duplicate,
        ignored=before.counts.ignored + counts.ignored,
    )


def _span_widened(conn: Connection, file_id: int, before: CdrFile) -> None:
    """Keep the calls that stayed within the span by which the file's calls are found."""
    c = cdr_files.c
    conn.execute(
        update(cdr_files)
        .where(
            c.id == file_id, or_(c.first_call_at.is_(None), c.first_call_at > before.first_call_at)
        )
        .values(first_call_at=before.first_call_at)
    )
    conn.execute(
        update(cdr_files)
        .where(c.id == file_id, or_(c.last_call_at.is_(None), c.last_call_at < before.last_call_at))
        .values(last_call_at=before.last_call_at)
    )


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
        _SUCCEEDED,
        {
            "of_file": load.file_id,
            "first_time": now,
            "status": FileStatus.SUCCESS,
            "source_id": load.source_id,
            "profile": load.profile,
            "timezone": load.timezone,
            "location": load.location,
            "processed_at": now,
            "first_call_at": load.first_call_at,
            "last_call_at": load.last_call_at,
            "holder": None,
            "leased_until": None,
            "error_code": None,
            "error": None,
            "dismissed_at": None,
            "dismissed_why": None,
            **ended,
        },
    )
    attempt_succeeded(conn, load.file_id, ended, now)
