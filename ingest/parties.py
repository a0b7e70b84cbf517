"""Columns that hold a party: the number out of its wrapping, and its E.164 digits."""

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.numbers import (
    MOST_SHORT,
    SHORT,
    UNDECLARED,
    NumberPlan,
    e164_digits,
    undressed,
)
from ingest.lines import Bools
from ingest.profile_parts import PartyField
from ingest.profile_values import NumberForm
from ingest.texts import bytes_of, is_one_of, mask_of, whole_numbers

ANGLE = r"^.*<([^<>]*)>\s*$"
SIP = r"^.*?(?:sips?|tel):([^@;>?]*).*$"
DAMAGED = r"^[+-]?\d(?:[.,]\d+)?[eE]\+?\d+$"  # what a spreadsheet makes of a long number
SMALL_E, LARGE_E = 101, 69
NATIONAL_DIGITS = 10
LENGTH_DIGITS = 3


def numbers(text: pa.Array, field: PartyField) -> pa.Array:
    """Return the numbers of a column as they were written, without what wraps them."""
    bare = pc.ascii_trim_whitespace(text)
    if field.form is NumberForm.ANGLE:
        bare = pc.replace_substring_regex(bare, ANGLE, r"\1")
    if field.form is NumberForm.SIP_URI:
        bare = pc.replace_substring_regex(bare, SIP, r"\1")
    if field.pattern:
        bare = pc.replace_substring_regex(bare, f"^(?:{field.pattern})$", r"\1")
    for prefix in field.strip:
        bare = pc.if_else(
            pc.starts_with(bare, prefix), pc.utf8_slice_codeunits(bare, len(prefix)), bare
        )
    if field.nobody:
        bare = pc.if_else(pa.array(is_one_of(bare, field.nobody)), "", bare)
    return bare


def of_length(text: pa.Array, lengths_said: pa.Array, *, at_end: bool) -> tuple[pa.Array, Bools]:
    """Return the so many first or last characters of each value, and which values have so many."""
    bare = pc.ascii_trim_whitespace(text)
    good, counts = whole_numbers(pc.ascii_trim_whitespace(lengths_said), most_digits=LENGTH_DIGITS)
    good = good & (counts <= pc.utf8_length(bare).to_numpy())
    for count in np.unique(counts[good]).tolist():
        part = pc.utf8_slice_codeunits(bare, -count if at_end else 0, None if at_end else count)
        there = pa.array(good & (counts == count))
        bare = pc.if_else(there, part if count else "", bare)
    return bare, good


def is_damaged(text: pa.Array) -> Bools:
    """Return which numbers a spreadsheet has turned into powers of ten."""
    codes = bytes_of(text)
    if not ((codes == SMALL_E) | (codes == LARGE_E)).any():
        return np.zeros(len(text), dtype=np.bool_)
    return mask_of(pc.match_substring_regex(text, DAMAGED))


def digits(text: pa.Array, plan: NumberPlan) -> pa.Array:
    """Return `e164_digits` of a whole column."""
    plus = pc.starts_with(text, "+")
    bare = pc.if_else(plus, pc.utf8_slice_codeunits(text, 1), text)
    odd = ~mask_of(pc.ascii_is_decimal(bare))
    if odd.any():
        text = _cleaned(text, odd)
        plus = pc.starts_with(text, "+")
        bare = pc.if_else(plus, pc.utf8_slice_codeunits(text, 1), text)
    if plan == UNDECLARED:
        return bare
    abroad = _after(text, plan.international_prefix)
    return pc.case_when(
        pc.make_struct(plus, _begins(text, plan.international_prefix), _short(text, plan)),
        bare,
        abroad,
        pc.binary_join_element_wise(SHORT, text, ""),
        _national(text, plan),
    )


def _cleaned(text: pa.Array, odd: Bools) -> pa.Array:
    """Return plain digits for the values that are more than digits: each distinct one once."""
    encoded = text.filter(pa.array(odd)).dictionary_encode()
    kept = [_undressed(value) for value in encoded.dictionary.to_pylist()]
    plain = pa.array(kept, pa.string()).take(encoded.indices)
    return pc.replace_with_mask(text, pa.array(odd), plain)


def _undressed(value: str) -> str:
    """Return a number without separators, or nothing when it is no telephone number."""
    bare = undressed(value)
    return bare if e164_digits(bare) else ""


def _begins(text: pa.Array, prefix: str) -> pa.Array:
    if not prefix:
        return pa.repeat(pa.scalar(value=False), len(text))
    return pc.starts_with(text, prefix)


def _short(text: pa.Array, plan: NumberPlan) -> pa.Array:
    """Return which of the numbers without an international mark are short ones."""
    if not plan.tells_short:
        return _begins(text, "")
    lengths = pc.binary_length(text)
    few = pc.and_(pc.greater(lengths, 0), pc.less_equal(lengths, MOST_SHORT))
    if plan.is_north_american:
        return few
    return pc.and_not(few, _begins(text, plan.trunk_prefix))


def _after(text: pa.Array, prefix: str) -> pa.Array:
    return pc.utf8_slice_codeunits(text, len(prefix))


def _national(text: pa.Array, plan: NumberPlan) -> pa.Array:
    """Return the digits of numbers without an international mark."""
    code = plan.country_code
    if not code:
        return text
    with_code = pc.binary_join_element_wise(code, text, "")
    if plan.trunk_prefix:
        stripped = pc.binary_join_element_wise(code, _after(text, plan.trunk_prefix), "")
        national = pc.if_else(pc.starts_with(text, plan.trunk_prefix), stripped, text)
    else:
        national = with_code if plan.international_prefix else text
    if plan.is_north_american:
        ten = pc.equal(pc.binary_length(text), NATIONAL_DIGITS)
        national = pc.if_else(ten, with_code, national)
    return pc.if_else(pc.equal(text, ""), "", national)
