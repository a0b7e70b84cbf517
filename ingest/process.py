"""One CDR file from claim to archive: everything outside the lock, then one transaction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from data.domain.errors import Changed, FileError, Gone, TooManyRejections
from data.store.queries.files import CdrFile, keys_of_file
from data.store.queries.growing import Followed, Growth, followed, growth
from data.store.queries.halves import has_halves
from data.store.queries.sources import Source, source
from data.store.retrying import retried
from data.store.writes.growing import growth_recorded
from data.store.writes.loads import Load, Loaded, file_loaded
from data.store.writes.parts import LineChange
from data.store.writes.sources import built_in_source_met
from ingest.archive import copied
from ingest.context import Ingest
from ingest.growing import Span, fingerprint, refuse_copy, unread
from ingest.inbox import Arrival, content_hash, path_of
from ingest.keeping import archived, is_ours, kept_path
from ingest.large_load import SegmentedLoad, left_to_take, segmented_load
from ingest.reading import Reading, Request, Terms, read
from ingest.unpack import Bounds, compression, unpacked
from ingest.usage import Sums, customer_usage, destination_usage
from ingest.whole_file import line_changes, times_of

PPM = 1_000_000


def processed(ingest: Ingest, file: CdrFile, arrival: Arrival | None) -> tuple[Reading, Loaded]:
    """Take a claimed file in, and move it to the archive.

    Args:
        ingest: The running ingest.
        file: The file, as it was claimed.
        arrival: How a look at the inbox found it in this run; none: not in this run.

    Raises:
        FileError: It cannot be used; nothing of it was stored.
        Changed: It was written to meanwhile; nothing of it was stored.
        Stopped: As asked.
    """
    ingest.work_dir.mkdir(parents=True, exist_ok=True)
    try:
        with ingest.store.snapshot() as conn:
            growing, owner = None, None
            if file.source_id is not None:  # what grows always has a source
                growing, owner = growth(conn, file.id), source(conn, file.source_id)
            terms = Terms(ingest.rules(conn), owner)
            elsewhere = followed(conn, besides=file.source_id) if growing is None else []
        if growing is not None:
            return _grown(ingest, file, terms, growing)
        return _dropped(ingest, file, terms, arrival, elsewhere)
    finally:
        ingest.swept()


def _dropped(
    ingest: Ingest,
    file: CdrFile,
    terms: Terms,
    arrival: Arrival | None,
    elsewhere: Sequence[Followed],
) -> tuple[Reading, Loaded]:
    """Take in a file that was delivered whole; `elsewhere` are read as they grow."""
    path = _where(ingest, file, terms)
    seen = _checked(file, path, arrival, ingest)
    plain = _plain(ingest, file, path)
    refuse_copy(plain, elsewhere)
    ingest.step("unpacked")
    request = Request(
        plain,
        terms,
        file.received_at.date(),
        file_id=file.id,
        name=file.name,
    )
    segments = segmented_load(ingest, file)
    try:
        reading = read(ingest, request, segments.take if segments else None)
    except FileNotFoundError:
        _checked(file, path, seen, ingest)
        raise
    ingest.step("parsed")
    _checked(file, path, seen, ingest)
    if segments is not None:
        _rest_inserted(ingest, file, reading, segments)
    kept = kept_path(ingest, file, terms.source)
    ours = is_ours(ingest.settings, path)
    if not ours:
        copied(path, kept)  # before the store says that it is there
    ending = Ending(os.fspath(kept), segments=segments)
    loaded = retried(lambda: _loaded(ingest, file, reading, ending))
    if ours:
        archived(path, kept)
    ingest.step("archived")
    return reading, loaded


def _grown(ingest: Ingest, file: CdrFile, terms: Terms, growing: Growth) -> tuple[Reading, Loaded]:
    """Take in what was appended to a growing file; it stays where it is."""
    path = path_of(growing.path)
    if not path.exists():
        raise Gone(f"It is gone from {path.parent}. What was read of it stays.")
    span = unread(growing)
    with ingest.store.snapshot() as conn:
        if has_halves(conn, file.id):  # what is new may complete a call of what was read before
            span = Span(0, span.end, 1)
    request = Request(path, terms, ingest.clock().date(), span, file.id)
    reading = read(ingest, request)
    if reading.halves and span.start > 0:
        span = Span(0, span.end, 1)
        reading = read(ingest, replace(request, span=span))
    ingest.step("parsed")
    after = Growth(
        file_id=file.id,
        path=growing.path,
        offset_bytes=span.end,
        next_line=span.first_line + sum(segment.lines for segment in reading.segments),
        fingerprint=fingerprint(path, span.end),
    )
    ending = Ending(growing.path, after)
    return reading, retried(lambda: _loaded(ingest, file, reading, ending))


@dataclass(frozen=True)
class Ending:
    """How a file ends that is taken in.

    Attributes:
        location: Where it will lie.
        growth: How far it was read; none: it does not grow.
        segments: How its calls came in segments; none: they could not.
    """

    location: str
    growth: Growth | None = None
    segments: SegmentedLoad | None = None


def _where(ingest: Ingest, file: CdrFile, terms: Terms) -> Path:
    """Return where a file lies: where the store says, or else in an archive that was moved."""
    path, kept = path_of(file.location), kept_path(ingest, file, terms.source)
    return kept if not path.exists() and kept.exists() else path


def _checked(file: CdrFile, path: Path, seen: Arrival | None, ingest: Ingest) -> Arrival:
    """Return how the file lies there, making sure that it is what was received.

    Raises:
        Changed: It was written to.
        Gone: It is.
        FileError: It holds something else.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        then = f", then process file {file.id} again" if file.first_call_at else ""
        raise Gone(f"It is gone from {path.parent}. Deliver it again{then}.") from None
    now = Arrival(path, "", found.st_size, max(found.st_mtime_ns, found.st_ctime_ns))
    if seen is None:
        if content_hash(now, ingest.stopping) != file.sha256:
            raise _not_what_was_received(file, path)
    elif (now.size_bytes, now.changed_ns) != (seen.size_bytes, seen.changed_ns):
        raise Changed("It was written to while it was read; it waits until it rests.")
    return now


