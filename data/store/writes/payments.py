"""Payments and what undoes them: received, reversed, refunded, credited, written off."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import Connection, insert, select

from data.domain.authorship import By
from data.domain.balances import (
    Allocation,
    OpenInvoice,
    Payment,
    PaymentKind,
    allocated,
    more_than_owed,
    paid_on_problem,
)
from data.domain.errors import Refused
from data.domain.money import rounded_to_minor
from data.domain.records import InvoiceStatus
from data.store.queries.invoices import Invoice, balance, open_invoices
from data.store.queries.tenant import the_tenant, units_of
from data.store.schema import payment_allocations, payments
from data.store.writes.audit import Audit, all_audited, audited
from data.store.writes.versions import version_raised


def payment_received(
    conn: Connection, payment: Payment, by: By, *, invoices: Sequence[Invoice] = ()
) -> int:
    """Write a payment and spread it over invoices, the oldest due first; return its id.

    Args:
        conn: A write transaction.
        payment: What came in.
        by: Who enters it.
        invoices: Only these; empty: all of the customer's that are open. What exceeds them
            stays on account.

    Returns:
        The entry's id; entered under its token already, the id of that entry, and nothing changes.

    Raises:
        Refused: The amount is not above 0, the day is to come or long ago, an invoice is a draft
            or another customer's, another entry was made under the token, or a credit note for
            invoices, or a write-off, is more than what is outstanding on them.
    """
    before = entered_before(conn, payment)
    if before is not None:
        return before
    _check_day(conn, payment.paid_on, by)
    _check_payable_amount(conn, payment)
    if payment.amount_micros <= 0:
        raise Refused("A payment must be above 0; use 'payments refund' or 'payments reverse'.")
    for invoice in invoices:
        _check_payable(invoice, payment)
    targets = _targets(conn, payment, invoices)
    _check_owed(conn, payment, targets, named=bool(invoices))
    spread = allocated(payment.amount_micros, targets)
    return payments_received(conn, [SpreadPayment(payment, tuple(spread))], by)[0]


@dataclass(frozen=True)
class SpreadPayment:
    """A payment and the invoices that it goes to; the rest is on account."""

    payment: Payment
    allocations: tuple[Allocation, ...]


def payments_received(conn: Connection, found: Sequence[SpreadPayment], by: By) -> list[int]:
    """Write payments that are spread already, all at once; return their ids in order."""
    if not found:
        return []
    rows = [{**asdict(each.payment), "created_at": by.at} for each in found]
    result = conn.execute(
        insert(payments).returning(payments.c.id, sort_by_parameter_order=True), rows
    )
    ids = [int(number) for number in result.scalars()]
    numbered = list(zip(ids, found, strict=True))
    parts = [
        {"payment_id": number, **asdict(part)}
        for number, each in numbered
        for part in each.allocations
    ]
    if parts:
        conn.execute(insert(payment_allocations), parts)
    all_audited(conn, by, (_entered(number, each) for number, each in numbered))
    version_raised(conn, by.at)
    return ids


def entered_before(conn: Connection, payment: Payment) -> int | None:
    """Return the id of the entry that was made under a payment's token; none: there is none.

    Raises:
        Refused: It is of another customer, kind, day or amount.
    """
    if payment.token is None:
        return None
    row = conn.execute(select(payments).where(payments.c.token == payment.token)).one_or_none()
    if row is None:
        return None
    amount = abs(row.amount_micros)
    if (row.customer_id, row.kind, row.paid_on, amount) != (
        payment.customer_id,
        payment.kind,
        payment.paid_on,
        payment.amount_micros,
    ):
        raise Refused(
            f"This was entered already, as entry {row.id} of {units_of(conn)(amount)} on "
            f"{row.paid_on}. Nothing more was entered; reverse that one if it is wrong."
        )
    return int(row.id)


def _entered(number: int, each: SpreadPayment) -> Audit:
    facts = {
        **asdict(each.payment),
        "allocations": [asdict(part) for part in each.allocations],
    }
    return Audit(f"{each.payment.kind}_entered", f"payment {number}", None, facts)


def _check_day(conn: Connection, day: date, by: By) -> None:
    problem = paid_on_problem(day, the_tenant(conn).today(by.at))
    if problem is not None:
        raise Refused(f"{problem}. Nothing was entered; give the day on which the money moved.")


def _check_payable_amount(conn: Connection, payment: Payment) -> None:
    """Refuse what nobody can pay: a part of the currency's minor unit."""
    digits = the_tenant(conn).minor_digits
    if rounded_to_minor(payment.amount_micros, minor_digits=digits) != payment.amount_micros:
        written = units_of(conn)(payment.amount_micros)
        raise Refused(f"{written} is finer than the currency's minor unit. Nothing was entered.")


