"""One reader: stages the parts of one file after another."""

import pickle

import pyarrow as pa

from data.domain.matching import Rules
from ingest.profile import profiles
from ingest.readers import Begin, Done, Finish, Part, Question, Recognition
from ingest.recognise import recognised
from ingest.rows import SourceRules
from ingest.segment import Stamper, staged_segment
from ingest.staged import StagedSegment
from ingest.staging import Staging, staging


class Reader:
    """What a reading process (or the ingest itself, for a small file) does."""

    def __init__(self) -> None:
        """Wait for a file, with the allocator that was measured to hold least."""
        if "jemalloc" in pa.supported_memory_backends():
            pa.set_memory_pool(pa.jemalloc_memory_pool())
        profiles()  # read now, while the owner of a reading process still looks for work
        self._staging: Staging | None = None
        self._source: SourceRules | None = None
        self._rules: Rules | None = None
        self._stamper: Stamper | None = None

    def answer(self, order: Question | Begin | Part | Finish) -> Recognition | StagedSegment | Done:
        """Carry out an order.

        Raises:
            FileError: The part cannot be used.
        """
        if isinstance(order, Question):
            return self.recognised(order)
        if isinstance(order, Part):
            return self.staged(order)
        if isinstance(order, Begin):
            self.begin(order)
        else:
            self.finish()
        return Done()

    def recognised(self, question: Question) -> Recognition:
        """Recognise a file and cut it into parts.

        Raises:
            FileError: It cannot be used.
        """
        return recognised(question)

    def begin(self, order: Begin) -> None:
        """Begin a file; one that was given up is let go."""
        self.finish()
        self._staging = staging(order.staging)
        self._source = pickle.loads(order.source)  # noqa: S301  our own process made it
        if order.rules is not self._rules:
            self._rules, self._stamper = order.rules, Stamper(order.rules)

    def staged(self, order: Part) -> StagedSegment:
        """Read and stage one part of the file begun.

        Raises:
            FileError: It cannot be used.
        """
        if self._staging is None or self._source is None or self._stamper is None:
            raise AssertionError("a part before its file")
        return staged_segment(order, self._source, self._stamper, self._staging)

    def finish(self) -> None:
        """Close the staging file, for somebody else to open, and give memory back."""
        if self._staging is not None:
            self._staging.close()
            self._staging = None
            pa.default_memory_pool().release_unused()
