"""Regular expressions of auth codes, over the distinct values of a column.

A hundred patterns on a million numbers are a hundred million tries, so they are not made one by
one: Arrow's engine (RE2, linear in the length of a value) first asks for all patterns at once which
values any of them matches, and only those are asked again, pattern by pattern. It is asked only
where it is known to agree with Python's: about values of printable ASCII, by patterns that both
take. All others go through `regex`, one value at a time, each within a time limit.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex

from ingest.columns import Flags, Ints

log = logging.getLogger(__name__)

REGEX_TIMEOUT_S = 0.05
"""The longest that one pattern may take on one value; a pattern that takes longer is put aside."""
AT_ONCE = 200
"""Patterns asked together; more would outgrow the engine's memory for one expression."""
PRINTABLE = r"\A[ -~]+\z"
_READ_DIFFERENTLY = re.compile(r"\{(?!\d)|\(\?[^:P=!<i]|\\[QECz]")
"""Where RE2 means another thing than Python: `{,3}` and fuzzy counts, flags, quoting, bytes."""


@dataclass(frozen=True)
class _Together:
    """Patterns that are asked at once: the one expression for all, and each with its atom."""

    any_of: str
    each: tuple[tuple[str, int], ...]


class Patterns:
    """The distinct regular expressions on one field, each standing for an atom."""

    def __init__(self, atoms: Mapping[str, int], put_aside: set[str]) -> None:
        """Compile them.

        Args:
            atoms: The number of each pattern's atom.
            put_aside: Patterns that match nothing because they cannot be used; added to here.
        """
        self._put_aside = put_aside
        self._atoms = {
            pattern: number for pattern, number in atoms.items() if self._usable(pattern)
        }
        quick = [pattern for pattern in self._atoms if not _READ_DIFFERENTLY.search(pattern)]
        self._together = list(_joined([(pattern, self._atoms[pattern]) for pattern in quick]))
        self._quick = {pattern for group in self._together for pattern, _ in group.each}

    def _usable(self, pattern: str) -> bool:
        try:
            regex.compile(pattern)
        except regex.error as error:
            self._aside(pattern, error)
        return pattern not in self._put_aside

    def _aside(self, pattern: str, why: Exception) -> None:
        log.warning("The auth code /%s/ is put aside: %s. Its calls stay unmatched.", pattern, why)
        self._put_aside.add(pattern)

    def matching(self, values: Any) -> list[tuple[Ints, Ints]]:  # noqa: ANN401 (pyarrow has no types)
        """Return pairs of a value's place and an atom that holds for it; no value is null."""
        if not self._atoms:
            return []
        printable = _flags(pc.match_substring_regex(values, PRINTABLE))
        found = [pair for group in self._together for pair in _asked(group, values, printable)]
        texts: list[str] | None = None
        for pattern, number in self._atoms.items():
            quick = pattern in self._quick
            if pattern in self._put_aside or (quick and printable.all()):
                continue
            texts = values.to_pylist() if texts is None else texts
            places = np.flatnonzero(~printable) if quick else np.arange(len(texts))
            hit = self._matched(pattern, texts, places)
            found.append((hit, np.full(len(hit), number, dtype=np.int64)))
        return found

    def _matched(self, pattern: str, texts: list[str], places: Ints) -> Ints:
        compiled = regex.compile(pattern)
        try:
            hit = [
                place
                for place in places.tolist()
                if texts[place] and compiled.fullmatch(texts[place], timeout=REGEX_TIMEOUT_S)
            ]
        except TimeoutError as error:
            self._aside(pattern, error)
            hit = []
        return np.array(hit, dtype=np.int64)


def _joined(patterns: list[tuple[str, int]]) -> Iterator[_Together]:
    """Give the patterns that RE2 takes, joined; those that it refuses are in none."""
    for first in range(0, len(patterns), AT_ONCE):
        yield from _accepted(patterns[first : first + AT_ONCE])


def _accepted(patterns: list[tuple[str, int]]) -> Iterator[_Together]:
    any_of = _whole("|".join(f"(?:{pattern})" for pattern, _ in patterns))
    try:
        pc.match_substring_regex(pa.array([""]), any_of)
    except pa.ArrowInvalid:
        half = len(patterns) // 2
        if half:
            yield from _accepted(patterns[:half])
            yield from _accepted(patterns[half:])
    else:
        yield _Together(any_of, tuple(patterns))


def _whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"


def _asked(group: _Together, values: Any, printable: Flags) -> Iterator[tuple[Ints, Ints]]:  # noqa: ANN401
    places = np.flatnonzero(_flags(pc.match_substring_regex(values, group.any_of)) & printable)
    if len(places) == 0:
        return
    some = values.take(pa.array(places))
    for pattern, number in group.each:
        hit = places[_flags(pc.match_substring_regex(some, _whole(pattern)))]
        yield hit, np.full(len(hit), number, dtype=np.int64)


def _flags(values: Any) -> Flags:  # noqa: ANN401 (pyarrow has no types)
    flags: Flags = values.to_numpy(zero_copy_only=False)
    return flags
