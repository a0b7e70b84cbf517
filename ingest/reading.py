"""Reading one CDR file outside the store: recognised, cut into parts, staged."""

import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path

from data.domain.errors import Truncated
from data.domain.halves import NOWHERE, Elsewhere, Half
from data.domain.matching import Rules
from data.domain.numbers import UNDECLARED
from data.domain.own_numbers import NO_NUMBERS
from data.domain.sequences import Run, compacted
from data.domain.staging import MOST_STAGED
from data.store.queries.halves import halves_elsewhere
from data.store.queries.sources import Source
from ingest.context import Ingest
from ingest.forerunners import LARGE_BYTES
from ingest.growing import Span
from ingest.orders import Begin, Group, Part, Question, Recognition
from ingest.profile_values import FoldRule
from ingest.staged import StagedGroup, StagedSegment
from ingest.whole_file import summed_talk

MANY_GROUPS = 16
"""Of a file whose calls come in while it is read: the writer waits for the first, and is not far
behind at the last."""

Taken = Callable[[StagedGroup], None]


@dataclass(frozen=True)
class Reading:
    """A file that was read to its end.

    Attributes:
        profile: Its format's name.
        fold: How its legs become one call; none: they do not.
        source_name: Its source's.
        timezone: The zone that its times were read in, as text.
        groups: Its parts, in order, as they are staged together.
        first_line: The number of the file's line with which the reading began.
        elsewhere: The halves of calls in other files that were known.
        runs: What it holds of its source's counter.
    """

    profile: str
    fold: FoldRule | None
    source_name: str
    timezone: str
    groups: Sequence[StagedGroup]
    first_line: int = 1
    elsewhere: frozenset[Half] = frozenset()
    runs: Sequence[Run] = ()

    @property
    def segments(self) -> list[StagedSegment]:
        """What its parts came to, in order."""
        return [segment for group in self.groups for segment in group.segments]

    @property
    def remarks(self) -> Counter[str]:
        """How many calls each of its format's remarks is about."""
        return sum((segment.remarks for segment in self.segments), Counter())

    @property
    def halves(self) -> list[Half]:
        """The records whose call is not whole within the file."""
        return [half for segment in self.segments for half in segment.halves]


@dataclass(frozen=True)
class Terms:
    """What holds for a file while it is in work, whatever changes meanwhile.

    Attributes:
        rules: The codes and rates.
        source: Whose it is; none: the built-in source of the profile that recognises it.
    """

    rules: Rules
    source: Source | None


@dataclass(frozen=True)
class Request:
    """What is to be read.

    Attributes:
        plain: The file, not compressed.
        terms: By which codes, rates and declarations.
        latest: The day of its receipt, which gives the year to times that are written without.
        span: The part of a growing file that is new; none: the whole file.
        file_id: The file.
        name: What it is called, as delivered.
    """

    plain: Path
    terms: Terms
    latest: date
    span: Span | None = None
    file_id: int = 0
    name: str = ""


def read(ingest: Ingest, request: Request, taken: Taken | None = None) -> Reading:
    """Recognise a file and stage its rows.

    Args:
        ingest: The running ingest.
        request: What is to be read.
        taken: Told of each group of parts once it is staged, while others are read, as long as
            nothing that is read later changes its rows: until the first leg that may be joined.

    Raises:
        FileError: It cannot be used.
        Stopped: As asked.
    """
    way: Here | Processes = Processes(ingest) if _is_large(ingest, request) else Here(ingest)
    found = way.recognised(_question(ingest, request))
    orders = [Part(segment, number) for number, segment in enumerate(found.segments)]
    early = taken if len(orders) > 1 else None
    first_line = request.span.first_line if request.span else 1
    in_many = early is not None and not found.has_legs
    begin = Begin(found.source, request.terms.rules)
    groups = _staged(way, _Orders(orders, begin, first_line, in_many=in_many), early)
    whole = _knowing_the_whole(ingest, request, found, _segments(groups))
    elsewhere = whole[0].elsewhere if whole else NOWHERE
    if whole:
        for group in groups:
            _removed(group.staging)
        groups = _staged(way, _Orders(whole, begin, first_line), None)
    _complete(found, _segments(groups))
    return Reading(
        profile=found.profile,
        fold=found.fold,
        source_name=found.source_name,
        timezone=found.timezone,
        groups=groups,
        first_line=first_line,
        elsewhere=frozenset(elsewhere.halves),
        runs=_runs(found, _segments(groups)),
    )


