"""What a sign-on by an identity provider ends in; the provider is loaded where one is named."""

from dataclasses import dataclass
from datetime import datetime

from data.domain.errors import BillingError
from data.domain.people import Person

BY_PROVIDER = "by_provider"
"""Marks a browser's session that came by the provider: it leaves by it too."""


class SignOnFailed(BillingError):
    """Somebody could not come in by the provider; the message says what to do."""


@dataclass(frozen=True)
class SignedOn:
    """Somebody whom the provider vouched for.

    Attributes:
        person: Who.
        proven_at: When they last proved it to the provider.
        after: The address that they wanted.
    """

    person: Person
    proven_at: datetime
    after: str
