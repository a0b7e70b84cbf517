"""Money on account: put to the invoices that came after it."""

from sqlalchemy import Connection, func, select

from data.domain.authorship import By
from data.domain.balances import Allocation, PaymentKind, allocated
from data.store.queries.invoices import balance, open_invoices
from data.store.schema import customers, payment_allocations, payments
from data.store.upsert import added_up
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def account_applied(conn: Connection, customer_id: int, by: By) -> int:
    """Put a customer's money on account to its open invoices; return how much, in micros.

    The earliest payment with something left goes first, to the oldest due.
    """
    moved = 0
    for payment_id, left_micros in _left_over(conn, customer_id):
        room = min(left_micros, balance(conn, customer_id).on_account_micros)
        for part in allocated(room, open_invoices(conn, customer_id)):
            _allocated_more(conn, payment_id, part)
            moved += part.amount_micros
    if moved:
        of_customer = select(customers.c.custid).where(customers.c.id == customer_id)
        whose, facts = conn.execute(of_customer).scalar_one(), {"amount_micros": moved}
        audited(conn, by, Audit("account_applied", f"customer {whose}", None, facts))
        version_raised(conn, by.at)
    return moved


def _left_over(conn: Connection, customer_id: int) -> list[tuple[int, int]]:
    """Return payments that are not reversed with what of them is on no invoice, earliest first."""
    reversals = select(payments.c.reverses_id).where(payments.c.reverses_id.is_not(None))
    on_invoices = (
        select(func.coalesce(func.sum(payment_allocations.c.amount_micros), 0))
        .where(payment_allocations.c.payment_id == payments.c.id)
        .scalar_subquery()
    )
    left = payments.c.amount_micros - on_invoices
    kinds = (PaymentKind.PAYMENT, PaymentKind.CREDIT_NOTE)
    query = (
        select(payments.c.id, left)
        .where(
            payments.c.customer_id == customer_id,
            payments.c.kind.in_(kinds),
            payments.c.id.not_in(reversals),
            left > 0,
        )
        .order_by(payments.c.paid_on, payments.c.id)
    )
    return [(number, amount) for number, amount in conn.execute(query)]


def _allocated_more(conn: Connection, payment_id: int, part: Allocation) -> None:
    row = {
        "payment_id": payment_id,
        "invoice_id": part.invoice_id,
        "amount_micros": part.amount_micros,
    }
    added_up(conn, payment_allocations, ("amount_micros",), [row])
