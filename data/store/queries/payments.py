"""Payments and what became of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, or_, select

from data.domain.balances import Payment, PaymentKind
from data.store.schema import customers, payment_allocations, payments


@dataclass(frozen=True)
class PaymentEntry:
    """One entry of the payments, as listed.

    Attributes:
        id: Its row: how commands name it.
        custid: Whose.
        kind: Payment, reversal, refund, credit note or write-off.
        paid_on: When.
        amount_micros: How much; negative for reversals and refunds.
        allocated_micros: The part that is on invoices.
        method: How.
        notes: For people.
        reverses_id: The entry that it undoes.
    """

    id: int
    custid: str
    kind: PaymentKind
    paid_on: date
    amount_micros: int
    allocated_micros: int
    method: str
    notes: str
    reverses_id: int | None


def payment_entries(conn: Connection, *, customer_id: int | None = None) -> list[PaymentEntry]:
    """Return payments, newest first, of one customer or all."""
    on_invoices = (
        select(func.coalesce(func.sum(payment_allocations.c.amount_micros), 0))
        .where(payment_allocations.c.payment_id == payments.c.id)
        .scalar_subquery()
    )
    query = select(
        payments.c.id,
        customers.c.custid,
        payments.c.kind,
        payments.c.paid_on,
        payments.c.amount_micros,
        on_invoices,
        payments.c.method,
        payments.c.notes,
        payments.c.reverses_id,
    ).join_from(payments, customers)
    if customer_id is not None:
        query = query.where(payments.c.customer_id == customer_id)
    rows = conn.execute(query.order_by(payments.c.paid_on.desc(), payments.c.id.desc()))
    return [
        PaymentEntry(number, custid, PaymentKind(kind), *rest)
        for number, custid, kind, *rest in rows
    ]


def payments_like(conn: Connection, payment: Payment, invoice_id: int) -> int:
    """Return how many payments on an invoice say the same: day, amount, method and notes.

    One whose invoice was paid up already stands on account and counts too.
    """
    on_it = select(payment_allocations.c.payment_id).where(
        payment_allocations.c.invoice_id == invoice_id
    )
    on_none = (
        ~select(payment_allocations.c.payment_id)
        .where(payment_allocations.c.payment_id == payments.c.id)
        .exists()
    )
    query = select(func.count()).where(
        payments.c.customer_id == payment.customer_id,
        payments.c.kind == PaymentKind.PAYMENT,
        payments.c.paid_on == payment.paid_on,
        payments.c.amount_micros == payment.amount_micros,
        payments.c.method == payment.method,
        payments.c.notes == payment.notes,
        or_(payments.c.id.in_(on_it), on_none),
    )
    return conn.execute(query).scalar_one()
