"""Auth codes compiled into arrays: distinct patterns, the groups that they are joined into."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.domain.auth_codes import AuthField, AuthKind, AuthOperator
from data.domain.matching import CodeColumns
from ingest.columns import Flags, Ints, runs

NEVER = -1
"""The atom of a disabled code, which never holds."""
_FIELDS, _KINDS = tuple(AuthField), tuple(AuthKind)
_BROAD = {AuthKind.EQUALS: 0, AuthKind.PREFIX: 100, AuthKind.REGEX: 200}
_BROAD_FIELDS = frozenset(
    {AuthField.CALL_DIRECTION, AuthField.CALL_DURATION, AuthField.CALL_DISCONNECT_REASON}
)


@dataclass(frozen=True)
class Atoms:
    """The distinct patterns of enabled codes.

    Attributes:
        of_code: Per code the number of its pattern; `NEVER` for a disabled one.
        by_field: The numbers by field, then by kind and pattern.
        field: Per atom, its field's place in `by_field`; -1 at the end, for `NEVER`.
        breadth: Per atom, how many calls it is likely to match; only the order counts.
    """

    of_code: Ints
    by_field: dict[AuthField, dict[tuple[AuthKind, str], int]]
    field: Ints
    breadth: Ints


@dataclass(frozen=True)
class Groups:
    """Codes that are joined, one entry per group.

    Attributes:
        owner: The customer.
        length: How many codes.
        atoms: Per group and place its atom.
        ands: Per group and place whether it is joined to what stands before by AND.
        driven: Groups by the atom that drives them: at least one driver holds where one holds.
        starts: Where each atom's groups begin in `driven`; one more than there are atoms.
    """

    owner: Ints
    length: Ints
    atoms: Ints
    ands: Flags
    driven: Ints
    starts: Ints

    @property
    def degree(self) -> Ints:
        """How many groups each atom drives."""
        return np.diff(self.starts)


def atoms_of(codes: CodeColumns) -> Atoms:
    """Return the distinct patterns of codes, numbered."""
    enabled = np.array(codes.enabled, dtype=np.bool_)
    field, kind = _places(codes.field, _FIELDS), _places(codes.kind, _KINDS)
    pattern = pc.dictionary_encode(pa.array(codes.pattern, type=pa.string()))
    texts = pattern.dictionary.to_pylist()
    text = pattern.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    keys = (text * len(_KINDS) + kind) * len(_FIELDS) + field
    distinct, numbers = np.unique(keys[enabled], return_inverse=True)
    of_code = np.full(len(keys), NEVER, dtype=np.int64)
    of_code[enabled] = numbers
    of_field = distinct % len(_FIELDS)
    names = [_FIELDS[place] for place in np.unique(of_field).tolist()]
    by_field: dict[AuthField, dict[tuple[AuthKind, str], int]] = {name: {} for name in names}
    breadth = np.zeros(len(distinct), dtype=np.int64)
    kinds = (distinct // len(_FIELDS) % len(_KINDS)).tolist()
    where = (distinct // (len(_FIELDS) * len(_KINDS))).tolist()
    for number, kind_at, text_at, field_at in zip(
        count(), kinds, where, of_field.tolist(), strict=False
    ):
        name, of_kind, written = _FIELDS[field_at], _KINDS[kind_at], texts[text_at]
        by_field[name][of_kind, written] = number
        breadth[number] = _BROAD[of_kind] - len(written) + (1_000 if name in _BROAD_FIELDS else 0)
    places = np.searchsorted(np.unique(of_field), of_field)
    return Atoms(of_code, by_field, np.append(places, NEVER), breadth)


def _places(words: Sequence[Any], among: Sequence[Any]) -> Ints:
    place = {word: n for n, word in enumerate(among)}
    return np.fromiter((place[word] for word in words), dtype=np.int64, count=len(words))


def groups_of(codes: CodeColumns, atoms: Atoms) -> Groups:
    """Return the groups of codes; those of one customer stand together, in order."""
    customer = np.array(codes.customer_id, dtype=np.int64)
    operator = _places(codes.operator, tuple(AuthOperator))
    joined = operator[:-1] != tuple(AuthOperator).index(AuthOperator.NONE)
    begins = np.ones(len(customer), dtype=np.bool_)
    begins[1:] = ~joined | (customer[1:] != customer[:-1])
    first = np.flatnonzero(begins)
    length = np.diff(np.append(first, len(customer)))
    group, place = runs(length)
    shape = (len(first), int(length.max(initial=0)))
    of_group, ands = np.full(shape, NEVER, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
    of_group[group, place] = atoms.of_code
    with_and = np.zeros(len(customer), dtype=np.bool_)
    with_and[1:] = operator[:-1] == tuple(AuthOperator).index(AuthOperator.AND)
    ands[group, place] = with_and & ~begins
    driver, driven = _driven(of_group, ands, length, atoms.breadth)
    order = np.lexsort((driven, driver))
    starts = np.searchsorted(driver[order], np.arange(len(atoms.breadth) + 1))
    return Groups(customer[first], length, of_group, ands, driven[order], starts)


def _driven(atoms: Ints, ands: Flags, length: Ints, breadth: Ints) -> tuple[Ints, Ints]:
    """Return pairs of an atom and a group that it drives."""
    alone = np.flatnonzero(length == 1)
    alone = alone[atoms[alone, 0] != NEVER] if len(alone) else alone
    of_alone = atoms[alone, 0] if len(alone) else alone
    pairs = [
        (atom, group)
        for group in np.flatnonzero(length > 1).tolist()
        for atom in _drivers(atoms[group, : length[group]].tolist(), ands[group].tolist(), breadth)
    ]
    more = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([of_alone, more[:, 0]]), np.concatenate([alone, more[:, 1]])


def _drivers(group: list[int], ands: list[bool], breadth: Ints) -> list[int]:
    """Return atoms of which at least one holds wherever the group holds, the narrowest."""
    drivers: list[int] = []
    for atom, is_and in zip(group, ands, strict=False):
        own = [] if atom == NEVER else [atom]
        if not is_and:
            drivers = drivers + own
        elif not own or (drivers and breadth[atom] < max(breadth[each] for each in drivers)):
            drivers = own
    return sorted(set(drivers))
