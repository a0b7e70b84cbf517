"""Reading one CDR file outside the store: recognised, cut into parts, staged."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from data.domain.errors import Truncated
from data.domain.halves import NOWHERE, Elsewhere, Half
from data.domain.numbers import UNDECLARED
from data.domain.own_numbers import NO_NUMBERS
from data.domain.sequences import Run, compacted
from data.store.queries.halves import halves_elsewhere
from data.store.queries.sources import Source
from data.store.staged import StagedPart
from ingest.context import Ingest
from ingest.forerunners import LARGE_BYTES
from ingest.growing import Span
from ingest.profile import FoldRule
from ingest.readers import Begin, Part, Question, Recognition
from ingest.staged import StagedSegment
from ingest.stopping import unless_stopped
from ingest.whole_file import lines_before, summed_talk


@dataclass(frozen=True)
class Reading:
    """A file that was read to its end.

    Attributes:
        profile: Its format's name.
        fold: How its legs become one call; none: they do not.
        source_name: Its source's.
        timezone: The zone that its times were read in, as text.
        segments: What its parts came to, in order.
        schemas: For each part, under which schema its rows will be seen.
        staging: The staging files, in the order of their schemas.
        first_line: The number of the file's line with which the reading began.
        elsewhere: The halves of calls in other files that were known.
        runs: What it holds of its source's counter.
    """

    profile: str
    fold: FoldRule | None
    source_name: str
    timezone: str
    segments: Sequence[StagedSegment]
    schemas: Sequence[str]
    staging: Sequence[Path]
    first_line: int = 1
    elsewhere: frozenset[Half] = frozenset()
    runs: Sequence[Run] = ()

    @property
    def halves(self) -> list[Half]:
        """The records whose call is not whole within the file."""
        return [half for segment in self.segments for half in segment.halves]

    def parts(self) -> list[StagedPart]:
        """Return the parts as the store takes them in."""
        return [
            StagedPart(
                schema=schema,
                number=segment.number,
                lines_before=before + self.first_line - 1,
                calls=segment.calls,
                rejected=segment.rejected,
                ignored=segment.ignored,
            )
            for segment, schema, before in zip(
                self.segments, self.schemas, lines_before(self.segments), strict=True
            )
        ]


@dataclass(frozen=True)
class Request:
    """What is to be read.

    Attributes:
        plain: The file, not compressed.
        source: Whose it is; none: the built-in source of the profile that recognises it.
        latest: The day of its receipt, which gives the year to times that are written without.
        span: The part of a growing file that is new; none: the whole file.
        file_id: The file.
        name: What it is called, as delivered.
    """

    plain: Path
    source: Source | None
    latest: date
    span: Span | None = None
    file_id: int = 0
    name: str = ""


def read(ingest: Ingest, request: Request) -> Reading:
    """Recognise a file and stage its rows.

    Args:
        ingest: The running ingest.
        request: What is to be read.

    Raises:
        FileError: It cannot be used.
        Stopped: As asked.
    """
    way: Here | Processes = Processes(ingest) if _is_large(ingest, request) else Here(ingest)
    found = way.recognised(_question(ingest, request))
    orders = [Part(segment, number) for number, segment in enumerate(found.segments)]
    staging, staged = way.staged(orders, found.source)
    whole = _knowing_the_whole(ingest, request, found, [each for _, each in staged])
    elsewhere = whole[0].elsewhere if whole else NOWHERE
    if whole:
        for path in staging:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        staging, staged = way.staged(whole, found.source)
    _complete(found, [each for _, each in staged])
    return Reading(
        profile=found.profile,
        fold=found.fold,
        source_name=found.source_name,
        timezone=found.timezone,
        segments=[segment for _, segment in staged],
        schemas=[f"staged_{reader}" for reader, _ in staged],
        staging=staging,
        first_line=request.span.first_line if request.span else 1,
        elsewhere=frozenset(elsewhere.halves),
        runs=_runs(found, [each for _, each in staged]),
    )


def _complete(found: Recognition, staged: Sequence[StagedSegment]) -> None:
    """Make sure that a file has as many lines as its trailer says.

    Raises:
        Truncated: It has not.
    """
    lines = sum(each.calls + each.rejected + each.ignored for each in staged)
    if found.declared is not None and found.declared != lines:
        raise Truncated(
            f"Its trailer says {found.declared} lines, and it has {lines}: it was cut off, or put "
            "together of parts. Nothing was loaded. Ask for it to be sent again."
        )


def _runs(found: Recognition, staged: Sequence[StagedSegment]) -> Sequence[Run]:
    """Return what a file holds of its source's counter: its name's, else its lines'."""
    if found.numbered is not None:
        return [found.numbered]
    return compacted(run for segment in staged for run in segment.runs)


