"""A small OpenID Connect provider on 127.0.0.1, which can also be told to misbehave."""

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from flask import Flask, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "tollboard", "a secret between the two"


@dataclass
class Behaviour:
    """What the provider says of whoever comes, and how it goes wrong.

    Attributes:
        claims: What its ID token says, over what it ought to.
        dropped: Claims that it leaves out.
        forged: It signs with a key that is not its own.
        error: It sends people back with this error instead of a code.
        issuer: What it calls itself; none: its address.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    forged: bool = False
    error: str = ""
    issuer: str | None = None


class IdentityProvider:
    """Authorization code flow with PKCE, by the book: codes hold once, for one client."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = count(1)
        self._key = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig"})
        self._other = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig"})
        self.app = Flask(__name__)
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self._metadata)
        self.app.add_url_rule("/authorize", view_func=self._authorize)
        self.app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        self.app.add_url_rule("/keys", view_func=self._keys)

    def _metadata(self):
        return jsonify(
            issuer=self.behaviour.issuer or self.url,
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            jwks_uri=f"{self.url}/keys",
            end_session_endpoint=f"{self.url}/leave",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"],
        )

    def _keys(self):
        return jsonify(keys=[self._key.as_dict(private=False)])

    def _authorize(self):
        given = request.args.to_dict()
        self.asked.append(given)
        if given["client_id"] != CLIENT_ID or given.get("code_challenge_method") != "S256":
            abort(400)
        back = {"state": given["state"]}
        if self.behaviour.error:
            return redirect(
                f"{given['redirect_uri']}?{urlencode(back | {'error': self.behaviour.error})}"
            )
        code = f"code-{next(self._numbers)}"
        self._codes[code] = given
        return redirect(f"{given['redirect_uri']}?{urlencode(back | {'code': code})}")

    def _token(self):
        told = request.form
        asked = self._codes.pop(told.get("code", ""), None)
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = request.authorization
        if known is None or (known.username, known.password) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != told.get("redirect_uri")
        ):
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token="of no use here",
            token_type="Bearer",
            expires_in=300,
            id_token=self._id_token(asked),
        )

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": "248289761001",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "email": "anna@example.com",
        } | self.behaviour.claims
        for name in self.behaviour.dropped:
            del claims[name]
        key = self._other if self.behaviour.forged else self._key
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


@contextmanager
def serving() -> Iterator[IdentityProvider]:
    """Serve a provider while the block lasts."""
    provider = IdentityProvider()
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
