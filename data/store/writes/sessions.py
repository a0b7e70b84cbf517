"""Sessions and failed logins; they change nothing on the page, so no version is raised."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from data.domain.authorship import By
from data.domain.people import FAILURE_WINDOW, Session
from data.store.schema import login_failures, sessions
from data.store.writes.audit import Audit, audited


def session_opened(conn: Connection, by: By, opened: Session, id_hash: str) -> None:
    """Begin a session, for a time that nothing prolongs; those that have run out are cleared."""
    conn.execute(delete(sessions).where(sessions.c.expires_at <= by.at))
    conn.execute(
        insert(sessions).values(
            id_hash=id_hash,
            user_id=opened.person.id,
            created_at=by.at,
            authenticated_at=opened.proven_at,
            expires_at=opened.expires_at,
        )
    )
    audited(conn, by, Audit("logged_in", f"user {opened.person.email}"))


def password_given(conn: Connection, by: By, id_hash: str) -> None:
    """Remember that the person of a session proved again who they are."""
    conn.execute(
        update(sessions).where(sessions.c.id_hash == id_hash).values(authenticated_at=by.at)
    )
    audited(conn, by, Audit("password_given", f"user {by.actor}"))


def session_closed(conn: Connection, by: By, id_hash: str) -> None:
    """End a session."""
    conn.execute(delete(sessions).where(sessions.c.id_hash == id_hash))
    audited(conn, by, Audit("logged_out", f"user {by.actor}"))


def login_failed(conn: Connection, *, name_hash: str, address: str | None, now: datetime) -> None:
    """Remember a failed login for as long as it counts."""
    conn.execute(delete(login_failures).where(login_failures.c.failed_at <= now - FAILURE_WINDOW))
    conn.execute(
        insert(login_failures).values(email_hash=name_hash, address=address or "", failed_at=now)
    )


def failures_forgotten(conn: Connection, *, name_hash: str) -> None:
    """Forget the failures under a name after its good login; those of the address still count."""
    conn.execute(
        update(login_failures).where(login_failures.c.email_hash == name_hash).values(email_hash="")
    )
