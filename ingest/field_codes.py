"""The patterns on one field of a call, and which of them hold for a frame's values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.domain.auth_codes import AuthKind
from ingest.columns import Ints, encoded, runs
from ingest.patterns import Patterns

Pairs = list[tuple[Ints, Ints]]


class LookUp:
    """Which atom stands for which text, for many texts at a time."""

    def __init__(self, atoms: Mapping[str, int]) -> None:
        """Take the number of each text's atom."""
        self._numbers = dict(atoms)
        self._texts = pa.array(list(atoms), type=pa.string())
        self._places = np.array(list(atoms.values()), dtype=np.int64)

    def found(self, values: Any) -> tuple[Ints, Ints]:  # noqa: ANN401 (pyarrow has no types)
        """Return the places of the values that are among the texts, and their atoms."""
        if len(values) < len(self._texts):  # hashing the texts anew would cost more
            numbers = np.array(
                [self._numbers.get(value, -1) for value in values.to_pylist()], dtype=np.int64
            )
            hit = np.flatnonzero(numbers >= 0)
            return hit.astype(np.int64), numbers[hit]
        found = pc.index_in(values, value_set=self._texts)
        hit = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
        places = found.drop_null().to_numpy(zero_copy_only=False)
        return hit.astype(np.int64), self._places[places]


class FieldCodes:
    """The distinct patterns on one field, by kind and, for prefixes, by length."""

    def __init__(self, atoms: Mapping[tuple[AuthKind, str], int], put_aside: set[str]) -> None:
        """Take the number of each pattern's atom.

        Args:
            atoms: By kind and pattern.
            put_aside: Where regular expressions go that cannot be used.
        """
        of: dict[AuthKind, dict[str, int]] = {kind: {} for kind in AuthKind}
        for (kind, pattern), number in atoms.items():
            of[kind][pattern] = number
        self._equals = LookUp(of[AuthKind.EQUALS]) if of[AuthKind.EQUALS] else None
        lengths = sorted({len(pattern) for pattern in of[AuthKind.PREFIX]})
        self._prefixes = {
            length: LookUp(
                {text: n for text, n in of[AuthKind.PREFIX].items() if len(text) == length}
            )
            for length in lengths
        }
        self._patterns = Patterns(of[AuthKind.REGEX], put_aside)

    def holding(self, values: Any) -> Pairs:  # noqa: ANN401 (pyarrow has no types)
        """Return pairs of a distinct value's place and an atom that holds for it."""
        equal = [self._equals.found(values)] if self._equals else []
        prefixed = [
            prefixes.found(pc.utf8_slice_codeunits(values, 0, length))
            for length, prefixes in self._prefixes.items()
        ]
        return [*equal, *prefixed, *self._patterns.matching(values)]


class Hits:
    """Which atoms of one field hold for which of a frame's distinct values."""

    def __init__(self, texts: Any, codes: FieldCodes) -> None:  # noqa: ANN401 (pyarrow has no types)
        """Take a frame's column as text, and the patterns on it."""
        values, self._index = encoded(texts)
        found = codes.holding(values)
        value = np.concatenate([pair[0] for pair in found] or [np.empty(0, dtype=np.int64)])
        atom = np.concatenate([pair[1] for pair in found] or [np.empty(0, dtype=np.int64)])
        order = np.lexsort((atom, value))
        self._value, self._atom = value[order], atom[order]
        self._starts = np.searchsorted(self._value, np.arange(len(values) + 1))

    def rows(self, degree: Ints) -> tuple[Ints, Ints]:
        """Return each call with each atom that holds for it and drives a group."""
        driving = degree[self._atom] > 0
        atom = self._atom[driving]
        starts = np.concatenate([[0], np.cumsum(driving)])[self._starts]
        counts = np.append(np.diff(starts), 0)[self._index]  # a missing text has index -1
        owner, offset = runs(counts)
        return owner, atom[starts[self._index[owner]] + offset]

    def holds(self, rows: Ints, atoms: Ints) -> Any:  # noqa: ANN401 (a mask)
        """Tell for pairs of a call and an atom whether it holds."""
        wide = int(self._atom.max(initial=0)) + 1
        keys = self._value * wide + self._atom
        wanted = self._index[rows] * wide + atoms
        inside = (self._index[rows] >= 0) & (atoms < wide)
        if len(keys) == 0:
            return np.zeros(len(rows), dtype=np.bool_)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return inside & (keys[place] == wanted)
