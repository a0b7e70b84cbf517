"""Reading processes: they work on the parts of a large file beside the one writer of the store.

A reader lives as long as the pipe to its owner: when the owner is gone, the pipe ends and so does
the reader; when a reader is gone, its owner notices at once.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data.domain.errors import BillingError, FileError
from data.domain.halves import NOWHERE, Elsewhere
from data.domain.numbers import NumberPlan
from data.domain.own_numbers import OwnNumbers
from data.domain.sequences import Run
from ingest.forerunners import reading_processes
from ingest.profile import FoldRule
from ingest.stopping import Stopping, unless_stopped

if TYPE_CHECKING:  # the owner of readers does not need what they need
    from data.domain.matching import Rules
    from ingest.staged import StagedSegment

LOOK_UP_S = 0.2


class ReaderLost(BillingError):
    """A reading process ended in the middle of its work."""


class ReaderFailed(BillingError):
    """A reading process met a mistake of ours; carries its traceback."""


@dataclass(frozen=True)
class Question:
    """What is this file, and how is it to be read?

    Attributes:
        plain: The file, not compressed.
        profiles: The folder of the user's own profiles, if any.
        profile: The one that its source names; none: any may be it.
        source_name: Its source's; none: the profile's.
        timezone: Its source's zone; none: what the file proves, else the tenant's.
        tenant_zone: The tenant's.
        number_plan: How its source writes numbers.
        own_numbers: Which numbers are its source's own.
        name: What the file is called, as delivered.
        latest: No moment in it is after this day.
        currency: The tenant's.
        fields: The fields of a call that some auth code looks at.
        span: Offsets of the part that is read, for a growing file; none: all of it.
    """

    plain: Path
    profiles: Path | None
    profile: str | None
    source_name: str | None
    timezone: str | None
    tenant_zone: ZoneInfo
    number_plan: NumberPlan
    own_numbers: OwnNumbers
    name: str
    latest: date
    currency: str
    fields: frozenset[str]
    span: tuple[int, int] | None


@dataclass(frozen=True)
class Recognition:
    """The answer to a question.

    Attributes:
        profile: The format's name.
        fold: How legs become one call; none: they do not.
        source_name: Part of every call's key.
        timezone: What its local times mean, as text.
        source: What its source says, for the readers.
        segments: Its parts, in order, for the readers.
        declared: How many lines its trailer says that it has; none: nothing does.
        numbered: What its name says of the counter of files; none: nothing.
    """

    profile: str
    fold: FoldRule | None
    source_name: str
    timezone: str
    source: bytes
    segments: Sequence[bytes]
    numbered: Run | None = None
    declared: int | None = None


@dataclass(frozen=True)
class Begin:
    """The order to begin a file: for this source, by these rules."""

    source: bytes
    rules: "Rules"


@dataclass(frozen=True)
class Part:
    """The order to read one part.

    Attributes:
        segment: Where it is.
        number: Its place among the parts.
        talk_ms: Talk times that the whole file gives to some of its lines, by line of the part.
        elsewhere: What other files of the source hold, where records are joined into calls.
    """

    segment: bytes
    number: int
    talk_ms: Mapping[int, int] = field(default_factory=dict)
    elsewhere: Elsewhere = NOWHERE


@dataclass(frozen=True)
class Group:
    """The order to read some parts that follow one another, and to stage them together.

    Attributes:
        number: Its place among the groups.
        staging: Where the rows go; closed with the answer, for somebody else to open.
        parts: The parts, in order.
    """

    number: int
    staging: Path
    parts: Sequence[Part]


@dataclass(frozen=True)
class Mistake:
    """An answer: something that is not the file's fault."""

    trace: str


@dataclass(frozen=True)
class Done:
    """An answer: the order is carried out, with nothing to say."""


class Readers:
    """Some reading processes; started once, used for any number of files."""

    def __init__(self, count: int) -> None:
        """Start the processes; they load what they need while the owner does something else."""
        self._processes = reading_processes(count)
        self._pipes = self._processes.pipes

    def staged(
        self, begin: Begin, groups: Sequence[Group], stopping: Stopping
    ) -> "Generator[list[StagedSegment], None, None]":
        """Have the parts of a file read, and give what each group came to, in order.

        The next groups are read while the caller works on the ones before.

        Args:
            begin: How the file is to be read.
            groups: The parts in groups, in order.
            stopping: Whether to give up.

        Raises:
            FileError: A part cannot be used.
            Stopped: As asked; the readers are to be ended.
            ReaderLost: A process ended.
            ReaderFailed: A mistake of ours.
        """
        self._each(begin, stopping)
        answers: Queue[tuple[int, object]] = Queue()
        given_up = Event()
        driver = Thread(target=self._driven, args=(groups, answers, given_up), daemon=True)
        driver.start()
        found: dict[int, list[StagedSegment]] = {}
        try:
            for group in groups:
                while group.number not in found:
                    number, answer = _next_answer(answers, stopping)
                    found[number] = _told(answer)
                yield found.pop(group.number)
        finally:
            given_up.set()
            driver.join()

    def _driven(
        self, groups: Sequence[Group], answers: "Queue[tuple[int, object]]", given_up: Event
    ) -> None:
        """Keep every process at work until all is read or given up; in a thread of its own."""
        left = list(groups)[::-1]
        at_work: dict[Connection, int] = {}
        for pipe in self._pipes:
            _next_group(pipe, left, at_work)
        while at_work and not given_up.is_set():
            for ready in wait(list(at_work), timeout=LOOK_UP_S):
                if isinstance(ready, Connection):
                    answers.put((at_work.pop(ready), _received(ready)))
                    _next_group(ready, left, at_work)

    def recognised(self, question: Question, stopping: Stopping) -> Recognition:
        """Have a file recognised.

        Raises:
            FileError: It cannot be used.
            Stopped: As asked; the readers are ended.
            ReaderLost: A process ended.
            ReaderFailed: A mistake of ours.
        """
        pipe = self._pipes[0]
        pipe.send(question)
        while not pipe.poll(LOOK_UP_S):
            unless_stopped(stopping)
        found: Recognition = _told(_received(pipe))
        return found

    def _each(self, order: object, stopping: Stopping) -> None:
        """Give every reader an order and wait until all have carried it out."""
        for pipe in self._pipes:
            pipe.send(order)
        for pipe in self._pipes:
            while not pipe.poll(LOOK_UP_S):
                unless_stopped(stopping)
            _told(_received(pipe))

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._processes.close()


def _next_group(pipe: Connection, left: list[Group], at_work: dict[Connection, int]) -> None:
    if left:
        group = left.pop()
        with suppress(BrokenPipeError):  # the reader is gone, as reading from it will tell
            pipe.send(group)
        at_work[pipe] = group.number


def _next_answer(answers: "Queue[tuple[int, object]]", stopping: Stopping) -> tuple[int, object]:
    while True:
        unless_stopped(stopping)
        with suppress(Empty):
            return answers.get(timeout=LOOK_UP_S)


def _received(pipe: Connection) -> object:
    """Return an answer; of a reader that is gone, that it is."""
    try:
        answer: object = pipe.recv()
    except (EOFError, ConnectionResetError):
        return ReaderLost("A reading process was killed, or ran out of memory.")
    return answer


def _told(answer: object) -> Any:  # noqa: ANN401 (what the order asks for)
    """Return an answer that says what was asked; raise one that says why not."""
    if isinstance(answer, FileError | ReaderLost):
        raise answer
    if isinstance(answer, Mistake):
        raise ReaderFailed(answer.trace)
    return answer
