"""The index: the page's first HTML, with the nine numbers in it before any script runs."""

from collections.abc import Callable
from typing import Any

from dash import Dash
from flask import request

from callbacks.release import page_release

BOOTSTRAP = "/assets/vendor/bootstrap-5.3.6/bootstrap.min.css"
FONT = "/assets/vendor/inter-5.3.0/inter-latin-wght-normal.woff2"


class LivePage(Dash):
    """Dash whose index carries a first paint beside the place where the page will be.

    Attributes:
        first_paint: Makes the first paint.
        release: Which page this is (callbacks/release.py).
    """

    first_paint: Callable[[], str]
    release: str = ""

    def ready(self) -> None:
        """Do now what Dash leaves to a first request; one beside it would find no script yet."""
        self.release = page_release()
        self._setup_server()  # type: ignore[no-untyped-call]

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401
        """Return the index; the first paint goes when the page is there (assets/page.css)."""
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
            f'{style}</head><body><div id="first-paint">{self.first_paint()}</div>'
            f"{parts['app_entry']}<footer>{parts['config']}{parts['scripts']}{parts['renderer']}"
            "</footer></body></html>"
        )
