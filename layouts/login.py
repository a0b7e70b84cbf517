"""The login page, as HTML of its own: a person needs no script for it."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from layouts.first_paint import markup

FILES = (
    "icon.svg",
    "tokens.css",
    "login.css",
    "login.js",
    "again.js",
    "vendor/inter-5.3.0/inter-latin-wght-normal.woff2",
)
"""What the login page is made of, the only assets that need no login."""
NOT_OF_THE_PAGE = r"bootstrap\.min\.css|(login|again)\.(css|js)"
"""Assets that Dash must not put into the page by itself."""


def document(title: str, body: str, *, theme: str = "", head: str = "") -> str:
    """Return a whole HTML page that stands alone."""
    themed = f' data-bs-theme="{theme}"' if theme in ("light", "dark") else ""
    return (
        f'<!doctype html><html lang="en"{themed}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/login/icon.svg">'
        '<link rel="stylesheet" href="/login/tokens.css">'
        f'<link rel="stylesheet" href="/login/login.css">{head}</head><body>{body}</body></html>'
    )


@dataclass(frozen=True)
class Asked:
    """What the login page is asked for.

    Attributes:
        problem: What went wrong the last time.
        email: What was typed then.
        after: The address to go to after.
        provider: What the identity provider is called; empty: there is none.
    """

    problem: str = ""
    email: str = ""
    after: str = "/"
    provider: str = ""


def login_page(asked: Asked, *, theme: str = "") -> str:
    """Return the login page, with what went wrong the last time."""
    after, email = asked.after, asked.email
    told = f'<p class="problem" role="alert">{escape(asked.problem)}</p>'
    notice = told if asked.problem else ""
    way = f"/login?{urlencode({'with': 'provider', 'next': after})}"
    other = f'<a class="other" href="{escape(way)}">Sign in with {escape(asked.provider)}</a>'
    fields = _field("E-mail", "email", "username", email) + _field(
        "Password", "password", "current-password", ""
    )
    body = (
        f"<main>{markup(_brand())}<h1>Sign in</h1>"
        f'<form method="post" action="/login">{notice}{fields}'
        f'<input type="hidden" name="next" value="{escape(after)}">'
        f'<button type="submit">Sign in</button></form>{other if asked.provider else ""}'
        '<p class="hint">No login, or forgotten the password? Whoever runs this server uses '
        "<code>python -m data user add</code> or <code>user reset</code>.</p></main>"
    )
    screens = '<script src="/login/login.js" defer></script>'
    return document("Sign in - Tollboard", body, theme=theme, head=screens)


def failed_page(message: str, *, theme: str = "") -> str:
    """Return the page for a store that cannot be read; it looks again by itself."""
    box = html.Main(
        [
            _brand(),
            html.H1("The figures cannot be read"),
            html.P(message, className="problem", role="alert"),
            html.P("Nothing is lost. This page looks again every ten seconds.", className="hint"),
            html.A("Look now", href="", className="other"),
        ]
    )
    again = '<script src="/login/again.js" defer></script>'
    return document("Tollboard cannot read its store", markup(box), theme=theme, head=again)


def nothing_here(*, theme: str = "") -> str:
    """Return the page for an address that leads nowhere."""
    box = html.Main(
        [
            _brand(),
            html.H1("There is no such page"),
            html.P("Everything is on the one page; its address may carry what it shows."),
            html.A("To the page", href="/", className="other"),
        ]
    )
    return document("Tollboard has no such page", markup(box), theme=theme)


def _brand() -> Component:
    return html.Div([html.Span(className="logo"), "Tollboard"], className="brand")


def _field(label: str, name: str, autocomplete: str, value: str) -> str:
    kind = "password" if name == "password" else "email"
    focus = " autofocus" if name == "email" and not value else ""
    return (
        f'<label>{label}<input name="{name}" type="{kind}" autocomplete="{autocomplete}" '
        f'maxlength="254" value="{escape(value)}" required{focus}></label>'
    )
