"""Regular expressions asked all at once match as Python's do, one by one."""

import re
import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.patterns import Patterns

SINGLE = ["1", "2", r"\+", "a", ".", "[12]", "[^1]", r"\d", r"\w", r"\s", r"\D", "é", "k"]
TIMES = ["", "*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "*?"]
values = st.lists(st.text("12+aKk \n\té\u0661\u212a", max_size=4), min_size=1, max_size=8)


def _grown(parts):
    return st.one_of(
        st.tuples(parts, parts).map("".join),
        st.tuples(parts, parts).map("(?:{0[0]}|{0[1]})".format),
        st.tuples(parts, st.sampled_from(TIMES)).map("(?:{0[0]}){0[1]}".format),
        parts.map("(?={0}).*".format),
        parts.map("(?!{0}).*".format),
        parts.map("^{0}$".format),
        parts.map(r"\b{0}\b".format),
        parts.map("(?P<same>{0})".format),
        parts.map("(?i:{0})".format),
    )


patterns = st.recursive(st.sampled_from(SINGLE), _grown, max_leaves=5) | st.just("(1|2)\\1")


def usable(pattern):
    try:
        return bool(re.compile(pattern))
    except re.error:
        return False


@given(st.lists(patterns.filter(usable), unique=True, min_size=1, max_size=6), values)
def test_many_at_once_match_what_each_matches_alone(found, texts):
    distinct = list(dict.fromkeys(texts))

    pairs = Patterns({pattern: n for n, pattern in enumerate(found)}, set()).matching(
        pa.array(distinct, type=pa.string())
    )

    held = [(p, a) for places, atoms in pairs for p, a in zip(places, atoms, strict=True)]
    assert sorted(held) == [
        (place, atom)
        for place, text in enumerate(distinct)
        for atom, pattern in enumerate(found)
        if text and re.fullmatch(pattern, text)
    ]


@pytest.mark.parametrize("pattern", ["(?P<a>1)", r"1\d", "1{1000}2*", "(?i:X)+"])
def test_patterns_that_cannot_stand_together_still_match(pattern):
    patterns = {pattern: 0, f"(?:{pattern})": 1, "[12]": 2}

    found = Patterns(patterns, set()).matching(pa.array(["1", "12", "x", "1" * 1000]))

    held = sorted((p, a) for places, atoms in found for p, a in zip(places, atoms, strict=True))
    assert held == [
        (place, atom)
        for place, text in enumerate(["1", "12", "x", "1" * 1000])
        for atom, each in enumerate(patterns)
        if re.fullmatch(each, text)
    ]


def test_a_hundred_patterns_on_many_values_cost_little_more_than_one():
    numbers = pa.array([f"+4420{n:08}" for n in range(100_000)])

    def seconds(many):
        asked = Patterns({rf"\+49(30|40){n:03}\d{{4,7}}": n for n in range(many)}, set())
        began = time.process_time()
        asked.matching(numbers)
        return time.process_time() - began

    assert seconds(100) < 10 * (seconds(1) + 0.01)  # one by one it was a hundredfold
