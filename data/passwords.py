"""Passwords and random secrets: which are good enough, and what is stored of them."""

import hashlib
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.domain.people import LONGEST_PASSWORD, SHORTEST_PASSWORD

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's least for argon2id: 19 MiB, two passes, one lane; measured 35 ms."""
NO_PASSWORD = "!"  # noqa: S105 (what stands where there is none)
"""Stands in the place of the hash of somebody who only comes by an identity provider."""
LEAST_SCORE = 3
"""Source: zxcvbn: 3 is safely unguessable where the hash is slow: 10^8 guesses or more."""
LONGEST_WEIGHED = 72
"""Characters that are weighed, because weighing takes the square of the length."""


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, its salt and parameters included."""
    return HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    """Return a hash to compare with where there is no such person, so that it takes as long."""
    return hashed("nobody has this password")


def fingerprint(secret: str) -> str:
    """Return what is stored of a random secret: its SHA-256; it needs no salt, being random."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def password_problem(password: str, about: Sequence[str] = ()) -> str | None:
    """Return what is wrong with a new password; no rule of composition, nothing is cut off.

    Args:
        password: As typed.
        about: What an attacker knows of its owner: their address.

    Source:
        OWASP ASVS 5.0, 6.2; zxcvbn's list of 30,000 common passwords.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its lists take a fifth of a second to read)

    if len(password) < SHORTEST_PASSWORD:
        return f"The password has {len(password)} characters; use at least {SHORTEST_PASSWORD}."
    if len(password) > LONGEST_PASSWORD:
        return f"The password is longer than {LONGEST_PASSWORD} characters."
    whole = [each for text in about for each in (text, text.rpartition(".")[0])]
    known = [part for text in whole for part in (text, *text.replace("@", ".").split("."))]
    weighed = zxcvbn(password[:LONGEST_WEIGHED], user_inputs=[*known, "tollboard"])
    if weighed["score"] >= LEAST_SCORE:
        return None
    warning = weighed["feedback"]["warning"].rstrip(".") or "It is easy to guess"
    return f"The password is too weak: {warning}. Use several unrelated words."
