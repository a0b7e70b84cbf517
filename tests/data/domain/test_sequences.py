"""Numbers that are missing in a counter: every planted gap, and no other."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.sequences import Gap, Run, compacted, gaps

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minute):
    return START + timedelta(minutes=minute)


def file(number, minute, stream=""):
    """What the name of one numbered file says."""
    return Run(stream, number, number, at(minute), at(minute))


def spans(found):
    return [(gap.stream, gap.first, gap.last) for gap in found]


@pytest.mark.parametrize(
    ("runs", "missing"),
    [
        pytest.param([file(1, 0), file(2, 1), file(3, 2)], [], id="whole"),
        pytest.param([file(1, 0), file(4, 1)], [("", 2, 3)], id="two missing"),
        pytest.param([file(1, 0), file(3, 2), file(2, 1)], [], id="a late file closes the gap"),
        pytest.param([file(70, 0), file(71, 1), file(1, 2), file(2, 3)], [], id="begins again"),
        pytest.param([file(70, 0), file(1, 1), file(3, 2)], [("", 2, 2)], id="a gap after that"),
        pytest.param(
            [file(69, 0), file(72, 1), file(1, 2)], [("", 70, 71)], id="a gap before that"
        ),
        pytest.param([file(70, 0), file(71, 1), file(1, 1), file(2, 2)], [], id="in one minute"),
        pytest.param([file(5, 0, "a"), file(9, 1, "b")], [], id="two nodes"),
        pytest.param([file(5, 0), file(5, 0), file(6, 1)], [], id="one file in two versions"),
        pytest.param(
            [Run("", 1, 100, at(0), at(100)), Run("", 60, 70, at(60), at(70)), file(101, 101)],
            [],
            id="an export that overlaps",
        ),
    ],
)
def test_what_is_missing(runs, missing):
    assert spans(gaps(runs)) == missing
    assert spans(gaps(runs[::-1])) == missing


def test_a_gap_is_told_with_its_node_and_when_it_was_passed():
    found = gaps([file(1, 0, "node2"), file(5, 3, "node2")])

    assert found == [Gap("node2", 2, 4, at(3))]
    assert found[0].told() == "2 to 4 of node2"
    assert found[0].numbers == 3


@given(st.integers(0, 2**32))
def test_of_1000_files_every_planted_gap_is_found_and_no_other(seed):
    rng = random.Random(seed)
    kept, planted, number, begins = [], set(), rng.randint(0, 50), 0
    for minute in range(1000):
        if rng.random() < 0.003 and begins > 2:  # the counter begins again
            number, begins = rng.randint(0, 1), 0
        elif begins > 2 and rng.random() < 0.02:
            missing = rng.randint(1, 3)
            planted.add((number, number + missing - 1, at(minute)))
            number += missing
        kept.append(file(number, minute))
        number, begins = number + 1, begins + 1
    rng.shuffle(kept)

    assert {(gap.first, gap.last, gap.until_at) for gap in gaps(kept)} == planted


def test_runs_that_go_on_are_one():
    first, second = Run("", 1, 5, at(0), at(4)), Run("", 6, 9, at(5), at(8))

    assert compacted([first, second, file(20, 9)]) == [Run("", 1, 9, at(0), at(8)), file(20, 9)]
