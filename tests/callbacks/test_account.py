"""The own password is changed, and a token revoked, from the page."""

import pytest

from data.domain.records import Role
from tests.attack.conftest import a_target
from tests.attacking import OURS, PASSWORD, TOKEN, log_in

NEW = "nine loud badgers"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def target(tmp_path):
    yield from a_target(tmp_path)


def test_a_new_password_ends_every_session_and_the_old_one_holds_no_more(target):
    here, elsewhere = target.entered(Role.VIEWER), target.entered(Role.VIEWER)

    form = {"password": PASSWORD, "new": NEW}
    assert here.post("/account/password", data=form, headers=OURS).status_code == 303

    assert [client.get("/").status_code for client in (here, elsewhere)] == [401, 401]
    assert log_in(target.stranger(), "viewer@example.com", PASSWORD).status_code == 401
    assert log_in(target.stranger(), "viewer@example.com", NEW).status_code == 303


@pytest.mark.parametrize(
    ("password", "new", "status", "told"),
    [("wrong", NEW, 401, "not your password"), (PASSWORD, "password1234", 400, "too weak")],
)
def test_a_wrong_or_a_weak_password_changes_nothing(target, password, new, status, told):
    client = target.entered(Role.VIEWER)

    form = {"password": password, "new": new}
    answer = client.post("/account/password", data=form, headers=OURS)

    assert answer.status_code == status
    assert told in answer.text
    assert log_in(target.stranger(), "viewer@example.com", PASSWORD).status_code == 303


def test_an_administrator_shuts_a_program_out_and_a_viewer_sees_no_token(target):
    admin, viewer = target.entered(Role.ADMIN), target.entered(Role.VIEWER)
    assert "reader" in admin.get("/account").text
    assert "reader" not in viewer.get("/account").text

    form = {"password": PASSWORD, "token": "reader"}
    assert viewer.post("/account/revoke", data=form, headers=OURS).status_code == 403
    assert target.stranger().get("/api/v1/dashboard", headers=BEARER).status_code == 200
    assert "reader is shut out" in admin.post("/account/revoke", data=form, headers=OURS).text
    assert target.stranger().get("/api/v1/dashboard", headers=BEARER).status_code == 401