def _knowing_the_whole(
    ingest: Ingest, request: Request, found: Recognition, staged: Sequence[StagedSegment]
) -> list[Part]:
    """Return orders to read the parts again with what only the whole tells; none when it is so."""
    orders = [Part(segment, number) for number, segment in enumerate(found.segments)]
    if found.fold is FoldRule.SUM and any(talk := summed_talk(staged)):
        return [replace(order, talk_ms=talk[order.number]) for order in orders]
    keys = {half.pair_key for segment in staged for half in segment.halves}
    if not keys:
        return []
    with ingest.store.snapshot() as conn:
        others = halves_elsewhere(conn, found.source_name, request.file_id, keys)
    elsewhere = Elsewhere(request.file_id, others)
    return [replace(order, elsewhere=elsewhere) for order in orders] if others else []


def _is_large(ingest: Ingest, request: Request) -> bool:
    size = request.plain.stat().st_size
    if request.span is not None:
        size = request.span.end - request.span.start
    return size >= LARGE_BYTES and ingest.settings.workers > 1


def _question(ingest: Ingest, request: Request) -> Question:
    rules, source, span = ingest.rules(), request.source, request.span
    looked_at = rules.customer_codes.fields | rules.provider_codes.fields
    return Question(
        plain=request.plain,
        profiles=ingest.settings.profiles,
        profile=source.profile if source else None,
        source_name=source.name if source else None,
        timezone=source.timezone if source else None,
        tenant_zone=rules.zone,
        number_plan=source.number_plan if source else UNDECLARED,
        own_numbers=source.numbers if source else NO_NUMBERS,
        name=request.name,
        latest=request.latest,
        currency=rules.currency,
        fields=frozenset(name.value for name in looked_at),
        span=(span.start, span.end) if span else None,
    )


Staged = tuple[list[Path], list[tuple[int, StagedSegment]]]


class Here:
    """Reading in this process: for small files."""

    def __init__(self, ingest: Ingest) -> None:
        """Take the reader that earlier files used."""
        from ingest.reader import Reader  # noqa: PLC0415  heavy: not where processes read

        self._ingest = ingest
        ingest.reader = self._reader = ingest.reader or Reader()

    def recognised(self, question: Question) -> Recognition:
        """Recognise a file."""
        return self._reader.recognised(question)

    def staged(self, parts: Sequence[Part], source: bytes) -> Staged:
        """Stage the parts."""
        staging = self._ingest.staging(0)
        staged = []
        try:
            self._reader.begin(Begin(staging, source, self._ingest.rules()))
            for part in parts:
                unless_stopped(self._ingest.stopping)
                staged.append((0, self._reader.staged(part)))
        finally:
            self._reader.finish()
        return [staging], staged


class Processes:
    """Reading in processes of their own: for large files."""

    def __init__(self, ingest: Ingest) -> None:
        """Take the processes that are there, or start them."""
        self._ingest = ingest

    def recognised(self, question: Question) -> Recognition:
        """Recognise a file."""
        with self._ended_on_trouble():
            return self._ingest.readers().recognised(question, self._ingest.stopping)

    def staged(self, parts: Sequence[Part], source: bytes) -> Staged:
        """Stage the parts."""
        ingest, rules = self._ingest, self._ingest.rules()
        numbers = range(ingest.settings.workers)
        staging = [ingest.staging(number) for number in numbers]
        begin = [Begin(path, source, rules) for path in staging]
        with self._ended_on_trouble():
            return staging, ingest.readers().staged(begin, parts, ingest.stopping)

    @contextmanager
    def _ended_on_trouble(self) -> Iterator[None]:
        """End the processes: answers to this file must not be taken for the next one's."""
        try:
            yield
        except Exception:
            self._ingest.readers_ended()
            raise
