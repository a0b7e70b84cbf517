"""Who may look at the page: people, their sessions, tokens, and failed logins."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select

from data.domain.people import FAILURE_WINDOW, Credentials, Person, Session, Token
from data.domain.records import Role
from data.store.schema import identities, login_failures, sessions, tokens, users


def nobody_can_log_in(conn: Connection) -> bool:
    """Tell whether there is no person at all yet."""
    return conn.execute(select(func.count()).select_from(users)).scalar_one() == 0


def people(conn: Connection) -> list[Person]:
    """Return everybody with a login, in the order of their addresses."""
    query = select(users.c.id, users.c.email, users.c.role, users.c.disabled_at).order_by(
        users.c.email
    )
    return [
        Person(row.id, row.email, Role(row.role), row.disabled_at is not None)
        for row in conn.execute(query)
    ]


def credentials(conn: Connection, email: str) -> Credentials | None:
    """Return a person and their password's hash by address, whatever its case; or nobody."""
    query = select(
        users.c.id, users.c.email, users.c.role, users.c.disabled_at, users.c.password_hash
    ).where(users.c.email == email.strip().lower())
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    person = Person(row.id, row.email, Role(row.role), row.disabled_at is not None)
    return Credentials(person, row.password_hash)


def linked_person(conn: Connection, issuer: str, subject: str) -> Person | None:
    """Return who comes by a provider's subject; or nobody."""
    query = (
        select(users.c.id, users.c.email, users.c.role, users.c.disabled_at)
        .join_from(identities, users)
        .where(identities.c.issuer == issuer, identities.c.subject == subject)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return Person(row.id, row.email, Role(row.role), row.disabled_at is not None)


# Written once: every request of a page asks it, and to write it took as long as to ask.
_SESSION = (
    select(
        users.c.id,
        users.c.email,
        users.c.role,
        sessions.c.authenticated_at,
        sessions.c.expires_at,
    )
    .join_from(sessions, users)
    .where(
        sessions.c.id_hash == bindparam("id_hash"),
        sessions.c.expires_at > bindparam("now"),
        users.c.disabled_at.is_(None),
    )
)


def session_of(conn: Connection, id_hash: str, now: datetime) -> Session | None:
    """Return the session that a cookie names, if it holds and its person may still log in."""
    row = conn.execute(_SESSION, {"id_hash": id_hash, "now": now}).one_or_none()
    if row is None:
        return None
    person = Person(row.id, row.email, Role(row.role))
    return Session(person, row.authenticated_at, row.expires_at)


def token_of(conn: Connection, token_hash: str) -> Token | None:
    """Return the token with a hash, if it holds."""
    query = select(tokens.c.name, tokens.c.role, tokens.c.created_at).where(
        tokens.c.token_hash == token_hash, tokens.c.revoked_at.is_(None)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Token(row.name, Role(row.role), row.created_at)


def all_tokens(conn: Connection) -> list[Token]:
    """Return every token, revoked ones too, in the order of their names."""
    query = select(tokens.c.name, tokens.c.role, tokens.c.created_at, tokens.c.revoked_at).order_by(
        tokens.c.name
    )
    return [
        Token(row.name, Role(row.role), row.created_at, row.revoked_at)
        for row in conn.execute(query)
    ]


def failures(conn: Connection, *, name_hash: str, address: str | None, now: datetime) -> int:
    """Return the larger number of recent failed logins: under this name, or from this address.

    Without an address, as for a browser that is known, the name alone counts.
    """
    since = now - FAILURE_WINDOW
    query = select(login_failures.c.email_hash, login_failures.c.address).where(
        login_failures.c.failed_at > since,
        or_(login_failures.c.email_hash == name_hash, login_failures.c.address == (address or "-")),
    )
    rows = conn.execute(query).all()
    named = len([row for row in rows if row.email_hash == name_hash])
    return max(named, len([row for row in rows if row.address == address]))
