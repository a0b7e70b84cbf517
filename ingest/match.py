"""Whose calls these are: auth codes applied to whole columns.

The scalar twin, and the rule, is `data.domain.auth_codes.claims`; a property holds this to it.
Work grows with distinct values and with matches, not with codes times calls: equalities are
looked up by hash, prefixes by hash of each length that occurs, regular expressions run once per
distinct value.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator, groups
from data.domain.records import MatchState
from ingest.call_fields import FieldColumns
from ingest.columns import Ints, encoded, runs

log = logging.getLogger(__name__)

REGEX_TIMEOUT_S = 0.05
"""The longest that one pattern may take on one value; a pattern that takes longer is put aside."""
NEVER = -1
"""The atom of a disabled code, which never holds."""
MS_PER_S = 1_000

Atom = tuple[AuthField, AuthKind, str]

_BROAD = {AuthKind.EQUALS: 0, AuthKind.PREFIX: 100, AuthKind.REGEX: 200}
_BROAD_FIELDS = frozenset(
    {AuthField.CALL_DIRECTION, AuthField.CALL_DURATION, AuthField.CALL_DISCONNECT_REASON}
)


@dataclass(frozen=True)
class Claims:
    """Whose each call is, one entry per call.

    Attributes:
        customer_id: The one claimant; 0 where there is none, or more than one.
        state: Values of `MatchState`.
    """

    customer_id: Ints
    state: Ints


@dataclass
class _FieldAtoms:
    """The distinct patterns on one field, by kind and, for prefixes, by length."""

    equals: dict[str, int] = field(default_factory=dict)
    prefixes: dict[int, dict[str, int]] = field(default_factory=dict)
    regexes: dict[str, int] = field(default_factory=dict)


class Matcher:
    """The auth codes of all customers (or all providers), compiled once for many frames."""

    def __init__(self, codes: Sequence[AuthCode]) -> None:
        """Compile codes; those of one customer are taken in the order of their positions."""
        self._atoms: dict[Atom, int] = {}
        self._fields: dict[AuthField, _FieldAtoms] = {}
        self._put_aside: set[str] = set()
        by_customer: dict[int, list[AuthCode]] = {}
        for code in codes:
            by_customer.setdefault(code.customer_id, []).append(code)
        terms: list[list[tuple[int, bool]]] = []
        owners: list[int] = []
        for customer_id, own in by_customer.items():
            for group in groups(own):
                terms.append(self._terms(group))
                owners.append(customer_id)
        self._set_groups(terms, owners)

    @property
    def fields(self) -> frozenset[AuthField]:
        """The fields that some enabled code looks at."""
        return frozenset(self._fields)

    def _terms(self, group: Sequence[AuthCode]) -> list[tuple[int, bool]]:
        """Return a group's atoms, each with whether it is joined to what stands before by AND."""
        joined = [AuthOperator.OR, *(code.operator for code in group[:-1])]
        return [
            (self._atom(code), operator is AuthOperator.AND)
            for code, operator in zip(group, joined, strict=True)
        ]

    def _atom(self, code: AuthCode) -> int:
        if not code.enabled:
            return NEVER
        key = (code.field, code.kind, code.pattern)
        number = self._atoms.setdefault(key, len(self._atoms))
        atoms = self._fields.setdefault(code.field, _FieldAtoms())
        if code.kind is AuthKind.EQUALS:
            atoms.equals[code.pattern] = number
        elif code.kind is AuthKind.PREFIX:
            atoms.prefixes.setdefault(len(code.pattern), {})[code.pattern] = number
        else:
            atoms.regexes[code.pattern] = number
        return number

    def _set_groups(self, terms: list[list[tuple[int, bool]]], owners: list[int]) -> None:
        longest = max((len(group) for group in terms), default=0)
        self._group_owner = np.array(owners, dtype=np.int64)
        self._group_length = np.array([len(group) for group in terms], dtype=np.int64)
        self._group_atoms = np.full((len(terms), longest), NEVER, dtype=np.int64)
        self._group_ands = np.zeros((len(terms), longest), dtype=np.bool_)
        breadth = [_breadth(atom) for atom in self._atoms]
        pairs: list[tuple[int, int]] = []
        for number, group in enumerate(terms):
            for place, (atom, is_and) in enumerate(group):
                self._group_atoms[number, place] = atom
                self._group_ands[number, place] = is_and
            pairs += [(atom, number) for atom in _drivers(group, breadth)]
        pairs.sort()
        atoms = np.array([atom for atom, _ in pairs], dtype=np.int64)
        self._driven_groups = np.array([number for _, number in pairs], dtype=np.int64)
        self._driven_starts = np.searchsorted(atoms, np.arange(len(self._atoms) + 1))
        self._field_of_atom = [atom[0] for atom in self._atoms]

    def claims(self, calls: pd.DataFrame, columns: FieldColumns) -> Claims:
        """Return whose the calls are.

        Args:
            calls: A frame of normalised calls.
            columns: Their fields as the codes see them.
        """
        hits = {
            name: _Hits(columns.values(name), atoms, self._put_aside)
            for name, atoms in self._fields.items()
        }
        rows, driven = self._candidates(hits)
        held = self._held(hits, rows, driven)
        return _claims(rows[held], self._group_owner[driven[held]], len(calls))

    def _candidates(self, hits: "dict[AuthField, _Hits]") -> tuple[Ints, Ints]:
        """Return pairs of a call and a group that it may belong to, each at least once."""
        rows: list[Ints] = [np.empty(0, dtype=np.int64)]
        driven: list[Ints] = [np.empty(0, dtype=np.int64)]
        degree = np.diff(self._driven_starts)
        for found in hits.values():
            row, atom = found.rows(degree)
            owner, offset = runs(degree[atom])
            rows.append(row[owner])
            driven.append(self._driven_groups[self._driven_starts[atom[owner]] + offset])
        return np.concatenate(rows), np.concatenate(driven)

    def _held(self, hits: "dict[AuthField, _Hits]", rows: Ints, driven: Ints) -> Any:  # noqa: ANN401
        lengths = self._group_length[driven]
        if (lengths == 1).all():
            return np.ones(len(rows), dtype=np.bool_)
        held = np.zeros(len(rows), dtype=np.bool_)
        for place in range(self._group_atoms.shape[1]):
            here = np.flatnonzero(place < lengths)
            holds = self._atom_holds(hits, rows[here], self._group_atoms[driven[here], place])
            is_and = self._group_ands[driven[here], place]
            held[here] = np.where(is_and, held[here] & holds, held[here] | holds)
        return held

    def _atom_holds(self, hits: "dict[AuthField, _Hits]", rows: Ints, atoms: Ints) -> Any:  # noqa: ANN401
        holds = np.zeros(len(rows), dtype=np.bool_)
        names = list(hits)
        number = {name: index for index, name in enumerate(names)}
        fields = np.array([number[name] for name in self._field_of_atom] + [-1], dtype=np.int64)
        for name, found in hits.items():
            here = np.flatnonzero(fields[atoms] == number[name])
            holds[here] = found.holds(rows[here], atoms[here])
        return holds


