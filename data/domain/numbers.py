"""Telephone numbers as a source writes them, and the E.164 digits that rating uses."""

import re
from dataclasses import dataclass

SEPARATORS = " -.()/\t\u00a0"
BETWEEN = " \t().-/\u00a0\u2009\u202f\u2010\u2011\u2013"
"""What people write between the digits of a number: blanks, brackets, dots, dashes of all kinds."""
MOST_BETWEEN = 4
"""So many of them stand between two digits of one number, as in +44 20 - 7946 0100."""
URI = re.compile(
    r'\s*(?:"[^"]*"\s*)?<?(?:sips?:([^@;>?:]*)(?::[^@>]*)?@|tel:([^;>?]*))',
    re.ASCII | re.IGNORECASE,
)
"""How a number in a URI begins, its own part in a group. Source: RFC 3261, 19.1; RFC 3966, 3."""
TRUNK_INSIDE = re.compile(
    r"[\s(]*((?:\+|00|011)?[ .-]?[1-9](?:[ .-]?[0-9]){0,2})[\s)./\u00a0-]*\(0\)", re.ASCII
)
"""A country code and the trunk prefix in brackets, as +44 (0)20: one dials either."""
KEEPS_ZERO = re.compile(r"(?:\+|00|011)?(?:39|378)")
"""In Italy and San Marino the 0 is part of the number. Source: ITU-T E.164, national plans."""
DIALLED = re.compile(r"\+?[0-9]+")
NATIONAL_DIGITS_NORTH_AMERICA = 10
SHORT = "="
"""Stands before the digits of a short number, so that no rate of a country begins it."""
MOST_SHORT = 6
"""So many digits are no international number: those of Niue and Tokelau, the shortest, have 7."""
OF_NO_COUNTRY = ("0", "10", "11")
"""Beginnings that no E.164 number has: no country code begins with 0, no area code of +1 with 0 or
1. Source: ITU-T E.164 annex D, list of assigned codes; North American Numbering Plan."""


@dataclass(frozen=True)
class NumberPlan:
    """How a source writes numbers; empty parts are undeclared.

    Attributes:
        country_code: Of the country where the source stands, as 44.
        international_prefix: Dialled before a foreign country's code, as 00 or 011.
        trunk_prefix: Dialled before a national number, as 0; none in some countries.
    """

    country_code: str = ""
    international_prefix: str = ""
    trunk_prefix: str = ""

    @property
    def is_north_american(self) -> bool:
        """The trunk prefix is the country code, so ten digits are a national number too."""
        return self.trunk_prefix == self.country_code == "1"

    @property
    def tells_short(self) -> bool:
        """Numbers without either prefix are neither national nor, where too short, foreign.

        With a country code and an international prefix alone, they are all national.
        """
        return bool(self.trunk_prefix or (self.international_prefix and not self.country_code))


UNDECLARED = NumberPlan()


def e164_digits(number: str, plan: NumberPlan = UNDECLARED) -> str:
    """Return the digits, country code first, that a number as written stands for.

    In this order: what follows a `+`; what follows the international prefix; a short number, such
    as 118118 or 102, marked by `SHORT`, where the source declares how others begin; the country
    code and what follows the trunk prefix; in North America the country code and ten digits; the
    country code and the number, where a country code and an international prefix are declared but
    no trunk prefix; else the digits as they are.

    Args:
        number: As written; spaces, dashes, dots, slashes and brackets in it mean nothing, nor do
            a (0) after a country code and the rest of a URI that it stands in.
        plan: What the source declares.

    Returns:
        Digits, those of a short number behind `SHORT`. Empty for what is no telephone number: a
        name, `anonymous`, a feature code with `*` or `#`, a masked number.

    Source:
        PRODUCT definition of numbers; ITU-T E.164; ten national digits: North American Numbering
        Plan. The order is our reading.
    """
    dialled = undressed(number)
    if not DIALLED.fullmatch(dialled):
        return ""
    if dialled.startswith("+"):
        return dialled[1:]
    if plan.international_prefix and dialled.startswith(plan.international_prefix):
        return dialled[len(plan.international_prefix) :]
    if is_short(dialled, plan):
        return SHORT + dialled
    if not plan.country_code:
        return dialled
    return _national(dialled, plan)


def undressed(number: str) -> str:
    """Return a number as one dials it: without separators, a URI, a (0) after a country code."""
    uri = URI.match(number)
    dialled = (uri[1] or uri[2] or "") if uri else number
    return without_trunk(dialled).translate(_DROPPED)


def without_trunk(number: str) -> str:
    """Return a number without the (0) after its country code, unless it belongs to the number."""
    match = TRUNK_INSIDE.match(number)
    if match is None:
        return number
    code = match[1].translate(_DROPPED)
    return f"{code}{'0' if KEEPS_ZERO.fullmatch(code) else ''}{number[match.end() :]}"


def is_short(dialled: str, plan: NumberPlan) -> bool:
    """Tell whether digits without an international mark are a short or service number.

    Taken as E.164 they would be a stranger's: 118118 one of +1, 353353 one of Ireland. In North
    America the trunk prefix 1 cannot tell them, for it is the first digit of some.

    Source:
        Our reading. Longer digits stay as they are, for many switches write E.164 without a mark.
    """
    if not plan.tells_short or len(dialled) > MOST_SHORT:
        return False
    has_trunk = bool(plan.trunk_prefix) and dialled.startswith(plan.trunk_prefix)
    return plan.is_north_american or not has_trunk


def prefixes_of(digits: str) -> list[str]:
    """Return the prefixes that stand for a number, longest first.

    Of a short number they are the whole of it, and those that no country's number has.

    Args:
        digits: As `e164_digits` gives them.
    """
    number = digits.removeprefix(SHORT)
    found = [number[:length] for length in range(len(number), -1, -1)]
    if number == digits:
        return found
    return [prefix for prefix in found if prefix == number or is_of_no_country(prefix)]


def begins(digits: str, prefix: str) -> bool:
    """Tell whether a prefix stands for a number, as `prefixes_of` says."""
    return digits.startswith(prefix) or (digits[:1] == SHORT and prefix in prefixes_of(digits))


def is_of_no_country(prefix: str) -> bool:
    """Tell whether a prefix begins no E.164 number, or every one."""
    return not prefix or prefix.startswith(OF_NO_COUNTRY)


_DROPPED = {ord(separator): None for separator in SEPARATORS}


def _national(dialled: str, plan: NumberPlan) -> str:
    """Return the digits of a number without an international mark."""
    if plan.is_north_american and len(dialled) == NATIONAL_DIGITS_NORTH_AMERICA:
        return plan.country_code + dialled
    if plan.trunk_prefix:
        if dialled.startswith(plan.trunk_prefix):
            return plan.country_code + dialled[len(plan.trunk_prefix) :]
        return dialled
    return plan.country_code + dialled if plan.international_prefix else dialled
