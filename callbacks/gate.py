"""What stands in front of every route: who may pass, from where, and what the answer carries."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, jsonify, redirect, request, url_for
from flask_login import LoginManager
from werkzeug.wrappers import Response as AnyResponse

from callbacks.index import LivePage
from callbacks.release import HEADER
from callbacks.rights import ROUTES, PasswordTooOld, RoleTooLow, check, refuse_undeclared
from callbacks.visitors import Caller, Visitors

OPEN = frozenset({"login", "login_post", "login_asset", "healthz"})
"""The only routes that need no login: the login page, what it is made of, the health check."""
HEALTH = "healthz"
"""Asked by balancers, which know a server by its number."""
ANY_NUMBER: frozenset[str] = frozenset()
BY_TOKEN = ("/api/", "/metrics")
"""Where a program may read with a token instead of a session."""
CALLBACKS = "/_dash-update-component"
UPLOAD = "upload"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LARGEST_BODY_BYTES = 8 * 1024 * 1024


def guard(server: Flask, visitors: Visitors, *, hosts: frozenset[str]) -> None:
    """Put the gate in front of a server: default deny, one hook for every route there will be.

    Args:
        server: Whose routes are guarded.
        visitors: Finds out who asks.
        hosts: Names that the server answers to; none: any address of numbers.
    """
    manager = LoginManager(server)
    manager.user_loader(visitors.by_session)

    @server.before_request
    def gate() -> AnyResponse | None:
        unfit = _unfit(hosts)
        if unfit is not None:
            return unfit
        caller = None if request.endpoint in OPEN else visitors.caller()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _refuse_foreign(by_token=caller is not None and caller.by_token)
        if request.endpoint in OPEN:
            return None
        if caller is None or not _comes_in(caller):
            return _turned_away()
        g.caller = caller
        if request.endpoint is not None and request.endpoint.endswith("<path:path>"):
            abort(404)  # Dash would answer any address with the page
        if request.endpoint in ROUTES:
            check(ROUTES[request.endpoint], request.endpoint)
        return None

    _register_refusals(server, visitors)


def _unfit(hosts: frozenset[str]) -> AnyResponse | None:
    """Refuse a request for another server, or one with a larger body than any of ours has."""
    by_number = request.endpoint == HEALTH and _is_ours(request.host, ANY_NUMBER)
    if not (by_number or _is_ours(request.host, hosts)):
        return _refusal("This server has another name; TOLLBOARD_PAGE_URL tells it.", 400)
    too_large = (request.content_length or 0) > LARGEST_BODY_BYTES
    if too_large and request.endpoint != UPLOAD:  # which counts its own bytes
        abort(413)
    return None


def _comes_in(caller: Caller) -> bool:
    return not caller.by_token or request.path.startswith(BY_TOKEN)


def _register_refusals(server: Flask, visitors: Visitors) -> None:
    @server.errorhandler(RoleTooLow)
    def too_low(error: RoleTooLow) -> AnyResponse:
        visitors.refused(g.caller.name, error.what)
        return _refusal(str(error.description), 403)

    @server.errorhandler(PasswordTooOld)
    def too_old(error: PasswordTooOld) -> AnyResponse:
        response = _refusal(str(error), 403)
        response.headers["Tollboard-Password"] = "again"
        return response


def _is_ours(host: str, names: frozenset[str]) -> bool:
    """Tell whether a request names this server: by one of its names, or where none are, by address.

    A page of another site can make its name point here, but no number.
    """
    try:
        asked = urlsplit(f"//{host}").hostname or ""
        return asked in names or (not names and bool(ip_address(asked)))
    except ValueError:
        return False


def _refusal(problem: str, status: int) -> Response:
    response = jsonify(error=problem)
    response.status_code = status
    return response


def for_a_person() -> bool:
    """Tell whether a person's browser asks for a page, not a script of it or a program."""
    wants_page = request.method == "GET" and request.accept_mimetypes.accept_html
    internal = request.path.startswith(("/_", "/api/", "/assets/", "/metrics"))
    return wants_page and not internal and "text/html" in request.headers.get("Accept", "")


def _turned_away() -> AnyResponse:
    if for_a_person():
        asked = request.full_path.rstrip("?")
        return redirect(url_for("login", next=None if asked == "/" else asked))
    response = _refusal("Log in first, or send a token.", 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _refuse_foreign(*, by_token: bool) -> None:
    """Refuse a change that another site's page sends with our cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(403)
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)
    has_cookie = bool(request.cookies) and not by_token
    if site is None and origin is None and has_cookie:
        abort(403)


def finish(server: Flask, app: LivePage, leaving_to: str = "") -> None:
    """Give every answer its headers; call when all callbacks are registered, for their hashes.

    Args:
        server: Whose answers.
        app: Whose scripts, and which release of the page it is.
        leaving_to: Where signing out may lead, besides here: the identity provider's origin.

    Raises:
        AssertionError: A route or a callback declares no role.
    """
    refuse_undeclared(server, app, OPEN)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(app.csp_hashes())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            f"form-action 'self' {leaving_to}".rstrip(),
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )

    @server.after_request
    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        if request.path == CALLBACKS:
            response.headers[HEADER] = app.release
        if not request.path.startswith(("/assets/", "/_dash-component-suites/", "/login/")):
            response.headers["Cache-Control"] = "no-store"
        return response
