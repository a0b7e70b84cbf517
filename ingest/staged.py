"""What the parts of a CDR file came to; their rows are in their readers' staging files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data.domain.halves import Half
from data.domain.sequences import Run
from ingest.usage import Sums

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Legs:
    """Calls that may be legs of one call, one entry per call that says so.

    Attributes:
        fold_key: What legs of one call have in common.
        line: Counted from the part's first physical line.
        talk_ms: Talk time.
        started_ms: When it began.
        answered_ms: When it was answered; the largest number where it was not.
        answered: It was.
        called: The last digits of the called number, as a number; 0 where there are none.
        apart: It is no leg of an answered call to another number.
        preferred: It rather than another stands for a call.
    """

    fold_key: Ints
    line: Ints
    talk_ms: Ints
    started_ms: Ints
    answered_ms: Ints
    answered: Flags
    called: Ints
    apart: Flags
    preferred: Flags


@dataclass(frozen=True)
class ByContent:
    """Calls whose key is of their line's content, one entry per such call."""

    call_key: Ints
    line: Ints

    @classmethod
    def joined(cls, parts: Sequence["ByContent"]) -> "ByContent":
        """Return those of some blocks together."""
        keys, lines = [each.call_key for each in parts], [each.line for each in parts]
        return cls(np.concatenate(keys), np.concatenate(lines))


@dataclass(frozen=True)
class ByContentAside:
    """The same in a file: seldom looked at, and of a large file too many to carry about."""

    path: Path

    @classmethod
    def put(cls, path: Path, calls: ByContent) -> "ByContentAside":
        """Write calls into a file."""
        np.save(path, np.stack([calls.call_key, calls.line]))
        return cls(path)

    def loaded(self) -> ByContent:
        """Read them again."""
        keys, lines = np.load(self.path)
        return ByContent(keys, lines)


@dataclass
class StagedSegment:
    """What one part of a file came to.

    Attributes:
        number: Its place among the parts.
        destination_names: What the destinations of its sums are called, by index.
        lines: Physical lines.
        calls: Rows staged.
        rejected: Lines rejected.
        ignored: Lines ignored.
        first_ms: Start of its earliest call; none without calls.
        last_ms: Start of its latest call.
        customers: Sums by customer, of each block.
        destinations: Sums by destination, of each block.
        legs: Legs of each block, where the profile joins legs.
        by_content: Calls without an identity of their own, of each block.
        runs: What its lines hold of the format's counter, unless that leaves numbers out.
        halves: Records whose call is not whole within the file, where the profile joins records.
        remarks: How many calls each of the profile's remarks is about.
    """

    number: int
    destination_names: tuple[str, ...] = ()
    lines: int = 0
    calls: int = 0
    rejected: int = 0
    ignored: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    customers: list[Sums] = field(default_factory=list)
    destinations: list[Sums] = field(default_factory=list)
    legs: list[Legs] = field(default_factory=list)
    by_content: list[ByContent | ByContentAside] = field(default_factory=list)
    halves: list[Half] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class StagedGroup:
    """Parts of a file that follow one another and are staged together.

    Attributes:
        staging: Where their rows are.
        segments: What they came to, in order.
        lines_before: Physical lines of the file before the first of them.
    """

    staging: Path
    segments: Sequence[StagedSegment]
    lines_before: int

    @property
    def calls(self) -> int:
        """Rows of calls staged."""
        return sum(segment.calls for segment in self.segments)

    @property
    def has_legs(self) -> bool:
        """Whether some call may be a leg of another line's."""
        return any(len(legs.line) for segment in self.segments for legs in segment.legs)
