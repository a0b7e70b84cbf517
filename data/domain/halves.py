"""Records of one moment each whose other half lies in another file, and what they come to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum


class HalfKind(IntEnum):
    """What a record says of its call, as stored."""

    OPENS = 0
    ANSWERS = 1
    CLOSES = 2


@dataclass(frozen=True, slots=True)
class Half:
    """A record that makes no call within its own file.

    Attributes:
        pair_key: What the records of its call have in common, hashed.
        kind: What it says.
        moment: When, as written; stamps of one source sort as they are written.
        line: Its physical line.
        file_id: Its file; 0 while that is not known.
    """

    pair_key: int
    kind: HalfKind
    moment: str
    line: int
    file_id: int = 0


@dataclass(frozen=True)
class Elsewhere:
    """What other files of the source hold.

    Attributes:
        file_id: The file that is read: of equal records the one of the earliest file counts.
        halves: Those of the other files.
    """

    file_id: int = 0
    halves: tuple[Half, ...] = ()


NOWHERE = Elsewhere()


@dataclass
class Met:
    """What halves of one file come to with those elsewhere; lines of that file.

    Attributes:
        calls: Per opening record that stands for a call, the moments of answer and end; the
            answer is empty where no record says it.
        joined: Records that belong to a call for which another record stands.
    """

    calls: dict[int, tuple[str, str]] = field(default_factory=dict)
    joined: set[int] = field(default_factory=set)


def met(own: Sequence[Half], elsewhere: Elsewhere) -> Met:
    """Return what a file's halves come to.

    The earliest opening record of all files stands for the call, with the earliest answer and the
    last end. Whichever file asks, and in whatever order they arrived, the answer is the same.
    """
    found = Met()
    theirs = _by_key(elsewhere.halves)
    for key, ours in _by_key(own).items():
        every = [*((half, elsewhere.file_id) for half in ours)]
        every += [(half, half.file_id) for half in theirs.get(key, ())]
        opens = [each for each in every if each[0].kind is HalfKind.OPENS]
        ends = [half.moment for half, _ in every if half.kind is HalfKind.CLOSES]
        if not opens or not ends:
            continue
        answers = [half.moment for half, _ in every if half.kind is HalfKind.ANSWERS]
        first = min(opens, key=lambda each: (each[0].moment, each[1], each[0].line))[0]
        for half in ours:
            if half is first:
                found.calls[half.line] = (min(answers, default=""), max(ends))
            else:
                found.joined.add(half.line)
    return found


def _by_key(halves: Iterable[Half]) -> dict[int, list[Half]]:
    grouped = defaultdict(list)
    for half in halves:
        grouped[half.pair_key].append(half)
    return grouped
