"""Which calls an invoice takes: disjoint rectangles of days and load versions.

A call is inside a rectangle when its local day and the data version that loaded it are. Because
the rectangles of a customer's live invoices are disjoint, a call is on at most one invoice, and a
bill run writes a few rectangles instead of millions of calls.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Coverage:
    """A rectangle of calls; never empty.

    Attributes:
        from_day: First local day.
        to_day: Last local day, inclusive.
        after_version: Loads after this data version,
        upto_version: up to this one, inclusive.
    """

    from_day: date
    to_day: date
    after_version: int
    upto_version: int

    def __post_init__(self) -> None:
        """Refuse an empty rectangle."""
        if self.from_day > self.to_day or self.after_version >= self.upto_version:
            raise ValueError(f"{self} covers nothing")

    def holds(self, day: date, load_version: int) -> bool:
        """Tell whether a call of that day and load is inside."""
        return (
            self.from_day <= day <= self.to_day
            and self.after_version < load_version <= self.upto_version
        )


def uncovered(wanted: Coverage, taken: Iterable[Coverage]) -> list[Coverage]:
    """Return what is left of a rectangle when others are cut out of it, as disjoint rectangles."""
    left = [wanted]
    for other in taken:
        left = [piece for whole in left for piece in _without(whole, other)]
    return left


def _without(whole: Coverage, other: Coverage) -> list[Coverage]:
    """Cut one rectangle out of another: days before, days after, loads before, loads after."""
    first = max(whole.from_day, other.from_day)
    last = min(whole.to_day, other.to_day)
    after = max(whole.after_version, other.after_version)
    upto = min(whole.upto_version, other.upto_version)
    if first > last or after >= upto:
        return [whole]
    low, high = whole.after_version, whole.upto_version
    pieces: list[Coverage] = []
    if whole.from_day < first:
        pieces.append(Coverage(whole.from_day, first - ONE_DAY, low, high))
    if last < whole.to_day:
        pieces.append(Coverage(last + ONE_DAY, whole.to_day, low, high))
    if low < after:
        pieces.append(Coverage(first, last, low, after))
    if upto < high:
        pieces.append(Coverage(first, last, upto, high))
    return pieces
