"""What no page of ours sends is refused in a line, and costs little."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.gate import CALLBACKS
from data.domain.errors import RequestRefused
from data.domain.records import Role
from data.domain.row_payloads import requested
from data.store.queries.rows.pages import row_page
from tests.attacking import OURS, TOKEN, log_in

LEAKS = ("Traceback", "/work", "site-packages", ".py", "sqlite", "SELECT ", "Werkzeug", "3.11")


def leaked(answer):
    return [word for word in LEAKS if word.lower() in answer.text.lower()]


def test_w17_large_deep_and_many_parted_bodies_are_refused_and_cost_little(target, figure):
    client = target.entered(Role.ADMIN)
    before = psutil.Process().memory_info().rss
    large = b"x" * (9 << 20)
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n1\r\n' % place
        for place in range(10_000)
    )
    json_type = {"content_type": "application/json"}
    multi = {"content_type": "multipart/form-data; boundary=x"}
    known, heavy = "admin@example.com", "x" * 200_000
    number = b'{"output":' + b"9" * 99_999 + b"}"
    tries: list[tuple[str, str, dict[str, Any], set[int]]] = [
        ("9 MB callback", CALLBACKS, {"data": large, **json_type}, {413}),
        ("9 MB login", "/login", {"data": large}, {413}),
        ("9 MB logout", "/logout", {"data": large}, {413}),
        ("10,000 parts", "/login", {"data": parts + b"--x--", **multi}, {400, 401, 413}),
        ("100,000 brackets", CALLBACKS, {"data": b"[" * 100_000, **json_type}, {400}),
        ("100,000 objects", CALLBACKS, {"data": b'{"a":' * 100_000, **json_type}, {400}),
        ("a long number", CALLBACKS, {"data": number, **json_type}, {400}),
        ("200 kB password", "/login", {"data": {"email": known, "password": heavy}}, {401}),
        ("200 kB name", "/login", {"data": {"email": heavy, "password": "x" * 20}}, {401}),
        ("no utf-8", CALLBACKS, {"data": b"\xff\xfe{}", **json_type}, {400}),
    ]
    through = []
    for what, address, body, allowed in tries:
        answer = client.post(address, headers=OURS, **body)
        if answer.status_code not in allowed or leaked(answer):
            through.append((what, answer.status_code, leaked(answer)))
    grown = psutil.Process().memory_info().rss - before

    assert client.get("/").status_code == 200
    assert grown < 50 << 20
    figure("W17", f"heavy bodies (memory grew by {max(0, grown) >> 20} MiB)", len(tries), through)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = ("output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds")


def test_w18_malformed_callbacks_are_refused_without_a_trace(target, full, figure):
    client = target.entered(Role.ADMIN)
    outputs = [key for key in target.app.callback_map if "callback" in target.app.callback_map[key]]
    through, tried = [], [0]

    @settings(
        max_examples=5_000 if full else 120,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(outputs), st.dictionaries(st.sampled_from(NAMES), JSON), JSON)
    def attacked(output, wrong, value):
        body = target.body(output, **{"*": 1}) | wrong
        for part in (*body["inputs"], *body["state"]) if not wrong else ():
            if isinstance(part, dict):
                part["value"] = value
        tried[0] += 1
        answer = client.post(
            CALLBACKS,
            data=json.dumps(body, default=str),
            content_type="application/json",
            headers=OURS,
        )
        if answer.status_code >= 500 or leaked(answer):
            through.append((answer.status_code, output[:40], wrong, value))

    attacked()
    figure("W18", "malformed callbacks", tried[0], through[:3])


QUOTES: list[str] = [
    *("'", '"', "`", "\\", "')", '")', "';--", "'; DROP TABLE calls;--", "' OR '1'='1", "1 OR 1=1"),
    "' UNION SELECT password_hash FROM users--",
    *("'||(SELECT 1)||'", "%27", "%", "_", "%%%", "[a]"),
    *("1;SELECT 1", "1/**/OR/**/1", "/*", "*/", "--", "#", "\x00", "\x1a", "' AND 1=2--", "NULL"),
    *("calls.called_number", "rowid", "sqlite_master", "(SELECT 1)", "id;id", "id,id", "id DESC"),
    *("called_number COLLATE NOCASE", "randomblob(1000000000)", "pg_sleep(5)", "benchmark(1,1)"),
    *(
        "\U0001f600'",
        "\u017f'",
        "\uff07",
        "\u02bc",
        "\u2019",
        "\ud800",
        "a" * 10_000,
        "9" * 400,
        "-1",
        "1e309",
        "NaN",
    ),
]
PLACES: list[Callable[[str], dict[str, Any]]] = [
    lambda q: {"filterModel": {"called_number": {"type": "contains", "filter": q}}},
    lambda q: {"filterModel": {"called_number": {"type": q, "filter": "1"}}},
    lambda q: {"filterModel": {q: {"type": "contains", "filter": "1"}}},
    lambda q: {"filterModel": {"started_at": {"type": "equals", "dateFrom": q}}},
    lambda q: {"filterModel": {"charge_micros": {"type": "equals", "filter": q}}},
    lambda q: {"sortModel": [{"colId": q, "sort": "asc"}]},
    lambda q: {"sortModel": [{"colId": "called_number", "sort": q}]},
    lambda q: {"startRow": q},
    lambda q: {"from": q},
    lambda q: {"scope": q},
    lambda q: {"panel": q},
    lambda q: {"after": q},
    lambda q: {"customer_id": q},
]


def test_x3_no_quote_gets_into_a_statement(target, full, figure):
    """Whatever is asked: refused, or answered with no row that the text does not name."""
    base = {"panel": "calls", "from": "2026-06-01", "to": "2026-06-30"}
    before, through, tried = target.state(), [], 0
    asked = [(place, q) for place in PLACES for q in QUOTES]
    with target.store.snapshot() as conn:
        for place, quote in asked if full else asked[::3]:
            tried += 1
            try:
                page = row_page(conn, requested(base | place(quote)), target.now)
            except RequestRefused:
                continue
            if page.rows and "filterModel" in place(quote):
                through.append(place(quote))
    assert target.state() == before
    assert len(asked) >= 200

    figure("X3", "quotes in filters, sorts, pages, dates and columns", tried, through)


def test_x3_no_quote_in_an_address_is_a_failure_of_ours(target, full, figure):
    client = target.entered(Role.ADMIN)
    names = ("panel", "from", "to", "filter", "sort", "form", "customer", "q", "period")
    routes = ("/export", "/api/v1/dashboard", "/", "/find", "/find/customers")
    tries = [
        (route, name, quote)
        for route in routes
        for name in names
        for quote in QUOTES
        if quote.isascii()
    ]
    through = []
    for route, name, quote in tries[:: 1 if full else 23]:
        answer = client.get(route, query_string={"panel": "customers", "form": "csv", name: quote})
        if answer.status_code >= 500 or (answer.status_code >= 400 and leaked(answer)):
            through.append((route, name, quote[:20], answer.status_code))
        answer.close()

    figure("X3", "quotes in addresses", len(tries[:: 1 if full else 23]), through)


ROADS = [
    *("../", "..\\", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..%252f", "....//"),
    *("..;/", "%c0%ae%c0%ae/"),
]
PRIZES = ("etc/passwd", "app.py", "var/secret.key", "secret.key", "data/settings.py")
ROOTS = ("/assets/", "/login/", "/_dash-component-suites/dash/", "/export/", "/upload/")


def test_x6_no_road_leads_out_of_a_folder(target, full, figure):
    client = target.entered(Role.ADMIN)
    secret = target.settings.key_file.read_bytes() if target.settings.key_file.exists() else b"-"
    tries = [
        f"{root}{road * depth}{prize}"
        for root in ROOTS
        for road in ROADS
        for prize in PRIZES
        for depth in ((1, 4) if full else (4,))
    ]
    tries += [f"{root}/etc/passwd" for root in ROOTS] + [f"{root}%00.css" for root in ROOTS]
    through: list[object] = []
    for address in tries if full else tries[::4]:
        answer = client.get(address)
        if b"root:" in answer.data or b"import " in answer.data or secret in answer.data:
            through.append(address)
        elif answer.status_code not in {301, 302, 308, 400, 404, 405}:
            through.append((address, answer.status_code))
        answer.close()

    figure("X6", "roads out of a folder", len(tries if full else tries[::4]), through)


WIDE = [
    {"endRow": 10**9},
    {"startRow": 10**18, "endRow": 10**18 + 1},
    {"from": "1000-01-01", "to": "9999-12-31"},
    {"from": "2016-01-01", "to": "2026-12-31"},
    {"filterModel": {"called_number": {"type": "contains", "filter": "%" * 200}}},
    {"filterModel": {"called_number": {"type": "contains", "filter": "a" * 10_000}}},
    {"sortModel": [{"colId": "called_number", "sort": "asc"}] * 50},
    {
        "filterModel": {
            "called_number": {
                "operator": "OR",
                "conditions": [{"type": "contains", "filter": str(n)} for n in range(1_000)],
            }
        }
    },
]


@pytest.mark.parametrize("wish", WIDE, ids=lambda wish: next(iter(wish)))
def test_x7_a_question_that_would_cost_much_is_bounded(target, figure, wish):
    client = target.entered(Role.ADMIN)
    base = {"panel": "calls", "from": "2026-06-01", "to": "2026-06-30"}
    begun = datetime.now(UTC)
    with target.store.snapshot() as conn:
        try:
            rows = len(row_page(conn, requested(base | wish), target.now).rows)
        except RequestRefused:
            rows = 0
    far = {"panel": "calls", "form": "csv", "from": "0001-01-01", "to": "9999-12-31"}
    client.get("/export", query_string=far).close()
    took = (datetime.now(UTC) - begun).total_seconds()

    figure("X7", f"wide questions: {next(iter(wish))}", 1, [took] * (took > 15 or rows > 1_000))


def test_x9_no_error_tells_a_path_a_statement_or_a_version(target, figure, monkeypatch):
    client = target.entered(Role.ADMIN)
    answers = [
        client.get("/nowhere"),
        client.get("/api/v1/dashboard?from=x"),
        client.get("/export?panel=customers&filter={"),
        client.post(CALLBACKS, data="{", content_type="application/json", headers=OURS),
        client.delete("/", headers=OURS),
        client.get("/assets/nothing.css"),
        client.get("/", headers={"Host": "evil.example"}),
        log_in(target.stranger(), "x@example.com", "y"),
        target.stranger().get("/", headers={"Accept": "text/html"}),
    ]
    monkeypatch.setattr(type(target.store), "snapshot", broken)
    for address in ("/", "/api/v1/dashboard", "/healthz", "/metrics", "/export?panel=customers"):
        answers.append(client.get(address))
        answers.append(client.get(address, headers={"Authorization": f"Bearer {TOKEN}"}))
    through = [
        (answer.request.path, answer.status_code, leaked(answer))
        for answer in answers
        if leaked(answer) or "gunicorn" in str(answer.headers).lower()
    ]

    assert {answer.status_code for answer in answers} >= {400, 401, 404, 500}
    figure("X9", "errors that told too much", len(answers), through)


def broken(*_given):
    raise RuntimeError("SELECT secret FROM /work/site-packages/x.py line 3")
