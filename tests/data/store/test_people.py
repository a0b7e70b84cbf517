from datetime import timedelta

import pytest
from sqlalchemy import select

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.people import Person, Session
from data.domain.records import Role
from data.passwords import fingerprint, matches
from data.store.queries.people import credentials, failures, people, session_of, token_of
from data.store.schema import audit_log, sessions, users
from data.store.writes.sessions import (
    failures_forgotten,
    login_failed,
    password_given,
    session_closed,
    session_opened,
)
from data.store.writes.tokens import token_added, token_revoked
from data.store.writes.users import (
    first_admin,
    password_changed,
    password_rehashed,
    role_changed,
    user_added,
    user_disabled,
)

PASSWORD = "seven quiet herons"


@pytest.fixture
def by(now):
    return By("admin@example.com", now)


@pytest.fixture
def anna(conn, by):
    user_added(conn, by, email="Anna@Example.com", role=Role.ADMIN, password=PASSWORD)
    return credentials(conn, "anna@example.com").person


def test_the_first_administrator_is_made_once(conn, by):
    assert first_admin(conn, by, password=PASSWORD)
    assert not first_admin(conn, by, password="another good phrase")
    assert [person.role for person in people(conn)] == [Role.ADMIN]


def test_an_address_has_one_login_whatever_its_case(conn, by, anna):
    assert anna.email == "anna@example.com"
    with pytest.raises(Refused, match="has a login already"):
        user_added(conn, by, email="ANNA@example.com", role=Role.VIEWER, password=PASSWORD)


@pytest.mark.parametrize("email", ["anna", "a@" + "b" * 253], ids=["no sign", "255 characters"])
def test_what_is_no_address_gets_no_login(conn, by, email):
    with pytest.raises(Refused, match="is not an e-mail address"):
        user_added(conn, by, email=email, role=Role.VIEWER, password=PASSWORD)


def test_an_address_of_254_characters_gets_a_login(conn, by):
    longest = "a@" + "b" * 252

    user_added(conn, by, email=longest, role=Role.VIEWER, password=PASSWORD)

    assert [person.email for person in people(conn)] == [longest]


@pytest.mark.parametrize(
    "password", ["short", "x" * 129, "password123456", "aaaaaaaaaaaaaa"], ids=lambda text: text[:9]
)
def test_a_weak_password_is_refused_before_anything_changes(conn, by, password):
    with pytest.raises(Refused, match="Nothing was changed"):
        user_added(conn, by, email="b@example.com", role=Role.VIEWER, password=password)
    assert people(conn) == []


@pytest.mark.usefixtures("dear_passwords")
def test_only_a_hash_of_the_password_is_kept(conn, anna):
    kept = conn.execute(select(users.c.password_hash).where(users.c.id == anna.id)).scalar_one()

    assert PASSWORD not in kept
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(kept, PASSWORD)
    assert not matches(kept, "another good phrase")


def hashes(conn):
    return {each.email: each.password_hash for each in conn.execute(select(users))}


def test_a_password_that_is_hashed_anew_is_its_owners_alone(conn, by, anna):
    user_added(conn, by, email="ben@example.com", role=Role.VIEWER, password="nine loud cranes")
    before = hashes(conn)

    password_rehashed(conn, anna.id, PASSWORD)

    after = hashes(conn)
    assert after["ben@example.com"] == before["ben@example.com"]
    assert after[anna.email] != before[anna.email]
    assert matches(after[anna.email], PASSWORD)


def test_a_session_holds_for_its_time_and_nothing_prolongs_it(conn, by, anna, now):
    session_opened(conn, by, Session(anna, now, now + timedelta(hours=8)), "hash")

    assert session_of(conn, "hash", now + timedelta(hours=7, minutes=59)).person == anna
    password_given(conn, By(anna.email, now + timedelta(hours=7)), "hash")
    assert session_of(conn, "hash", now + timedelta(hours=7)).proven_at == now + timedelta(hours=7)
    assert session_of(conn, "hash", now + timedelta(hours=8)) is None


def test_a_session_ends_at_logout_new_password_new_role_and_disabling(conn, by, anna, now):
    user_added(conn, by, email="root@example.com", role=Role.ADMIN, password=PASSWORD)
    ends = (
        lambda: session_closed(conn, by, "hash"),
        lambda: password_changed(conn, by, "anna@example.com", "another good phrase"),
        lambda: role_changed(conn, by, "anna@example.com", Role.VIEWER),
        lambda: user_disabled(conn, by, "anna@example.com"),
    )
    for end in ends:
        session_opened(conn, by, Session(anna, now, now + timedelta(hours=8)), "hash")
        end()
        assert conn.execute(select(sessions.c.id_hash)).all() == []


def test_somebody_disabled_has_no_session_left(conn, by, anna, now):
    user_added(conn, by, email="root@example.com", role=Role.ADMIN, password=PASSWORD)
    user_disabled(conn, by, "anna@example.com")
    person = Person(anna.id, anna.email, anna.role)
    session_opened(conn, by, Session(person, now, now + timedelta(hours=8)), "hash")

    assert session_of(conn, "hash", now) is None


def test_the_last_administrator_stays(conn, by, anna):
    with pytest.raises(Refused, match="last administrator"):
        user_disabled(conn, by, anna.email)
    with pytest.raises(Refused, match="last administrator"):
        role_changed(conn, by, anna.email, Role.VIEWER)


def test_failures_count_by_name_and_by_address_for_a_quarter_of_an_hour(conn, now):
    for _ in range(3):
        login_failed(conn, name_hash="anna", address="192.0.2.1", now=now)
    login_failed(conn, name_hash="bert", address="192.0.2.1", now=now)

    assert failures(conn, name_hash="anna", address="192.0.2.9", now=now) == 3
    assert failures(conn, name_hash="carl", address="192.0.2.1", now=now) == 4
    failures_forgotten(conn, name_hash="anna")
    assert failures(conn, name_hash="anna", address="192.0.2.9", now=now) == 0
    assert failures(conn, name_hash="anna", address="192.0.2.1", now=now) == 4
    later = now + timedelta(minutes=15)
    assert failures(conn, name_hash="bert", address="192.0.2.1", now=later) == 0


def test_a_token_holds_until_it_is_revoked(conn, by):
    token_added(conn, by, name="reports", role=Role.VIEWER, secret="s3cret")

    assert token_of(conn, fingerprint("s3cret")).name == "reports"
    assert token_of(conn, fingerprint("other")) is None
    token_revoked(conn, by, "reports")
    assert token_of(conn, fingerprint("s3cret")) is None
    with pytest.raises(Refused, match="No token named"):
        token_revoked(conn, by, "reports")
    with pytest.raises(Refused, match="already"):
        token_added(conn, by, name="reports", role=Role.VIEWER, secret="s3cret")


def test_every_change_of_people_is_in_the_audit_log_without_secrets(conn, by, anna):
    password_changed(conn, by, anna.email, "another good phrase")
    token_added(conn, by, name="reports", role=Role.VIEWER, secret="s3cret")

    lines = conn.execute(select(audit_log.c.action, audit_log.c.subject, audit_log.c.after)).all()

    assert [line.action for line in lines] == ["user_added", "password_changed", "token_added"]
    assert "phrase" not in str(lines)
    assert "s3cret" not in str(lines)
