"""Logging in and out, by a password or, for a screen on a wall, by a token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, Response, abort, g, redirect, request, send_from_directory, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from callbacks.proof import (
    LONGEST_ADDRESS,
    NotProven,
    Proof,
    asker_of,
    remember_browser,
)
from callbacks.visitors import SCREEN, Visitor
from data.domain.authorship import By
from data.domain.people import Person
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.connect import Store
from data.store.queries.people import token_of
from data.store.writes.sessions import session_closed, session_opened
from layouts.login import FILES, login_page

ASSETS = Path(__file__).parent.parent / "layouts" / "assets"


@dataclass(frozen=True)
class Entrance:
    """What logging in needs.

    Attributes:
        store: The open store.
        clock: The present.
        new_secret: A fresh random text, for sessions.
        lasts: How long a login lasts.
        proof: Checks passwords.
    """

    store: Store
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    lasts: timedelta
    proof: Proof

    def opened(self, person: Person) -> None:
        """Begin a new session for a person, whatever the browser had before."""
        now, session_id = self.clock(), self.new_secret()
        with self.store.writing() as conn:
            session_opened(
                conn, By(person.email, now), person, fingerprint(session_id), now + self.lasts
            )
        session.clear()
        login_user(Visitor(person, session_id, now))


def register(server: Flask, entrance: Entrance) -> None:
    """Add the routes to a server."""

    @server.get("/login")
    def login() -> AnyResponse | str:
        after = local(request.args.get("next", "/"))
        if current_user.is_authenticated:
            return redirect(after)
        return login_page(after=after, theme=request.cookies.get("theme", ""))

    @server.post("/login", endpoint="login_post")
    def login_post() -> AnyResponse:
        return _entered(entrance)

    @server.get("/login/<path:name>")
    def login_asset(name: str) -> AnyResponse:
        if name not in FILES:
            abort(404)
        return send_from_directory(ASSETS, name)

    @server.post("/logout")
    def logout() -> AnyResponse:
        with entrance.store.writing() as conn:
            by = By(g.caller.name, entrance.clock())
            session_closed(conn, by, fingerprint(current_user.get_id()))
        logout_user()
        session.clear()
        return redirect("/login", code=303)


def _entered(entrance: Entrance) -> AnyResponse:
    email = request.form.get("email", "").strip().lower()[:LONGEST_ADDRESS]
    try:
        if "screen" in request.form:
            return _screen(entrance, request.form["screen"])
        person = entrance.proof.person(email, request.form.get("password", ""))
    except NotProven as error:
        return _refused(error, email)
    entrance.opened(person)
    response = redirect(local(request.form.get("next", "/")), code=303)
    remember_browser(response, person.email, entrance.new_secret()[:16])
    return response


def _screen(entrance: Entrance, secret: str) -> AnyResponse:
    """Let a screen in by its token: it reads only, for as long as the token is not revoked."""
    asker = asker_of("a screen")
    entrance.proof.refuse_impatient(asker)
    with entrance.store.snapshot() as conn:
        token = token_of(conn, fingerprint(secret))
    if token is None:
        entrance.proof.failed(asker)
        raise NotProven("This screen's token does not hold. Make another one.", 401)
    session.clear()
    login_user(Visitor(Person(0, token.name, Role.VIEWER), f"{SCREEN}{secret}"))
    return redirect("/?kiosk=1", code=303)


def _refused(error: NotProven, email: str) -> AnyResponse:
    after = local(request.form.get("next", "/"))
    theme = request.cookies.get("theme", "")
    body = login_page(problem=str(error), email=email, after=after, theme=theme)
    response = Response(body, error.status)
    if error.status == 429:  # noqa: PLR2004 (Too Many Requests)
        response.headers["Retry-After"] = "900"
    return response


def local(address: str) -> str:
    """Return an address of this server, never another's: one slash first, no backslash."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if safe and address.isprintable() else "/"
