"""People and tokens that may look at the page or change something."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.records import Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
"""Longer ones are refused before they are hashed, which would cost time."""
TOO_MANY_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)
"""After ten failures in a quarter of an hour a name or an address waits; nobody is locked out."""
_ORDER = (Role.VIEWER, Role.BILLING, Role.ADMIN)


@dataclass(frozen=True)
class Person:
    """Somebody with a login.

    Attributes:
        id: In the store.
        email: Lower case; what they log in with.
        role: What they may do.
        disabled: They may no longer log in.
    """

    id: int
    email: str
    role: Role
    disabled: bool = False


@dataclass(frozen=True)
class Credentials:
    """A person and the hash of their password; who comes by a provider only has none."""

    person: Person
    password_hash: str

    @property
    def has_password(self) -> bool:
        """Whether there is a password to log in with."""
        return self.password_hash.startswith("$")


@dataclass(frozen=True)
class Session:
    """A login that holds.

    Attributes:
        person: Whose.
        proven_at: When they last gave their password.
        expires_at: Until when; nothing prolongs it.
    """

    person: Person
    proven_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Token:
    """A name that programs read with.

    Attributes:
        name: What it is for.
        role: What it may do.
        created_at: Since when.
        revoked_at: Until when; none: it holds.
    """

    name: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None = None


def includes(role: Role, needed: Role) -> bool:
    """Tell whether a role may do what another one may."""
    return _ORDER.index(role) >= _ORDER.index(needed)
