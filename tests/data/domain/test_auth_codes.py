"""Whose call it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.auth_codes import (
    AuthCode,
    AuthField,
    AuthKind,
    AuthOperator,
    claims,
    match_state,
    matches,
)
from data.domain.records import MatchState

AND, OR, NONE = AuthOperator.AND, AuthOperator.OR, AuthOperator.NONE
CALL = {
    AuthField.CALLING_NUMBER: "+15195550100",
    AuthField.INGRESS_TRUNK: "north",
    AuthField.CALL_DIRECTION: "outbound",
}


def calling(pattern, kind=AuthKind.EQUALS, **rest):
    return AuthCode(field=AuthField.CALLING_NUMBER, kind=kind, pattern=pattern, **rest)


def trunk(pattern, operator=NONE, position=0):
    return AuthCode(
        field=AuthField.INGRESS_TRUNK, pattern=pattern, operator=operator, position=position
    )


@pytest.mark.parametrize(
    ("code", "matched"),
    [
        pytest.param(calling("+15195550100"), True, id="equals the whole value"),
        pytest.param(calling("+1519555"), False, id="equals is not prefix"),
        pytest.param(calling("+1519555", AuthKind.PREFIX), True, id="prefix"),
        pytest.param(calling("1519555", AuthKind.PREFIX), False, id="numbers are as written"),
        pytest.param(calling(r"\+1519555\d{4}", AuthKind.REGEX), True, id="regex"),
        pytest.param(calling(r"\+1519", AuthKind.REGEX), False, id="regex matches all or nothing"),
        pytest.param(calling(r"1519555\d{4}", AuthKind.REGEX), False, id="regex from the start"),
        pytest.param(calling("+15195550100", enabled=False), False, id="disabled"),
        pytest.param(trunk("North"), False, id="case counts"),
        pytest.param(
            AuthCode(field=AuthField.SOURCE_IP, kind=AuthKind.REGEX, pattern=".*"),
            False,
            id="an absent field matches nothing",
        ),
    ],
)
def test_a_code_matches_by_its_kind(code, matched):
    assert matches(code, CALL) is matched


HIT, MISS = "north", "south"


@pytest.mark.parametrize(
    ("chain", "claimed"),
    [
        pytest.param([(HIT, AND), (HIT, NONE)], True, id="both of AND"),
        pytest.param([(HIT, AND), (MISS, NONE)], False, id="one of AND"),
        pytest.param([(MISS, OR), (HIT, NONE)], True, id="one of OR"),
        pytest.param([(MISS, NONE), (HIT, NONE)], True, id="each group on its own"),
        pytest.param([(HIT, AND), (MISS, NONE), (HIT, NONE)], True, id="the second group"),
        pytest.param([(HIT, OR), (HIT, AND), (MISS, NONE)], False, id="left to right"),
        pytest.param([(HIT, AND)], True, id="an operator without a next code ends the group"),
        pytest.param([], False, id="no codes claim nothing"),
    ],
)
def test_codes_are_joined_in_their_order(chain, claimed):
    codes = [trunk(pattern, op, place) for place, (pattern, op) in enumerate(chain)]

    assert claims(codes, CALL) is claimed
    assert claims(codes[::-1], CALL) is claimed


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(AuthOperator), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 5),
)
def test_switching_a_code_off_never_wins_a_call(chain, off):
    codes = [
        AuthCode(
            field=AuthField.INGRESS_TRUNK,
            pattern=HIT if hit else MISS,
            operator=operator,
            position=place,
            enabled=enabled,
        )
        for place, (hit, operator, enabled) in enumerate(chain)
    ]
    fewer = [
        replace(code, enabled=False) if place == off else code for place, code in enumerate(codes)
    ]

    assert claims(codes, CALL) or not claims(fewer, CALL)


def test_one_claimant_has_the_call_two_contest_it():
    states = [match_state(claimants) for claimants in range(4)]

    assert states == [
        MatchState.UNMATCHED,
        MatchState.MATCHED,
        MatchState.CONTESTED,
        MatchState.CONTESTED,
    ]
