"""Tokens that programs read with; only their hash is kept."""

from sqlalchemy import Connection, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.domain.records import Role
from data.passwords import fingerprint
from data.store.schema import tokens
from data.store.writes.audit import Audit, audited


def token_added(conn: Connection, by: By, *, name: str, role: Role, secret: str) -> None:
    """Let a program in under a name.

    Raises:
        Refused: The name is taken, also by a revoked token, or is none.
    """
    check_named(name, "A token")
    if conn.execute(select(tokens.c.id).where(tokens.c.name == name)).first() is not None:
        raise Refused(f"There is a token named {name!r} already. Nothing was changed.")
    conn.execute(
        insert(tokens).values(
            name=name, role=role, token_hash=fingerprint(secret), created_at=by.at
        )
    )
    audited(conn, by, Audit("token_added", f"token {name}", after={"role": role.value}))


def token_revoked(conn: Connection, by: By, name: str) -> None:
    """Shut a program out.

    Raises:
        Refused: There is no such token, or it is revoked already.
    """
    changed = conn.execute(
        update(tokens)
        .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        .values(revoked_at=by.at)
    )
    if changed.rowcount == 0:
        raise Refused(f"No token named {name!r} is in use. See 'python -m data token list'.")
    audited(conn, by, Audit("token_revoked", f"token {name}"))
