"""The headers of every answer, and what is told of a request or a store that is amiss."""

import json

import pytest

from callbacks.release import HEADER
from tests.posting import HTML, OURS, tick

MALFORMED: tuple[object, ...] = ({}, [], {"output": "x.y"}, {"output": 5, "inputs": {}})


def test_every_answer_carries_its_headers(inside):
    for path in ("/", "/login", "/healthz", "/nowhere", "/api/v1/dashboard?from=x"):
        headers = inside.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_an_address_that_leads_nowhere_is_a_page_for_people_and_json_for_programs(inside):
    page, program = inside.get("/nothing", headers=HTML), inside.get("/nothing")

    assert (page.status_code, program.status_code) == (404, 404)
    assert "There is no such page" in page.text
    assert 'href="/"' in page.text
    assert program.json == {"error": "Not Found"}


def test_the_answers_of_callbacks_say_of_which_release_the_page_is(inside, app):
    assert tick(inside, app, token=None).headers[HEADER] == app.release
    assert HEADER not in inside.get("/").headers


def test_a_change_that_says_of_no_page_is_refused_where_a_cookie_comes_with_it(inside, app):
    form = {"email": "nobody@example.com", "password": "wrong"}

    assert inside.post("/login", data=form).status_code == 403
    assert app.server.test_client().post("/login", data=form).status_code == 401


def test_a_malformed_callback_is_refused_without_a_trace(inside):
    for body in MALFORMED:
        answer = inside.post("/_dash-update-component", json=body, headers=OURS)
        assert answer.status_code == 400
        assert answer.json == {"error": "Bad Request"}


def test_a_body_beyond_the_bound_is_refused(inside):
    answer = inside.post("/_dash-update-component", data=b"x" * (9 << 20), headers=OURS)

    assert answer.status_code == 413


@pytest.mark.sqlite
def test_a_store_that_is_gone_is_told_and_one_that_is_back_is_read(inside, app, settings):
    inside.get("/")
    path = settings.var / "tollboard.db"
    away = path.with_suffix(".away")
    path.rename(away)

    assert inside.get("/healthz").status_code == 503
    assert inside.get("/", headers=HTML).status_code == 503
    told = json.loads(tick(inside, app, token="x").text)
    assert "There is no store" in told["sideUpdate"]["failed"]["data"]["why"]
    assert "response" not in told or "read" not in told.get("response", {})

    away.rename(path)
    assert inside.get("/healthz").status_code == 200
    assert "read" in json.loads(tick(inside, app, token="x").text)["response"]


@pytest.mark.sqlite
def test_strangers_are_told_of_a_lost_store_without_where_it_was(client, settings, caplog):
    path = settings.var / "tollboard.db"
    path.rename(path.with_suffix(".away"))
    token = {"Authorization": "Bearer x"}

    answers = [
        client.get("/metrics", headers=token),
        client.get("/api/v1/dashboard", headers=token),
        client.get("/", headers=HTML),
        client.post("/login", data={"email": "a@example.com", "password": "x"}, headers=OURS),
        client.post(
            "/login", data={"email": "a@example.com", "password": "x"}, headers=HTML | OURS
        ),
    ]

    told = [answer for answer in answers if answer.status_code == 503]
    assert len(told) >= 4
    for answer in told:
        assert "There is no store where it was" in answer.text
        assert str(settings.var) not in answer.text
        assert "migrate" not in answer.text
    assert str(path) in caplog.text
