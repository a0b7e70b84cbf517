"""What is old enough to go, and what holds it back."""

from dataclasses import dataclass
from datetime import date

MOST_DAYS = 36_500
"""The longest that something may be said to be kept, in days: a hundred years."""


@dataclass(frozen=True)
class Hold:
    """The oldest day with calls that are not settled, and how many of them that day has.

    Attributes:
        day: In the tenant's zone.
        uninvoiced: Calls of customers that cost something and are on no recorded invoice.
        unpriced: Answered calls of customers without a price, which a new rate could still give.
        unclaimed: Answered calls of nobody, which a new auth code could still claim.
        custids: Whose such calls are, the first few by number.
    """

    day: date
    uninvoiced: int = 0
    unpriced: int = 0
    unclaimed: int = 0
    custids: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenUp:
    """Calls that nobody has to pay for any more: they hold nothing.

    Attributes:
        unclaimed: Answered calls that match no customer.
        unpriced: Answered calls of customers without a price.
    """

    unclaimed: bool = False
    unpriced: bool = False


NOTHING_GIVEN_UP = GivenUp()


@dataclass(frozen=True)
class Expired:
    """What a retention did, or would do.

    Attributes:
        calls_before: Calls before this day are gone; none: all are kept.
        calls: How many calls went.
        files: How many archived files went.
        files_bytes: Their size.
        hold: What kept calls or files that were old enough; none when nothing did.
    """

    calls_before: date | None
    calls: int
    files: int
    files_bytes: int
    hold: Hold | None


def horizon(cutoff: date, hold: Hold | None) -> date:
    """Return the first day that is kept: never beyond a day that is not settled."""
    return cutoff if hold is None else min(cutoff, hold.day)
