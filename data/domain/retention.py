"""What is old enough to go, and what holds it back."""

from dataclasses import dataclass
from datetime import date

MOST_DAYS = 36_500
"""The longest that something may be said to be kept, in days: a hundred years."""


EXPIRED = "expired"
"""Why a line of a day that retention took away is ignored: it would be billed a second time."""
EXPIRED_ROWS = "Expired, in no row"
"""How a list of calls that goes out says of how many the rows are gone."""
MOST_UNCHANGED_DAYS = 40
"""A store that nothing was written to for longer is idle, or the clock is ahead; our choice."""
MOST_CALL_AGE_DAYS = 62
"""Likewise where the newest call is older: a month's file, and a month to send it; our choice."""


@dataclass(frozen=True)
class LastSeen:
    """The last days that something is known of besides what the clock says.

    Attributes:
        written: The last change of the data or receipt of a file; none: nothing came yet.
        call: The newest call that does not begin after today, by its switch's clock; none: no call.
    """

    written: date | None
    call: date | None


def is_doubtful(today: date, seen: LastSeen) -> bool:
    """Tell whether today is so far beyond what was last seen that the clock may be ahead."""
    written, call = seen.written, seen.call
    unchanged = written is not None and (today - written).days > MOST_UNCHANGED_DAYS
    return unchanged or (call is not None and (today - call).days > MOST_CALL_AGE_DAYS)


@dataclass(frozen=True)
class Hold:
    """The oldest day with calls that are not settled, and how many of them that day has.

    Attributes:
        day: In the tenant's zone.
        uninvoiced: Calls of customers that cost something and are on no recorded invoice.
        unpriced: Answered calls of customers without a price, which a new rate could still give.
        unclaimed: Answered calls of nobody, which a new auth code could still claim.
        custids: Whose such calls are, the first few by number, with what stands in the way.
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
