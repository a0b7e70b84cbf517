"""Who comes in, who waits after wrong passwords, and where a login leads."""

from datetime import timedelta

import pytest

from app import Outside, first_login
from data.domain.authorship import By
from data.domain.people import LONGEST_PASSWORD
from data.domain.records import Role
from data.store.queries.people import credentials, people
from data.store.writes.users import password_changed
from tests.posting import EMAIL, HTML, OURS, log_in


def test_a_browser_is_led_to_the_login_and_back(client):
    answer = client.get("/?period=this-month", headers=HTML)

    assert answer.status_code == 302
    assert answer.location == "/login?next=/?period%3Dthis-month"
    assert log_in(client, next="/?period=this-month").location == "/?period=this-month"


@pytest.mark.parametrize(
    "after", ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil", "", "x\n"]
)
def test_the_login_leads_nowhere_else(client, after):
    assert log_in(client, next=after).location == "/"


def test_who_is_in_is_led_on_and_who_leaves_is_led_to_the_login(client):
    log_in(client)
    assert client.get("/login?next=/?kiosk=1").location == "/?kiosk=1"

    left = client.post("/logout", headers=OURS)

    assert (left.status_code, left.location) == (303, "/login")
    assert client.get("/login?next=/?kiosk=1").status_code == 200


def test_the_login_page_gives_out_its_own_files_only(client):
    assert client.get("/login/login.css").status_code == 200
    assert client.get("/login/page.css").status_code == 404


def test_a_wrong_password_and_an_unknown_person_look_the_same(client):
    wrong = log_in(client, password="not the password")
    unknown = log_in(client, email="nobody@example.com")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


def test_after_ten_failures_a_name_waits_a_quarter_of_an_hour(client, clock):
    for _ in range(10):
        assert "Retry-After" not in log_in(client, password="wrong").headers

    waits = log_in(client)
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "900")
    clock.now += timedelta(minutes=15)
    assert log_in(client).status_code == 303


def test_guessing_at_a_login_does_not_keep_its_owner_out(app, client):
    log_in(client)
    client.post("/logout", headers=OURS)
    stranger = app.server.test_client()
    for _ in range(10):
        log_in(stranger, password="wrong")

    assert log_in(stranger).status_code == 429
    assert log_in(client).status_code == 303


def test_guessing_at_one_login_does_not_keep_others_out_elsewhere(client):
    for number in range(10):
        log_in(client, password="wrong", REMOTE_ADDR=f"192.0.2.{number}")

    assert log_in(client, REMOTE_ADDR="192.0.2.99").status_code == 429
    other = log_in(client, email="bert@example.com", REMOTE_ADDR="192.0.2.98")
    assert other.status_code == 401


def test_a_login_leaves_a_hash_of_today_as_it_is(client, store):
    with store.snapshot() as conn:
        before = credentials(conn, EMAIL).password_hash
    log_in(client)

    with store.snapshot() as conn:
        assert credentials(conn, EMAIL).password_hash == before


def test_a_known_browser_has_no_more_tries_than_others(client):
    log_in(client)
    client.post("/logout", headers=OURS)
    for _ in range(10):
        log_in(client, password="wrong")

    assert log_in(client).status_code == 429


def test_an_overlong_password_is_not_hashed(client):
    assert log_in(client, password="x" * 200_000).status_code == 401


def test_the_longest_password_that_is_taken_lets_its_owner_in(client, store, now):
    longest = ("quiet heron " * 11)[:LONGEST_PASSWORD]
    with store.writing() as conn:
        password_changed(conn, By("t", now), EMAIL, longest)

    assert log_in(client, password=longest).status_code == 303


def test_the_first_start_makes_one_administrator_and_tells_the_password_once(store, clock):
    outside = Outside(clock, lambda: "a fresh random text of some length")

    password = first_login(store, outside)

    assert password is not None
    assert first_login(store, outside) is None
    with store.snapshot() as conn:
        assert [person.role for person in people(conn)] == [Role.ADMIN]
