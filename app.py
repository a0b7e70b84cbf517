"""The composition root: reads the settings and the clock, makes the server, serves it."""

import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dash.exceptions import DashException, DependencyException
from flask import Flask, Response, g, has_request_context, jsonify, request
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers import gthread
from gunicorn.workers.base import Worker
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from callbacks import (
    account,
    actions,
    confirm,
    drill,
    exports,
    finding,
    http,
    login,
    papers,
    refresh,
    upload,
    worked,
)
from callbacks.actions import Actions
from callbacks.address import view_in
from callbacks.confirm import Confirmation
from callbacks.cookies import ExactCookies
from callbacks.drill import Panels
from callbacks.exports import Exports
from callbacks.gate import CALLBACKS, LARGEST_BODY_BYTES, finish, for_a_person, guard
from callbacks.http import Doors
from callbacks.index import LivePage
from callbacks.login import Entrance
from callbacks.proof import Proof
from callbacks.request_times import RequestTimes
from callbacks.snapshots import Snapshots
from callbacks.upload import Intake
from callbacks.visitors import Rules, Visitors
from data.domain.authorship import By
from data.domain.errors import BillingError, StoreBusy, StoreError, StoreUnreachable
from data.domain.records import Role
from data.domain.views import AskedView
from data.logs import logs_to_stderr
from data.opening import opened, opened_or_founded
from data.settings import LOOPBACK, Settings
from data.store.connect import Store
from data.store.writes.users import first_admin
from data.system_refusals import system_heard
from layouts.blank import BLANK
from layouts.header import Viewer
from layouts.login import NOT_OF_THE_PAGE, failed_page, nothing_here
from layouts.page import Halves, Look, Seen, page

if TYPE_CHECKING:  # heavy, and loaded where a provider is named
    from callbacks.provider import Provider

log = logging.getLogger(__name__)
CANNOT_RUN = 2
CANNOT_RUN_NOW = 75
"""The store is locked, or its server does not answer: starting again may help.
Source: sysexits.h, EX_TEMPFAIL."""
DEADLINE_S = 15.0
"""Longest that the store may work on one question of the page; then the answer is 503."""
FIRST_ADMIN = "admin@example.com"
_YEAR_S = 31_536_000
SILENCE_S = 0.01
"""How long a thread waits for a connection that says nothing before it serves another; gunicorn's
own five seconds, which no option changes, let forty idle clients keep everybody else out."""
ANSWERS_EACH = 20_000
"""After so many answers a worker is replaced, whatever libraries may have kept."""
STARTS_WITHIN_S = 60
"""Longest that a worker may take to start, however busy the machine is."""
_MALFORMED = (LookupError, AttributeError, TypeError, RecursionError, ValueError, DashException)


@dataclass(frozen=True)
class Outside:
    """What is read from outside the process.

    Attributes:
        clock: The present, aware.
        new_secret: A fresh random text.
        ticks: Seconds that only count on.
    """

    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    ticks: Callable[[], float] = time.perf_counter


