import json
import re
import time
from contextlib import closing
from datetime import timedelta
from itertools import count

import pytest
from dash import Input, Output
from gunicorn.config import Config
from gunicorn.workers.sync import SyncWorker
from sqlalchemy import select

from app import STARTS_WITHIN_S, Outside, create_app, first_login, heard_of
from callbacks import snapshots
from callbacks.gate import OPEN
from callbacks.rights import refuse_undeclared
from data.domain.authorship import By
from data.domain.records import FileStatus, InvoiceStatus, Role
from data.store.queries.dashboard import dashboard
from data.store.queries.people import people
from data.store.schema import cdr_files, invoices
from data.store.writes.tokens import token_added, token_revoked
from data.store.writes.users import password_changed, user_added
from data.store.writes.versions import version_raised
from layouts.login import FILES
from tests.factories import add_customer, add_file, add_invoice

PASSWORD = "seven quiet herons"
EMAIL = "anna@example.com"
HTML = {"Accept": "text/html"}
OURS = {"Origin": "http://localhost"}


WAY = {
    *("lines", "rejected", "duplicate", "ignored", "calls", "unmatched", "contested", "unrated"),
    *("charge", "plan", "invoiced", "unbilled", "paid", "outstanding", "overdue"),
}


MALFORMED: tuple[object, ...] = ({}, [], {"output": "x.y"}, {"output": 5, "inputs": {}})


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def make_app(settings, store, clock):
    numbers = count()
    return lambda: create_app(
        settings, store, Outside(clock, lambda: f"secret-{next(numbers)}-{'x' * 20}")
    )


@pytest.fixture
def app(make_app, store, now):
    with store.writing() as conn:
        user_added(conn, By("t", now), email=EMAIL, role=Role.VIEWER, password=PASSWORD)
    return make_app()


@pytest.fixture
def client(app):
    return app.server.test_client()


def log_in(client, password=PASSWORD, email=EMAIL, origin="http://localhost", **form):
    fields = {"email": email, "password": password, **form}
    return client.post("/login", data=fields, headers={"Origin": origin}, base_url=origin)


@pytest.fixture
def inside(client):
    assert log_in(client).status_code == 303
    return client


def call(app, output, inputs=(), state=()):
    """What the browser posts for a callback."""
    callback_id = next(key for key in app.callback_map if key.startswith(output))
    outputs = [
        {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].split("@")[0]}
        for part in callback_id.strip(".").split("...")
    ]
    return {
        "output": callback_id,
        "outputs": outputs,
        "inputs": [{"id": i, "property": p, "value": v} for i, p, v in inputs],
        "state": [{"id": i, "property": p, "value": v} for i, p, v in state],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }


def tick(client, app, token):
    body = call(
        app,
        "..read.data",
        [("tick", "n_intervals", 1), ("refresh-now", "n_clicks", 0), ("woken", "data", None)],
        [("read", "data", {"token": token}), ("shown", "data", f"{token}|a view")],
    )
    return client.post("/_dash-update-component", json=body, headers=OURS)


def test_two_apps_in_one_process_have_the_same_callbacks(make_app):
    one, other = make_app(), make_app()

    assert one.callback_map
    assert set(one.callback_map) == set(other.callback_map)


def test_scripts_are_known_before_the_first_request(make_app):
    assert "dash_ag_grid" in make_app().registered_paths


def test_every_id_that_a_callback_names_is_on_the_page(inside, app):
    there = set(re.findall(r'"id":\s?"([^"]+)"', inside.get("/_dash-layout").text))
    wired = json.loads(inside.get("/_dash-dependencies").text)

    named = {part["id"] for one in wired for part in (*one["inputs"], *one["state"])}
    for one in wired:
        outputs = one["output"].strip(".").split("...")
        named |= {output.rsplit(".", 1)[0] for output in outputs}

    named = {one for one in named if not one.startswith("{")}  # buttons that a panel makes
    assert named <= there
    assert app.layout is not None


def test_a_tick_sends_words_when_something_moved_and_almost_nothing_else(inside, app, store, now):
    before = json.loads(tick(inside, app, token=None).text)
    token = before["response"]["read"]["data"]["token"]

    quiet = tick(inside, app, token=token)
    with store.writing() as conn:
        add_customer(conn, "Acme")
        version_raised(conn, now)
    moved = json.loads(tick(inside, app, token=token).text)

    assert len(quiet.data) < 300
    assert set(json.loads(quiet.text)["response"]) == {"read"}  # no word, and no second request
    assert "moved" in moved["response"]
    assert "1" in moved["response"]["page-words"]["data"]


