"""What needs a person now, read in the same snapshot as the page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, or_, select

from data.domain.attention import (
    SPENDING_FACTOR,
    CustomerSpending,
    Findings,
    MarginLoss,
    OverdueInvoice,
    SourceGaps,
)
from data.domain.dashboard import SourceRhythm
from data.domain.periods import Period, last_three_months, past_month
from data.domain.sequences import Gap
from data.domain.tiles import Tiles
from data.store.queries.conditions import MOST_STATEMENTS, overdue, paid_by_invoice, unpaid
from data.store.queries.day_usage import usage_by_days
from data.store.queries.retention import calls_expired_before
from data.store.queries.sequences import missing
from data.store.schema import (
    cdr_files,
    customers,
    invoices,
    margin_by_customer,
    sources,
)

_margin = margin_by_customer.c
RECENT_DAYS = 7
USUAL_DAYS = 28
RHYTHM_FILES = 20
"""A source's rhythm is learned from this many of its newest files."""
RHYTHM_LEAST = 5
PATIENCE = 3
"""A learned source is late after this many of its usual gaps; our choice."""
UNKNOWN_MICROS = -(2**52)
"""A cost that is not known: a day with one makes no loss of a month, whatever the others lose."""
SHORTEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class _Margin:
    """A customer's charges of the past week and the four weeks before, and the month's loss."""

    custid: str
    company: str
    recent: int
    usual: int
    loss: int


def findings(conn: Connection, today: date, tiles: Tiles) -> Findings:
    """Return what the rules of attention judge.

    Calls count in the three months that the page shows, to today; margins of the past month;
    spending of the past seven days against the four weeks before them.
    """
    shown = usage_by_days(conn, Period(last_three_months(today)[0].first, today))
    contested = sum(day.contested for day in shown)
    margins = _margins(conn, today)
    return Findings(
        failed_files=tiles.files_error.count,
        gaps=_gaps(conn),
        unmatched=sum(day.nobody for day in shown) - contested,
        contested=contested,
        unrated=sum(day.unrated for day in shown),
        overdue_count=tiles.unpaid_invoices.overdue_count,
        overdue_micros=tiles.unpaid_invoices.overdue_micros,
        oldest_overdue=_oldest_overdue(conn, today),
        below_cost=_below_cost(margins),
        spending=_spending(margins),
        disk_used_bytes=tiles.disk.used_bytes,
        disk_allotted_bytes=tiles.disk.allotted_bytes,
        ignored_before=_ignored_before(conn, today),
    )


def _ignored_before(conn: Connection, today: date) -> date | None:
    """Return the first day whose calls are kept, when it is not past; else none."""
    kept_from = calls_expired_before(conn)
    return kept_from if kept_from is not None and kept_from >= today else None


def _gaps(conn: Connection) -> tuple[SourceGaps, ...]:
    """Return the sources of whose counters numbers are missing, most of them first."""
    by_source: dict[str, list[Gap]] = {}
    for each in missing(conn):
        by_source.setdefault(each.source, []).append(each.gap)
    found = [
        SourceGaps(name, sum(gap.numbers for gap in gaps), gaps[-1].told())
        for name, gaps in by_source.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.numbers, each.source)))


def _oldest_overdue(conn: Connection, today: date) -> OverdueInvoice | None:
    row = conn.execute(_oldest(today)).one_or_none()
    return None if row is None else OverdueInvoice(row.number, (today - row.due_date).days)


@lru_cache(MOST_STATEMENTS)
def _oldest(today: date) -> Select[Any]:
    paid = paid_by_invoice()
    outstanding = invoices.c.total_micros - func.coalesce(paid.c.paid_micros, 0)
    return (
        select(invoices.c.number, invoices.c.due_date)
        .select_from(invoices.outerjoin(paid, paid.c.invoice_id == invoices.c.id))
        .where(
            unpaid(outstanding),
            overdue(today),
        )
        .order_by(invoices.c.due_date, invoices.c.id)
        .limit(1)
    )


def _margins(conn: Connection, today: date) -> list[_Margin]:
    """Return the customers whom one of the two rules about money tells, in one pass over them."""
    rows = conn.execute(_told(today))
    return [_Margin(row[0], row[1], *map(int, row[2:])) for row in rows]


