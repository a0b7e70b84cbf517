"""Exports: exactly the rows of a panel, with its filter and order, as CSV or XLSX."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from flask import Flask, abort, g, jsonify, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from callbacks.rows import Opened, row_request
from callbacks.snapshots import Clock
from data.domain.errors import RequestRefused
from data.domain.records import Role
from data.exchange.exports import Export, ExportForm, export_written
from data.store.connect import Store
from layouts.panels import FORMS


class Exports:
    """Writes exports."""

    def __init__(self, store: Store, clock: Clock, work_dir: Path) -> None:
        """Take where rows are read and where a file lies until it is sent."""
        self._store, self._clock, self._work_dir = store, clock, work_dir

    def written(self, export: Export) -> BinaryIO:
        """Return an open file of exactly the rows asked for; no snapshot is held while it is sent.

        Raises:
            RequestRefused: The rows cannot be given in that order.
        """
        self._work_dir.mkdir(parents=True, exist_ok=True)
        written = tempfile.TemporaryFile(dir=self._work_dir)  # noqa: SIM115 (the answer closes it)
        try:
            with self._store.snapshot() as conn:
                export_written(conn, export, self._clock(), written)
        except BaseException:
            written.close()
            raise
        written.seek(0)
        return written


def export_links(opened: Opened, wishes: Mapping[str, Any]) -> list[str]:
    """Return the addresses of a panel's exports, with the dates it shows made fixed."""
    given = {"panel": opened.address}
    if opened.opening.by_customer and opened.custid:
        given["customer"] = opened.custid
    if opened.period is not None:
        given |= {"from": opened.period.first.isoformat(), "to": opened.period.last.isoformat()}
    for name, wish in (("filter", "filterModel"), ("sort", "sortModel")):
        if wishes.get(wish):
            given[name] = json.dumps(wishes[wish])
    return [f"/export?{urlencode({'form': form, **given})}" for form, _ in FORMS]


def register(
    server: Flask, exports: Exports, opened_by: Callable[[str | None, Role], Opened | None]
) -> None:
    """Add the route of the exports."""

    @server.get("/export")
    def export() -> AnyResponse:
        opened = opened_by(request.query_string.decode(), g.caller.role)
        if opened is None:
            abort(404)
        try:
            wishes = {
                "filterModel": json.loads(request.args.get("filter", "{}")),
                "sortModel": json.loads(request.args.get("sort", "[]")),
            }
            form = ExportForm(request.args.get("form", ""))
            wanted = Export(row_request(opened, wishes), form)
            written = exports.written(wanted)
        except RequestRefused as error:
            return _refused(str(error))
        except ValueError:
            return _refused("Give filter and sort as JSON, and form as csv, xlsx or machine.")
        return send_file(
            written,
            mimetype=wanted.media_type,
            as_attachment=True,
            download_name=wanted.file_name,
            max_age=0,
        )


def _refused(problem: str) -> AnyResponse:
    response = jsonify(error=problem)
    response.status_code = 400
    return response