def test_a_period_answers_with_patches_and_not_with_figures(inside, app):
    body = call(
        app,
        "..view-words.data",
        [("moved", "data", {}), ("location", "search", "?from=2026-06-01&to=2026-06-30")],
        [("shown", "data", "")],
    )
    response = inside.post("/_dash-update-component", json=body, headers=OURS).json["response"]

    assert "1 Jun – 30 Jun" in response["view-words"]["data"]
    assert all(
        "__dash_patch_update" in part["figure"]
        for key, part in response.items()
        if key.endswith("-graph")
    )


def test_nothing_but_the_open_routes_answers_without_a_login(client, app):
    refused = {}
    for rule in app.server.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in rule.methods:
            status = client.open(address, method=method, headers=OURS).status_code
            if rule.endpoint not in OPEN:
                refused[address, method] = status

    assert len(OPEN) == 4
    assert len(refused) > 15
    assert set(refused.values()) == {401}


def test_no_callback_answers_without_a_login(client, app):
    for output in app.callback_map:
        body = call(app, output, [("read", "data", 1)])
        answer = client.post("/_dash-update-component", json=body, headers=OURS)
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["//", "/%2e/", "/./", "/_DASH-layout", "/_dash%2dlayout", "/_dash-layout/", "/x/..;/", "/any"],
)
def test_no_spelling_of_an_address_gets_past_the_gate(client, path):
    assert client.get(path).status_code in (401, 308, 404, 302)
    assert b"Tollboard</h1>" not in client.get(path).data


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


def test_a_wrong_password_and_an_unknown_person_look_the_same(client):
    wrong = log_in(client, password="not the password")
    unknown = log_in(client, email="nobody@example.com")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


def test_after_ten_failures_a_name_waits_a_quarter_of_an_hour(client, clock):
    for _ in range(10):
        log_in(client, password="wrong")

    assert log_in(client).status_code == 429
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


def test_a_known_browser_has_no_more_tries_than_others(client):
    log_in(client)
    client.post("/logout", headers=OURS)
    for _ in range(10):
        log_in(client, password="wrong")

    assert log_in(client).status_code == 429


def test_an_overlong_password_is_not_hashed(client):
    assert log_in(client, password="x" * 200_000).status_code == 401


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


def test_beyond_loopback_without_a_page_address_only_numbers_are_its_name(settings, store, clock):
    wide = settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104
    client = create_app(wide, store, Outside(clock, lambda: "s" * 32)).server.test_client()

    assert client.get("/healthz", base_url="http://192.0.2.7:8050").status_code == 200
    assert client.get("/healthz", base_url="http://[2001:db8::7]").status_code == 200
    refused = client.get("/healthz", base_url="http://rebound.example")
    assert refused.status_code == 400
    assert "TOLLBOARD_PAGE_URL" in refused.json["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {},
    ],
    ids=["origin", "cross", "same-site", "none"],
)
def test_a_change_from_another_site_is_refused(inside, headers):
    assert inside.post("/logout", headers=headers).status_code == 403
    assert inside.get("/").status_code == 200


def test_another_host_name_is_refused_on_loopback(client):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


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


def test_an_address_that_leads_nowhere_is_a_page_for_people_and_json_for_programs(inside):
    page, program = inside.get("/nothing", headers=HTML), inside.get("/nothing")

    assert (page.status_code, program.status_code) == (404, 404)
    assert "There is no such page" in page.text
    assert 'href="/"' in page.text
    assert program.json == {"error": "Not Found"}


def test_every_answer_carries_its_headers(inside):
    for path in ("/", "/login", "/healthz", "/nowhere", "/api/v1/dashboard?from=x"):
        headers = inside.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_a_malformed_callback_is_refused_without_a_trace(inside):
    for body in MALFORMED:
        answer = inside.post("/_dash-update-component", json=body, headers=OURS)
        assert answer.status_code == 400
        assert answer.json == {"error": "Bad Request"}


def test_a_body_beyond_the_bound_is_refused(inside):
    answer = inside.post("/_dash-update-component", data=b"x" * (9 << 20), headers=OURS)

    assert answer.status_code == 413


def test_the_page_runs_no_script_of_the_pages_before_it(inside):
    shown = inside.get("/").get_data(as_text=True)

    assert "/assets/live.js" in shown
    assert [name for name in FILES if name.endswith(".js") and name in shown] == []


