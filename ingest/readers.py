"""Reading processes: they work on the parts of a large file beside the one writer of the store.

A reader lives as long as the pipe to its owner: when the owner is gone, the pipe ends and so does
the reader; when a reader is gone, its owner notices at once.
"""

from collections.abc import Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from data.domain.errors import BillingError, FileError
from ingest.forerunners import reading_processes
from ingest.orders import Begin, Group, Mistake, Question, Recognition
from ingest.stopping import Stopping, unless_stopped

if TYPE_CHECKING:  # the owner of readers does not need what they need
    from ingest.staged import StagedSegment

LOOK_UP_S = 0.2


class ReaderLost(BillingError):
    """A reading process ended in the middle of its work."""


class ReaderFailed(BillingError):
    """A reading process met a mistake of ours; carries its traceback."""


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
