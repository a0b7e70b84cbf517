"""Whose calls these are: auth codes applied to whole columns.

The scalar twin, and the rule, is `data.domain.auth_codes.claims`; a property holds this to it.
Work grows with distinct values and with matches, not with codes times calls: equalities are
looked up by hash, prefixes by hash of each length that occurs, regular expressions all at once.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.domain.auth_codes import AuthField
from data.domain.matching import CodeColumns
from data.domain.records import MatchState
from ingest.call_fields import FieldColumns
from ingest.code_groups import atoms_of, groups_of
from ingest.columns import Flags, Ints, runs
from ingest.field_codes import FieldCodes, Hits


@dataclass(frozen=True)
class Claims:
    """Whose each call is, one entry per call.

    Attributes:
        customer_id: The one claimant; 0 where there is none, or more than one.
        state: Values of `MatchState`.
    """

    customer_id: Ints
    state: Ints


class Matcher:
    """The auth codes of all customers (or all providers), compiled once for many frames."""

    def __init__(self, codes: CodeColumns) -> None:
        """Compile codes; those of one customer are taken in their order."""
        atoms = atoms_of(codes)
        put_aside: set[str] = set()
        self._fields = {name: FieldCodes(own, put_aside) for name, own in atoms.by_field.items()}
        self._field_of_atom = atoms.field
        self._groups = groups_of(codes, atoms)
        self._degree = self._groups.degree

    @property
    def fields(self) -> frozenset[AuthField]:
        """The fields that some enabled code looks at."""
        return frozenset(self._fields)

    def claims(self, calls: pd.DataFrame, columns: FieldColumns) -> Claims:
        """Return whose the calls are.

        Args:
            calls: A frame of normalised calls.
            columns: Their fields as the codes see them.
        """
        hits = [Hits(columns.values(name), codes) for name, codes in self._fields.items()]
        rows, driven = self._candidates(hits)
        held = self._held(hits, rows, driven)
        return _claims(rows[held], self._groups.owner[driven[held]], len(calls))

    def _candidates(self, hits: list[Hits]) -> tuple[Ints, Ints]:
        """Return pairs of a call and a group that it may belong to, each at least once."""
        rows: list[Ints] = [np.empty(0, dtype=np.int64)]
        driven: list[Ints] = [np.empty(0, dtype=np.int64)]
        for found in hits:
            row, atom = found.rows(self._degree)
            owner, offset = runs(self._degree[atom])
            rows.append(row[owner])
            driven.append(self._groups.driven[self._groups.starts[atom[owner]] + offset])
        return np.concatenate(rows), np.concatenate(driven)

    def _held(self, hits: list[Hits], rows: Ints, driven: Ints) -> Flags:
        groups = self._groups
        lengths = groups.length[driven]
        if (lengths == 1).all():
            return np.ones(len(rows), dtype=np.bool_)
        held = np.zeros(len(rows), dtype=np.bool_)
        for place in range(int(lengths.max())):
            here = np.flatnonzero(place < lengths)
            holds = self._atom_holds(hits, rows[here], groups.atoms[driven[here], place])
            is_and = groups.ands[driven[here], place]
            held[here] = np.where(is_and, held[here] & holds, held[here] | holds)
        return held

    def _atom_holds(self, hits: list[Hits], rows: Ints, atoms: Ints) -> Flags:
        holds = np.zeros(len(rows), dtype=np.bool_)
        of_field = self._field_of_atom[atoms]
        for number, found in enumerate(hits):
            here = np.flatnonzero(of_field == number)
            holds[here] = found.holds(rows[here], atoms[here])
        return holds


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
