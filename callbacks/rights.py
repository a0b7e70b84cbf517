"""Who may do what: every callback and every route declares the least role, and one place checks.

A server whose callbacks or routes do not all declare one does not start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from dash import Dash
from flask import Flask, g, has_request_context
from werkzeug.exceptions import Forbidden

from data.domain.errors import BillingError
from data.domain.records import Role

P = ParamSpec("P")
R = TypeVar("R")
_MARK = "__right__"


@dataclass(frozen=True)
class Right:
    """What it takes.

    Attributes:
        role: The least role that may.
        changes: Something is changed: whoever does it has given their password lately.
    """

    role: Role
    changes: bool = False


_READING = Right(Role.VIEWER)
ROUTES: dict[str, Right] = {
    "/": _READING,
    "/<path:path>": _READING,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": _READING,
    "/_dash-dependencies": _READING,
    "/_dash-layout": _READING,
    "/_dash-update-component": _READING,  # each callback declares its own
    "/_favicon.ico": _READING,
    "/_reload-hash": _READING,
    "_dash_assets.static": _READING,
    "account": _READING,
    "account_password": _READING,  # of oneself; the form asks for the old one
    "account_revoke": Right(Role.ADMIN),
    "api_dashboard": _READING,
    "export": _READING,
    "find": _READING,
    "find_customers": _READING,
    "invoice_calls": Right(Role.BILLING),
    "invoice_page": Right(Role.BILLING),
    "invoice_paper": Right(Role.BILLING),
    "logout": _READING,
    "metrics": _READING,
    "upload": Right(Role.BILLING, changes=True),
    "upload_allowed": Right(Role.BILLING, changes=True),
}
"""What every route that needs a login takes, by its endpoint."""


class RoleTooLow(Forbidden):
    """Somebody asked for what their role may not; it is in the audit log."""

    def __init__(self, what: str) -> None:
        """Say what."""
        super().__init__("Your role may not do that.")
        self.what = what


class PasswordTooOld(BillingError):
    """A change was asked for by somebody who gave their password long ago."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("Give your password again to go on; nothing was changed yet.")


def needs(role: Role, *, changes: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what a callback takes, and hold every request to it; goes below `@app.callback`."""
    right = Right(role, changes)

    def declared(callback: Callable[P, R]) -> Callable[P, R]:
        @wraps(callback)
        def checked(*given: P.args, **named: P.kwargs) -> R:
            check(right, callback.__name__)
            return callback(*given, **named)

        setattr(checked, _MARK, right)
        return checked

    return declared


def check(right: Right, what: str) -> None:
    """Refuse whoever asks if their role or their last password is not enough.

    Raises:
        RoleTooLow: The role is below.
        PasswordTooOld: Something would change, and the last password was given long ago.
    """
    if not g.caller.may(right.role):
        raise RoleTooLow(what)
    if right.changes and not g.caller.by_token and not g.caller.recent:
        raise PasswordTooOld


def numbers_masked() -> bool:
    """Tell whether phone numbers are masked for whoever asks."""
    return has_request_context() and "caller" in g and bool(g.caller.masked)


def callback_rights(app: Dash) -> dict[str, Right | None]:
    """Return what each callback of the server takes, by its output; none: it declares nothing."""
    return {
        output: getattr(wired["callback"], _MARK, None)
        for output, wired in app.callback_map.items()
        if "callback" in wired  # the others run in the browser
    }


def refuse_undeclared(server: Flask, app: Dash, opened: frozenset[str]) -> None:
    """Stop a server that has a route or a callback without a declared role.

    Raises:
        AssertionError: Naming them, and where to declare them.
    """
    routes = {rule.endpoint for rule in server.url_map.iter_rules()} - opened - set(ROUTES)
    callbacks = [output[:60] for output, right in callback_rights(app).items() if right is None]
    if routes or callbacks:
        raise AssertionError(
            f"no role is declared for the routes {sorted(routes)} (callbacks/rights.py, ROUTES) "
            f"or the callbacks {callbacks} (@needs below @app.callback)"
        )
