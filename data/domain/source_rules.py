"""What can be said about a source, and what is wrong with what was said."""

import re

from data.domain.zones import zone_names

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
MOST_LENGTH_S = 366 * SECONDS["d"]
"""The longest rhythm of a source: a year."""
LONGEST_FOLDER = 64
_FOLDER = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST_FOLDER - 1}}}")
_PREFIX = re.compile(r"\d{0,5}", re.ASCII)
_LENGTH = re.compile(r"(\d{1,9})\s*([smhd])", re.ASCII)


def name_problem(name: str) -> str | None:
    """Return what is wrong with a source's name, which is its folder's too."""
    if _FOLDER.fullmatch(name):
        return None
    return (
        f"{name!r} cannot name a folder; use letters, digits, '-', '_' and '.', "
        f"{LONGEST_FOLDER} characters at most."
    )


def zone_problem(zone: str) -> str | None:
    """Return what is wrong with the name of a time zone."""
    return None if zone in zone_names() else f"{zone!r} is no time zone such as Europe/London"


def prefix_problem(prefix: str) -> str | None:
    """Return what is wrong with a country code or a prefix; none at all is right."""
    return None if _PREFIX.fullmatch(prefix) else f"{prefix!r} is not a prefix of digits"


def length_s(written: str) -> int | None:
    """Return a length written as 90s, 15m, 1h or 1d, in seconds, a year at most.

    None where it is no length, or a longer one.
    """
    match = _LENGTH.fullmatch(written.strip().lower())
    found = int(match[1]) * SECONDS[match[2]] if match else 0
    return found if 0 < found <= MOST_LENGTH_S else None


def length_written(seconds: int) -> str:
    """Return a length as it is written: 90s, 15m, 1h, 1d."""
    for unit, size in reversed(SECONDS.items()):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