def test_the_index_carries_the_nine_numbers_before_any_script(inside, store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        add_invoice(conn, acme, 12.5)
        add_file(conn, name="last.csv")
        version_raised(conn, now)

    index = inside.get("/").text.partition("<script")[0]

    for word in ("$12.50", "1 invoice", "last.csv", "Open help tickets"):
        assert word in index


def test_the_api_needs_a_token_or_a_session_and_a_token_opens_nothing_else(client, store, now):
    with store.writing() as conn:
        token_added(conn, By("t", now), name="r", role=Role.VIEWER, secret="s3cret")
    bearer = {"Authorization": "Bearer s3cret"}

    assert client.get("/api/v1/dashboard").status_code == 401
    assert client.get("/api/v1/dashboard", headers=bearer).status_code == 200
    assert client.get("/_dash-layout", headers=bearer).status_code == 401
    wrong = {"Authorization": "Bearer other"}
    assert client.get("/api/v1/dashboard", headers=wrong).status_code == 401


def test_the_api_gives_the_pages_snapshot(inside, store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        add_invoice(conn, acme, 12.5)
        version_raised(conn, now)

    shown = inside.get("/api/v1/dashboard?from=2026-06-01&to=2026-06-30").json

    assert shown["tiles"]["unpaid_invoices"]["outstanding"] == "12.50"
    assert shown["top_customers"] == {
        "from": "2026-06-01",
        "to": "2026-06-30",
        "rows": [{"custid": "A1", "customer": "Acme", "total": "12.50"}],
        "other": "0.00",
        "total": "12.50",
    }
    assert shown["files_by_month"][0]["month"] == "2026-04"
    assert set(shown) >= {"as_of", "data_version", "currency", "timezone", "ageing"}
    assert set(shown["line_to_cash"]) == WAY


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-06-01",
        "from=x&to=y",
        "from=2026-06-02&to=2026-06-01",
        "from=2010-01-01&to=2026-01-01",
    ],
)
def test_dates_that_make_no_period_are_refused(inside, query):
    assert inside.get(f"/api/v1/dashboard?{query}").status_code == 400


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


def test_the_first_start_makes_one_administrator_and_tells_the_password_once(store, clock):
    outside = Outside(clock, lambda: "a fresh random text of some length")

    password = first_login(store, outside)

    assert password is not None
    assert first_login(store, outside) is None
    with store.snapshot() as conn:
        assert [person.role for person in people(conn)] == [Role.ADMIN]


def test_any_number_of_viewers_cost_one_read_per_change(inside, app, monkeypatch):
    reads = []

    def counted(*asked):
        reads.append(asked)
        return dashboard(*asked)

    monkeypatch.setattr(snapshots, "dashboard", counted)

    for _ in range(5):
        tick(inside, app, token=None)

    assert len(reads) <= 1


@pytest.fixture
def biller(store, now, app):
    with store.writing() as conn:
        user_added(
            conn, By("t", now), email="bill@example.com", role=Role.BILLING, password=PASSWORD
        )
    client = app.server.test_client()
    log_in(client, email="bill@example.com")
    return client


def send(client, name, content):
    return client.put(f"/upload?name={name}", data=content, headers=OURS)


def test_an_upload_lies_in_the_inbox_and_waits_at_once(biller, store, settings):
    answer = send(biller, "calls.csv", b"a,b\n1,2\n")

    assert answer.json["status"] == "waiting"
    assert (settings.inbox_dir / "calls.csv").read_bytes() == b"a,b\n1,2\n"
    with store.snapshot() as conn:
        found = conn.execute(select(cdr_files.c.status, cdr_files.c.location)).one()
    assert found == (FileStatus.WAITING, str(settings.inbox_dir / "calls.csv"))
    assert list(settings.work_dir.iterdir()) == []


def test_a_known_content_is_told_and_changes_nothing(biller, settings):
    send(biller, "calls.csv", b"same")

    again = send(biller, "other.csv", b"same")

    assert again.json["status"] == "repeated"
    assert [path.name for path in settings.inbox_dir.iterdir()] == ["calls.csv"]


def test_two_contents_under_one_name_are_both_kept(biller, settings):
    send(biller, "calls.csv", b"one")
    send(biller, "calls.csv", b"two")

    assert {path.name for path in settings.inbox_dir.iterdir()} == {"calls.csv", "calls-2.csv"}


def test_an_empty_upload_is_refused_and_a_viewer_may_not(biller, inside, settings):
    assert send(biller, "calls.csv", b"").status_code == 400
    assert send(inside, "calls.csv", b"x").status_code == 403
    assert send(biller, "..", b"x").status_code == 400
    assert list(settings.inbox_dir.iterdir()) == []


