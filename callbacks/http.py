"""The plain routes that read: the health check, the figures, and the snapshot as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.api import dashboard_json
from callbacks.metrics import CONTENT_TYPE, metrics_text
from callbacks.request_times import RequestTimes
from callbacks.snapshots import Snapshots
from data.domain.errors import StoreError
from data.domain.periods import LONGEST_DAYS, AskedPeriod, asked_period
from data.domain.views import AskedView
from data.store.connect import Store
from data.store.queries.operation import operating_figures
from data.store.queries.versions import newest_version


@dataclass(frozen=True)
class Doors:
    """What the routes need.

    Attributes:
        store: The open store.
        clock: The present.
        snapshots: What the page shows.
        times: How long the answers take.
    """

    store: Store
    clock: Callable[[], datetime]
    snapshots: Snapshots
    times: RequestTimes


def register(server: Flask, doors: Doors) -> None:
    """Add the routes to a server."""

    @server.get("/healthz")
    def healthz() -> AnyResponse:
        try:
            with doors.store.snapshot() as conn:
                version = newest_version(conn).version
        except StoreError as error:
            response = jsonify(status="failed", error=type(error).__name__)
            response.status_code = 503
            return response
        return jsonify(status="ok", data_version=version)

    @server.get("/metrics")
    def metrics() -> AnyResponse:
        with doors.store.snapshot() as conn:
            figures = operating_figures(conn, doors.clock())
        return Response(metrics_text(figures, doors.times.collected()), content_type=CONTENT_TYPE)

    @server.get("/api/v1/dashboard")
    def api_dashboard() -> AnyResponse:
        first, last = request.args.get("from"), request.args.get("to")
        asked = _asked(first, last)
        if isinstance(asked, str):
            return _bad(asked)
        return jsonify(dashboard_json(doors.snapshots.shown(AskedView(asked)).dashboard))


def _asked(first: str | None, last: str | None) -> AskedPeriod | str:
    """Return the period that a program asks for, or why it cannot have it."""
    if (first is None) != (last is None) or not (_is_day(first) and _is_day(last)):
        return "Give from and to as dates, 2026-06-01, or neither for the past month."
    if first is None or last is None:
        return AskedPeriod()
    if first > last:
        return "from is after to."
    asked = asked_period(first=first, last=last)
    if asked == AskedPeriod():
        return "Dates are of the years 0002 to 9998."
    return f"A period has at most {LONGEST_DAYS} days." if asked.is_too_long else asked


def _is_day(written: str | None) -> bool:
    if written is None:
        return True
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _bad(problem: str) -> AnyResponse:
    response = jsonify(error=problem)
    response.status_code = 400
    return response
