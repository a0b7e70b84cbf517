"""Logging in and out: by a password, by an identity provider, or, for a screen, by a token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

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
from callbacks.sign_on import BY_PROVIDER, SignOnFailed
from callbacks.visitors import SCREEN, Visitor
from data.domain.authorship import By
from data.domain.people import Person, Session
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.connect import Store
from data.store.queries.people import token_of
from data.store.writes.sessions import session_closed, session_opened
from layouts.login import FILES, Asked, login_page

if TYPE_CHECKING:  # heavy, and loaded where a provider is named
    from callbacks.provider import Provider

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
        provider: Who else vouches for people; none: nobody.
        page_url: Our address, where a provider sends people back; empty: as they came.
    """

    store: Store
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    lasts: timedelta
    proof: Proof
    provider: "Provider | None" = None
    page_url: str = ""

    def opened(self, person: Person, proven_at: datetime) -> None:
        """Begin a new session for a person, whatever the browser had before."""
        now, session_id = self.clock(), self.new_secret()
        opened = Session(person, proven_at, now + self.lasts)
        with self.store.writing() as conn:
            session_opened(conn, By(person.email, now), opened, fingerprint(session_id))
        session.clear()
        login_user(Visitor(person, session_id, proven_at))

    @property
    def back_to(self) -> str:
        """The address of our login, as a provider knows it."""
        return f"{(self.page_url or request.host_url).rstrip('/')}/login"

    def page(self, *, problem: str = "", email: str = "", after: str = "/") -> str:
        """Return the login page."""
        theme = request.cookies.get("theme", "")
        name = "" if self.provider is None else self.provider.name
        return login_page(Asked(problem, email, after, name), theme=theme)


def register(server: Flask, entrance: Entrance) -> None:
    """Add the routes to a server."""

    @server.get("/login")
    def login() -> AnyResponse | str:
        return _asked(entrance)

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
        by_provider = session.get(BY_PROVIDER, False)
        logout_user()
        session.clear()
        if by_provider and entrance.provider is not None:
            return redirect(entrance.provider.left(entrance.back_to), code=303)
        return redirect("/login", code=303)


def _asked(entrance: Entrance) -> AnyResponse | str:
    after = local(request.args.get("next", "/"))
    if entrance.provider is not None and "state" in request.args:
        return _came_back(entrance, entrance.provider)
    if entrance.provider is not None and "with" in request.args:
        return _sent(entrance, entrance.provider, after)
    if current_user.is_authenticated:
        return redirect(after)
    return entrance.page(after=after)


def _entered(entrance: Entrance) -> AnyResponse:
    email = request.form.get("email", "").strip().lower()[:LONGEST_ADDRESS]
    try:
        if "screen" in request.form:
            return _screen(entrance, request.form["screen"])
        person = entrance.proof.person(email, request.form.get("password", ""))
    except NotProven as error:
        return _refused(entrance, error, email)
    entrance.opened(person, entrance.clock())
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


def _refused(entrance: Entrance, error: NotProven, email: str) -> AnyResponse:
    after = local(request.form.get("next", "/"))
    body = entrance.page(problem=str(error), email=email, after=after)
    response = Response(body, error.status)
    if error.status == 429:  # noqa: PLR2004 (Too Many Requests)
        response.headers["Retry-After"] = "900"
    return response


def _sent(entrance: Entrance, provider: "Provider", after: str) -> AnyResponse:
    again = request.args.get("with") == "again"
    try:
        return provider.begun(entrance.back_to, after, again=again)
    except SignOnFailed as error:
        return Response(entrance.page(problem=str(error), after=after), 502)


def _came_back(entrance: Entrance, provider: "Provider") -> AnyResponse:
    try:
        signed_on = provider.ended()
    except SignOnFailed as error:
        return Response(entrance.page(problem=str(error)), 401)
    entrance.opened(signed_on.person, signed_on.proven_at)
    session[BY_PROVIDER] = True
    return redirect(local(signed_on.after), code=303)


def local(address: str) -> str:
    """Return an address of this server, never another's: one slash first, no backslash."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if safe and address.isprintable() else "/"