def press(client, app, slug, rows):
    output = "..ask.is_open...ask-title.children"
    button = {"index": slug, "type": "act"}
    body = call(
        app,
        output,
        [(json.dumps(button, sort_keys=True, separators=(",", ":")), "n_clicks", 1)],
        [("grid", "selectedRows", rows)],
    )
    body["inputs"] = [[{"id": button, "property": "n_clicks", "value": 1}]]
    return client.post("/_dash-update-component", json=body, headers=OURS)


def confirm_body(app, pending):
    body = call(
        app,
        next(key for key in app.callback_map if "woken.data" in key),
        [("ask-confirm", "n_clicks", 1)],
        [("pending", "data", pending)],
    )
    body["state"] += [[], []]  # the fields that were typed into: names and values
    return body


def test_a_viewers_press_is_refused_and_changes_nothing(inside, app, store):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)

    pressed = press(inside, app, "record", [{"row_id": str(draft)}])
    confirm = confirm_body(app, {"action": "record", "rows": [str(draft)], "final": True})
    confirmed = inside.post("/_dash-update-component", json=confirm, headers=OURS)

    assert (pressed.status_code, confirmed.status_code) == (403, 403)
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.DRAFT


def give_password(client, app, typed):
    body = call(
        app,
        "..confirm.is_open",
        [("confirm-go", "n_clicks", 1), ("confirm-password", "n_submit", None)],
        [("confirm-password", "value", typed)],
    )
    return client.post("/_dash-update-component", json=body, headers=OURS).json["response"]


def test_a_change_long_after_the_login_waits_for_the_password(biller, app, store, clock, settings):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)
    clock.now += timedelta(minutes=settings.password_again_min)

    body = confirm_body(app, {"action": "record", "rows": [str(draft)], "final": True})
    held = biller.post("/_dash-update-component", json=body, headers=OURS).json
    assert held["sideUpdate"] == {"confirm": {"is_open": True}}
    assert send(biller, "calls.csv", b"x").status_code == 403
    assert tick(biller, app, token=None).status_code == 200
    assert give_password(biller, app, "wrong")["confirm"]["is_open"] is True
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.DRAFT

    assert give_password(biller, app, PASSWORD)["confirm"]["is_open"] is False
    biller.post("/_dash-update-component", json=body, headers=OURS)
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.RECORDED


def test_a_screen_reads_by_its_token_until_that_is_revoked(client, app, store, now, clock):
    with store.writing() as conn:
        token_added(conn, By("t", now), name="wall", role=Role.ADMIN, secret="s3cret")

    assert client.post("/login", data={"screen": "other"}, headers=OURS).status_code == 401
    entered = client.post("/login", data={"screen": "s3cret"}, headers=OURS)
    assert entered.location == "/?kiosk=1"
    clock.now += timedelta(days=30)
    assert tick(client, app, token=None).status_code == 200
    assert press(client, app, "record", []).status_code == 403

    with store.writing() as conn:
        token_revoked(conn, By("t", now), "wall")
    assert tick(client, app, token=None).status_code == 401


def test_a_callback_or_a_route_without_a_declared_role_does_not_start(make_app):
    app = make_app()
    app.callback(Output("page", "title"), Input("tick", "n_intervals"))(lambda _ticks: "")
    with pytest.raises(AssertionError, match=r"page\.title"):
        refuse_undeclared(app.server, app, OPEN)

    other = make_app()
    other.server.add_url_rule("/new", endpoint="new-route", view_func=str)
    with pytest.raises(AssertionError, match="new-route"):
        refuse_undeclared(other.server, other, OPEN)


def test_a_press_asks_naming_the_sum_and_the_confirmation_does_it(biller, app, store):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)

    asked = press(biller, app, "record", [{"row_id": str(draft)}]).json["response"]
    confirm = confirm_body(app, asked["pending"]["data"])
    done = biller.post("/_dash-update-component", json=confirm, headers=OURS).json["response"]

    assert asked["ask-title"]["children"] == "Record 1 invoice, $5.00?"
    assert done["ask"]["is_open"] is False
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.RECORDED


def test_a_worker_that_never_starts_is_given_up_after_a_time():
    """Gunicorn gives one up that was not heard of for so long by the monotonic clock."""
    worker = SyncWorker(1, 0, [], None, 10, Config(), None)
    with closing(worker.tmp):
        before = time.monotonic()
        assert worker.tmp.last_update() > before + 1_000_000_000  # as gunicorn leaves it: never

        heard_of(worker)

        assert before < worker.tmp.last_update() - STARTS_WITHIN_S <= time.monotonic()
