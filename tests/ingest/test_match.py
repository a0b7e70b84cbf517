"""The arrays claim every call as the scalar rule does."""

from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator, claims, match_state
from data.domain.matching import CodeColumns
from data.domain.records import MatchState
from ingest.call_fields import FieldColumns
from ingest.match import Matcher

UTC = ZoneInfo("UTC")
CALLING, CALLED = AuthField.CALLING_NUMBER, AuthField.CALLED_NUMBER
FIELDS = [CALLING, CALLED, CALLING, CALLED, AuthField.INGRESS_TRUNK, AuthField.CALL_DIRECTION]
texts = st.sampled_from(["1", "12", "2", "21", "+1", ""])
"""So few that customers want the same calls, and groups of codes hold in part."""


@st.composite
def codes(draw):
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(1, 3),
                st.sampled_from(FIELDS),
                st.sampled_from(AuthKind),
                st.sampled_from(["1", "12", "2", "21", "outbound"]),
                st.sampled_from(AuthOperator),
                st.sampled_from([True, True, True, False]),
            ),
            max_size=12,
        )
    )
    return [
        AuthCode(
            customer_id=customer,
            position=position,
            field=field,
            kind=kind,
            pattern=pattern,
            operator=operator,
            enabled=enabled,
        )
        for position, (customer, field, kind, pattern, operator, enabled) in enumerate(drawn)
    ]


def frame(calling, called=None, direction=1, **more):
    columns = {"calling_number": calling, "called_number": called or calling, **more}
    made = pd.DataFrame(
        {
            name: pd.array(values, dtype=pd.ArrowDtype(pa.string()))
            for name, values in columns.items()
        }
    )
    made["direction"] = direction
    made["talk_ms"] = 61_500
    made["started_ms"] = 1_781_517_600_000  # 2026-06-15 10:00 UTC
    made["ended_ms"] = pd.array([None] * len(made), dtype="Int64")
    return made


def claimed(auth_codes, calls, zone=UTC):
    found = Matcher(CodeColumns.of(auth_codes)).claims(calls, FieldColumns(calls, zone))
    return list(zip(found.customer_id.tolist(), found.state.tolist(), strict=True))


@given(codes(), st.lists(st.tuples(texts, texts), min_size=6, max_size=6))
def test_arrays_claim_as_the_scalar_rule_does(auth_codes, numbers):
    calls = frame([calling for calling, _ in numbers], [called for _, called in numbers])

    found = claimed(auth_codes, calls)

    for (calling, called), result in zip(numbers, found, strict=True):
        call = {CALLING: calling, CALLED: called, AuthField.CALL_DIRECTION: "outbound"}
        claimants = [
            customer
            for customer in range(1, 4)
            if claims([code for code in auth_codes if code.customer_id == customer], call)
        ]
        owner = claimants[0] if len(claimants) == 1 else 0
        assert result == (owner, match_state(len(claimants)))


def test_a_call_that_two_customers_claim_is_given_to_neither():
    both = [
        AuthCode(customer_id=1, field=CALLING, pattern="100"),
        AuthCode(customer_id=2, field=CALLING, kind=AuthKind.PREFIX, pattern="10"),
    ]

    assert claimed(both, frame(["100", "101", "9"])) == [
        (0, MatchState.CONTESTED),
        (2, MatchState.MATCHED),
        (0, MatchState.UNMATCHED),
    ]


def test_a_field_that_the_file_lacks_matches_nothing():
    code = AuthCode(customer_id=1, field=AuthField.SOURCE_IP, kind=AuthKind.REGEX, pattern=".*")

    assert claimed([code], frame(["1"])) == [(0, MatchState.UNMATCHED)]


def test_missing_values_match_nothing():
    code = AuthCode(customer_id=1, field=AuthField.INGRESS_TRUNK, kind=AuthKind.REGEX, pattern=".*")

    assert claimed([code], frame(["1", "2"], ingress_trunk=[None, "a"])) == [
        (0, MatchState.UNMATCHED),
        (1, MatchState.MATCHED),
    ]


def test_times_and_lengths_are_text_in_the_tenants_zone():
    codes = [
        AuthCode(
            customer_id=1,
            position=0,
            field=AuthField.CALL_STARTED,
            pattern="2026-06-15 11:00:00",
            operator=AuthOperator.AND,
        ),
        AuthCode(customer_id=1, position=1, field=AuthField.CALL_DURATION, pattern="62"),
        AuthCode(customer_id=2, field=AuthField.CALL_ENDED, kind=AuthKind.REGEX, pattern=".*"),
    ]

    assert claimed(codes, frame(["1"]), ZoneInfo("Europe/London")) == [(1, MatchState.MATCHED)]


def test_a_pattern_that_takes_too_long_is_put_aside_and_the_others_go_on(caplog):
    codes = [
        AuthCode(customer_id=1, field=CALLING, kind=AuthKind.REGEX, pattern="(?=a)(a|aa)+[yz]"),
        AuthCode(customer_id=2, field=CALLING, pattern="a" * 60),
    ]

    assert claimed(codes, frame(["a" * 60])) == [(2, MatchState.MATCHED)]
    assert "put aside" in caplog.text


def test_a_pattern_that_does_not_compile_is_put_aside(caplog):
    code = AuthCode(customer_id=1, field=CALLING, kind=AuthKind.REGEX, pattern="(")

    assert claimed([code], frame(["1"])) == [(0, MatchState.UNMATCHED)]
    assert "put aside" in caplog.text
