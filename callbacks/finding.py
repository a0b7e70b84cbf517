"""Finding: the search box and the customer filter ask here for what is typed."""

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.rights import numbers_masked
from callbacks.snapshots import Clock
from data.domain.errors import RequestRefused
from data.domain.masked import masked_findings
from data.domain.search import Hit
from data.store.connect import Store
from data.store.queries.search import customers_like, findings
from data.store.queries.versions import newest_version
from layouts.openings import address_of

MOST_CUSTOMERS = 12


def register(server: Flask, store: Store, clock: Clock) -> None:
    """Add the two routes."""

    @server.get("/find")
    def find() -> AnyResponse:
        try:
            with store.snapshot() as conn:
                zone = newest_version(conn).zone
                text = request.args.get("q", "")
                found = findings(conn, text)
        except RequestRefused as error:
            return _refused(error)
        if numbers_masked():
            found = masked_findings(found, text)
        since = found.calls_since
        return jsonify(
            hits=[_hit(hit, lambda hit: address_of(hit, zone)) for hit in found.hits],
            since=None if since is None else since.isoformat(timespec="seconds"),
            now=clock().isoformat(timespec="seconds"),
        )

    @server.get("/find/customers")
    def find_customers() -> AnyResponse:
        try:
            with store.snapshot() as conn:
                names = customers_like(conn, request.args.get("q", ""), MOST_CUSTOMERS)
        except RequestRefused as error:
            return _refused(error)
        return jsonify(customers=[{"custid": one.custid, "company": one.company} for one in names])


def _hit(hit: Hit, opens: Callable[[Hit], dict[str, str]]) -> dict[str, Any]:
    return {
        "kind": hit.kind.value,
        "title": hit.title,
        "detail": hit.detail,
        "at": None if hit.at is None else hit.at.isoformat(timespec="seconds"),
        "opens": opens(hit),
    }


def _refused(error: RequestRefused) -> AnyResponse:
    response = jsonify(error=str(error))
    response.status_code = 400
    return response
