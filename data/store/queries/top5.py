"""The two top 5s and the top destinations; each adds up with its "other" to its total."""

from sqlalchemy import ColumnElement, Connection, Select, func, select

from data.domain.periods import Period
from data.domain.records import (
    CustomerTotal,
    DestinationTotal,
    TopCustomers,
    TopDestinations,
)
from data.store.queries.conditions import (
    CustomerId,
    invoiced_between,
    money_received,
    of_customer,
    recorded,
)
from data.store.schema import calls, customers, invoices, payments, rates, usage_by_destination

MOST = 5


def top_customers(conn: Connection, period: Period, customer_id: CustomerId = None) -> TopCustomers:
    """Rank customers by what they were invoiced, tax included, by invoice date.

    Recorded invoices only; providers never. Equal totals in name order, so that bars never swap.

    Source:
        CDR2Cloud manual, Dashboard, "Top 5 Customers"; PRODUCT.md 1.2.
    """
    total = func.sum(invoices.c.total_micros).label("total_micros")
    query = (
        _by_customer(total)
        .join_from(customers, invoices)
        .where(
            recorded(),  # a draft is a quotation: nothing is owed
            invoiced_between(period),
            of_customer(invoices.c.customer_id, customer_id),
        )
    )
    return _ranked(conn, query, period)


def top_paying(conn: Connection, period: Period, customer_id: CustomerId = None) -> TopCustomers:
    """Rank customers by the payments received from them, by payment date.

    Money that came in less money that went back; credit notes and write-offs are no money.
    """
    total = func.sum(payments.c.amount_micros).label("total_micros")
    query = (
        _by_customer(total)
        .join_from(customers, payments)
        .where(
            money_received(),
            payments.c.paid_on.between(period.first, period.last),
            of_customer(payments.c.customer_id, customer_id),
        )
    )
    return _ranked(conn, query, period)


def _by_customer(total: ColumnElement[int]) -> Select[str, str, int]:
    return (
        select(customers.c.custid, customers.c.company, total)
        .where(customers.c.provider.is_(False))
        .group_by(customers.c.id, customers.c.custid, customers.c.company)
        .order_by(total.desc(), customers.c.company, customers.c.id)
    )


def _ranked(conn: Connection, query: Select[str, str, int], period: Period) -> TopCustomers:
    everybody = [CustomerTotal(row[0], row[1], int(row[2])) for row in conn.execute(query)]
    best = tuple(row for row in everybody[:MOST] if row.total_micros > 0)
    total_micros = sum(row.total_micros for row in everybody)
    return TopCustomers(
        period=period,
        rows=best,
        other_micros=total_micros - sum(row.total_micros for row in best),
        other_count=len(everybody) - len(best),
        total_micros=total_micros,
    )


def top_destinations(
    conn: Connection,
    period: Period,
    *,
    spans: tuple[ColumnElement[bool], ...] = (),
    customer_id: CustomerId = None,
) -> TopDestinations:
    """Rank destinations by charge; calls without a rate have no destination and no charge.

    Args:
        conn: An open read transaction.
        period: Days of the calls that count.
        spans: The same days as conditions on instants, for a page narrowed to one customer.
        customer_id: The customer that the page is narrowed to: then the calls are read, not the
            rollup, which does not know customers.
    """
    query = _rolled_up(period) if customer_id is None else _of_calls(spans, customer_id)
    everything = [DestinationTotal(row[0], int(row[1]), int(row[2])) for row in conn.execute(query)]
    best = tuple(row for row in everything[:MOST] if row.charge_micros > 0)
    total_micros = sum(row.charge_micros for row in everything)
    return TopDestinations(
        rows=best,
        other_micros=total_micros - sum(row.charge_micros for row in best),
        other_count=len(everything) - len(best),
        total_micros=total_micros,
    )


def _rolled_up(period: Period) -> Select[str, int, int]:
    rollup = usage_by_destination.c
    charge = func.sum(rollup.charge_micros).label("charge_micros")
    return (
        select(rollup.destination, func.sum(rollup.calls), charge)
        .where(rollup.day.between(period.first, period.last), rollup.destination != "")
        .group_by(rollup.destination)
        .order_by(charge.desc(), rollup.destination)
    )


def _of_calls(spans: tuple[ColumnElement[bool], ...], customer_id: int) -> Select[str, int, int]:
    charge = func.coalesce(func.sum(calls.c.charge_micros), 0).label("charge_micros")
    return (
        select(rates.c.destination, func.count(), charge)
        .select_from(calls.join(rates, rates.c.id == calls.c.rate_id))
        .where(calls.c.customer_id == customer_id, rates.c.destination != "", *spans)
        .group_by(rates.c.destination)
        .order_by(charge.desc(), rates.c.destination)
    )
