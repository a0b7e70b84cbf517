"""Longest prefix over arrays: nested prefixes flattened into disjoint ranges of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from data.domain.numbers import SHORT
from ingest.columns import Flags, Ints

LONGEST = 18
"""Digits that fit into 64 bits at base 11; E.164 numbers have at most 15."""
BASE = 11
NO_MATCH = -1
ZERO = ord("0")


def encoded_digits(numbers: Any) -> Ints:  # noqa: ANN401 (pyarrow has no types)
    """Return numbers as integers that sort as the texts do, a prefix right before what extends it.

    Each digit is one more than its value and padding is 0, so that 112 and 1120 differ. A number
    ends at its first character that is no digit; what follows 18 digits plays no part. A short
    number is the same below zero, where no prefix of a country finds it.

    Args:
        numbers: An Arrow array of text.
    """
    texts = numbers.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[
        texts.offset : texts.offset + len(texts) + 1
    ]
    characters = texts.buffers()[2]
    raw = np.frombuffer(characters or b"", dtype=np.uint8)
    padded = np.concatenate([raw, np.zeros(LONGEST, dtype=np.uint8)])
    starts, lengths = offsets[:-1], np.diff(offsets)
    short = (lengths > 0) & (padded[starts] == ord(SHORT))
    starts, lengths = starts + short, lengths - short
    values = np.zeros(len(texts), dtype=np.int64)
    going = np.ones(len(texts), dtype=np.bool_)
    for place in range(LONGEST):
        digit = padded[starts + place].astype(np.int64) - (ZERO - 1)
        going &= (place < lengths) & (digit >= 1) & (digit < BASE)
        values = values * BASE + np.where(going, digit, 0)
    return np.where(short, -values, values)


@dataclass(frozen=True)
class PrefixIndex:
    """Prefixes, ready to be looked up in whole columns.

    Attributes:
        starts: Ascending numbers at which the owner changes.
        owners: Index of the longest prefix from there on; -1 where there is none.
    """

    starts: Ints
    owners: Ints

    @classmethod
    def of(cls, prefixes: Sequence[str], whole: Flags | None = None) -> "PrefixIndex":
        """Flatten prefixes of digits; each text at most once, the empty one matches everything.

        Args:
            prefixes: The texts.
            whole: Which of them are whole numbers, so that none extends them; none: no one.

        Raises:
            ValueError: A prefix is longer than 18, or holds anything but digits.
        """
        wrong = [prefix for prefix in prefixes if len(prefix) > LONGEST or not _digits(prefix)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no prefix of at most {LONGEST} digits")
        lengths = np.array([len(prefix) for prefix in prefixes], dtype=np.int64)
        first = encoded_digits(pa.array(prefixes, type=pa.string()))
        width = np.array([BASE**places for places in range(LONGEST + 1)], dtype=np.int64)
        after = first + np.where(False if whole is None else whole, 1, width[LONGEST - lengths])
        starts = np.unique(np.concatenate([first, after]))
        owners = np.full(len(starts), NO_MATCH, dtype=np.int64)
        for length in np.unique(lengths):  # longer ones overwrite what they are nested in
            here = np.flatnonzero(lengths == length)
            low = np.searchsorted(starts, first[here])
            counts = np.searchsorted(starts, after[here]) - low
            owners[_filled(low, counts)] = np.repeat(here, counts)
        return cls(starts, owners)

    def longest(self, numbers: Ints) -> Ints:
        """Return, per encoded number, the index of its longest prefix, or -1."""
        if len(self.starts) == 0:
            return np.full(len(numbers), NO_MATCH, dtype=np.int64)
        places = np.searchsorted(self.starts, numbers, side="right") - 1
        found: Ints = np.take(self.owners, np.maximum(places, 0))
        found[places < 0] = NO_MATCH
        return found


def _digits(text: str) -> bool:
    return text == "" or (text.isascii() and text.isdigit())


def _filled(low: Ints, counts: Ints) -> Ints:
    offsets = np.arange(counts.sum(), dtype=np.int64) - np.repeat(
        np.cumsum(counts) - counts, counts
    )
    filled: Ints = np.repeat(low, counts) + offsets
    return filled
