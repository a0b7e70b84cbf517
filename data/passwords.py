"""Passwords and random secrets as what is stored of them."""

import hashlib
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's least for argon2id: 19 MiB, two passes, one lane; measured 35 ms."""


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, its salt and parameters included."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    """Return a hash to compare with where there is no such person, so that it takes as long."""
    return hashed("nobody has this password")


def fingerprint(secret: str) -> str:
    """Return what is stored of a random secret: its SHA-256; it needs no salt, being random."""
    return hashlib.sha256(secret.encode()).hexdigest()
