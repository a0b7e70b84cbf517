"""Taking a large file in: in segments, so that the write lock is never held for long.

The calls of a file whose parts say everything themselves come in while later parts are read, so
that the writer of the store works beside the readers. Those of a file whose legs are joined come
in when all of it was read. Nobody sees them before the file's last transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from data.domain.staging import MOST_STAGED
from data.store.queries.files import CdrFile
from data.store.retrying import retried
from data.store.staged import StagedPart
from data.store.writes.files import lease_is_held
from data.store.writes.loads import LeaseLost
from data.store.writes.parts import LineChange, Loading
from data.store.writes.segments import SEGMENT_CALLS, Segmented, load_begun, segment_inserted
from data.store.writes.versions import version_raised
from ingest.context import Ingest
from ingest.reading import Reading
from ingest.staged import StagedGroup
from ingest.stopping import unless_stopped
from ingest.whole_file import lines_before, times_of


class SegmentedLoad:
    """The calls of one file on their way into the store, under a data version of their own."""

    def __init__(self, ingest: Ingest, file: CdrFile) -> None:
        """Begin with nothing; the first calls begin the load."""
        self._ingest, self._file = ingest, file
        self._version: int | None = None
        self._inserted: dict[int, int] = {}
        self._taken = 0

    @property
    def segmented(self) -> Segmented | None:
        """What is in the store already; none: nothing."""
        return None if self._version is None else Segmented(self._version, self._inserted)

    def take(self, group: StagedGroup, changes: Sequence[LineChange] = ()) -> None:
        """Insert the calls of a group, a segment in each transaction.

        Args:
            group: The group, the next in order.
            changes: What the whole file says about its lines, where that is known.

        Raises:
            LeaseLost: Somebody else took the file.
            Stopped: As asked.
        """
        at_once = min(SEGMENT_CALLS, self._ingest.calls_at_once)
        for parts in _segments(parts_of([group]), at_once):
            unless_stopped(self._ingest.stopping)
            retried(partial(self._insert, group, parts, changes))
            self._ingest.step("segment")
        self._taken += 1

    def rest(self, reading: Reading) -> list[StagedGroup]:
        """Return the groups of a reading that were not taken yet; they are the last ones."""
        return list(reading.groups[self._taken :])

    def has_all(self, reading: Reading) -> bool:
        """Tell whether every call of a reading came in: then no two of its lines are equal."""
        return all(each.calls == self._inserted.get(each.number, 0) for each in reading.segments)

    def _insert(
        self, group: StagedGroup, parts: Sequence[StagedPart], changes: Sequence[LineChange]
    ) -> None:
        ingest, file_id = self._ingest, self._file.id
        with ingest.store.writing(staged=[group.staging]) as conn:
            if not lease_is_held(conn, file_id, ingest.holder.name):
                raise LeaseLost(f"File {file_id} was taken over by another ingest.")
            version = self._version
            if version is None:
                version = version_raised(conn, ingest.clock())
            load_begun(conn, file_id, _span(group), version)
            loading = Loading(file_id, version, changed=bool(changes))
            inserted = segment_inserted(conn, loading, parts, changes)
        if self._version is None:
            ingest.version_is_ours(version)
        self._version = version
        self._inserted |= inserted


def segmented_load(ingest: Ingest, file: CdrFile) -> SegmentedLoad | None:
    """Return how a file's calls come in segments; none for one that has calls in the store.

    Those it replaces in one transaction.
    """
    return SegmentedLoad(ingest, file) if file.first_call_at is None else None


def left_to_take(
    ingest: Ingest, reading: Reading, segmented: Segmented | None, changes: Sequence[LineChange]
) -> tuple[list[StagedPart], list[Path]]:
    """Return a file's parts for its last transaction, and the stagings that it still needs.

    What came in segments without a remainder is only counted. What is left in more stagings than
    a transaction sees is put together first; it is little, or the groups would be fewer.
    """
    inserted = {} if changes or segmented is None else segmented.inserted
    tables = {group.staging: _tables_left(group, inserted) for group in reading.groups}
    needed = [group for group in reading.groups if changes or tables[group.staging]]
    stagings = [group.staging for group in needed]
    parts = parts_of(needed)
    if len(needed) > MOST_STAGED:
        joined = ingest.staging(len(reading.groups))
        ingest.store.database.staged_joined({path: tables[path] for path in stagings}, joined)
        parts = [replace(part, schema=_schema(0)) for part in parts]
        stagings = [joined]
    parts += parts_of([group for group in reading.groups if group not in needed])
    return sorted(parts, key=lambda part: part.number), stagings


def _tables_left(group: StagedGroup, inserted: Mapping[int, int]) -> list[str]:
    """Return the tables of a group with rows that did not all come in, `inserted` calls by part."""
    return [
        f"{kind}_{each.number}"
        for each in group.segments
        for kind, rows in (
            ("calls", each.calls - inserted.get(each.number, 0)),
            ("rejections", each.rejected),
            ("ignored", each.ignored),
        )
        if rows
    ]


def _schema(number: int) -> str:
    return f"staged_{number}"


def parts_of(groups: Sequence[StagedGroup]) -> list[StagedPart]:
    """Return the parts of groups as the store sees them when their stagings are given to it."""
    return [
        StagedPart(
            schema=_schema(number),
            number=segment.number,
            lines_before=group.lines_before + before,
            calls=segment.calls,
            rejected=segment.rejected,
            ignored=segment.ignored,
        )
        for number, group in enumerate(groups)
        for segment, before in zip(group.segments, lines_before(group.segments), strict=True)
    ]


def _span(group: StagedGroup) -> tuple[datetime, datetime]:
    first, last = times_of(group.segments)
    if first is None or last is None:
        raise AssertionError("a segment has calls")
    return first, last


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
