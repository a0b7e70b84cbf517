"""Nobody gets at a route or a callback without the right to it, however they spell or send it."""

import json
import re
from itertools import product
from threading import Thread

import pytest

from callbacks.deeds import DEEDS
from callbacks.gate import CALLBACKS, OPEN
from callbacks.rights import ROUTES, callback_rights
from data.domain.people import includes
from data.domain.records import Role
from layouts.actions import ACTIONS
from tests.attacking import OURS, TOKEN

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
LOCKED = {401, 404, 405}
"""What a stranger may be told."""
PAGE = (b"_dash-layout", b"tile", b"data_version", b"callback")


def addresses(target):
    return sorted(
        {re.sub(r"<[^>]+>", "x", rule.rule) for rule in target.server.url_map.iter_rules()}
    )


def test_w1_every_route_by_every_method_needs_a_login(target, figure):
    stranger = target.stranger()
    assert {"login", "login_post", "login_asset", "healthz"} == OPEN
    assert set(ROUTES).isdisjoint(OPEN)
    through = []
    asked = [
        (address, method)
        for address, method in product(addresses(target), METHODS)
        if address not in ("/login", "/login/x", "/healthz")
    ]
    for address, method in asked:
        answer = stranger.open(address, method=method, headers=OURS)
        if answer.status_code not in LOCKED:
            through.append((address, method, answer.status_code))

    figure("W1", "routes by methods, without a login", len(asked), through)


def test_w2_every_callback_needs_a_login(target, figure):
    stranger = target.stranger()
    through = [
        output
        for output in target.app.callback_map
        if target.called(stranger, output).status_code != 401
    ]

    figure("W2", "forged callbacks, without a login", len(target.app.callback_map), through)


def test_w3_every_callback_and_route_refuses_a_role_below_its_own(target, figure):
    rights = callback_rights(target.app)
    assert rights
    assert None not in rights.values()
    before, tried, through = target.state(), 0, []
    for role in Role:
        client = target.entered(role)
        below = [output for output, right in rights.items() if not includes(role, right.role)]
        routes = [name for name, right in ROUTES.items() if not includes(role, right.role)]
        for output in below:
            tried += 1
            if target.called(client, output, **{"*": 1}).status_code != 403:
                through.append((role, output[:40]))
        for rule in target.server.url_map.iter_rules():
            if rule.endpoint in routes:
                tried += 1
                address = re.sub(r"<[^>]+>", "1", rule.rule)
                method = min(rule.methods - {"OPTIONS", "HEAD"})
                answer = client.open(address, method=method, data=b"x", headers=OURS)
                if answer.status_code != 403:
                    through.append((role, address))

    assert target.state() == before
    assert target.audited("refused") == tried
    figure("W3", "callbacks and routes by roles below their own", tried, through)


def test_w3_every_action_refuses_a_role_below_its_own(target, figure):
    roles = {one.slug: one.role for one in ACTIONS}
    assert set(DEEDS) <= set(roles)
    rights = callback_rights(target.app)
    doing = [output for output, right in rights.items() if right.role is Role.BILLING]
    assert any(rights[output].changes for output in doing)
    before, tried, through = target.state(), 0, []
    for role in Role:
        client = target.entered(role)
        for slug, output in product(roles, doing):
            if includes(role, roles[slug]):
                continue
            tried += 1
            pending = {"action": slug, "rows": ["1"], "typed": {}, "final": True}
            body = target.body(output, pending=pending)
            sent = json.dumps(body | {"changedPropIds": _pressed(body, slug)})
            sent = sent.replace('"index": "record"', f'"index": {json.dumps(slug)}')
            sent = sent.replace('"n_clicks", "value": null', '"n_clicks", "value": 1')
            answer = client.post(
                CALLBACKS, data=sent, content_type="application/json", headers=OURS
            )
            if answer.status_code != 403:
                through.append((role, slug, output[:30], answer.status_code))

    assert target.state() == before
    figure("W3", "actions by roles below their own", tried, through)


