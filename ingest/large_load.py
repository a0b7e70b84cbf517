"""Taking a large file in: in segments first, so that the write lock is never held for long."""

from collections.abc import Iterator, Sequence

from data.store.queries.files import CdrFile
from data.store.staged import StagedPart
from data.store.writes.files import lease_is_held
from data.store.writes.loads import LeaseLost
from data.store.writes.parts import LineChange, Loading
from data.store.writes.segments import (
    SEGMENT_CALLS,
    Segmented,
    segment_inserted,
)
from ingest.context import Ingest
from ingest.reading import Reading
from ingest.stopping import unless_stopped


def is_large(ingest: Ingest, file: CdrFile, reading: Reading) -> bool:
    """Decide whether a file's calls come in segments.

    A file that has calls in the store already replaces them in one transaction. Other databases
    than SQLite would copy the staged rows anew for every segment.
    """
    calls = sum(segment.calls for segment in reading.segments)
    is_sqlite = ingest.store.url.get_backend_name() == "sqlite"
    return calls > ingest.calls_at_once and file.first_call_at is None and is_sqlite


def segments_inserted(
    ingest: Ingest, file: CdrFile, reading: Reading, version: int, changes: Sequence[LineChange]
) -> Segmented:
    """Insert a file's calls, a segment in each transaction; nobody sees them yet.

    Args:
        ingest: The running ingest.
        file: The file, for which `load_begun` was committed.
        reading: What was read of it.
        version: The data version of its rows.
        changes: What the whole file says about its lines.

    Raises:
        LeaseLost: Somebody else took the file.
        Stopped: As asked.
    """
    loading = Loading(file.id, version, changed=bool(changes))
    inserted: dict[int, int] = {}
    for parts in _segments(reading.parts(), min(SEGMENT_CALLS, ingest.calls_at_once)):
        unless_stopped(ingest.stopping)
        with ingest.store.writing(staged=reading.staging) as conn:
            if not lease_is_held(conn, file.id, ingest.holder.name):
                raise LeaseLost(f"File {file.id} was taken over by another ingest.")
            inserted |= segment_inserted(conn, loading, parts, changes)
        ingest.step("segment")
    return Segmented(version, inserted)


def _segments(parts: Sequence[StagedPart], calls: int) -> Iterator[list[StagedPart]]:
    """Yield parts that have calls, in order, about so many calls at a time."""
    some: list[StagedPart] = []
    for part in parts:
        some += [part] if part.calls else []
        if sum(each.calls for each in some) >= calls:
            yield some
            some = []
    if some:
        yield some
