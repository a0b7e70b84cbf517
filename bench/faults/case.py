"""What a fault is, what must hold, and what a trial of it found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


class NotHere(Exception):
    """This machine lacks what the trial needs; the message says what."""


@dataclass(frozen=True)
class Found:
    """What a trial found.

    Attributes:
        figure: In words and numbers.
        wrong: What did not hold; empty: all did.
    """

    figure: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A fault that is done on purpose.

    Attributes:
        id: In the catalogue.
        fault: What is done.
        expected: What must hold.
        trial: Does it so many times in an empty folder.
            Raises NotHere where this machine cannot.
        full: How many times by `make faults`.
        short: How many times by `make test`; 0: not there, for it would take too long.
    """

    id: str
    fault: str
    expected: str
    trial: Callable[[Path, int], Found]
    full: int
    short: int = 0


@dataclass(frozen=True)
class InSuite:
    """A fault that tests of the suite do, in every run.

    Attributes:
        id: In the catalogue.
        fault: What is done.
        expected: What must hold.
        tests: The names of the tests, by their file below tests/.
    """

    id: str
    fault: str
    expected: str
    tests: Mapping[str, tuple[str, ...]]

    def each(self) -> Iterator[tuple[str, str]]:
        """Give file and name of each test."""
        for file, names in self.tests.items():
            for name in names:
                yield file, name
