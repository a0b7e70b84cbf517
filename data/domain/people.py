"""People and tokens that may look at the page or change something."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.records import Role

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
"""Longer ones are refused before they are hashed, which would cost time."""
IDLE = timedelta(minutes=30)
"""A session ends after this long without a request."""
LONGEST_SESSION = timedelta(hours=12)
TOO_MANY_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)
"""After ten failures in a quarter of an hour a name or an address waits; nobody is locked out."""
_ORDER = (Role.VIEWER, Role.BILLING, Role.ADMIN)
_COMMON = ("password", "123456", "qwerty", "letmein", "welcome", "admin", "iloveyou", "tollboard")


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
    """A person and the hash of their password."""

    person: Person
    password_hash: str


@dataclass(frozen=True)
class Session:
    """A login that holds.

    Attributes:
        person: Whose.
        created_at: Since when.
        expires_at: Until when, unless it is used again before.
    """

    person: Person
    created_at: datetime
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


def password_problem(password: str) -> str | None:
    """Return what is wrong with a new password; no rule of composition, nothing is cut off.

    Source: OWASP ASVS 5.0, 6.2.
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"The password has {len(password)} characters; use at least {SHORTEST_PASSWORD}."
    if len(password) > LONGEST_PASSWORD:
        return f"The password is longer than {LONGEST_PASSWORD} characters."
    letters = password.lower()
    if any(letters.replace(word, "").strip("0123456789!._- ") == "" for word in _COMMON):
        return "The password is one of the first that are guessed; use several unrelated words."
    if len(set(letters)) < 5:  # noqa: PLR2004 (aaaaaaaaaaaa, 121212121212)
        return "The password repeats a few characters; use several unrelated words."
    return None


def session_end(created_at: datetime, now: datetime) -> datetime:
    """Return until when a session that is used now holds."""
    return min(created_at + LONGEST_SESSION, now + IDLE)