class _Hits:
    """Which atoms of one field hold for which of a frame's distinct values."""

    def __init__(self, texts: Any, atoms: _FieldAtoms, put_aside: set[str]) -> None:  # noqa: ANN401
        values, self._index = encoded(texts)
        found = [
            *_equal(values, atoms),
            *_prefixed(values, atoms),
            *_matching(values, atoms, put_aside),
        ]
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


Pairs = list[tuple[Ints, Ints]]


def _equal(values: Any, atoms: _FieldAtoms) -> Pairs:  # noqa: ANN401
    return [_looked_up(values, atoms.equals)] if atoms.equals else []


def _prefixed(values: Any, atoms: _FieldAtoms) -> Pairs:  # noqa: ANN401
    return [
        _looked_up(pc.utf8_slice_codeunits(values, 0, length), patterns)
        for length, patterns in atoms.prefixes.items()
    ]


def _looked_up(values: Any, patterns: dict[str, int]) -> tuple[Ints, Ints]:  # noqa: ANN401
    found = pc.index_in(values, value_set=pa.array(list(patterns), type=values.type))
    hit = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
    numbers = np.array(list(patterns.values()), dtype=np.int64)
    places = found.drop_null().to_numpy(zero_copy_only=False)
    return hit.astype(np.int64), numbers[places]


def _matching(values: Any, atoms: _FieldAtoms, put_aside: set[str]) -> Pairs:  # noqa: ANN401
    if not atoms.regexes:
        return []
    texts = values.to_pylist()
    return [
        (hit, np.full(len(hit), number, dtype=np.int64))
        for pattern, number in atoms.regexes.items()
        if pattern not in put_aside
        for hit in [_matched_values(pattern, texts, put_aside)]
    ]


def _matched_values(pattern: str, texts: list[str], put_aside: set[str]) -> Ints:
    try:
        compiled = regex.compile(pattern)
        hit = [
            index
            for index, text in enumerate(texts)
            if text and compiled.fullmatch(text, timeout=REGEX_TIMEOUT_S)
        ]
    except (regex.error, TimeoutError) as error:
        log.warning(
            "The auth code /%s/ is put aside: %s. Its calls stay unmatched.", pattern, error
        )
        put_aside.add(pattern)
        return np.empty(0, dtype=np.int64)
    return np.array(hit, dtype=np.int64)


def _breadth(atom: Atom) -> int:
    """Return how many calls a pattern is likely to match; only the order of these counts."""
    name, kind, pattern = atom
    return _BROAD[kind] - len(pattern) + (1_000 if name in _BROAD_FIELDS else 0)


def _drivers(group: Sequence[tuple[int, bool]], breadth: Sequence[int]) -> list[int]:
    """Return atoms of which at least one holds wherever the group holds, the narrowest."""
    drivers: list[int] = []
    for atom, is_and in group:
        own = [] if atom == NEVER else [atom]
        if not is_and:
            drivers = drivers + own
        elif not own or (drivers and breadth[atom] < max(breadth[each] for each in drivers)):
            drivers = own
    return sorted(set(drivers))


def _claims(rows: Ints, owners: Ints, calls: int) -> Claims:
    """Reduce pairs of a call and a claimant to one claimant, none, or a contest."""
    if len(rows) > 1 and not (np.diff(rows) > 0).all():
        wide = int(owners.max(initial=0)) + 1
        distinct = np.unique(rows * wide + owners)
        rows, owners = distinct // wide, distinct % wide
    claimants = np.bincount(rows, minlength=calls)
    customer_id = np.zeros(calls, dtype=np.int64)
    customer_id[rows] = owners
    customer_id[claimants > 1] = 0
    state = np.minimum(claimants, int(MatchState.CONTESTED)).astype(np.int64)
    return Claims(customer_id, state)