def _pressed(body, slug):
    first = body["inputs"][0]
    if not isinstance(first, list):
        return body["changedPropIds"]
    pressed = json.dumps({"index": slug, "type": first[0]["id"]["type"]}, separators=(",", ":"))
    return [f"{pressed}.n_clicks"]


def test_w3_a_callback_that_only_reads_changes_nothing(target, figure):
    rights = callback_rights(target.app)
    reading = [output for output, right in rights.items() if not right.changes]
    client = target.entered(Role.ADMIN)
    before = target.state()
    for output in reading:
        target.called(client, output, **{"*": 1})

    figure(
        "W3", "reading callbacks that wrote", len(reading), [] if target.state() == before else [1]
    )


def test_a_token_opens_what_programs_read_and_nothing_else(target, figure):
    stranger = target.stranger()
    bearer = OURS | {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.get("/api/v1/dashboard", headers=bearer).status_code == 200
    through = [
        address
        for address in addresses(target)
        if not address.startswith(("/api/", "/metrics", "/login", "/healthz"))
        for method in ("GET", "POST", "PUT")
        if stranger.open(address, method=method, headers=bearer).status_code not in LOCKED
    ]

    figure("W1", "other routes with an API token", len(addresses(target)) * 3, through)


SPELLINGS = [
    *("//", "///", "/.", "/./", "/..", "/../", "/%2e/", "/%2e%2e/", "/x/../", "/x/..;/", "/;/"),
    *("//_dash-layout", "/./_dash-layout", "/x/../_dash-layout", "/_dash-layout/"),
    *("/_dash-layout;x=1", "/_dash-layout%20", "/_dash-layout%00", "/_dash-layout."),
    *("/_DASH-LAYOUT", "/%5fdash-layout", "/_dash%2dlayout", "/_dash-layout%2f", "/_dash-layout?x"),
    *("/_dash-layout%23", "/login/../_dash-layout", "/login/%2e%2e/_dash-layout", "/login;/"),
    *("/login/../assets/live.js", "/healthz/../api/v1/dashboard", "/healthz%2f..%2fmetrics"),
    *("/api//v1/dashboard", "/api/v1/dashboard/", "/API/v1/dashboard", "/api/v1/%64ashboard"),
    *("/metrics/", "/metrics;", "/%6detrics", "/export/", "/Export?panel=customers"),
    *("/_dash-component-suites/../_dash-layout", "/_reload-hash/", "/prefix/_dash-layout"),
]
REWRITES = [
    {"X-Original-URL": "/login"},
    {"X-Rewrite-URL": "/login"},
    {"X-Forwarded-Prefix": "/login"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"X-Forwarded-User": "admin@example.com"},
    {"X-HTTP-Method-Override": "GET"},
    {"Authorization": "Basic YWRtaW46YWRtaW4="},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer null"},
    {"Cookie": "tollboard=; tollboard=1"},
]


def test_w4_no_spelling_of_an_address_gets_past_the_gate(target, figure):
    stranger = target.stranger()
    tries: list[tuple[str, dict[str, str]]] = [(path, {}) for path in SPELLINGS]
    tries += [("/_dash-layout", headers) for headers in REWRITES]
    through = []
    for path, headers in tries:
        answer = stranger.get(path, headers=headers)
        shown = any(word in answer.data for word in PAGE)
        if shown or answer.status_code not in {301, 302, 308, 400, 401, 404}:
            through.append((path, headers, answer.status_code))

    assert len(tries) >= 40
    figure("W4", "spellings of addresses and rewriting headers", len(tries), through)


def test_w6_nobody_sees_what_another_asked_for(target, full, figure):
    """Answers are remembered for all; what they are remembered by must tell viewers apart."""
    masked = [target.entered(role) for role in (Role.VIEWER, Role.ADMIN)]
    rounds, through = (160 if full else 4), []
    times = 32 if full else 4

    def ask(client, role):
        for _ in range(rounds):
            layout = client.get("/_dash-layout").text
            other = {"viewer": "admin", "admin": "viewer"}[role]
            if f"{role}@example.com" not in layout or f"{other}@example.com" in layout:
                through.append(role)

    threads = [
        Thread(target=ask, args=(target.entered(role), role))
        for role in ("viewer", "admin") * (times // 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert masked
    figure("W6", "pages read by two people at once", rounds * times, through)


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Referer": "http://localhost/"},
    {},
]
BODIES = [
    {"json": {}},
    {"data": "a=1", "content_type": "application/x-www-form-urlencoded"},
    {"data": "{}", "content_type": "text/plain"},
    {"data": b"--x--", "content_type": "multipart/form-data; boundary=x"},
]


def test_w12_no_other_site_changes_anything_and_no_get_does(target, figure):
    client = target.entered(Role.ADMIN)
    changing = [
        (re.sub(r"<[^>]+>", "1", rule.rule), method)
        for rule in target.server.url_map.iter_rules()
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"})
    ]
    before, tried, through = target.state(), 0, []
    for (address, method), headers, body in product(changing, FOREIGN, BODIES):
        tried += 1
        answer = client.open(address, method=method, headers=headers, **body)
        if answer.status_code not in {400, 403, 415}:
            through.append((address, headers, answer.status_code))
    for address in addresses(target):
        tried += 1
        client.get(address, headers={"Sec-Fetch-Site": "cross-site"})

    assert target.state() == before
    assert client.get("/").status_code == 200
    figure("W12", "changes that another site sends", tried, through)


WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_w13_every_answer_carries_the_headers_that_browsers_heed(target, figure):
    through: list[object] = []
    tried = 0
    for client in (target.stranger(), target.entered(Role.ADMIN)):
        for address in [
            *addresses(target),
            "/nowhere",
            "/api/v1/dashboard?from=x",
            "/login?next=//x",
        ]:
            for method in ("GET", "POST", "DELETE"):
                if "/logout" in address:
                    continue
                tried += 1
                headers = client.open(address, method=method, headers=OURS).headers
                policy = headers.get("Content-Security-Policy", "")
                public = address.startswith(("/assets/", "/_dash-component-suites/", "/login/"))
                lacking = [name for name, value in WANTED.items() if headers.get(name) != value]
                if lacking or "frame-ancestors 'none'" not in policy or "unsafe-eval" in policy:
                    through.append((address, method, lacking))
                if not public and headers.get("Cache-Control") != "no-store":
                    through.append((address, method, "may be kept"))

    figure("W13", "answers without their headers", tried, through)


NAMES = [
    *("evil.example", "localhost.evil.example", "evil.example:8050", "127.0.0.1.evil.example"),
    *("localhost@evil.example", "evil.example#localhost", "xn--lcalhost-5na", "localhost,evil"),
    *("[::1].evil.example", "localhost%00.evil", "LOCALHOST.evil", "192.0.2.7", "[2001:db8::7]"),
]


def test_w16_only_our_own_name_answers_and_nobody_may_say_it_is_another(target, figure):
    stranger = target.stranger()
    through = [
        name for name in NAMES if stranger.get("/login", headers={"Host": name}).status_code != 400
    ]
    told = stranger.get("/", headers={"X-Forwarded-Host": "evil.example", "Accept": "text/html"})
    if "evil" in told.headers.get("Location", "") + told.text:
        through.append("X-Forwarded-Host")

    figure("W16", "names of other hosts", len(NAMES) + 1, through)


@pytest.mark.parametrize("believed", [True, False], ids=["behind a proxy", "without one"])
def test_w16_an_address_that_a_client_claims_is_believed_only_from_a_proxy(
    tmp_path, believed, figure
):
    from tests.attack.conftest import a_target  # noqa: PLC0415

    chosen = {"page_url": "http://localhost"} if believed else {}
    for target in a_target(tmp_path, **chosen):
        stranger = target.stranger()
        for number in range(11):
            claimed = {"Origin": "http://localhost", "X-Forwarded-For": f"192.0.2.{number}"}
            form = {"email": f"n{number}@example.com", "password": "wrong"}
            last = stranger.post("/login", data=form, headers=claimed).status_code
        figure(
            "W16",
            f"claimed addresses, {'behind a proxy' if believed else 'without one'}",
            11,
            [] if (last == 429) is not believed else [last],
        )
