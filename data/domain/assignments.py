"""Giving an unmatched call to a customer: the auth code that it takes, and what follows."""

from dataclasses import dataclass

from data.domain.auth_codes import AuthCode, AuthField
from data.domain.call_ids import CallId

NUMBER_FIELDS = (AuthField.CALLING_NUMBER, AuthField.BILLING_NUMBER, AuthField.CALLED_NUMBER)
"""What a call can be given to a customer by."""


@dataclass(frozen=True)
class Assignment:
    """Whose a call is to be, and by which of its numbers.

    Attributes:
        call: An unmatched call.
        customer_id: Whose it is to be; no carrier.
        field: The number that tells it, in every call that has it.
    """

    call: CallId
    customer_id: int
    field: AuthField = AuthField.CALLING_NUMBER


@dataclass(frozen=True)
class AffectedFile:
    """A file with unmatched calls that a new code claims.

    Attributes:
        id: Its number: what to process again.
        name: As delivered.
        calls: How many such calls it has.
        kept: It is still in the archive; else it cannot be processed again.
    """

    id: int
    name: str
    calls: int
    kept: bool


@dataclass(frozen=True)
class AssignmentEffect:
    """What an assignment brings.

    Attributes:
        code: The auth code that it makes.
        company: The customer's name.
        calls: Unmatched calls that the code claims.
        files: Where they are, by number: these are processed again.
        others: Calls with the same number that other customers have: they become contested when
            their files are processed again.
    """

    code: AuthCode
    company: str
    calls: int
    files: tuple[AffectedFile, ...]
    others: int