@lru_cache(MOST_STATEMENTS)
def _told(today: date) -> Select[Any]:
    spent = _spent(today).subquery()
    usual = spent.c.charged - spent.c.recent
    far_above = spent.c.recent * USUAL_DAYS >= usual * RECENT_DAYS * SPENDING_FACTOR
    return (
        select(customers.c.custid, customers.c.company, spent.c.recent, usual, spent.c.loss)
        .join_from(spent, customers, customers.c.id == spent.c.id)
        .where(or_(and_(usual > 0, far_above), spent.c.loss > 0))
        .order_by(customers.c.company, customers.c.id)
    )


def _spent(today: date) -> Select[Any]:
    """Sum each customer's days up.

    From the customers to their days, by the margins' key: the days of all years are not read. Each
    sum stands once, because equal ones are summed again for every place that names them.
    """
    recent_from = today - timedelta(days=RECENT_DAYS - 1)
    usual_from = recent_from - timedelta(days=USUAL_DAYS)
    month_from = past_month(today).first
    margin = case(
        (_margin.day < month_from, 0),
        (_margin.cost_unknown > 0, UNKNOWN_MICROS),
        else_=_margin.cost_micros - _margin.charge_micros,
    )
    return (
        select(
            customers.c.id,
            func.sum(_margin.charge_micros).label("charged"),
            func.sum(case((_margin.day >= recent_from, _margin.charge_micros), else_=0)).label(
                "recent"
            ),
            func.sum(margin).label("loss"),
        )
        .join_from(customers, margin_by_customer, _margin.customer_id == customers.c.id)
        .where(_margin.day >= min(usual_from, month_from))
        .group_by(customers.c.id)
    )


def _below_cost(margins: list[_Margin]) -> tuple[MarginLoss, ...]:
    told = [each for each in margins if each.loss > 0]
    told.sort(key=lambda each: -each.loss)
    return tuple(MarginLoss(each.custid, each.company, each.loss) for each in told)


def _spending(margins: list[_Margin]) -> tuple[CustomerSpending, ...]:
    factor = RECENT_DAYS * SPENDING_FACTOR
    told = [
        each
        for each in margins
        if each.usual > 0 and each.recent * USUAL_DAYS >= each.usual * factor
    ]
    told.sort(key=lambda each: -each.recent)
    return tuple(
        CustomerSpending(
            each.custid,
            each.company,
            a_day_micros=each.recent // RECENT_DAYS,
            usual_a_day_micros=each.usual // USUAL_DAYS,
        )
        for each in told
    )


_SOURCES = (
    select(sources.c.id, sources.c.name, sources.c.expect_every_s)
    .where(sources.c.disabled_at.is_(None))
    .order_by(sources.c.name, sources.c.id)
)
_NEWEST = (
    select(cdr_files.c.received_at)
    .where(cdr_files.c.source_id == bindparam("source"))
    .order_by(cdr_files.c.received_at.desc(), cdr_files.c.id.desc())
    .limit(RHYTHM_FILES)
)


def rhythms(conn: Connection) -> tuple[SourceRhythm, ...]:
    """Return when each source in use must have delivered again, in name order.

    A declared interval counts as it is; else the usual gap is learned from the newest files, and
    three such gaps are waited for. A source with too few files has no rhythm and is never late.
    """
    rows = conn.execute(_SOURCES)
    found = (_rhythm(conn, row.id, row.name, row.expect_every_s) for row in rows)
    return tuple(rhythm for rhythm in found if rhythm is not None)


def _rhythm(
    conn: Connection, source_id: int, name: str, expect_every_s: int | None
) -> SourceRhythm | None:
    received: list[datetime] = list(conn.execute(_NEWEST, {"source": source_id}).scalars())
    if not received:
        return None
    if expect_every_s is not None:
        wait = timedelta(seconds=expect_every_s)
    else:
        learned = _learned_wait(received)
        if learned is None:
            return None
        wait = learned
    return SourceRhythm(name, received[0], received[0] + wait)


def _learned_wait(received: list[datetime]) -> timedelta | None:
    if len(received) < RHYTHM_LEAST:
        return None
    gaps = [(late - early).total_seconds() for late, early in pairwise(received)]
    usual = timedelta(seconds=median(gaps))
    if usual < timedelta(minutes=1):  # delivered in one go: that tells no rhythm
        return None
    return max(usual * PATIENCE, SHORTEST_WAIT)
