"""How long a session lasts, and what its cookie is worth."""

from datetime import timedelta

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.records import Role
from data.store.writes.users import password_changed, user_added
from tests.posting import EMAIL, OURS, PASSWORD, log_in


def test_a_session_ends_by_logout_time_and_a_new_password(client, store, clock, now):
    log_in(client)
    assert client.get("/").status_code == 200
    client.post("/logout", headers=OURS)
    assert client.get("/").status_code == 401

    log_in(client)
    clock.now += timedelta(hours=12)
    assert client.get("/").status_code == 401

    log_in(client)
    with store.writing() as conn:
        password_changed(conn, By("t", now), EMAIL, "another good phrase")
    assert client.get("/").status_code == 401


def test_an_old_cookie_is_worth_nothing_after_logout(inside):
    cookie = inside.get_cookie("tollboard").value
    inside.post("/logout", headers=OURS)

    inside.set_cookie("tollboard", cookie)

    assert inside.get("/").status_code == 401


def test_a_changed_cookie_is_worth_nothing(inside):
    cookie = inside.get_cookie("tollboard").value
    inside.set_cookie("tollboard", cookie[:-9] + ("A" if cookie[-9] != "A" else "B") + cookie[-8:])

    assert inside.get("/").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client):
    cookie = log_in(client).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_beyond_loopback_the_cookie_needs_tls(settings, store, clock, now):
    wide = settings.model_copy(update={"host": "192.0.2.7"})
    app = create_app(wide, store, Outside(clock, lambda: "s" * 32))
    with store.writing() as conn:
        user_added(conn, By("t", now), email=EMAIL, role=Role.VIEWER, password=PASSWORD)

    answer = log_in(app.server.test_client(), origin="http://192.0.2.7")
    cookies = answer.headers.getlist("Set-Cookie")

    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-tollboard")
        assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in cookie


def test_behind_a_proxy_the_pages_own_name_answers_and_its_cookie_needs_tls(
    settings, store, clock, now
):
    named = settings.model_copy(update={"page_url": "https://tollboard.example"})
    client = create_app(named, store, Outside(clock, lambda: "s" * 32)).server.test_client()
    with store.writing() as conn:
        user_added(conn, By("t", now), email=EMAIL, role=Role.VIEWER, password=PASSWORD)

    assert client.get("/healthz", headers={"Host": "tollboard.example"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    cookies = log_in(client).headers.getlist("Set-Cookie")
    assert all(cookie.startswith("__Host-tollboard") for cookie in cookies)
