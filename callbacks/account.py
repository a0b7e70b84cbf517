"""The own account: a new password, and for administrators shutting programs and screens out."""

from flask import Flask, Response, g, redirect, request, session
from flask_login import logout_user
from werkzeug.wrappers import Response as AnyResponse

from callbacks.login import Entrance
from callbacks.proof import WRONG, NotProven
from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.records import Role
from data.store.queries.people import all_tokens
from data.store.writes.tokens import token_revoked
from data.store.writes.users import password_changed
from layouts.account import account_page


def register(server: Flask, entrance: Entrance) -> None:
    """Add the routes; each form asks for the password itself."""

    @server.get("/account")
    def account() -> AnyResponse:
        return _page(entrance)

    @server.post("/account/password")
    def account_password() -> AnyResponse:
        return _changed(entrance)

    @server.post("/account/revoke")
    def account_revoke() -> AnyResponse:
        return _revoked(entrance, request.form.get("token", ""))


def _page(entrance: Entrance, status: int = 200, *, said: str = "", problem: str = "") -> Response:
    tokens = None
    if g.caller.may(Role.ADMIN):
        with entrance.store.snapshot() as conn:
            tokens = all_tokens(conn)
    theme = request.cookies.get("theme", "")
    body = account_page(g.caller.name, tokens, said=said, problem=problem, theme=theme)
    return Response(body, status)


def _changed(entrance: Entrance) -> AnyResponse:
    by = By(g.caller.name, entrance.clock())
    try:
        entrance.proof.person(g.caller.name, request.form.get("password", ""))
        with entrance.store.writing() as conn:
            password_changed(conn, by, g.caller.name, request.form.get("new", ""))
    except NotProven as error:
        return _page(entrance, error.status, problem=_told(error))
    except Refused as error:
        return _page(entrance, 400, problem=str(error))
    logout_user()
    session.clear()
    return redirect("/login", code=303)


def _revoked(entrance: Entrance, name: str) -> AnyResponse:
    try:
        entrance.proof.person(g.caller.name, request.form.get("password", ""))
        with entrance.store.writing() as conn:
            token_revoked(conn, By(g.caller.name, entrance.clock()), name)
    except NotProven as error:
        return _page(entrance, error.status, problem=_told(error))
    except Refused as error:
        return _page(entrance, 400, problem=str(error))
    return _page(entrance, said=f"{name} is shut out.")


def _told(error: NotProven) -> str:
    return "That is not your password." if str(error) == WRONG else str(error)
