"""What one box finds: customers, invoices, files, auth codes and calls."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.domain.errors import RequestRefused

SHORTEST, LONGEST = 2, 100
FEWEST_DIGITS = 3
"""Fewer digits are in nearly every number."""
_SEPARATORS = str.maketrans("", "", " ()-./")


class HitKind(StrEnum):
    """What was found."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    FILE = "file"
    AUTH_CODE = "auth_code"
    CALL = "call"


@dataclass(frozen=True)
class Hit:
    """One thing found.

    Attributes:
        kind: What it is.
        id: What names it in the store: the row of a customer, invoice or file, the name of a call;
            for an auth code that of its customer.
        title: What it is called: a company, a number, a file's name, a pattern, a called number.
        detail: What tells it apart: a customer number, a company, a source, a calling number.
        at: When it was made, received or started; none for what has no such instant.
        custid: The number of the customer; empty for what is no customer and no auth code.
    """

    kind: HitKind
    id: str
    title: str
    detail: str
    at: datetime | None = None
    custid: str = ""

    @property
    def subject(self) -> str:
        """What a panel about it is opened with."""
        return self.custid or self.id


@dataclass(frozen=True)
class Findings:
    """What a text finds; at most so many of each kind, exact ones first.

    Attributes:
        hits: Customers, invoices, files, auth codes, calls.
        calls_since: Calls were looked at back to this instant; none: all of them, or none at all
            because the text is no number.
    """

    hits: tuple[Hit, ...]
    calls_since: datetime | None = None


def searched(text: str) -> str:
    """Return a text to look for, as it is looked for.

    Raises:
        RequestRefused: Too short, too long, or with signs that no name or number has.
    """
    plain = " ".join(text.split())
    if not SHORTEST <= len(plain) <= LONGEST:
        raise RequestRefused(f"Search for {SHORTEST} to {LONGEST} characters.")
    return typed(plain)


def typed(text: str) -> str:
    """Return what somebody typed, as it is.

    Raises:
        RequestRefused: Too long, or with signs that no name or number has.
    """
    if len(text) > LONGEST:
        raise RequestRefused(f"Search for at most {LONGEST} characters.")
    if not text.isprintable():
        raise RequestRefused("Search for letters, digits and signs only.")
    return text


def number_digits(text: str) -> str | None:
    """Return the digits of what may be a part of a telephone number, else none."""
    digits = text.translate(_SEPARATORS).removeprefix("+")
    return (
        digits if digits.isascii() and digits.isdigit() and len(digits) >= FEWEST_DIGITS else None
    )
