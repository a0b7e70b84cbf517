"""One reader: stages the parts of one file after another."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from data.domain.matching import Rules
from ingest.orders import Begin, Done, Group, Question, Recognition
from ingest.profile import profiles
from ingest.read import Block
from ingest.recognise import recognised
from ingest.rows import SourceRules
from ingest.segment import Stamper, staged_segment
from ingest.staged import ByContent, ByContentAside, StagedSegment
from ingest.staging import staging
from ingest.stopping import Stopping, never, unless_stopped

MANY_CALLS = 10_000
"""Calls by content of one part that wait in a file, not in memory; seldom does anybody look."""


class Reader:
    """What a reading process (or the ingest itself, for a small file) does."""

    def __init__(self) -> None:
        """Wait for a file, with the allocator that was measured to hold least."""
        if "jemalloc" in pa.supported_memory_backends():
            pa.set_memory_pool(pa.jemalloc_memory_pool())
        profiles()  # read now, while the owner of a reading process still looks for work
        self._source: SourceRules | None = None
        self._rules: Rules | None = None
        self._stamper: Stamper | None = None
        self._seen: dict[bytes, Sequence[Block]] = {}

    def answer(self, order: Question | Begin | Group) -> Recognition | list[StagedSegment] | Done:
        """Carry out an order.

        Raises:
            FileError: The file cannot be used.
        """
        if isinstance(order, Question):
            return self.recognised(order)
        if isinstance(order, Group):
            return self.staged(order)
        self.begin(order)
        return Done()

    def recognised(self, question: Question) -> Recognition:
        """Recognise a file and cut it into parts.

        Raises:
            FileError: It cannot be used.
        """
        recognition, seen = recognised(question)
        self._seen = {recognition.segments[0]: seen} if seen else {}
        return recognition

    def begin(self, order: Begin) -> None:
        """Begin a file."""
        self._source = pickle.loads(order.source)  # noqa: S301  our own process made it
        if order.rules is not self._rules:
            self._rules, self._stamper = order.rules, Stamper(order.rules)

    def staged(self, group: Group, stopping: Stopping = never) -> list[StagedSegment]:
        """Read and stage some parts of the file begun; close the staging, give memory back.

        Raises:
            FileError: One cannot be used.
            Stopped: As asked.
        """
        if self._source is None or self._stamper is None:
            raise AssertionError("a part before its file")
        place = staging(group.staging)
        try:
            found = []
            for part in group.parts:
                unless_stopped(stopping)
                seen = self._seen.pop(part.segment, None)
                segment = staged_segment(part, self._source, self._stamper, place, seen)
                found.append(_light(segment, group.staging.parent))
            return found
        finally:
            place.close()
            pa.default_memory_pool().release_unused()


def _light(segment: StagedSegment, scratch: Path) -> StagedSegment:
    """Return what a part came to without what is seldom looked at."""
    calls = [each for each in segment.by_content if isinstance(each, ByContent)]
    if sum(len(each.line) for each in calls) < MANY_CALLS:
        return segment
    aside = scratch / f"by-content-{segment.number}.npy"
    return replace(segment, by_content=[ByContentAside.put(aside, ByContent.joined(calls))])