def create_app(settings: Settings, store: Store, outside: Outside) -> LivePage:
    """Return the page and its routes over a store; its `server` is what gunicorn serves."""
    server = _server(settings)
    times = RequestTimes(settings.var / "metrics", outside.ticks)
    times.register(server)
    snapshots = Snapshots(store, outside.clock, settings.disk_allotment, times.snapshot_read)
    guard(server, Visitors(store, outside.clock, _rules(settings)), hosts=_hosts(settings))
    lasts = timedelta(hours=settings.session_hours)
    proof = Proof(store, outside.clock)
    provider = _provider(server, settings, store, outside.clock)
    entrance = Entrance(store, outside.clock, outside.new_secret, lasts, proof)
    entrance = replace(entrance, provider=provider, page_url=settings.page_url)
    login.register(server, entrance)
    account.register(server, entrance)
    http.register(server, Doors(store, outside.clock, snapshots, times))
    app = LivePage(
        __name__,
        server=server,  # type: ignore[arg-type]  # Dash takes a Flask, its hint forgets it
        assets_folder="layouts/assets",
        assets_ignore=NOT_OF_THE_PAGE,
        title="Tollboard",
        update_title=None,  # type: ignore[arg-type]  # Dash's own way to leave the title alone
        compress=True,
        use_async=False,
        serve_locally=True,
        on_error=refresh.failure_told,
        enable_mcp=False,
    )
    app.halves = lambda: _page(snapshots, settings)
    app.layout = lambda: _page(snapshots, settings).moving
    refresh.register(app, snapshots)
    panels = Panels(store, outside.clock)
    drill.register(app, panels)
    worked.register(app, store)
    exports.register(server, Exports(store, outside.clock, settings.work_dir), panels.opened)
    papers.register(server, store)
    finding.register(server, store, outside.clock)
    actions.register(app, Actions(store, outside.clock, outside.new_secret, settings.inbox_dir))
    confirm.register(app, Confirmation(store, outside.clock, proof))
    upload.register(server, Intake(store, settings, outside.clock, outside.new_secret))
    _answer_errors(server)
    finish(server, app, leaving_to=provider.origin if provider else "")
    app.ready()
    return app


