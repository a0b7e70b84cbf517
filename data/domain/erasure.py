"""Erasing a person's data on request: which numbers stand for them, and what stands there after.

A number keeps its first digits, which say a country and a town and may have priced a call, and
loses the rest: 442079460100 becomes 442079000000. What is summed by destination stays right, and
nobody can be rung.

Source: Regulation (EU) 2016/679, article 17(1), and (3)(b) for what must be kept: invoices.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.domain.numbers import BETWEEN, MOST_BETWEEN, NumberPlan, e164_digits

LOST_DIGITS = 6
FEWEST_DIGITS = 7
"""Fewer are an extension or a short code, which is no person's."""
MOST_BYTES = 3
"""Of one sign between digits in UTF-8."""
CONTACT = ("tel", "tel2", "fax", "email", "email2")
"""What a customer's record has that no invoice needs."""
ON_INVOICES = ("first_name", "last_name", "street", "street2", "city", "state", "zip", "vat")
"""What an issued invoice shows of a customer, besides the company."""


@dataclass(frozen=True)
class Erased:
    """What an erasure changed, or would.

    Attributes:
        counts: How many of each kind, by what it is called.
        kept: What stays, and why.
    """

    counts: dict[str, int]
    kept: tuple[str, ...]


def forms_of(number: str, plans: Iterable[NumberPlan]) -> tuple[str, ...]:
    """Return the digits that a number is written with: international, and as each source dials it.

    With them come the international one with the trunk prefix in it, as in +44 (0)20 7946 0100, and
    with the international prefix of a source, where that is not 00.

    Raises:
        ValueError: It is no phone number, or one too short to be a person's.
    """
    digits = e164_digits(number)
    if not digits.isascii() or not digits.isdigit() or len(digits) < FEWEST_DIGITS:
        raise ValueError(f"{number!r} is no phone number; write it as +442079460100")
    found = [digits]
    for plan in plans:
        national = digits.removeprefix(plan.country_code)
        if plan.country_code and national != digits and len(national) >= FEWEST_DIGITS:
            trunk = "" if plan.is_north_american else plan.trunk_prefix
            found += [f"{trunk}{national}", national]
            found += [f"{plan.country_code}{trunk}{national}"] if trunk else []
        if plan.international_prefix not in ("", "00"):
            found.append(f"{plan.international_prefix}{digits}")
    return tuple(dict.fromkeys(found))


def stand_in(digits: str) -> str:
    """Return what stands in the place of a number, of the same length."""
    return digits[:-LOST_DIGITS] + "0" * LOST_DIGITS


def _stand_in_as_written(written: str) -> str:
    """Return what stands in the place of a number, with what is between its digits."""
    after = iter(stand_in("".join(filter(str.isdecimal, written))))
    return "".join(next(after) if each.isdecimal() else each for each in written)


class Eraser:
    """Writes texts without some numbers; others stay, also those that contain one of them."""

    def __init__(self, forms: Iterable[str]) -> None:
        """Take the digits of every way that the numbers are written."""
        self.forms = tuple(sorted(forms, key=len, reverse=True))
        self._text = re.compile(self._written(MOST_BETWEEN), re.ASCII)
        self._raw = re.compile(self._written(MOST_BETWEEN * MOST_BYTES).encode())

    def _written(self, most_between: int) -> str:
        between = f"[{re.escape(BETWEEN)}]{{0,{most_between}}}"
        either = "|".join(between.join(form) for form in self.forms)
        return rf"(?<!\d)(?:00{between})?(?:{either})(?!\d)"

    def text(self, text: str) -> str:
        """Return a text without the numbers, however people set their digits apart."""
        return self._text.sub(lambda found: _stand_in_as_written(found[0]), text)

    def raw(self, raw: bytes) -> bytes:
        """Return bytes in any encoding that has ASCII in it without the numbers."""
        return self._raw.sub(
            lambda found: _stand_in_as_written(found[0].decode("latin-1")).encode("latin-1"), raw
        )
