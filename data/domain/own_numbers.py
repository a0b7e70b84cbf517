"""Which numbers are a source's own: they tell the direction where the format does not."""

import re
from dataclasses import dataclass
from functools import cached_property

from data.domain.numbers import SHORT
from data.domain.records import Direction

PATTERN = re.compile(r"\+?[0-9X]+\*?")
SEPARATOR = ","


@dataclass(frozen=True)
class OwnNumbers:
    """A source's own number patterns.

    A pattern is digits, `X` for any one digit, and `*` at the end for whatever follows; it is
    compared with the whole number, both as written and as E.164 digits: `442079460*`, `2XX`.

    Attributes:
        own: Numbers and extensions behind the source.
        toll_free: Of the numbers called from outside, those whose owner pays for the call.
    """

    own: tuple[str, ...] = ()
    toll_free: tuple[str, ...] = ()

    @classmethod
    def of(cls, own: str, toll_free: str) -> "OwnNumbers":
        """Return the patterns of two texts that have commas between them."""
        return cls(patterns(own), patterns(toll_free))

    @cached_property
    def own_regex(self) -> str:
        """A regular expression that own numbers fit; empty where none are declared."""
        return _regex(self.own)

    @cached_property
    def toll_free_regex(self) -> str:
        """Likewise for toll-free ones."""
        return _regex(self.toll_free)

    def __bool__(self) -> bool:
        """Tell whether any pattern is declared."""
        return bool(self.own or self.toll_free)


NO_NUMBERS = OwnNumbers()


def patterns(text: str) -> tuple[str, ...]:
    """Return the patterns of a text that has commas between them.

    Raises:
        ValueError: One of them is no pattern; names it.
    """
    found = tuple(part.strip().upper() for part in text.split(SEPARATOR) if part.strip())
    for pattern in found:
        if not PATTERN.fullmatch(pattern):
            raise ValueError(f"{pattern!r} is no number pattern such as 442079460* or 2XX")
    return tuple(pattern.removeprefix("+") for pattern in found)


def _regex(declared: tuple[str, ...]) -> str:
    """Return what whole numbers fit, in the syntax that Python and RE2 share."""
    parts = [each.replace("X", "[0-9]").replace("*", "[0-9]*") for each in declared]
    return rf"^[+{SHORT}]?(?:{'|'.join(parts)})$" if parts else ""


Party = tuple[str, str]
"""A number as written and its E.164 digits; empty where it is no telephone number."""


def direction_told(
    told: Direction | None, calling: Party, called: Party, by: OwnNumbers
) -> Direction:
    """Return which way a call went.

    Args:
        told: What the format says; none: nothing.
        calling: Who called.
        called: Whom.
        by: The source's own numbers.

    Returns:
        What the format says; else internal where both parties are own, outbound or inbound where
        one is, unknown where none is. A toll-free number is called from outside: from an own
        number to it is outbound, for `44800*` are anybody's, unless it is declared as own too.
        Inbound to a toll-free number is its own direction: the owner pays for it.

    Source:
        PRODUCT definition of direction; the patterns' form is our choice.
    """
    found = told
    if found is None:
        found = _by_ownership(calling, called, by)
    if found is Direction.INBOUND and _is(by.toll_free_regex, called):
        return Direction.TOLL_FREE
    return found


def _by_ownership(calling: Party, called: Party, by: OwnNumbers) -> Direction:
    theirs = _is(by.own_regex, called)
    if _is(by.own_regex, calling):
        return Direction.INTERNAL if theirs else Direction.OUTBOUND
    if theirs or _is(by.toll_free_regex, called):
        return Direction.INBOUND
    return Direction.OUTBOUND if _is(by.toll_free_regex, calling) else Direction.UNKNOWN


def _is(regex: str, party: Party) -> bool:
    return bool(regex) and any(re.match(regex, number) for number in party)
