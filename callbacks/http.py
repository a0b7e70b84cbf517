"""The plain routes: login, logout, the health check, and the snapshot as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Semaphore

from flask import (
    Flask,
    Response,
    abort,
    g,
    jsonify,
    redirect,
    request,
    send_from_directory,
    session,
)
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from callbacks.api import dashboard_json
from callbacks.metrics import CONTENT_TYPE, metrics_text
from callbacks.request_times import RequestTimes
from callbacks.snapshots import Snapshots
from callbacks.visitors import Visitor
from data.domain.authorship import By
from data.domain.errors import StoreError
from data.domain.people import LONGEST_PASSWORD, TOO_MANY_FAILURES, Credentials, Person
from data.domain.periods import asked_period
from data.passwords import fingerprint, matches, nobodys_hash, outdated
from data.store.connect import Store
from data.store.queries.operation import operating_figures
from data.store.queries.people import credentials, failures
from data.store.queries.versions import newest_version
from data.store.writes.sessions import (
    failures_forgotten,
    login_failed,
    session_closed,
    session_opened,
)
from data.store.writes.users import password_rehashed
from layouts.login import FILES, TOO_OFTEN, WRONG, login_page

ASSETS = Path(__file__).parent.parent / "layouts" / "assets"
AT_ONCE = 2
"""Passwords checked at a time in a worker: each takes 19 MiB."""


@dataclass(frozen=True)
class Doors:
    """What the routes need.

    Attributes:
        store: The open store.
        clock: The present.
        new_secret: A fresh random text, for sessions.
        snapshots: What the page shows.
        times: How long the answers take.
    """

    store: Store
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    snapshots: Snapshots
    times: RequestTimes


def register(server: Flask, doors: Doors) -> None:
    """Add the routes to a server."""
    _register_login(server, doors)
    _register_reading(server, doors)


def _register_login(server: Flask, doors: Doors) -> None:
    one_at_a_time = Semaphore(AT_ONCE)

    @server.get("/login")
    def login() -> AnyResponse | str:
        after = _local(request.args.get("next", "/"))
        if current_user.is_authenticated:
            return redirect(after)
        return login_page(after=after, theme=request.cookies.get("theme", ""))

    @server.post("/login", endpoint="login_post")
    def login_post() -> AnyResponse:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        with one_at_a_time:
            return _logged_in(doors, email=email.strip().lower()[:254], password=password)

    @server.get("/login/<path:name>")
    def login_asset(name: str) -> AnyResponse:
        if name not in FILES:
            abort(404)
        return send_from_directory(ASSETS, name)

    @server.post("/logout")
    def logout() -> AnyResponse:
        with doors.store.writing() as conn:
            by = By(g.caller.name, doors.clock())
            session_closed(conn, by, fingerprint(current_user.get_id()))
        logout_user()
        session.clear()
        return redirect("/login", code=303)


def _logged_in(doors: Doors, *, email: str, password: str) -> AnyResponse:
    now, address = doors.clock(), request.remote_addr or ""
    email_hash = fingerprint(email)
    with doors.store.snapshot() as conn:
        tries = failures(conn, email_hash=email_hash, address=address, now=now)
        found = credentials(conn, email)
    if tries >= TOO_MANY_FAILURES:
        return _refused(TOO_OFTEN, 429, email)
    person = _proven(found, password)
    with doors.store.writing() as conn:
        if person is None:
            login_failed(conn, email_hash=email_hash, address=address, now=now)
        else:
            session_id = doors.new_secret()
            session_opened(conn, By(person.email, now), person, fingerprint(session_id))
            failures_forgotten(conn, email_hash=email_hash)
            if found is not None and outdated(found.password_hash):
                password_rehashed(conn, person.id, password)
    if person is None:
        return _refused(WRONG, 401, email)
    session.clear()
    login_user(Visitor(person, session_id))
    return redirect(_local(request.form.get("next", "/")), code=303)


def _proven(found: Credentials | None, password: str) -> Person | None:
    """Return the person whose password it is; as slow when there is none, so that none shows."""
    kept = nobodys_hash() if found is None else found.password_hash
    right = len(password) <= LONGEST_PASSWORD and matches(kept, password)
    if found is None or not right or found.person.disabled:
        return None
    return found.person


def _refused(problem: str, status: int, email: str) -> AnyResponse:
    after = _local(request.form.get("next", "/"))
    theme = request.cookies.get("theme", "")
    response = Response(login_page(problem=problem, email=email, after=after, theme=theme), status)
    if status == 429:  # noqa: PLR2004 (Too Many Requests)
        response.headers["Retry-After"] = "900"
    return response


def _local(address: str) -> str:
    """Return an address of this server, never another's: one slash first, no backslash."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if safe and address.isprintable() else "/"


def _register_reading(server: Flask, doors: Doors) -> None:
    @server.get("/healthz")
    def healthz() -> AnyResponse:
        try:
            with doors.store.snapshot() as conn:
                version = newest_version(conn).version
        except StoreError as error:
            response = jsonify(status="failed", error=type(error).__name__)
            response.status_code = 503
            return response
        return jsonify(status="ok", data_version=version)

    @server.get("/metrics")
    def metrics() -> AnyResponse:
        with doors.store.snapshot() as conn:
            figures = operating_figures(conn, doors.clock())
        return Response(metrics_text(figures, doors.times.collected()), content_type=CONTENT_TYPE)

    @server.get("/api/v1/dashboard")
    def api_dashboard() -> AnyResponse:
        first, last = request.args.get("from"), request.args.get("to")
        if (first is None) != (last is None) or not (_is_day(first) and _is_day(last)):
            return _bad("Give from and to as dates, 2026-06-01, or neither for the past month.")
        if first and last and first > last:
            return _bad("from is after to.")
        asked = asked_period(first=first or "", last=last or "")
        return jsonify(dashboard_json(doors.snapshots.shown(asked).dashboard))


def _is_day(written: str | None) -> bool:
    if written is None:
        return True
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _bad(problem: str) -> AnyResponse:
    response = jsonify(error=problem)
    response.status_code = 400
    return response