@dataclass(frozen=True)
class _Orders:
    """What is to be staged.

    Attributes:
        parts: The parts of a file.
        begin: For what source, by what rules.
        first_line: The number of its first line that is read.
        in_many: In many groups, each taken in at once: few will be needed again at the end.
    """

    parts: Sequence[Part]
    begin: Begin
    first_line: int
    in_many: bool = False


def _staged(way: "Here | Processes", orders: _Orders, taken: Taken | None) -> list[StagedGroup]:
    """Have parts read, and told of group by group."""
    groups: list[StagedGroup] = []
    before = orders.first_line - 1
    with closing(way.staged(orders)) as staged:
        for staging, segments in staged:
            groups.append(StagedGroup(staging, segments, before))
            before += sum(segment.lines for segment in segments)
            taken = None if groups[-1].has_legs else taken
            if taken is not None:
                taken(groups[-1])
    return groups


def _removed(staging: Path) -> None:
    if staging.is_dir():
        shutil.rmtree(staging)
    else:
        staging.unlink()


def _segments(groups: Sequence[StagedGroup]) -> list[StagedSegment]:
    return [segment for group in groups for segment in group.segments]


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
    rules, source, span = request.terms.rules, request.terms.source, request.span
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


Staged = Generator[tuple[Path, list[StagedSegment]], None, None]


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

    def staged(self, orders: _Orders) -> Staged:
        """Stage the parts, all together."""
        group = Group(0, self._ingest.staging(0), orders.parts)
        self._reader.begin(orders.begin)
        yield group.staging, self._reader.staged(group, self._ingest.stopping)


class Processes:
    """Reading in processes of their own: for large files."""

    def __init__(self, ingest: Ingest) -> None:
        """Take the processes that are there, or start them."""
        self._ingest = ingest

    def recognised(self, question: Question) -> Recognition:
        """Recognise a file."""
        with self._ended_on_trouble():
            return self._ingest.readers().recognised(question, self._ingest.stopping)

    def staged(self, orders: _Orders) -> Staged:
        """Stage the parts, group by group."""
        ingest = self._ingest
        groups = [
            Group(number, ingest.staging(number), some)
            for number, some in enumerate(_shared(orders.parts, in_many=orders.in_many))
        ]
        with self._ended_on_trouble():
            staged = ingest.readers().staged(orders.begin, groups, ingest.stopping)
            with closing(staged):
                yield from zip((group.staging for group in groups), staged, strict=True)

    @contextmanager
    def _ended_on_trouble(self) -> Iterator[None]:
        """End the processes: answers to this file must not be taken for the next one's."""
        try:
            yield
        except BaseException:
            self._ingest.readers_ended()
            raise


def _shared(parts: Sequence[Part], *, in_many: bool) -> list[Sequence[Part]]:
    """Return parts in groups, in order.

    Small last ones leave no reader without work while another still has much; of many, small
    first ones give the writer something to do soon.
    """
    count = min(MANY_GROUPS if in_many else MOST_STAGED, len(parts))
    weights = [min(at + 1, 3, count - at) if in_many else count - at for at in range(count)]
    bounds = [len(parts) * done // sum(weights) for done in accumulate(weights, initial=0)]
    return [parts[start:end] for start, end in pairwise(bounds) if end > start]
