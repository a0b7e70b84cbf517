"""An unmatched call is given to a customer by a code, and its files are named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data.domain.assignments import AffectedFile, Assignment
from data.domain.auth_codes import AuthCode, AuthField, AuthOperator, claims
from data.domain.authorship import By
from data.domain.call_ids import CallId
from data.domain.errors import Refused
from data.domain.records import MatchState
from data.store import schema
from data.store.queries.assignments import assignment_effect
from data.store.queries.auth_codes import codes_of
from data.store.writes.assignments import call_assigned
from data.store.writes.auth_codes import auth_codes_replaced
from tests.factories import add_call, add_customer, add_file

START = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
NUMBER = "+12025550111"
CALL = CallId(START, 5)


@pytest.fixture
def by(now) -> By:
    return By("ada@example.com", now)


@pytest.fixture
def acme(conn) -> int:
    """A customer; and an unmatched call from NUMBER."""
    add_call(conn, started_at=START, call_key=5, calling_number=NUMBER, file_id=add_file(conn))
    return add_customer(conn, "Acme")


def test_the_code_claims_the_call_and_both_changes_are_audited(conn, acme, by):
    code = call_assigned(conn, Assignment(CALL, acme), by)

    assert code == AuthCode(customer_id=acme, field=AuthField.CALLING_NUMBER, pattern=NUMBER)
    assert claims(codes_of(conn, acme), {AuthField.CALLING_NUMBER: NUMBER})
    log = list(conn.execute(select(schema.audit_log.c.action, schema.audit_log.c.subject)))
    assert log[-1] == ("call_assigned", f"call {CALL}")
    assert "auth_codes_replaced" in [action for action, _ in log]


def test_the_code_stands_alone_even_beside_a_code_that_joins_the_next(conn, acme, by):
    joining = AuthCode(
        field=AuthField.CALLED_NUMBER, pattern="911", operator=AuthOperator.AND, position=1
    )
    auth_codes_replaced(conn, {acme: [joining]}, by)

    call_assigned(conn, Assignment(CALL, acme), by)

    assert claims(codes_of(conn, acme), {AuthField.CALLING_NUMBER: NUMBER})
    assert claims(codes_of(conn, acme), {AuthField.CALLED_NUMBER: "911"})


def test_the_files_with_calls_that_the_code_claims_are_named(conn, acme):
    files = [add_file(conn, name="a.csv"), add_file(conn, name="gone.csv", location="")]
    other = add_customer(conn, "Beta")
    for file_id in (*files, files[0]):
        add_call(conn, calling_number=NUMBER, file_id=file_id)
    add_call(conn, calling_number=NUMBER, file_id=files[0], customer_id=other)
    add_call(conn, calling_number=NUMBER, file_id=files[0], match_state=MatchState.CONTESTED)
    add_call(conn, calling_number=NUMBER + "9", file_id=add_file(conn))

    effect = assignment_effect(conn, Assignment(CALL, acme))

    assert effect.files[1:] == (
        AffectedFile(files[0], "a.csv", 2, kept=True),
        AffectedFile(files[1], "gone.csv", 1, kept=False),
    )
    assert (effect.company, effect.calls, effect.others) == ("Acme", 4, 1)


def test_another_number_of_the_call_can_tell_whose_it_is(conn, acme, by):
    code = call_assigned(conn, Assignment(CALL, acme, AuthField.CALLED_NUMBER), by)

    assert code.pattern == "+442079460100"


def add_state(conn, state: MatchState) -> CallId:
    add_call(conn, started_at=START, call_key=6, match_state=state)
    return CallId(START, 6)


def test_what_cannot_be_assigned_is_refused_and_changes_nothing(conn, acme, by):
    carrier = add_customer(conn, "Carrier", provider=True)
    gone = add_customer(conn, "Gone", deleted_at=START)
    contested = add_state(conn, MatchState.CONTESTED)
    wanted = Assignment(CALL, acme)
    refusals = {
        "is a carrier": replace(wanted, customer_id=carrier),
        "no customer": replace(wanted, customer_id=gone),
        "no call": replace(wanted, call=CallId(START + timedelta(1), 5)),
        "Two customers claim": replace(wanted, call=contested),
        "has no BillingNumber": replace(wanted, field=AuthField.BILLING_NUMBER),
        "not given to a customer by its SourceIP": replace(wanted, field=AuthField.SOURCE_IP),
    }

    for why, assignment in refusals.items():
        with pytest.raises(Refused, match=why):
            call_assigned(conn, assignment, by)

    assert conn.execute(select(func.count()).select_from(schema.auth_codes)).scalar_one() == 0
    assert conn.execute(select(func.count()).select_from(schema.audit_log)).scalar_one() == 0


def test_a_call_is_assigned_once(conn, acme, by):
    call_assigned(conn, Assignment(CALL, acme), by)

    with pytest.raises(Refused, match=r"has the code CallingNumber equals .* already"):
        call_assigned(conn, Assignment(CALL, acme), by)


def test_a_call_that_has_a_customer_is_left_alone(conn, acme, by):
    matched = add_state(conn, MatchState.MATCHED)

    with pytest.raises(Refused, match="has a customer already"):
        call_assigned(conn, Assignment(matched, acme), by)
