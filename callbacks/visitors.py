"""Who asks: a person by their session's cookie, a screen or a program by its token."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from flask_login import UserMixin, current_user

from data.domain.authorship import By
from data.domain.errors import StoreError
from data.domain.people import Person, includes
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.connect import Store
from data.store.queries.people import session_of, token_of
from data.store.writes.audit import Audit, audited

Clock = Callable[[], datetime]
MOST_REMEMBERED = 500
SCREEN = "screen:"
"""Begins what the cookie of a screen on a wall carries: its token, asked for at every request."""


class Visitor(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A person behind a session; the session's random id is what the signed cookie carries.

    A screen that came by a token has no session: it holds as long as its token does, reads only,
    and never gave a password.
    """

    def __init__(self, person: Person, session_id: str, proven_at: datetime | None = None) -> None:
        """Know the person by their session."""
        self.person, self.session_id, self.proven_at = person, session_id, proven_at

    def get_id(self) -> str:
        """Return what Flask-Login puts into the cookie."""
        return self.session_id


@dataclass(frozen=True)
class Caller:
    """Who a request is from.

    Attributes:
        name: The person's address, or the token's name.
        role: What they may do.
        by_token: A program, not a person with a cookie.
        recent: They gave their password lately.
        masked: Phone numbers are masked for them.
    """

    name: str
    role: Role
    by_token: bool = False
    recent: bool = False
    masked: bool = False

    def may(self, needed: Role) -> bool:
        """Tell whether they may do what needs a role."""
        return includes(self.role, needed)


@dataclass(frozen=True)
class Rules:
    """What holds for whoever asks.

    Attributes:
        recent: How long a password counts as given lately.
        masked_for: The highest role that sees phone numbers masked; none: nobody does.
    """

    recent: timedelta
    masked_for: Role | None = None

    def masks(self, role: Role) -> bool:
        """Tell whether a role sees phone numbers masked."""
        return self.masked_for is not None and includes(self.masked_for, role)


class Visitors:
    """Finds out who asks."""

    def __init__(self, store: Store, clock: Clock, rules: Rules) -> None:
        """Remember nobody yet."""
        self._store, self._clock, self._rules = store, clock, rules
        self._remembered: OrderedDict[str, Visitor] = OrderedDict()

    def by_session(self, session_id: str) -> Visitor | None:
        """Return the visitor of a session, or of a screen's token, that holds.

        While the store cannot be read nobody can be asked for; who was known a moment ago stays
        known, so that their page can say what is wrong. Nothing new can be read or done meanwhile.
        """
        id_hash = fingerprint(session_id)
        try:
            found = self._found(session_id)
        except StoreError:
            if id_hash not in self._remembered:
                raise
            return self._remembered[id_hash]
        if found is None:
            self._remembered.pop(id_hash, None)
        else:
            self._remember(id_hash, found)
        return found

    def _found(self, session_id: str) -> Visitor | None:
        with self._store.snapshot() as conn:
            if session_id.startswith(SCREEN):
                token = token_of(conn, fingerprint(session_id.removeprefix(SCREEN)))
                person = None if token is None else Person(0, token.name, Role.VIEWER)
                return None if person is None else Visitor(person, session_id)
            session = session_of(conn, fingerprint(session_id), self._clock())
        return None if session is None else Visitor(session.person, session_id, session.proven_at)

    def _remember(self, id_hash: str, visitor: Visitor) -> None:
        self._remembered[id_hash] = visitor
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def caller(self) -> Caller | None:
        """Return who the request is from: a token in its header, else the session's person."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":  # RFC 9110, 11.1: in any case
            with self._store.snapshot() as conn:
                token = token_of(conn, fingerprint(given.strip()))
            if token is None:
                return None
            masked = self._rules.masks(token.role)
            return Caller(token.name, token.role, by_token=True, masked=masked)
        if not current_user.is_authenticated:
            return None
        person, proven_at = current_user.person, current_user.proven_at
        recent = proven_at is not None and self._clock() - proven_at < self._rules.recent
        masked = self._rules.masks(person.role)
        return Caller(person.email, person.role, recent=recent, masked=masked)

    def refused(self, name: str, what: str) -> None:
        """Write into the audit log that somebody asked for more than their role may."""
        with self._store.writing() as conn:
            audited(conn, By(name, self._clock()), Audit("refused", what))
