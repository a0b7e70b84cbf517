"""Included minutes: used in call order, month by month, by the destinations that a plan lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from data.domain.call_ids import CallId
from data.domain.money import half_up
from data.domain.numbers import begins
from data.domain.periods import Period
from data.domain.records import Direction


@dataclass(frozen=True)
class PlanCall:
    """A priced call that included minutes may cover.

    Attributes:
        id: Which call.
        day: Its local day.
        source_id: Where it came from.
        direction: Which way it went.
        rate_table_id: The table that priced it.
        billed_s: Its billed seconds.
        charge_micros: Its price.
        digits: The called number, E.164.
    """

    id: CallId
    day: date
    source_id: int
    direction: Direction
    rate_table_id: int
    billed_s: int
    charge_micros: int
    digits: str


@dataclass
class Pool:
    """The included seconds of one plan month, as they are used up.

    Attributes:
        month: The days that they are for.
        left_s: Seconds not used yet.
        destinations: Prefixes that they are for; none: for every destination.
        used_s: Seconds used by this reckoning.
        calls: Calls that it covered, whole or in part.
        covered_micros: What those calls would have cost.
    """

    month: Period
    left_s: int
    destinations: tuple[str, ...] = ()
    used_s: int = 0
    calls: int = 0
    covered_micros: int = 0

    def take(self, call: PlanCall) -> int:
        """Cover a call as far as the seconds go and return what that is worth, in micros.

        A call that is covered in part is covered for its share of the billed seconds.
        """
        seconds = min(self.left_s, call.billed_s)
        if seconds <= 0:
            return 0
        worth = half_up(call.charge_micros * seconds, call.billed_s)
        self.left_s -= seconds
        self.used_s += seconds
        self.calls += 1
        self.covered_micros += worth
        return worth


@dataclass(frozen=True, order=True)
class UsageKey:
    """Which row of the usage rollup a call is in, within its customer and invoice."""

    day: date
    source_id: int
    direction: Direction
    rate_table_id: int


@dataclass(frozen=True)
class PlanUse:
    """What included minutes cover of a customer's calls.

    Attributes:
        pools: The months, with what was used of them.
        worth_micros: What is covered, by row of the usage rollup.
        seconds: Billed seconds that are covered, by call.
    """

    pools: tuple[Pool, ...] = ()
    worth_micros: dict[UsageKey, int] = field(default_factory=dict)
    seconds: dict[CallId, int] = field(default_factory=dict)


def is_listed(digits: str, destinations: Sequence[str]) -> bool:
    """Tell whether a plan's minutes may be used for a number; a plan that lists none is for all."""
    return not destinations or any(begins(digits, prefix) for prefix in destinations)


def plan_use(pools: Sequence[Pool], calls: Iterable[PlanCall]) -> PlanUse:
    """Use included seconds up, call by call, and return what they cover.

    Args:
        pools: Plan months, disjoint; they are used up in place.
        calls: In call order: by start, then key. Reading stops when nothing is left.
    """
    use = PlanUse(tuple(pools))
    for call in calls:
        if not any(pool.left_s for pool in pools):
            break
        pool = next((one for one in pools if one.month.first <= call.day <= one.month.last), None)
        if pool is None or not is_listed(call.digits, pool.destinations):
            continue
        used_s = pool.used_s
        worth = pool.take(call)
        use.seconds[call.id] = pool.used_s - used_s
        if worth:
            key = UsageKey(call.day, call.source_id, call.direction, call.rate_table_id)
            use.worth_micros[key] = use.worth_micros.get(key, 0) + worth
    return use
