"""Payments and what became of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, exists, func, select

from data.domain.balances import Payment, PaymentKind
from data.store.schema import customers, invoices, payment_allocations, payments


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


@dataclass(frozen=True)
class Known:
    """How many payments say the same: on an invoice, or wholly on a customer's account.

    Attributes:
        on_invoice: By invoice, day, amount, method and notes.
        on_account: By customer, day, amount, method and notes.
    """

    on_invoice: Counter[tuple[object, ...]]
    on_account: Counter[tuple[object, ...]]

    def like(self, payment: Payment, invoice_id: int) -> int:
        """Return how many payments on an invoice say the same as one.

        One whose invoice was paid up already stands on account and counts too.
        """
        said = (payment.paid_on, payment.amount_micros, payment.method, payment.notes)
        return self.on_invoice[(invoice_id, *said)] + self.on_account[(payment.customer_id, *said)]


def known_payments(conn: Connection) -> Known:
    """Return the payments that are in the books, to be compared with a file."""
    query = (
        select(
            payment_allocations.c.invoice_id,
            payments.c.customer_id,
            payments.c.paid_on,
            payments.c.amount_micros,
            payments.c.method,
            payments.c.notes,
        )
        .outerjoin(payment_allocations, payment_allocations.c.payment_id == payments.c.id)
        .where(payments.c.kind == PaymentKind.PAYMENT)
    )
    known = Known(Counter(), Counter())
    for invoice_id, customer_id, *said in conn.execute(query):
        if invoice_id is None:
            known.on_account[(customer_id, *said)] += 1
        else:
            known.on_invoice[(invoice_id, *said)] += 1
    return known


def equal_entry(conn: Connection, payment: Payment) -> int | None:
    """Return the latest entry, not reversed, that says the same as a payment; none: there is none.

    The same is customer, kind, day, amount, method and notes.
    """
    signed = -payment.amount_micros if payment.kind is PaymentKind.REFUND else payment.amount_micros
    undone = payments.alias("undone")
    query = select(func.max(payments.c.id)).where(
        payments.c.customer_id == payment.customer_id,
        payments.c.kind == payment.kind,
        payments.c.paid_on == payment.paid_on,
        payments.c.amount_micros == signed,
        payments.c.method == payment.method,
        payments.c.notes == payment.notes,
        ~exists().where(undone.c.reverses_id == payments.c.id),
    )
    found: int | None = conn.execute(query).scalar_one()
    return found


def entry_payer(conn: Connection, number: int) -> int:
    """Return the customer (customers.id) of the entry of an id, which is there."""
    whose = select(payments.c.customer_id).where(payments.c.id == number)
    return int(conn.execute(whose).scalar_one())


def entered_under(conn: Connection, token: str) -> bool:
    """Return whether an entry was made under a token."""
    return conn.execute(select(exists().where(payments.c.token == token))).scalar_one()


@dataclass(frozen=True)
class Spread:
    """Where an entry's money went.

    Attributes:
        kind: What it is.
        amount_micros: How much; negative for reversals and refunds.
        parts: Invoices by number with their part of it, the oldest due first.
    """

    kind: PaymentKind
    amount_micros: int
    parts: tuple[tuple[str, int], ...]

    @property
    def on_account_micros(self) -> int:
        """What is on no invoice."""
        return self.amount_micros - sum(part for _, part in self.parts)


def entry_spread(conn: Connection, number: int) -> Spread:
    """Return where the money of the entry of an id went."""
    of_entry = select(payments.c.kind, payments.c.amount_micros).where(payments.c.id == number)
    kind, amount_micros = conn.execute(of_entry).one()
    parts = conn.execute(
        select(invoices.c.number, payment_allocations.c.amount_micros)
        .join_from(payment_allocations, invoices)
        .where(payment_allocations.c.payment_id == number)
        .order_by(invoices.c.due_date, invoices.c.id)
    )
    return Spread(PaymentKind(kind), amount_micros, tuple((name, part) for name, part in parts))
