"""Conditions of a profile, asked of whole columns."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from ingest.lines import Bools
from ingest.profile_parts import Condition
from ingest.texts import is_one_of, lengths, mask_of

ColumnOf = Callable[[str], pa.Array | None]


def all_hold(conditions: Iterable[Condition], column_of: ColumnOf, rows: int) -> Bools:
    """Return for which rows every condition holds; a column that the file lacks is empty text."""
    held = np.ones(rows, dtype=np.bool_)
    for condition in conditions:
        at = np.flatnonzero(held)
        if not len(at):
            break
        text = column_of(condition.column)
        if text is None:
            text = pa.repeat("", rows)
        held[at] = _holds(condition, text if len(at) == rows else text.take(pa.array(at)))
    return held


def _holds(condition: Condition, text: pa.Array) -> Bools:
    held = np.ones(len(text), dtype=np.bool_)
    if condition.is_in is not None:
        held &= is_one_of(text, condition.is_in)
    if condition.not_in is not None:
        held &= ~is_one_of(text, condition.not_in)
    if condition.present is not None:
        held &= (lengths(text) > 0) == condition.present
    if condition.matches is not None:
        held &= _fits(condition.matches, text)
    if condition.unlike is not None:
        held &= ~_fits(condition.unlike, text)
    return held


def _fits(pattern: str, text: pa.Array) -> Bools:
    return mask_of(pc.match_substring_regex(text, f"^(?:{pattern})$"))
