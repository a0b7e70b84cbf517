"""The session's cookie: signed, and written in one way only."""

from binascii import Error as NotBase64
from hmac import compare_digest

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadData


class ExactCookies(SecureCookieSessionInterface):
    """Flask's own sessions, which take nothing but the very text that was signed.

    The last letter of a signature in base64 has bits that decoding leaves aside, so that four
    texts would pass for one.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; a new one where its cookie is not exactly ours."""
        signature = request.cookies.get(self.get_cookie_name(app), "").rpartition(".")[2]
        try:
            exact = compare_digest(base64_encode(base64_decode(signature)), signature.encode())
        except (BadData, NotBase64, ValueError):
            exact = False
        return super().open_session(app, request) if exact else self.session_class()