def _not_what_was_received(file: CdrFile, path: Path) -> FileError:
    if file.first_processed_at is not None:
        return FileError(
            f"The copy kept at {path} is not what was received: it was changed or is damaged. "
            "What it loaded stays. Restore it from a backup, then process it again."
        )
    return Changed("It was written to since it was received; it waits until it rests.")


def _plain(ingest: Ingest, file: CdrFile, path: Path) -> Path:
    """Return the file itself, or what it unpacks to."""
    kind = compression(path, file.name)
    if kind is None:
        return path
    plain = ingest.work_dir / f"{file.id}.plain"
    unpacked(path, plain, kind, Bounds(), ingest.stopping)
    return plain


def _loaded(ingest: Ingest, file: CdrFile, reading: Reading, ending: Ending) -> Loaded:
    """Check what was read as a whole, and commit it."""
    now = ingest.clock()
    appended = ending.growth is not None and reading.first_line > 1
    is_in = ending.segments is not None and ending.segments.has_all(reading)
    changes = [] if appended or is_in else _changes(reading)
    segmented = ending.segments.segmented if ending.segments else None
    parts, staging = left_to_take(ingest, reading, segmented, changes)
    with ingest.store.writing(staged=staging) as conn:
        owner = _owner(conn, file, reading, now)
        if appended:
            times = times_of(reading.segments)
            changes = _changes(reading, frozenset(keys_of_file(conn, file.id, *times)))
        load = replace(
            _load(ingest, file, reading, changes),
            source_id=owner.id,
            location=ending.location,
            parts=parts,
            appended=appended,
            halves=() if appended else reading.halves,
            elsewhere=reading.elsewhere,
            runs=reading.runs,
            segmented=segmented,
        )
        loaded = file_loaded(conn, load, now)
        if ending.growth is not None:
            growth_recorded(conn, ending.growth)
        ingest.step("inserted")
    ingest.version_is_ours(loaded.version)
    ingest.step("committed")
    return loaded


def _rest_inserted(ingest: Ingest, file: CdrFile, reading: Reading, load: SegmentedLoad) -> None:
    """Insert calls in segments that did not come while a file was read, when they are many."""
    rest = load.rest(reading)
    if sum(group.calls for group in rest) <= ingest.calls_at_once:
        return
    with ingest.store.writing() as conn:
        _owner(conn, file, reading, ingest.clock())
    changes = _changes(reading)
    for group in rest:
        load.take(group, changes)


def _owner(conn: Connection, file: CdrFile, reading: Reading, now: datetime) -> Source:
    """Return whose the file is, which must tolerate its rejections."""
    if file.source_id is None:
        owner = built_in_source_met(conn, reading.source_name, now)
    else:
        owner = source(conn, file.source_id)
    _tolerated(owner, reading)
    return owner


def _tolerated(owner: Source, reading: Reading) -> None:
    rejected = sum(segment.rejected for segment in reading.segments)
    lines = rejected + sum(segment.calls + segment.ignored for segment in reading.segments)
    tolerated = owner.rejected_ppm_tolerated
    if tolerated is not None and rejected * PPM > tolerated * lines:
        raise TooManyRejections(
            f"{rejected} of {lines} lines were rejected, more than source {owner.name} tolerates. "
            "Nothing was loaded; look at the lines with 'python -m ingest check'."
        )


def _changes(reading: Reading, taken: frozenset[int] = frozenset()) -> list[LineChange]:
    """Return what the whole file says about its lines, counted from its first."""
    changes = line_changes(reading.segments, reading.fold, taken)
    return [replace(each, line=each.line + reading.first_line - 1) for each in changes]


def _load(ingest: Ingest, file: CdrFile, reading: Reading, changes: Sequence[LineChange]) -> Load:
    segments = reading.segments
    sums = [each for segment in segments for each in segment.customers]
    places = [each for segment in segments for each in segment.destinations]
    first, last = times_of(segments)
    return Load(
        file_id=file.id,
        holder=ingest.holder.name,
        source_id=0,
        profile=reading.profile,
        timezone=reading.timezone,
        location="",
        parts=(),
        changes=changes,
        usage=customer_usage(Sums.joined(sums)) if sums else [],
        destinations=destination_usage(Sums.joined(places), segments[0].destination_names)
        if places
        else [],
        first_call_at=first,
        last_call_at=last,
    )
