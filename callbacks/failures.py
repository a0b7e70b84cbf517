"""What is answered where a request fails: in words for a person, as JSON for a program."""

import logging
from http import HTTPStatus

from dash.exceptions import DashException, DependencyException
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from callbacks.gate import CALLBACKS, for_a_person
from data.domain.errors import StoreError
from layouts.login import failed_page, nothing_here

log = logging.getLogger(__name__)
_MALFORMED = (LookupError, AttributeError, TypeError, RecursionError, ValueError, DashException)


def register(server: Flask) -> None:
    """Answer failures without a trace: 400 for what no browser of ours sends, 503, 500."""

    @server.errorhandler(StoreError)
    def unreadable(error: StoreError) -> AnyResponse:
        log.warning("a request could not read the store: %s", error)
        if "text/html" in request.headers.get("Accept", ""):
            body = failed_page(str(error), theme=request.cookies.get("theme", ""))
            return Response(body, 503, {"Retry-After": "10"})
        response = jsonify(error=str(error))
        response.status_code = 503
        response.headers["Retry-After"] = "10"
        return response

    @server.errorhandler(DependencyException)
    def no_such_script(_error: DependencyException) -> AnyResponse:
        response = jsonify(error="Not Found")
        response.status_code = 404
        return response

    @server.errorhandler(Exception)
    def failed(error: Exception) -> AnyResponse:
        if isinstance(error, HTTPException):
            if error.code == HTTPStatus.NOT_FOUND and for_a_person():
                return Response(nothing_here(theme=request.cookies.get("theme", "")), error.code)
            response = jsonify(error=error.name)
            response.status_code = error.code or 500
            return response
        if request.path == CALLBACKS and isinstance(error, _MALFORMED):
            log.warning("a malformed callback was refused: %s", type(error).__name__)
            response = jsonify(error="Bad Request")
            response.status_code = 400
            return response
        log.error("a request failed", exc_info=error)
        response = jsonify(error="The server made a mistake. It is in the server's log.")
        response.status_code = 500
        return response
