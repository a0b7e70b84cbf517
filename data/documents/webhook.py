"""Posting signed JSON to the address that the settings name."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from data.documents.deadline import within_deadline
from data.domain.errors import NotSent
from data.settings_sending import signing_key

TIMEOUT_S = 10


@dataclass(frozen=True)
class Webhook:
    """Where alerts are posted to.

    Attributes:
        url: https, or http on loopback.
        secret: Signs what is posted.
    """

    url: str
    secret: str = field(repr=False)


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: what is signed for one address is told to no other."""

    def redirect_request(self, *_asked: Any, **_named: Any) -> None:  # noqa: ANN401 (urllib's own)
        """Leave the answer as it is: an error."""


def posted(webhook: Webhook, identity: str, now: datetime, body: Mapping[str, object]) -> None:
    """Post a body as JSON, signed.

    Args:
        webhook: Where to.
        identity: The same for the same content, so that a receiver sees what came twice.
        now: The instant that is signed with it; receivers refuse old ones.
        body: What is told.

    Raises:
        NotSent: It was not taken: no answer, or one outside 200 to 299.
    """
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = str(int(now.timestamp()))
    request = Request(  # noqa: S310 (the settings let http and https pass only)
        webhook.url,
        data=content,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Tollboard",
            "webhook-id": identity,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(webhook.secret, identity, stamp, content),
        },
    )
    within_deadline(lambda: _handed_in(request), "The webhook")


def _handed_in(request: Request) -> None:
    try:
        with build_opener(_NoRedirect()).open(request, timeout=TIMEOUT_S):
            return
    except HTTPError as error:
        error.close()
        raise NotSent(f"The webhook answered {error.code} {error.reason}.") from None
    except (OSError, HTTPException) as error:
        raise NotSent(f"The webhook could not be reached ({error}).") from error


def signature(secret: str, identity: str, stamp: str, content: bytes) -> str:
    """Return the signature of a message.

    Source: Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body, with dots between.
    """
    signed = hmac.digest(signing_key(secret), f"{identity}.{stamp}.".encode() + content, "sha256")
    return f"v1,{base64.b64encode(signed).decode()}"
