"""What a changed rate table would have charged for calls that were priced already."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from data.domain.money import MOST_MICROS
from data.domain.rate_lookup import RateLookup
from data.domain.rating import Rate, charge_micros, marked_up_micros


@dataclass(frozen=True)
class PricedCall:
    """A call that the table priced, or should have.

    Attributes:
        digits: The called number, E.164.
        started_local: The start in the tenant's zone.
        talk_ms: Talk time.
        charge_micros: Its price; none: it is unrated.
        cost_micros: What the provider takes; none: not known.
        destination: Where its rate said that it goes; empty: no rate.
        override_value: Chooses among a table's rates; empty: it has none.
    """

    digits: str
    started_local: datetime
    talk_ms: int
    charge_micros: int | None
    cost_micros: int | None
    destination: str
    override_value: str = ""


@dataclass
class Difference:
    """Calls to one destination, priced both ways; a call without a price adds nothing.

    Attributes:
        destination: As the table has it now.
        calls: How many.
        before_micros: What they cost.
        after_micros: What they would cost.
        newly_rated: Calls without a price now that would have one.
        newly_unrated: Calls with a price now that would have none.
    """

    destination: str
    calls: int = 0
    before_micros: int = 0
    after_micros: int = 0
    newly_rated: int = 0
    newly_unrated: int = 0

    @property
    def moved_micros(self) -> int:
        """What the change adds."""
        return self.after_micros - self.before_micros


@dataclass(frozen=True)
class Preview:
    """A changed table beside the one in use.

    Attributes:
        rows: By destination, the largest difference first.
        total: All of them together.
    """

    rows: tuple[Difference, ...]
    total: Difference = field(default_factory=lambda: Difference(""))


def preview(calls: Iterable[PricedCall], rates: list[Rate]) -> Preview:
    """Return what calls would cost by other rates, all versions of a table."""
    lookup = RateLookup(rates)
    found: dict[str, Difference] = {}
    total = Difference("")
    for call in calls:
        after = _price(lookup, call)
        row = found.setdefault(call.destination, Difference(call.destination))
        for sums in (row, total):
            _add(sums, call.charge_micros, after)
    rows = sorted(found.values(), key=lambda row: (-abs(row.moved_micros), row.destination))
    return Preview(tuple(rows), total)


def _price(lookup: RateLookup, call: PricedCall) -> int | None:
    rate = lookup.rate(call.digits, call.started_local.date(), call.override_value)
    if rate is None or rate.blocked or not rate.has_price:
        return None
    if rate.has_own_price:
        found = charge_micros(rate, call.talk_ms, call.started_local)
    elif call.cost_micros is None:
        return None
    else:
        found = marked_up_micros(rate, call.cost_micros)
    return found if found <= MOST_MICROS else None


def _add(sums: Difference, before: int | None, after: int | None) -> None:
    sums.calls += 1
    sums.before_micros += before or 0
    sums.after_micros += after or 0
    sums.newly_rated += before is None and after is not None
    sums.newly_unrated += before is not None and after is None
