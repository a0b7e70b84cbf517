"""Who asks: a person by their session's cookie, a program by its token."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from flask_login import UserMixin, current_user

from data.domain.errors import StoreError
from data.domain.people import Person, includes
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.connect import Store
from data.store.queries.people import session_of, token_of
from data.store.writes.sessions import session_used

Clock = Callable[[], datetime]
USED_EVERY = timedelta(minutes=10)
"""A session that is used is prolonged this often, not at every request."""
MOST_REMEMBERED = 500


class Visitor(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A person behind a session; the session's random id is what the signed cookie carries."""

    def __init__(self, person: Person, session_id: str) -> None:
        """Know the person by their session."""
        self.person, self.session_id = person, session_id

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
    """

    name: str
    role: Role
    by_token: bool = False

    def may(self, needed: Role) -> bool:
        """Tell whether they may do what needs a role."""
        return includes(self.role, needed)


class Visitors:
    """Finds out who asks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Remember nobody yet."""
        self._store, self._clock = store, clock
        self._remembered: OrderedDict[str, Person] = OrderedDict()

    def by_session(self, session_id: str) -> Visitor | None:
        """Return the visitor of a session that holds, prolonging it now and then.

        While the store cannot be read nobody can be asked for; who was known a moment ago stays
        known, so that their page can say what is wrong. Nothing new can be read or done meanwhile.
        """
        id_hash, now = fingerprint(session_id), self._clock()
        try:
            with self._store.snapshot() as conn:
                session = session_of(conn, id_hash, now)
        except StoreError:
            if id_hash not in self._remembered:
                raise
            return Visitor(self._remembered[id_hash], session_id)
        if session is None:
            self._remembered.pop(id_hash, None)
            return None
        self._remember(id_hash, session.person)
        if session.expires_at - now < timedelta(minutes=30) - USED_EVERY:
            with self._store.writing() as conn:
                session_used(conn, id_hash, session.created_at, now)
        return Visitor(session.person, session_id)

    def _remember(self, id_hash: str, person: Person) -> None:
        self._remembered[id_hash] = person
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def caller(self) -> Caller | None:
        """Return who the request is from: a token in its header, else the session's person."""
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            with self._store.snapshot() as conn:
                token = token_of(conn, fingerprint(header.removeprefix("Bearer ").strip()))
            return None if token is None else Caller(token.name, token.role, by_token=True)
        if current_user.is_authenticated:
            person: Person = current_user.person
            return Caller(person.email, person.role)
        return None
