"""The index: the page itself as HTML, and what Dash would ask for before it can start."""

from collections.abc import Callable
from typing import Any

from dash import Dash
from dash._utils import to_json
from flask import request

from callbacks.release import page_release
from layouts.first_paint import markup
from layouts.page import Halves

BOOTSTRAP = "/assets/vendor/bootstrap-5.3.6/bootstrap.min.css"
FONT = "/assets/vendor/inter-5.3.0/inter-latin-wght-normal.woff2"


class LivePage(Dash):
    """Dash whose index is the page, with what its own part of it is made of.

    Attributes:
        halves: Makes the page for the request: its HTML, and Dash's part of it.
        release: Which page this is (callbacks/release.py).
    """

    halves: Callable[[], Halves]
    release: str = ""
    _callbacks = ""

    def ready(self) -> None:
        """Do now what Dash leaves to a first request; one beside it would find no script yet."""
        self.release = page_release()
        self._setup_server()  # type: ignore[no-untyped-call]
        self._callbacks = _data("callbacks", self._callback_list)

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401
        """Return the page with Dash's part and its callbacks as data: one state, unasked for."""
        still, moving = self.halves()
        given = _data("layout", moving) + self._callbacks
        theme = request.args.get("theme") or request.cookies.get("theme", "")
        themed = f' data-bs-theme="{theme}"' if theme in ("light", "dark") else ""
        style = f'<link rel="stylesheet" href="{BOOTSTRAP}">{parts["css"]}'
        return (
            f'<!DOCTYPE html><html lang="en" data-release="{self.release}"{themed}>'
            f"<head>{parts['metas']}"
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{parts['title']}</title>"
            '<link rel="icon" href="/assets/icon.svg">'
            f'<link rel="preload" href="{FONT}" as="font" type="font/woff2" crossorigin>'
            f"{style}</head><body>{markup(still)}{parts['app_entry']}{given}"
            f"<footer>{parts['config']}{parts['scripts']}{parts['renderer']}"
            "</footer></body></html>"
        )


def _data(name: str, given: object) -> str:
    """Return data that a script reads; no text in it ends the element."""
    json = str(to_json(given)).replace("<", "\\u003c")  # type: ignore[no-untyped-call]
    return f'<script type="application/json" id="{name}">{json}</script>'