def _check_payable(invoice: Invoice, payment: Payment) -> None:
    if invoice.customer_id != payment.customer_id:
        raise Refused(f"Invoice {invoice.name} is another customer's; nothing was entered.")
    if invoice.status is not InvoiceStatus.RECORDED:
        raise Refused(f"Invoice {invoice.name} is a draft, and nothing is owed on it yet.")


def _check_owed(
    conn: Connection, payment: Payment, targets: Sequence[OpenInvoice], *, named: bool
) -> None:
    owed = more_than_owed(payment, targets, named=named)
    if owed is None:
        return
    kind, units = payment.kind.replace("_", " "), units_of(conn)
    instead = (
        f" Enter {units(owed)} at most, or a credit note that names no invoice: that stays "
        "on account."
    )
    raise Refused(
        f"A {kind} of {units(payment.amount_micros)} is more than the "
        f"{units(owed)} that is outstanding. Nothing was entered.{instead if named else ''}"
    )


def _targets(conn: Connection, payment: Payment, invoices: Sequence[Invoice]) -> list[OpenInvoice]:
    found = open_invoices(conn, payment.customer_id)
    named = {invoice.id for invoice in invoices}
    return [invoice for invoice in found if not named or invoice.id in named]


def _written(conn: Connection, row: dict[str, object], spread: Sequence[Allocation], by: By) -> int:
    added = conn.execute(insert(payments).values(**row, created_at=by.at).returning(payments.c.id))
    number: int = added.scalar_one()
    if spread:
        conn.execute(
            insert(payment_allocations),
            [{"payment_id": number, **asdict(part)} for part in spread],
        )
    return number


def payment_reversed(conn: Connection, payment_id: int, on: date, by: By, *, why: str) -> int:
    """Undo a payment, credit note or write-off with an entry against it; return that entry's id.

    Its invoices are outstanding again by what it had paid on them.

    Raises:
        Refused: There is none of that id, or it is undone already, or is itself a reversal, or the
            day is to come.
    """
    _check_day(conn, on, by)
    row = conn.execute(select(payments).where(payments.c.id == payment_id)).one_or_none()
    if row is None:
        raise Refused(f"There is no payment {payment_id}; see 'python -m data payments list'.")
    if row.kind in {PaymentKind.REVERSAL, PaymentKind.REFUND}:
        raise Refused(f"Payment {payment_id} is a {row.kind}; enter a new payment instead.")
    twice = select(payments.c.id).where(payments.c.reverses_id == payment_id)
    if conn.execute(twice).scalar() is not None:
        raise Refused(f"Payment {payment_id} is reversed already; nothing was changed.")
    parts = conn.execute(
        select(payment_allocations.c.invoice_id, payment_allocations.c.amount_micros)
        .where(payment_allocations.c.payment_id == payment_id)
        .order_by(payment_allocations.c.invoice_id)
    )
    number = _written(
        conn,
        {
            "customer_id": row.customer_id,
            "kind": PaymentKind.REVERSAL,
            "paid_on": on,
            "amount_micros": -row.amount_micros,
            "method": row.method,
            "notes": why,
            "reverses_id": payment_id,
        },
        [Allocation(invoice, -amount) for invoice, amount in parts],
        by,
    )
    audited(
        conn,
        by,
        Audit("payment_reversed", f"payment {payment_id}", None, {"by": number, "why": why}),
    )
    version_raised(conn, by.at)
    return number


def refund_paid(conn: Connection, payment: Payment, by: By) -> int:
    """Pay money on account back to a customer; return the entry's id.

    Raises:
        Refused: The customer has less on account, or another entry was made under the token, or the
            day is to come.
    """
    payment = replace(payment, kind=PaymentKind.REFUND)
    before = entered_before(conn, payment)
    if before is not None:
        return before
    _check_day(conn, payment.paid_on, by)
    _check_payable_amount(conn, payment)
    on_account = balance(conn, payment.customer_id).on_account_micros
    if not 0 < payment.amount_micros <= on_account:
        units = units_of(conn)
        raise Refused(
            f"{units(payment.amount_micros)} cannot be refunded: "
            f"{units(on_account)} is on account. Nothing was entered."
        )
    row = {**asdict(payment), "amount_micros": -payment.amount_micros, "reverses_id": None}
    number = _written(conn, row, (), by)
    audited(conn, by, Audit("refund_paid", f"payment {number}", None, row))
    version_raised(conn, by.at)
    return number
