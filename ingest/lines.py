"""Physical lines of a block of bytes, found and judged as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

RAW_CHARS = 4096
LINE_CAP_BYTES = 64 * 1024
NEWLINE = 10
TAB = 9
FIRST_PRINTABLE = 32
DELETE = 127
HIGH = 128
STRIDE = 256 * 1024  # looked at in pieces that fit a processor's cache

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """A block's bytes: every physical line ends in one newline, the last one too.

    Attributes:
        data: The bytes, in the file's encoding if that is a superset of ASCII, else in UTF-8.
        first_line: The number of its first line, counted from 1 within the segment.
    """

    data: bytes
    first_line: int

    @cached_property
    def count(self) -> int:
        """How many physical lines."""
        return len(self.ends) if "ends" in vars(self) else _counted(self.codes, np.equal, NEWLINE)

    @cached_property
    def codes(self) -> npt.NDArray[np.uint8]:
        """The bytes as an array."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def ends(self) -> Ints:
        """Offset of each line's newline."""
        if "low" in vars(self):
            return cast("Ints", self.low[self.codes[self.low] == NEWLINE])
        return np.flatnonzero(self.codes == NEWLINE)

    @cached_property
    def low(self) -> Ints:
        """Offset of each byte below a space: line ends, tabs and what no record holds."""
        return np.flatnonzero(self.codes < FIRST_PRINTABLE)

    @cached_property
    def starts(self) -> Ints:
        """Offset of each line's first byte."""
        return np.concatenate((np.zeros(1, np.int64), self.ends[:-1] + 1))

    def at(self, index: int) -> bytes:
        """Return one line, counted from 0, without its newline."""
        return self.data[self.starts[index] : self.ends[index]]

    def raw(self, line: int) -> str:
        """Return a line by its number, for a person: undecodable bytes as escapes, cut."""
        return shown(self.at(line - self.first_line))

    def holding(self, at: Ints) -> Bools:
        """Return, per line, whether one of these bytes is in it."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[np.searchsorted(self.ends, at)] = True
        return found

    def with_odd(self, code: int) -> Bools:
        """Return, per line, whether an odd number of its bytes have this value."""
        hits = (self.codes == code).view(np.uint8)
        counts = np.add.reduceat(hits, self.starts, dtype=np.uint8)  # overflow keeps odd odd
        return cast("Bools", counts % 2 == 1)

    def starting(self, text: bytes) -> Bools:
        """Return, per line, whether it begins with a text."""
        hit = np.flatnonzero(self.ends - self.starts >= len(text))
        for offset, code in enumerate(text):
            hit = hit[self.codes[self.starts[hit] + offset] == code]
        found = np.zeros(self.count, dtype=np.bool_)
        found[hit] = True
        return found

    def with_others(self, others: Mapping[int, bytes]) -> bytes:
        """Return the bytes with some lines, by their number from 0, exchanged for others."""
        pieces, done = [], 0
        for at in sorted(others):
            pieces += [self.data[done : self.starts[at]], others[at]]
            done = int(self.ends[at])
        return b"".join([*pieces, self.data[done:]])

    def only(self, keep: Bools) -> bytes:
        """Return the bytes of the kept lines: the stretches between the others, joined."""
        others = np.flatnonzero(~keep)
        begins = [0, *(self.ends[others] + 1).tolist()]
        ends = [*self.starts[others].tolist(), len(self.data)]
        return b"".join(self.data[begin:end] for begin, end in zip(begins, ends, strict=True))


def shown(line: bytes) -> str:
    """Return a line's text for a person: undecodable bytes as escapes, cut to 4,096 characters."""
    return line[: 4 * RAW_CHARS].decode("utf-8", errors="backslashreplace")[:RAW_CHARS]


def _counted(codes: npt.NDArray[np.uint8], which: np.ufunc, code: int) -> int:
    """Return how many bytes compare so with a code."""
    pieces = (codes[at : at + STRIDE] for at in range(0, len(codes), STRIDE))
    return sum(int(np.count_nonzero(which(piece, code))) for piece in pieces)


def holds_control(lines: Lines) -> bool:
    """Decide whether any byte is a control character that no record holds."""
    odd = _counted(lines.codes, np.less, FIRST_PRINTABLE) - lines.count
    return (odd != 0 and odd != lines.data.count(b"\t")) or b"\x7f" in lines.data


def controls(lines: Lines) -> Ints:
    """Return where control characters are that no record holds; a tab is none of them."""
    codes = lines.codes[lines.low]
    low = lines.low[(codes != NEWLINE) & (codes != TAB)]
    if b"\x7f" not in lines.data:
        return cast("Ints", low)
    return np.concatenate((low, np.flatnonzero(lines.codes == DELETE)))


def joined(lines: Sequence[bytes]) -> bytes:
    """Return lines as one block."""
    return b"".join(line + b"\n" for line in lines)
