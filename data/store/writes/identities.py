"""Who people are to an identity provider: linked by issuer and subject, never by an address."""

from sqlalchemy import Connection, delete, insert

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.people import Person
from data.domain.records import Role
from data.passwords import NO_PASSWORD
from data.store.queries.people import credentials
from data.store.schema import identities, users
from data.store.writes.audit import Audit, audited


def identity_linked(conn: Connection, by: By, *, email: str, issuer: str, subject: str) -> None:
    """Let a person come by a provider; what was linked to that subject before is not any more.

    Raises:
        Refused: Nobody has that login, or the subject is empty.
    """
    found = credentials(conn, email)
    if found is None or not subject.strip():
        raise Refused(f"Nobody has the login {email!r}. See 'python -m data user list'.")
    same = (identities.c.issuer == issuer) & (identities.c.subject == subject)
    conn.execute(delete(identities).where(same))
    conn.execute(
        insert(identities).values(
            issuer=issuer, subject=subject, user_id=found.person.id, linked_at=by.at
        )
    )
    after = {"issuer": issuer, "subject": subject}
    audited(conn, by, Audit("identity_linked", f"user {found.person.email}", after=after))


def person_provisioned(conn: Connection, by: By, *, name: str, role: Role) -> Person:
    """Give somebody whom a provider vouches for a login without a password.

    Raises:
        Refused: Another person has that name; an address proves nothing, so they are not one.
    """
    if credentials(conn, name) is not None:
        raise Refused(
            f"There is a login {name} already, which is not linked to you. An administrator links "
            "it: python -m data user link"
        )
    row = {
        "email": name,
        "password_hash": NO_PASSWORD,
        "role": role,
        "created_at": by.at,
        "password_changed_at": by.at,
    }
    user_id = conn.execute(insert(users).values(row).returning(users.c.id)).scalar_one()
    audited(conn, by, Audit("user_added", f"user {name}", after={"role": role.value}))
    return Person(user_id, name, role)
