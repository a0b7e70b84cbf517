"""Telephone numbers as a source writes them, and the E.164 digits that rating uses."""

import re
from dataclasses import dataclass

SEPARATORS = " -.()/\t\u00a0"
BETWEEN = " \t().-/\u00a0\u2009\u202f\u2010\u2011\u2013"
"""What people write between the digits of a number: blanks, brackets, dots, dashes of all kinds."""
MOST_BETWEEN = 4
"""So many of them stand between two digits of one number, as in +44 20 - 7946 0100."""
DIALLED = re.compile(r"\+?[0-9]+")
NATIONAL_DIGITS_NORTH_AMERICA = 10


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


UNDECLARED = NumberPlan()


def e164_digits(number: str, plan: NumberPlan = UNDECLARED) -> str:
    """Return the digits, country code first, that a number as written stands for.

    In this order: what follows a `+`; what follows the international prefix; the country code and
    what follows the trunk prefix; in North America the country code and ten digits; the country
    code and the number, where a country code and an international prefix are declared but no trunk
    prefix; else the digits as they are.

    Args:
        number: As written; spaces, dashes, dots, slashes and brackets in it mean nothing.
        plan: What the source declares.

    Returns:
        Digits only. Empty for what is no telephone number: a name, `anonymous`, a feature code
        with `*` or `#`, a masked number.

    Source:
        PRODUCT definition of numbers; ITU-T E.164; ten national digits: North American Numbering
        Plan. The order is our reading.
    """
    dialled = number.translate(_DROPPED)
    if not DIALLED.fullmatch(dialled):
        return ""
    if dialled.startswith("+"):
        return dialled[1:]
    if plan.international_prefix and dialled.startswith(plan.international_prefix):
        return dialled[len(plan.international_prefix) :]
    if not plan.country_code:
        return dialled
    return _national(dialled, plan)


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
