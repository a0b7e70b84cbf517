"""The server as it is started: its environment, its keys, and what comes over the wire."""

import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

ROOT = Path(__file__).parent.parent.parent
HOSTILE = {
    "FLASK_DEBUG": "1",
    "FLASK_ENV": "development",
    "DASH_DEBUG": "true",
    "DASH_HOT_RELOAD": "true",
    "DASH_UI": "true",
    "DASH_ENABLE_MCP": "true",
    "DASH_MCP_ENABLED": "true",
    "DASH_PROPS_CHECK": "true",
    "DASH_SERVE_DEV_BUNDLES": "true",
    "WERKZEUG_DEBUG_PIN": "off",
    "WERKZEUG_RUN_MAIN": "true",
    "GUNICORN_CMD_ARGS": "--reload --forwarded-allow-ips=* --bind=0.0.0.0:1",
    "PYTHONWARNINGS": "ignore",
}


def free_port():
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(folder, **settings):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOLLBOARD")}
    named = {f"TOLLBOARD_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | {"PYTHONPATH": str(ROOT), "TOLLBOARD_VAR": str(folder / "var")} | named


class Served(NamedTuple):
    """A server that answers: the port that it listens on, and its own process."""

    port: int
    process: psutil.Process


@contextmanager
def served(folder, **environ) -> Iterator[Served]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        cwd=folder,
        env=environment(folder, port=port, workers=1) | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Served(waited_for(port, process), psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=30)


def waited_for(port, process):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if asked(port, "/healthz")[0] == 200:
                return port
        except OSError:
            select_nothing(0.2)
    raise AssertionError("the server did not start")


def select_nothing(seconds):
    """Wait between two looks at a condition."""
    select.select([], [], [], seconds)


def asked(port, path, method="GET", headers=None):
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders())


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Served]:
    """A server that was started in an environment that would have it debug itself."""
    with served(tmp_path_factory.mktemp("server"), **HOSTILE) as server:
        yield server


@pytest.fixture(scope="module")
def server(started: Served) -> int:
    return started.port


DEBUGGERS = [
    *("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/_reload-hash", "/_mcp"),
    *("/mcp", "/_dash-mcp", "/_alive_token", "/_dash-devtools", "/__debug__", "/debug", "/sse"),
    *("/openapi.json", "/docs", "/server-status", "/.env", "/.git/config", "/api/v1/"),
]


def test_w19_no_environment_switches_a_debugger_on(server, figure):
    through = []
    for path in DEBUGGERS:
        status, text, headers = asked(server, path)
        if status not in {401, 404} or re.search(
            r"debugger|werkzeug|traceback", text, re.IGNORECASE
        ):
            through.append((path, status))
        if "Werkzeug" in headers.get("Server", "") or re.search(r"\d", headers.get("Server", "")):
            through.append((path, headers["Server"]))

    figure("W19", "ways to a debugger, in a hostile environment", len(DEBUGGERS), through)


def refused_start(folder, **settings):
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=folder,
        env=environment(folder, port=free_port(), **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("what", "settings", "told"),
    [
        ("no key beyond loopback", {"host": "0.0.0.0"}, "SECRET_KEY must be set"),  # noqa: S104
        ("a short key", {"secret_key": "x" * 31}, "shorter than 32"),
        ("a sample key", {"secret_key": "change-me-change-me-change-me-123456"}, "sample"),
        ("one letter", {"secret_key": "a" * 64}, "sample"),
    ],
)
def test_w20_the_page_does_not_start_with(tmp_path, figure, what, settings, told):
    status, said = refused_start(tmp_path, **settings)
    shown = str(settings.get("secret_key", "-" * 9)) in said

    assert told in said
    figure("W20", f"starts with {what}", 1, [said] * (status != 2 or shown or "Traceback" in said))


def test_w20_the_page_does_not_start_with_a_key_that_others_read(tmp_path, figure):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").write_text("dR7kq-2Zp0vLx8YbN3mWc5Tg9Hf1Js6Ua4Ei_Oo")
    (tmp_path / "var" / "secret.key").chmod(0o644)
    status, said = refused_start(tmp_path)

    assert "chmod 600" in said
    figure("W20", "starts with a key that others read", 1, [said] * (status != 2))


def raw(port, sent, patience=8.0):
    """Send bytes as they are and return all that comes back until the server closes."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=patience)) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := wire.recv(65536):
                got += piece
        except TimeoutError:
            got += b"(open)"
        return got


INNER = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
SMUGGLED = {
    "CL.TE": HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INNER,
    "TE.CL": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + INNER,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 43\r\n\r\n" + INNER,
    "lengths in one": HEAD + b"Content-Length: 0, 43\r\n\r\n" + INNER,
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n" + INNER,
    "plus length": HEAD + b"Content-Length: +0\r\n\r\n" + INNER,
    "bad chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + INNER,
    "chunk overflow": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
    "chunked, identity": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + INNER,
    "xchunked": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + INNER,
    "space before colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + INNER,
    "folded header": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + INNER,
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n" + INNER,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n" + INNER,
    "bare CR": HEAD + b"X: a\rContent-Length: 43\r\n\r\n" + INNER,
    "underscore header": HEAD + b"Content_Length: 43\r\nContent-Length: 0\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
}


def test_w24_no_request_hides_another_one(server, figure):
    """Each is one request: refused, or answered once. Never is the one inside it answered too."""
    through = []
    for what, sent in SMUGGLED.items():
        got = raw(server, sent)
        answers = re.findall(rb"HTTP/1\.1 (\d{3})", got)
        whole = what == "no host"  # two whole requests, one after the other
        if b"500" in answers or (not whole and [one for one in answers[1:] if one != b"400"]):
            through.append((what, answers))
    assert asked(server, "/healthz")[0] == 200

    figure("W24", "requests hidden in requests", len(SMUGGLED), through)


def _held(page):
    return sum(each.memory_info().rss for each in [page, *page.children(recursive=True)])


SLOW_FORM = (
    HEAD
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\nemail="
)


def _answered(wires):
    return select.select(wires, [], [], 0)[0]


def test_w17_slow_bodies_keep_nobody_waiting_and_grow_nothing(started, full, figure):
    """Fewer slow ones than threads: what a proxy in front keeps away altogether."""
    server, page = started
    before = _held(page)
    slow = [socket.create_connection(("127.0.0.1", server)) for _ in range(3)]
    for wire in slow:
        wire.sendall(SLOW_FORM)
    idle = [socket.create_connection(("127.0.0.1", server)) for _ in range(200 if full else 40)]
    begun = time.monotonic()
    status, *_ = asked(server, "/healthz")
    took = time.monotonic() - begun
    after = _held(page)
    not_waited_for = _answered(slow)
    for wire in (*slow, *idle):
        wire.close()

    assert not_waited_for == []
    assert after - before < 50 << 20
    figure(
        "W17", "slow and idle clients", len(slow) + len(idle), [took] * (status != 200 or took > 8)
    )
