"""The names under our prefix that are no setting: the nearest one, and whether one was meant."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

PREFIX = "TOLLBOARD_"
OF_THE_TESTS = frozenset({"TEST_STORE", "EVERY_STATE"})
"""What `make` tells the tests; their programs inherit it."""
NEARLY = 0.8
"""From here on a name was meant to be a setting's: TIMEZON, TIME_ZONE, CURENCY."""


def unknown_names(given: Iterable[str], settings: Collection[str]) -> tuple[str, ...]:
    """Return the names without their prefix that are no setting, in capitals, sorted.

    Args:
        given: Names of the environment and the file, in any case.
        settings: The names of the settings, in small letters.
    """
    ours = {name.upper().removeprefix(PREFIX) for name in given if name.upper().startswith(PREFIX)}
    known = {name.upper() for name in settings} | OF_THE_TESTS
    return tuple(sorted(ours - known))


def said_of(name: str, settings: Collection[str]) -> str:
    """Return a sentence about a name that is no setting, with the nearest one."""
    near = _nearest(name, settings, 0.6)
    meant = f"; did you mean {PREFIX}{near}?" if near else "."
    return f"{PREFIX}{name} is no setting, so it does nothing{meant}"


def nearly_a_setting(name: str, settings: Collection[str]) -> bool:
    """Tell whether a setting was meant, and not something of somebody else's."""
    return bool(_nearest(name, settings, NEARLY))


def _nearest(name: str, settings: Collection[str], least: float) -> str:
    found = get_close_matches(name, sorted(each.upper() for each in settings), 1, least)
    return found[0] if found else ""
