"""The yardstick of the page: a bare Dash page with one graph and one grid, served as ours is.

Usage: python -m bench.bare PORT
"""

import sys
from typing import Any

import dash_ag_grid
from dash import Dash, dcc, html
from flask import Flask
from gunicorn.app.base import BaseApplication

GRID_ROWS = 50


def bare_server() -> Flask:
    """Return the server of the smallest page that has what ours has: a chart and rows."""
    server = Flask("bare", static_folder=None)
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000
    app = Dash("bare", server=server, compress=True, serve_locally=True, enable_mcp=False)  # type: ignore[arg-type]  # as in app.py
    rows = [{"day": n, "calls": n * n % 97} for n in range(GRID_ROWS)]
    figure = {"data": [{"type": "bar", "y": [row["calls"] for row in rows]}], "layout": {}}
    app.layout = html.Div(
        [
            dcc.Graph(figure=figure),
            dash_ag_grid.AgGrid(
                rowData=rows, columnDefs=[{"field": "day"}, {"field": "calls"}], id="grid"
            ),
        ]
    )
    server.test_client().get("/")  # else a worker that gave no index yet refuses its own scripts
    return server


class Bare(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The bare page with as many workers and threads as ours."""

    def __init__(self, port: int) -> None:
        """Take the port."""
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """Set what app.py sets."""
        options: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the server of a worker."""
        return bare_server()


if __name__ == "__main__":
    Bare(int(sys.argv[1])).run()
