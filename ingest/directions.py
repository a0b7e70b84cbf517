"""Which way calls went, over whole columns: what the format says, else the source's own numbers.

The scalar twin, and the rule, is `data.domain.own_numbers`; a property holds this to it.
"""

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.own_numbers import OwnNumbers
from data.domain.records import Direction
from ingest.conditions import all_hold
from ingest.lines import Bools, Ints
from ingest.rows import Rows
from ingest.texts import by_value, mask_of

UNTOLD = -1
Parties = tuple[pa.Array, pa.Array]
"""Numbers as written and their E.164 digits, one entry per row."""


def directions_told(rows: Rows) -> Ints:
    """Return what the format says of each row; -1 where it says nothing."""
    rule = rows.profile.direction
    if rule.fixed:
        return np.full(len(rows), Direction[rule.fixed.upper()], dtype=np.int64)
    found = np.full(len(rows), UNTOLD, dtype=np.int64)
    text = rows.joined(rule.columns, "/")
    if text is not None:
        words = {word.lower(): Direction[ours.upper()] for word, ours in rule.words.items()}
        found = by_value(text, lambda value: words.get(value.lower(), UNTOLD))
    for each in rule.rules:
        holds = all_hold(each.all, rows.text, len(rows))
        found = np.where((found == UNTOLD) & holds, Direction[each.way.upper()], found)
    if rule.otherwise != "unknown":
        found = np.where(found == UNTOLD, Direction[rule.otherwise.upper()], found)
    return found


def directions(told: Ints, calling: Parties, called: Parties, by: OwnNumbers) -> Ints:
    """Return which way each call went.

    Args:
        told: What the format says; -1 where it says nothing.
        calling: Who called.
        called: Whom.
        by: The source's own numbers.
    """
    found = told
    if by and (told == UNTOLD).any():
        found = np.where(told == UNTOLD, _by_ownership(calling, called, by), told)
    if by.toll_free:
        free = (found == Direction.INBOUND) & _fitting(called, by.toll_free_regex)
        found = np.where(free, Direction.TOLL_FREE, found)
    return np.where(found == UNTOLD, Direction.UNKNOWN, found)


def are_own(calling: Parties, called: Parties, by: OwnNumbers) -> Bools:
    """Return which calls are between two of the source's own numbers."""
    return _fitting(calling, by.own_regex) & _fitting(called, by.own_regex)


def _by_ownership(calling: Parties, called: Parties, by: OwnNumbers) -> Ints:
    ours, theirs = _fitting(calling, by.own_regex), _fitting(called, by.own_regex)
    from_free = _fitting(calling, by.toll_free_regex)
    inbound = theirs | _fitting(called, by.toll_free_regex)
    of_ours = np.where(theirs, Direction.INTERNAL, Direction.OUTBOUND)
    outside = np.where(from_free, Direction.OUTBOUND, Direction.UNKNOWN)
    return np.where(ours, of_ours, np.where(inbound, Direction.INBOUND, outside))


def _fitting(party: Parties, regex: str) -> Bools:
    """Return which numbers fit a pattern, as written or as digits."""
    if not regex:
        return np.zeros(len(party[0]), dtype=np.bool_)
    written, digits = (mask_of(pc.match_substring_regex(each, regex)) for each in party)
    return written | digits