def _server(settings: Settings) -> Flask:
    server = Flask(__name__, static_folder=None)
    server.secret_key = settings.session_secret()
    server.session_interface = ExactCookies()
    behind_tls = settings.page_url.startswith("https:") or not settings.on_loopback
    prefix = "__Host-" if behind_tls else ""
    server.config.update(
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S,  # asset addresses carry their time of change
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["static", "_dash_assets.static"],
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        SESSION_COOKIE_NAME=f"{prefix}tollboard",
        SESSION_COOKIE_SECURE=behind_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    if settings.page_url:  # behind a proxy of ours: one hop, which tells the visitor's address
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return server


def _provider(
    server: Flask, settings: Settings, store: Store, clock: Callable[[], datetime]
) -> "Provider | None":
    if not settings.oidc_issuer:
        return None
    from callbacks.provider import Provider  # noqa: PLC0415  heavy: only where one is named

    return Provider(server, settings, store, clock)


def _rules(settings: Settings) -> Rules:
    masked_for = Role(settings.mask_numbers_for) if settings.mask_numbers_for else None
    return Rules(timedelta(minutes=settings.password_again_min), masked_for)


def _hosts(settings: Settings) -> frozenset[str]:
    """Return the names that the server answers to; none: its numbers, whichever they are."""
    public = urlsplit(settings.page_url).hostname
    if public is not None:
        return LOOPBACK | {public}
    return LOOPBACK if settings.on_loopback else frozenset()


def _page(snapshots: Snapshots, settings: Settings) -> Halves:
    if not (has_request_context() and "caller" in g):  # Dash looks at it once, for its ids
        return page(Seen(BLANK, BLANK), Look(Viewer("", ""), settings.refresh_s, ""))
    is_layout = request.path.startswith("/_")  # asked for by a page, which tells its address
    asked = urlsplit(request.referrer or "").query if is_layout else request.query_string.decode()
    view = view_in(asked)
    viewer = Viewer(g.caller.name, g.caller.role.value)
    provider = settings.oidc_name if settings.oidc_issuer else ""
    look = Look(viewer, settings.refresh_s, snapshots.shown(view).token, provider, view)
    return page(_seen(snapshots, view), look)


def _seen(snapshots: Snapshots, view: AskedView) -> Seen:
    narrowed = snapshots.shown(view).dashboard
    whole = narrowed if not view.custid else snapshots.shown(AskedView(view.period)).dashboard
    return Seen(whole, narrowed)


def _told(error: HTTPException) -> Response:
    response = jsonify(error=error.name)
    response.status_code = error.code or 500
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_errors(server: Flask) -> None:
    """Answer failures without a trace: 400 for what no browser of ours sends, 503, 500."""

    @server.errorhandler(StoreError)
    def unreadable(error: StoreError) -> AnyResponse:
        log.warning("a request could not read the store: %s", error)
        if "text/html" in request.headers.get("Accept", ""):
            body = failed_page(error.told_abroad, theme=request.cookies.get("theme", ""))
            return Response(body, 503, {"Retry-After": "10"})
        response = jsonify(error=error.told_abroad)
        response.status_code = 503
        response.headers["Retry-After"] = "10"
        return response

    @server.errorhandler(DependencyException)
    def no_such_script(_error: DependencyException) -> AnyResponse:
        response = jsonify(error="Not Found")
        response.status_code = 404
        return response

    @server.errorhandler(Exception)
    def failed(error: Exception) -> AnyResponse:
        if isinstance(error, HTTPException):
            if error.code == HTTPStatus.NOT_FOUND and for_a_person():
                return Response(nothing_here(theme=request.cookies.get("theme", "")), error.code)
            return _told(error)
        if request.path == CALLBACKS and isinstance(error, _MALFORMED):
            log.warning("a malformed callback was refused: %s", type(error).__name__)
            response = jsonify(error="Bad Request")
            response.status_code = 400
            return response
        log.error("a request failed", exc_info=error)
        response = jsonify(error="The server made a mistake. It is in the server's log.")
        response.status_code = 500
        return response


def heard_of(worker: Worker) -> None:
    """Have a worker that hangs while it starts ended and replaced too.

    Gunicorn asks how long ago a worker was heard of, by the monotonic clock; until a worker says so
    itself, that is by the calendar's clock the far future, so one that never starts would stay.
    Source: gunicorn, workers/workertmp.py and Arbiter.murder_workers.
    """
    latest = time.monotonic() + STARTS_WITHIN_S
    os.utime(worker.tmp.fileno(), (latest, latest))


class Said(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn says, in the form of every other line of the log."""

    def setup(self, cfg: Config) -> None:
        """Leave writing to the handler of everybody's."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our options; the store is opened in each worker, never before the fork."""

    def __init__(self, settings: Settings, outside: Outside) -> None:
        """Take what the workers need."""
        self._settings, self._outside = settings, outside
        super().__init__()

    def load_config(self) -> None:
        """Set what was measured to survive killed and frozen workers."""
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": 4,
            "worker_class": "gthread",
            "timeout": 10,
            "graceful_timeout": 20,
            "max_requests": ANSWERS_EACH,
            "max_requests_jitter": ANSWERS_EACH // 10,
            "worker_tmp_dir": "/dev/shm" if sys.platform == "linux" else None,  # noqa: S108
            "control_socket_disable": True,
            "pre_fork": lambda _arbiter, worker: heard_of(worker),
            "loglevel": "warning",
            "logger_class": Said,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the server of a worker."""
        gthread.DEFAULT_WORKER_DATA_TIMEOUT = SILENCE_S
        store = opened(self._settings, deadline_s=DEADLINE_S)
        server: Flask = create_app(self._settings, store, self._outside).server
        return server


def first_login(store: Store, outside: Outside) -> str | None:
    """Make the first administrator where nobody can log in, and return the password, once."""
    password = outside.new_secret()[:20]
    with store.writing() as conn:
        made = first_admin(
            conn, By("first start", outside.clock()), password=password, email=FIRST_ADMIN
        )
    return password if made else None


def main() -> int:
    """Serve the store that the settings name; return the exit status."""
    outside = Outside(lambda: datetime.now(UTC), lambda: secrets.token_urlsafe(32))
    logs_to_stderr()  # what is wrong with the settings is in the log too
    try:
        with system_heard():
            settings = Settings.read()
            logs_to_stderr(settings.log_level)
            store = opened_or_founded(settings, outside.clock())
            settings.session_secret()  # before the one password that is shown once
            password = first_login(store, outside)
            store.close()
    except BillingError as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT_RUN_NOW if isinstance(error, StoreBusy | StoreUnreachable) else CANNOT_RUN
    sys.stdout.write(f"Tollboard is on http://{settings.host}:{settings.port}\n")
    if password is not None:
        sys.stdout.write(f"First login, shown once: {FIRST_ADMIN}  password: {password}\n")
    sys.stdout.flush()
    Server(settings, outside).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
