"""What needs a person now, read in the same snapshot as the page."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Connection, and_, case, func, select

from data.domain.attention import (
    SPENDING_FACTOR,
    CustomerSpending,
    Findings,
    MarginLoss,
    OverdueInvoice,
)
from data.domain.periods import last_three_months, past_month
from data.domain.records import SourceRhythm, Tiles
from data.store.queries.conditions import by_period, overdue, paid_by_invoice, unpaid
from data.store.schema import (
    NOBODY,
    cdr_files,
    customers,
    invoices,
    sources,
    usage_by_customer,
)

_rollup = usage_by_customer.c
RECENT_DAYS = 7
USUAL_DAYS = 28
RHYTHM_FILES = 20
"""A source's rhythm is learned from this many of its newest files."""
RHYTHM_LEAST = 5
PATIENCE = 3
"""A learned source is late after this many of its usual gaps; our choice."""
SHORTEST_WAIT = timedelta(hours=1)


def findings(conn: Connection, today: date, tiles: Tiles) -> Findings:
    """Return what the rules of attention judge.

    Calls count from the first day of the three months that the page shows; margins of the past
    month; spending of the past seven days against the four weeks before them.
    """
    unmatched, contested, unrated = _calls_without(conn, last_three_months(today)[0].first)
    return Findings(
        failed_files=tiles.files_error.count,
        unmatched=unmatched,
        contested=contested,
        unrated=unrated,
        overdue_count=tiles.unpaid_invoices.overdue_count,
        overdue_micros=tiles.unpaid_invoices.overdue_micros,
        oldest_overdue=_oldest_overdue(conn, today),
        below_cost=_below_cost(conn, past_month(today).first),
        spending=_spending(conn, today),
        disk_used_bytes=tiles.disk.used_bytes,
        disk_allotted_bytes=tiles.disk.allotted_bytes,
    )


def _calls_without(conn: Connection, since: date) -> tuple[int, int, int]:
    nobody = case((_rollup.customer_id == NOBODY, _rollup.calls - _rollup.contested), else_=0)
    unrated = case((_rollup.customer_id != NOBODY, _rollup.unrated), else_=0)
    query = select(
        *(func.coalesce(func.sum(column), 0) for column in (nobody, _rollup.contested, unrated))
    ).where(_rollup.day >= since)
    unmatched, contested, without_rate = conn.execute(query).one()
    return int(unmatched), int(contested), int(without_rate)


def _oldest_overdue(conn: Connection, today: date) -> OverdueInvoice | None:
    paid = paid_by_invoice()
    outstanding = invoices.c.total_micros - func.coalesce(paid.c.paid_micros, 0)
    query = (
        select(invoices.c.number, invoices.c.due_date)
        .select_from(invoices.outerjoin(paid, paid.c.invoice_id == invoices.c.id))
        .where(
            unpaid(outstanding),
            overdue(today),
        )
        .order_by(invoices.c.due_date, invoices.c.id)
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else OverdueInvoice(row.number, (today - row.due_date).days)


def _below_cost(conn: Connection, since: date) -> tuple[MarginLoss, ...]:
    charge, cost = func.sum(_rollup.charge_micros), func.sum(_rollup.cost_micros)
    whose = by_period(_rollup.customer_id)
    losses = (
        select(whose, (cost - charge).label("loss_micros"))
        .where(_rollup.day >= since)
        .group_by(whose)
        .having(and_(cost > charge, func.sum(_rollup.cost_unknown) == 0))
        .subquery()
    )
    query = (
        select(customers.c.custid, customers.c.company, losses.c.loss_micros)
        .join_from(losses, customers, customers.c.id == losses.c.customer_id)
        .order_by(losses.c.loss_micros.desc(), customers.c.company, customers.c.id)
    )
    return tuple(MarginLoss(row[0], row[1], int(row[2])) for row in conn.execute(query))


def _spending(conn: Connection, today: date) -> tuple[CustomerSpending, ...]:
    recent_from = today - timedelta(days=RECENT_DAYS - 1)
    usual_from = recent_from - timedelta(days=USUAL_DAYS)
    recent = func.sum(case((_rollup.day >= recent_from, _rollup.charge_micros), else_=0))
    usual = func.sum(case((_rollup.day < recent_from, _rollup.charge_micros), else_=0))
    whose = by_period(_rollup.customer_id)
    spent = (
        select(whose, recent.label("recent"), usual.label("usual"))
        .where(_rollup.day >= usual_from)
        .group_by(whose)
        .having(and_(usual > 0, recent * USUAL_DAYS >= usual * RECENT_DAYS * SPENDING_FACTOR))
        .subquery()
    )
    query = (
        select(customers.c.custid, customers.c.company, spent.c.recent, spent.c.usual)
        .join_from(spent, customers, customers.c.id == spent.c.customer_id)
        .order_by(spent.c.recent.desc(), customers.c.company, customers.c.id)
    )
    return tuple(
        CustomerSpending(
            custid,
            company,
            a_day_micros=int(now) // RECENT_DAYS,
            usual_a_day_micros=int(before) // USUAL_DAYS,
        )
        for custid, company, now, before in conn.execute(query)
    )


def rhythms(conn: Connection) -> tuple[SourceRhythm, ...]:
    """Return when each source in use must have delivered again, in name order.

    A declared interval counts as it is; else the usual gap is learned from the newest files, and
    three such gaps are waited for. A source with too few files has no rhythm and is never late.
    """
    query = (
        select(sources.c.id, sources.c.name, sources.c.expect_every_s)
        .where(sources.c.disabled_at.is_(None))
        .order_by(sources.c.name, sources.c.id)
    )
    found = (_rhythm(conn, row.id, row.name, row.expect_every_s) for row in conn.execute(query))
    return tuple(rhythm for rhythm in found if rhythm is not None)


def _rhythm(
    conn: Connection, source_id: int, name: str, expect_every_s: int | None
) -> SourceRhythm | None:
    query = (
        select(cdr_files.c.received_at)
        .where(cdr_files.c.source_id == source_id)
        .order_by(cdr_files.c.received_at.desc(), cdr_files.c.id.desc())
        .limit(RHYTHM_FILES)
    )
    received: list[datetime] = list(conn.execute(query).scalars())
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
