"""The account page, as HTML of its own: the own password, and for administrators the tokens."""

from collections.abc import Sequence
from html import escape

from data.domain.people import Token
from layouts.login import document


def account_page(
    email: str,
    tokens: Sequence[Token] | None,
    *,
    said: str = "",
    problem: str = "",
    theme: str = "",
) -> str:
    """Return the page; tokens are None for who may not see them."""
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    done = f'<p role="status">{escape(said)}</p>' if said else ""
    body = (
        f'<main><a href="/">Back to the page</a><h1>{escape(email)}</h1>{told}{done}'
        '<form method="post" action="/account/password">'
        f"{_password('Your password', 'password', 'current-password')}"
        f"{_password('New password', 'new', 'new-password')}"
        '<button type="submit">Change password</button></form>'
        '<p class="hint">All your sessions end with it, this one too.</p>'
        f"{'' if tokens is None else _tokens(tokens)}</main>"
    )
    return document("Account - Tollboard", body, theme=theme)


def _password(label: str, name: str, autocomplete: str) -> str:
    return (
        f'<label>{label}<input name="{name}" type="password" autocomplete="{autocomplete}" '
        'maxlength="254" required></label>'
    )


def _tokens(tokens: Sequence[Token]) -> str:
    used = [token for token in tokens if token.revoked_at is None]
    choices = "".join(
        f'<option value="{escape(token.name)}">{escape(token.name)} ({token.role.value}, since '
        f"{token.created_at:%Y-%m-%d})</option>"
        for token in used
    )
    if not used:
        return "<h1>Tokens</h1><p>No program or screen has one.</p>"
    return (
        '<h1>Tokens</h1><form method="post" action="/account/revoke">'
        f'<label>Program or screen<select name="token">{choices}</select></label>'
        f"{_password('Your password', 'password', 'current-password')}"
        '<button type="submit">Revoke the token</button></form>'
    )
