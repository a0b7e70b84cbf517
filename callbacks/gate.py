"""What stands in front of every route: who may pass, from where, and what the answer carries."""

from urllib.parse import urlsplit

from dash import Dash
from flask import Flask, Response, abort, g, jsonify, redirect, request, url_for
from flask_login import LoginManager
from werkzeug.wrappers import Response as AnyResponse

from callbacks.visitors import Visitors

OPEN = frozenset({"login", "login_post", "login_asset", "healthz"})
"""The only routes that need no login: the login page, what it is made of, the health check."""
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
_MALFORMED = (KeyError, AttributeError, TypeError, RecursionError, IndexError, ValueError)


def guard(server: Flask, visitors: Visitors, *, hosts: frozenset[str]) -> None:
    """Put the gate in front of a server: default deny, one hook for every route there will be.

    Args:
        server: Whose routes are guarded.
        visitors: Finds out who asks.
        hosts: Names that the server answers to; none: any.
    """
    manager = LoginManager(server)
    manager.user_loader(visitors.by_session)

    @server.before_request
    def gate() -> AnyResponse | None:
        if hosts and urlsplit(f"//{request.host}").hostname not in hosts:
            abort(400)
        too_large = (request.content_length or 0) > LARGEST_BODY_BYTES
        if too_large and request.endpoint != UPLOAD:  # which counts its own bytes
            abort(413)
        caller = None if request.endpoint in OPEN else visitors.caller()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _refuse_foreign(by_token=caller is not None and caller.by_token)
        if request.endpoint in OPEN:
            return None
        if caller is None or (caller.by_token and not request.path.startswith(BY_TOKEN)):
            return _turned_away()
        g.caller = caller
        if request.endpoint is not None and request.endpoint.endswith("<path:path>"):
            abort(404)  # Dash would answer any address with the page
        return None


def _turned_away() -> AnyResponse:
    wants_page = request.method == "GET" and request.accept_mimetypes.accept_html
    internal = request.path.startswith(("/_", "/api/", "/assets/", "/metrics"))
    if wants_page and not internal and "text/html" in request.headers.get("Accept", ""):
        asked = request.full_path.rstrip("?")
        return redirect(url_for("login", next=None if asked == "/" else asked))
    response = jsonify(error="Log in first, or send a token.")
    response.status_code = 401
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


def finish(server: Flask, app: Dash) -> None:
    """Give every answer its headers; call when all callbacks are registered, for their hashes."""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(app.csp_hashes())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "form-action 'self'",
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
        if not request.path.startswith(("/assets/", "/_dash-component-suites/", "/login/")):
            response.headers["Cache-Control"] = "no-store"
        return response
