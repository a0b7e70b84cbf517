"""People: added, disabled, given a role or a new password; each is in the audit log."""

from sqlalchemy import Connection, delete, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.records import Role
from data.passwords import hashed, password_problem
from data.store.queries.people import credentials, nobody_can_log_in
from data.store.schema import sessions, users
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def user_added(conn: Connection, by: By, *, email: str, role: Role, password: str) -> int:
    """Give a person a login and return their id.

    Raises:
        Refused: The address is taken or is none, or the password is too weak.
    """
    address = email.strip().lower()
    if "@" not in address or len(address) > 254:  # noqa: PLR2004 (RFC 5321, longest path)
        raise Refused(f"{email!r} is not an e-mail address. Nobody was added.")
    if credentials(conn, address) is not None:
        raise Refused(f"{address} has a login already. Nothing was changed.")
    _refuse_weak(password, address)
    added = conn.execute(
        insert(users)
        .values(
            email=address,
            password_hash=hashed(password),
            role=role,
            created_at=by.at,
            password_changed_at=by.at,
        )
        .returning(users.c.id)
    )
    audited(conn, by, Audit("user_added", f"user {address}", after={"role": role.value}))
    version_raised(conn, by.at)
    user_id: int = added.scalar_one()
    return user_id


def first_admin(
    conn: Connection, by: By, *, password: str, email: str = "admin@example.com"
) -> bool:
    """Give the first person a login; tell whether that was needed.

    Does nothing where anybody has a login already, so that it can be called at every start.
    """
    if not nobody_can_log_in(conn):
        return False
    user_added(conn, by, email=email, role=Role.ADMIN, password=password)
    return True


def user_disabled(conn: Connection, by: By, email: str) -> None:
    """Take a person's login away and end their sessions.

    Raises:
        Refused: There is no such person, or they are the last administrator.
    """
    user_id = _known(conn, email)
    _keep_an_admin(conn, user_id)
    conn.execute(update(users).where(users.c.id == user_id).values(disabled_at=by.at))
    _sessions_ended(conn, user_id)
    audited(conn, by, Audit("user_disabled", f"user {email.lower()}"))
    version_raised(conn, by.at)


def role_changed(conn: Connection, by: By, email: str, role: Role) -> None:
    """Give a person another role; they log in again.

    Raises:
        Refused: There is no such person, or they are the last administrator.
    """
    user_id = _known(conn, email)
    if role is not Role.ADMIN:
        _keep_an_admin(conn, user_id)
    conn.execute(update(users).where(users.c.id == user_id).values(role=role))
    _sessions_ended(conn, user_id)
    audited(conn, by, Audit("role_changed", f"user {email.lower()}", after={"role": role.value}))
    version_raised(conn, by.at)


def password_changed(conn: Connection, by: By, email: str, password: str) -> None:
    """Give a person a new password, let them in again, and end their sessions.

    Raises:
        Refused: There is no such person, or the password is too weak.
    """
    user_id = _known(conn, email)
    _refuse_weak(password, email)
    conn.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=hashed(password), password_changed_at=by.at, disabled_at=None)
    )
    _sessions_ended(conn, user_id)
    audited(conn, by, Audit("password_changed", f"user {email.lower()}"))
    version_raised(conn, by.at)


def password_rehashed(conn: Connection, user_id: int, password: str) -> None:
    """Store the same password with today's parameters."""
    conn.execute(update(users).where(users.c.id == user_id).values(password_hash=hashed(password)))


def _known(conn: Connection, email: str) -> int:
    found = credentials(conn, email)
    if found is None:
        raise Refused(f"Nobody has the login {email!r}. See 'python -m data user list'.")
    return found.person.id


def _refuse_weak(password: str, email: str) -> None:
    problem = password_problem(password, [email])
    if problem is not None:
        raise Refused(f"{problem} Nothing was changed.")


def _keep_an_admin(conn: Connection, user_id: int) -> None:
    admins = select(users.c.id).where(users.c.role == Role.ADMIN, users.c.disabled_at.is_(None))
    if set(conn.execute(admins).scalars()) == {user_id}:
        raise Refused("This is the last administrator. Make another one first.")


def _sessions_ended(conn: Connection, user_id: int) -> None:
    conn.execute(delete(sessions).where(sessions.c.user_id == user_id))
