"""A source's own numbers tell which way a call went."""

import pytest

from data.domain.own_numbers import OwnNumbers, direction_told, patterns
from data.domain.records import Direction

OURS = OwnNumbers.of("442079460*, 2XX", "44800*")
OWN, EXTENSION = ("020 7946 0123", "442079460123"), ("201", "201")
FREE, OUTSIDE, NOBODY = ("0800555", "44800555"), ("+15555550100", "15555550100"), ("anonymous", "")


@pytest.mark.parametrize(
    ("calling", "called", "way"),
    [
        pytest.param(EXTENSION, OWN, Direction.INTERNAL, id="own to own"),
        pytest.param(OWN, OUTSIDE, Direction.OUTBOUND, id="own to outside"),
        pytest.param(OUTSIDE, OWN, Direction.INBOUND, id="outside to own"),
        pytest.param(NOBODY, EXTENSION, Direction.INBOUND, id="withheld to own"),
        pytest.param(OUTSIDE, FREE, Direction.TOLL_FREE, id="outside to toll-free"),
        pytest.param(EXTENSION, FREE, Direction.OUTBOUND, id="own to toll-free"),
        pytest.param(OUTSIDE, OUTSIDE, Direction.UNKNOWN, id="neither"),
        pytest.param(("2011", "2011"), OUTSIDE, Direction.UNKNOWN, id="longer than the pattern"),
    ],
)
def test_own_parties_tell_the_direction(calling, called, way):
    assert direction_told(None, calling, called, OURS) is way


def test_what_the_format_says_wins_and_inbound_may_still_be_toll_free():
    assert direction_told(Direction.OUTBOUND, OUTSIDE, OWN, OURS) is Direction.OUTBOUND
    assert direction_told(Direction.INBOUND, OUTSIDE, FREE, OURS) is Direction.TOLL_FREE
    assert direction_told(Direction.INBOUND, OUTSIDE, OWN, OURS) is Direction.INBOUND


@pytest.mark.parametrize("wrong", ["44*20", "tel", "44.*", "*", "4 4"])
def test_what_is_no_pattern_is_named(wrong):
    with pytest.raises(ValueError, match="no number pattern"):
        patterns(f"2XX,{wrong}")
