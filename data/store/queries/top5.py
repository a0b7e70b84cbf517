"""The two top 5s and the top destinations; each adds up with its "other" to its total."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Select, func, literal_column, or_, select

from data.domain.dashboard import CustomerTotal, DestinationTotal, TopCustomers, TopDestinations
from data.domain.periods import Period
from data.store.queries.conditions import (
    MOST_STATEMENTS,
    CustomerId,
    invoiced_between,
    money_received,
    of_customer,
    recorded,
)
from data.store.queries.places import place_or_none
from data.store.schema import calls, customers, invoices, payments, rates, usage_by_destination

MOST = 5


def top_customers(conn: Connection, period: Period, customer_id: CustomerId = None) -> TopCustomers:
    """Rank customers by what they were invoiced, tax included, by invoice date.

    Recorded invoices only; providers never. Equal totals in name order, so that bars never swap.

    Source:
        CDR2Cloud manual, Dashboard, "Top 5 Customers"; PRODUCT.md 1.2.
    """
    return _ranked(conn, _invoiced(period, customer_id), period)


@lru_cache(MOST_STATEMENTS)
def _invoiced(period: Period, customer_id: CustomerId) -> Select[Any]:
    total = func.sum(invoices.c.total_micros).label("total_micros")
    return (
        _by_customer(total)
        .join_from(customers, invoices)
        .where(
            recorded(),  # a draft is a quotation: nothing is owed
            invoiced_between(period),
            of_customer(invoices.c.customer_id, customer_id),
        )
    )


def top_paying(conn: Connection, period: Period, customer_id: CustomerId = None) -> TopCustomers:
    """Rank customers by the payments received from them, by payment date.

    Money that came in less money that went back; credit notes and write-offs are no money.
    """
    return _ranked(conn, _paying(period, customer_id), period)


@lru_cache(MOST_STATEMENTS)
def _paying(period: Period, customer_id: CustomerId) -> Select[Any]:
    total = func.sum(payments.c.amount_micros).label("total_micros")
    return (
        _by_customer(total)
        .join_from(customers, payments)
        .where(
            money_received(),
            payments.c.paid_on.between(period.first, period.last),
            of_customer(payments.c.customer_id, customer_id),
        )
    )


def _by_customer(total: Label[int]) -> Select[Any]:
    """Return the ranking by a sum; whose sum is 0, as of payments that were reversed, has none."""
    return (
        select(customers.c.custid, customers.c.company, total, *_whole(total))
        .where(customers.c.provider.is_(False))
        .group_by(customers.c.id, customers.c.custid, customers.c.company)
        .having(total.element != 0)
        .order_by(total.desc(), customers.c.company, customers.c.id)
        .limit(MOST)
    )


def _ranked(conn: Connection, query: Select[Any], period: Period) -> TopCustomers:
    best, count, total_micros = _best(conn, query)
    rows = tuple(CustomerTotal(row[0], row[1], int(row[2])) for row in best)
    return TopCustomers(
        period=period,
        rows=rows,
        other_micros=total_micros - sum(row.total_micros for row in rows),
        other_count=count - len(rows),
        total_micros=total_micros,
    )


def _whole(amount: Label[int]) -> tuple[Label[int], Label[int]]:
    """Return how many rows a ranking has before its limit, and the sum of their amounts."""
    total: ColumnElement[int] = func.sum(amount.element).over()
    return func.count().over().label("rows"), total.label("total")


def _best(conn: Connection, query: Select[Any]) -> tuple[list[Any], int, int]:
    """Return the best rows of a ranking with an amount above 0 as third column, and `_whole`."""
    rows = conn.execute(query).all()
    count, total = (rows[0].rows, rows[0].total) if rows else (0, 0)
    return [row for row in rows if row[2] > 0], count, int(total)


def top_destinations(
    conn: Connection,
    period: Period,
    *,
    spans: tuple[ColumnElement[bool], ...] = (),
    customer_id: CustomerId = None,
) -> TopDestinations:
    """Rank destinations by charge; a rate without a destination's name is named by its pattern.

    What has neither (days whose calls expired before patterns were names) is in the rest.

    Args:
        conn: An open read transaction.
        period: Days of the calls that count.
        spans: The same days as conditions on instants, for a page narrowed to one customer.
        customer_id: The customer that the page is narrowed to: then the calls are read, not the
            rollup, which does not know customers.
    """
    query = _rolled_up(period) if customer_id is None else _of_calls(spans, customer_id)
    best, count, total_micros = _best(conn, query)
    rows = tuple(DestinationTotal(row[0], int(row[1]), int(row[2])) for row in best if row[0])
    return TopDestinations(
        rows=rows,
        other_micros=total_micros - sum(row.charge_micros for row in rows),
        other_count=count - len(rows),
        total_micros=total_micros,
    )


@lru_cache(MOST_STATEMENTS)
def _rolled_up(period: Period) -> Select[Any]:
    rollup = usage_by_destination.c
    charge = func.sum(rollup.charge_micros).label("charge_micros")
    return (
        select(rollup.destination, func.sum(rollup.calls), charge, *_whole(charge))
        .where(
            rollup.day.between(period.first, period.last),
            or_(rollup.destination != "", rollup.charge_micros != 0),
        )
        .group_by(rollup.destination)
        .order_by(rollup.destination == "", charge.desc(), rollup.destination)
        .limit(MOST)
    )


def _of_calls(spans: tuple[ColumnElement[bool], ...], customer_id: int) -> Select[Any]:
    charge = func.coalesce(func.sum(calls.c.charge_micros), 0).label("charge_micros")
    place = place_or_none()
    return (
        select(place, func.count(), charge, *_whole(charge))
        .select_from(calls.join(rates, rates.c.id == calls.c.rate_id))
        .where(calls.c.customer_id == customer_id, *spans)
        .group_by(place)
        .order_by(place == literal_column("''"), charge.desc(), place)
        .limit(MOST)
    )
