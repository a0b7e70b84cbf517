"""What a bill run would leave out, and how it compares with the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.domain.bill_runs import BelowZero, Reckoned
from data.domain.invoicing import totals
from data.domain.periods import Period


@dataclass(frozen=True)
class LeftOut:
    """What will be on no invoice of the run.

    Of the calls that a run takes: all on no invoice, from the billing start to the period's end.

    Attributes:
        to: The period's end.
        unmatched: Calls that no customer claims.
        contested: Calls that two claim.
        unrated: Answered calls of customers that need a rate and have none.
        unrated_custids: Whose those are, the most first.
        files_error: Files in error that came in the period or after it.
        files_waiting: Files not processed yet.
    """

    to: date
    unmatched: int
    contested: int
    unrated: int
    unrated_custids: tuple[str, ...]
    files_error: int
    files_waiting: int


@dataclass(frozen=True)
class Billing:
    """What one customer was or would be billed, tax included."""

    custid: str
    total_micros: int


@dataclass(frozen=True)
class Moved:
    """A customer whose invoice differs most from the one before."""

    custid: str
    before_micros: int
    now_micros: int


@dataclass(frozen=True)
class Preflight:
    """What a bill run would do, before it does it.

    Attributes:
        left_out: What will be on no invoice.
        below_zero: Who gets none, as a discount exceeds what there is to bill.
        count: Drafts that it would make.
        total_micros: Their sum.
        late_micros: The part of it that is late calls.
        previous: The period billed before; none: this is the first.
        previous_count: Invoices of that period.
        previous_micros: Their sum.
        missing: Billed then and not now, the highest first.
        moved: The ten whose totals differ most, the largest difference first.
    """

    left_out: LeftOut
    below_zero: tuple[BelowZero, ...]
    count: int
    total_micros: int
    late_micros: int
    previous: Period | None
    previous_count: int
    previous_micros: int
    missing: tuple[Billing, ...]
    moved: tuple[Moved, ...]


MOST_MOVED = 10


def preflight(
    reckoned: Reckoned,
    left_out: LeftOut,
    previous: Period | None,
    before: Sequence[Billing],
) -> Preflight:
    """Return what a bill run would do, compared with what was billed before."""
    drafts = reckoned.drafts
    now = {draft.custid: totals(draft.lines).total_micros for draft in drafts}
    then = {billing.custid: billing.total_micros for billing in before}
    late = sum(
        line.amount_micros for draft in drafts for line in draft.lines if line.kind == "late_usage"
    )
    missing = [billing for billing in before if billing.custid not in now]
    moved = [
        Moved(custid, then[custid], total)
        for custid, total in now.items()
        if custid in then and then[custid] != total
    ]
    return Preflight(
        left_out=left_out,
        below_zero=reckoned.below_zero,
        count=len(drafts),
        total_micros=sum(now.values()),
        late_micros=late,
        previous=previous,
        previous_count=len(before),
        previous_micros=sum(then.values()),
        missing=tuple(sorted(missing, key=lambda each: (-each.total_micros, each.custid))),
        moved=tuple(sorted(moved, key=_difference)[:MOST_MOVED]),
    )


def _difference(moved: Moved) -> tuple[int, str]:
    return -abs(moved.now_micros - moved.before_micros), moved.custid
