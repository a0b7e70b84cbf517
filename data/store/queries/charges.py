"""Charges, who bears which from when to when, and the invoices that they are on."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data.domain.charges import Charge
from data.domain.records import InvoiceStatus
from data.store.schema import charges, customer_charges, customers, invoice_lines, invoices


@dataclass(frozen=True)
class NamedCharge:
    """A charge that customers can bear.

    Attributes:
        id: Its row.
        name: As printed.
        amount_micros: How much each time; negative for a discount.
        every_months: Months from one time to the next; 0: once only.
    """

    id: int
    name: str
    amount_micros: int
    every_months: int


def charges_by_name(conn: Connection) -> dict[str, NamedCharge]:
    """Return every charge, in name order."""
    query = select(
        charges.c.id, charges.c.name, charges.c.amount_micros, charges.c.every_months
    ).order_by(charges.c.name)
    return {row.name: NamedCharge(*row) for row in conn.execute(query)}


@dataclass(frozen=True)
class Borne:
    """That a customer bears a charge.

    Attributes:
        number: Its row: how commands name it.
        custid: The customer's number.
        customer_id: Its row.
        charge: What is borne, from when to when.
    """

    number: int
    custid: str
    customer_id: int
    charge: Charge


def charges_borne(
    conn: Connection, *, name: str | None = None, customer_id: int | None = None
) -> list[Borne]:
    """Return who bears which charge, by charge, customer and day; deleted customers bear none."""
    query = (
        select(
            customer_charges.c.id,
            customers.c.custid,
            customer_charges.c.customer_id,
            charges.c.name,
            charges.c.amount_micros,
            charges.c.every_months,
            customer_charges.c.from_day,
            customer_charges.c.to_day,
        )
        .join_from(customer_charges, charges)
        .join(customers, customers.c.id == customer_charges.c.customer_id)
        .where(customers.c.deleted_at.is_(None))
        .order_by(
            charges.c.name, customers.c.custid, customer_charges.c.from_day, customer_charges.c.id
        )
    )
    if name is not None:
        query = query.where(charges.c.name == name)
    if customer_id is not None:
        query = query.where(customer_charges.c.customer_id == customer_id)
    return [
        Borne(
            row.id,
            row.custid,
            row.customer_id,
            Charge(
                customer_charge_id=row.id,
                name=row.name,
                amount_micros=row.amount_micros,
                every_months=row.every_months,
                from_day=row.from_day,
                to_day=row.to_day,
            ),
        )
        for row in conn.execute(query)
    ]


def charges_by_customer(conn: Connection) -> dict[int, list[Charge]]:
    """Return the charges that each customer bears, by their first day."""
    found: dict[int, list[Charge]] = {}
    for each in sorted(charges_borne(conn), key=lambda each: (each.charge.from_day, each.number)):
        found.setdefault(each.customer_id, []).append(each.charge)
    return found


def recorded_with(conn: Connection, number: int) -> list[tuple[str, date]]:
    """Return the recorded invoices that bill a borne charge, each with the day that it bills."""
    query = (
        select(invoices.c.number, invoice_lines.c.from_day)
        .join_from(invoice_lines, invoices)
        .where(
            invoice_lines.c.customer_charge_id == number,
            invoices.c.status == InvoiceStatus.RECORDED,
        )
        .order_by(invoice_lines.c.from_day, invoices.c.id)
    )
    return [(name, day) for name, day in conn.execute(query)]
