"""Proving who somebody is by a password, slowly for whoever guesses.

Failures count under a name and from an address; ten in a quarter of an hour make both wait. A
browser that has logged in as somebody before is known by a signed cookie and counts by itself, so
that nobody can keep the owner of a login out by guessing at it.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Semaphore

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from data.domain.errors import BillingError
from data.domain.people import LONGEST_PASSWORD, TOO_MANY_FAILURES, Credentials, Person
from data.passwords import fingerprint, matches, nobodys_hash, outdated
from data.store.connect import Store
from data.store.queries.people import credentials, failures
from data.store.writes.sessions import failures_forgotten, login_failed
from data.store.writes.users import password_rehashed

log = logging.getLogger(__name__)
AT_ONCE = 2
"""Passwords checked at a time in a worker: each takes 19 MiB."""
LONGEST_ADDRESS = 254
"""Source: RFC 5321, 4.5.3.1.3, less the brackets."""
_YEAR_S = 31_536_000
WRONG = "That address and password do not match."
TOO_OFTEN = "Too many tries. Wait a quarter of an hour, then try again."


class NotProven(BillingError):
    """The password is not the one, or there were too many tries."""

    def __init__(self, problem: str, status: int) -> None:
        """Take what to say, and the status to say it with."""
        super().__init__(problem)
        self.status = status


@dataclass(frozen=True)
class Asker:
    """Under what the failures of a request count.

    Attributes:
        name_hash: Of the address that is tried, or of the browser that is known for it.
        address: Where the request is from; none: a known browser, which counts by itself.
    """

    name_hash: str
    address: str | None


class Proof:
    """Checks passwords, at most two at a time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        """Take where people are known, and the present."""
        self._store, self._clock = store, clock
        self._room = Semaphore(AT_ONCE)

    def person(self, email: str, password: str) -> Person:
        """Return who an address and a password belong to.

        Raises:
            NotProven: To nobody, or there were too many tries.
        """
        asker = asker_of(email)
        with self._room:
            self.refuse_impatient(asker)
            with self._store.snapshot() as conn:
                found = credentials(conn, email)
            person = _owner(found, password)
            if person is None:
                self.failed(asker)
                raise NotProven(WRONG, 401)
        with self._store.writing() as conn:
            failures_forgotten(conn, name_hash=asker.name_hash)
            if found is not None and outdated(found.password_hash):
                password_rehashed(conn, person.id, password)
        return person

    def refuse_impatient(self, asker: Asker) -> None:
        """Refuse who failed too often lately.

        Raises:
            NotProven: Saying how long to wait.
        """
        with self._store.snapshot() as conn:
            tries = failures(
                conn, name_hash=asker.name_hash, address=asker.address, now=self._clock()
            )
        if tries >= TOO_MANY_FAILURES:
            log.warning("a login was refused after %d failures", tries)
            raise NotProven(TOO_OFTEN, 429)

    def failed(self, asker: Asker) -> None:
        """Remember a failure."""
        with self._store.writing() as conn:
            login_failed(conn, name_hash=asker.name_hash, address=asker.address, now=self._clock())


def _owner(found: Credentials | None, password: str) -> Person | None:
    """Return the person whose password it is; as slow when there is none, so that none shows."""
    kept = nobodys_hash() if found is None or not found.has_password else found.password_hash
    right = len(password) <= LONGEST_PASSWORD and matches(kept, password)
    if found is None or not right or found.person.disabled or not found.has_password:
        return None
    return found.person


def asker_of(email: str) -> Asker:
    """Return under what the failures of this request count."""
    try:
        whose, browser = _signer().loads(request.cookies.get(_cookie(), ""))
    except (BadSignature, ValueError, TypeError):
        whose, browser = "", ""
    if whose == fingerprint(email):
        return Asker(fingerprint(f"browser {browser}"), None)
    return Asker(fingerprint(email), request.remote_addr or "")


def remember_browser(response: Response, email: str, browser: str) -> None:
    """Let a browser be known as one that its owner has logged in with."""
    response.set_cookie(
        _cookie(),
        str(_signer().dumps([fingerprint(email), browser])),
        max_age=_YEAR_S,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="a browser that is known")
