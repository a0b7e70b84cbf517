"""The gallery's server: every state of the page by address, for development only."""

from pathlib import Path

from dash import ClientsideFunction, Input, Output
from flask import Flask, Response, abort, request, send_from_directory

from callbacks.index import LivePage
from layouts import ids
from layouts.gallery import PLAIN, gallery_page
from layouts.login import FILES, NOT_OF_THE_PAGE

ASSETS = Path(__file__).parent.parent / "layouts" / "assets"


def gallery() -> LivePage:
    """Return an app that shows made-up states; it has no store, no login and changes nothing."""
    server = Flask("gallery", static_folder=None)
    app = LivePage(
        "gallery",
        server=server,  # type: ignore[arg-type]  # Dash takes a Flask, its hint forgets it
        assets_folder=str(ASSETS),
        assets_ignore=NOT_OF_THE_PAGE,
        title="Tollboard: every state",
        update_title=None,  # type: ignore[arg-type]  # Dash's own way to leave the title alone
        serve_locally=True,
        enable_mcp=False,
        suppress_callback_exceptions=True,
    )
    app.halves = lambda: gallery_page(request.args.get("state", ""))
    app.layout = lambda: gallery_page("").moving  # each index carries its own
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("tollboard", "figures"),
        [Output(ids.graph(chart), "figure") for chart in ids.CHARTS],
        Input(ids.THEME, "data"),
        prevent_initial_call=True,
    )
    _register_plain(server)
    app.ready()
    return app


def _register_plain(server: Flask) -> None:
    for slug, page in PLAIN.items():
        server.add_url_rule(f"/{slug}", slug, lambda page=page: page)

    @server.get("/login/<path:name>")
    def plain_asset(name: str) -> Response:
        if name not in FILES:
            abort(404)
        return send_from_directory(ASSETS, name)
