"""A call is on at most one invoice, and on one if it was loaded in time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.coverage import Coverage, uncovered

FIRST = date(2026, 6, 1)


def rectangle(day, days, after, loads):
    from_day = FIRST + timedelta(days=day)
    return Coverage(from_day, from_day + timedelta(days=days), after, after + loads)


rectangles = st.builds(
    rectangle, st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), st.integers(1, 8)
)
EVERY_CELL = [(FIRST + timedelta(days=day), load) for day in range(20) for load in range(20)]


@given(rectangles, st.lists(rectangles, max_size=6))
def test_what_is_left_is_disjoint_and_complete(wanted, taken):
    left = uncovered(wanted, taken)

    for day, load in EVERY_CELL:
        free = wanted.holds(day, load) and not any(other.holds(day, load) for other in taken)
        assert sum(piece.holds(day, load) for piece in left) == int(free)


def test_late_loads_of_covered_days_are_left():
    june = Coverage(date(2026, 6, 1), date(2026, 6, 30), 0, 7)
    wanted = Coverage(date(2026, 1, 1), date(2026, 7, 31), 0, 9)

    assert uncovered(wanted, [june]) == [
        Coverage(date(2026, 1, 1), date(2026, 5, 31), 0, 9),
        Coverage(date(2026, 7, 1), date(2026, 7, 31), 0, 9),
        Coverage(date(2026, 6, 1), date(2026, 6, 30), 7, 9),
    ]


@pytest.mark.parametrize("touching", [rectangle(0, 3, 5, 4), rectangle(4, 2, 0, 5)])
def test_what_only_touches_cuts_nothing(touching):
    wanted = rectangle(0, 3, 0, 5)

    assert uncovered(wanted, [touching]) == [wanted]


@pytest.mark.parametrize(("days", "loads"), [(-1, 1), (0, 0)])
def test_an_empty_rectangle_is_refused(days, loads):
    with pytest.raises(ValueError, match="covers nothing"):
        rectangle(0, days, 0, loads)
