"""Invoices, what is paid on them, and what a customer owes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from data.domain.balances import OpenInvoice
from data.domain.records import InvoiceStatus
from data.store.schema import customers, invoices, payment_allocations, payments

DRAFT_MARK = "D"
"""A draft is named by this letter and its row, because it has no number of its own yet."""
_DRAFT_NAME = re.compile(rf"{DRAFT_MARK}(\d{{1,15}})", re.ASCII)


@dataclass(frozen=True)
class Invoice:
    """An invoice as it stands.

    Attributes:
        id: Its row.
        number: Its number; kept by a draft that was recorded once.
        custid: The customer's number.
        customer_id: The customer's row.
        status: Draft or recorded.
        external: It was made elsewhere and imported.
        invoice_date: Its date.
        due_date: The last day on which it is not overdue.
        from_day: First day of its period; none when imported.
        to_day: Last day of its period.
        total_micros: Tax included.
        paid_micros: Payments, credit notes and write-offs on it, reversals taken off.
        deleted: A draft that was deleted.
        outdated: What it bills has changed since: calls were processed again, a charge ended.
    """

    id: int
    number: str | None
    custid: str
    customer_id: int
    status: InvoiceStatus
    external: bool
    invoice_date: date
    due_date: date
    from_day: date | None
    to_day: date | None
    total_micros: int
    paid_micros: int
    deleted: bool
    outdated: bool

    @property
    def name(self) -> str:
        """How people name it: its number, or D17 for a draft without one."""
        return self.number or f"{DRAFT_MARK}{self.id}"

    @property
    def outstanding_micros(self) -> int:
        """What is left to pay of a recorded invoice; nothing of a draft."""
        recorded = self.status is InvoiceStatus.RECORDED
        return self.total_micros - self.paid_micros if recorded else 0


def _paid() -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(payment_allocations.c.amount_micros), 0))
        .where(payment_allocations.c.invoice_id == invoices.c.id)
        .scalar_subquery()
    )


def _query() -> Select[tuple[object, ...]]:
    return select(
        invoices.c.id,
        invoices.c.number,
        customers.c.custid,
        invoices.c.customer_id,
        invoices.c.status,
        invoices.c.external,
        invoices.c.invoice_date,
        invoices.c.due_date,
        invoices.c.from_day,
        invoices.c.to_day,
        invoices.c.total_micros,
        _paid().label("paid_micros"),
        invoices.c.deleted_at.is_not(None).label("deleted"),
        invoices.c.outdated,
    ).join_from(invoices, customers)


def _invoice(row: Row[tuple[object, ...]]) -> Invoice:
    facts = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
    facts["status"] = InvoiceStatus(facts["status"])
    return Invoice(**facts)


def invoice_by_id(conn: Connection, invoice_id: int) -> Invoice | None:
    """Return one invoice, deleted ones too."""
    row = conn.execute(_query().where(invoices.c.id == invoice_id)).one_or_none()
    return None if row is None else _invoice(row)


def invoice_named(conn: Connection, name: str) -> Invoice | None:
    """Return the invoice of a number, or of a draft's name such as D17; none if there is none."""
    row = conn.execute(_query().where(invoices.c.number == name)).one_or_none()
    if row is not None:
        return _invoice(row)
    draft = _DRAFT_NAME.fullmatch(name)
    return invoice_by_id(conn, int(draft[1])) if draft else None


def invoices_by_ids(conn: Connection, ids: Sequence[int]) -> list[Invoice]:
    """Return the invoices of some ids, in the order of the ids given."""
    if not ids:
        return []
    query = _query().where(invoices.c.id.between(min(ids), max(ids))).order_by(invoices.c.id)
    found = {row.id: _invoice(row) for row in conn.execute(query)}
    return [found[number] for number in ids if number in found]


def invoices_by_number(conn: Connection) -> dict[str, Invoice]:
    """Return the invoices that have a number, by it."""
    query = _query().where(invoices.c.number.is_not(None)).order_by(invoices.c.id)
    found = (_invoice(row) for row in conn.execute(query))
    return {invoice.name: invoice for invoice in found}


def invoices_of(
    conn: Connection, *, customer_id: int | None = None, status: InvoiceStatus | None = None
) -> list[Invoice]:
    """Return the invoices that are not deleted, newest first, of one customer or all."""
    query = _query().where(invoices.c.deleted_at.is_(None))
    if customer_id is not None:
        query = query.where(invoices.c.customer_id == customer_id)
    if status is not None:
        query = query.where(invoices.c.status == status)
    ordered = query.order_by(invoices.c.invoice_date.desc(), invoices.c.id.desc())
    return [_invoice(row) for row in conn.execute(ordered)]


def open_invoices(conn: Connection, customer_id: int) -> list[OpenInvoice]:
    """Return a customer's recorded invoices with something outstanding, oldest due first."""
    paid = _paid()
    query = (
        select(
            invoices.c.id,
            invoices.c.number,
            invoices.c.due_date,
            (invoices.c.total_micros - paid).label("outstanding_micros"),
        )
        .where(
            invoices.c.customer_id == customer_id,
            invoices.c.status == InvoiceStatus.RECORDED,
            invoices.c.total_micros > paid,
        )
        .order_by(invoices.c.due_date, invoices.c.id)
    )
    return [OpenInvoice(*row) for row in conn.execute(query)]


@dataclass(frozen=True)
class Balance:
    """What a customer owes.

    Attributes:
        recorded_micros: The totals of its recorded invoices.
        paid_micros: Payments, credit notes and write-offs; reversals and refunds taken off.
        allocated_micros: The part of those that is on invoices.
    """

    recorded_micros: int
    paid_micros: int
    allocated_micros: int

    @property
    def balance_micros(self) -> int:
        """Recorded totals less payments; negative when the customer is owed."""
        return self.recorded_micros - self.paid_micros

    @property
    def on_account_micros(self) -> int:
        """Money received that is on no invoice."""
        return self.paid_micros - self.allocated_micros

    @property
    def outstanding_micros(self) -> int:
        """What is left to pay on invoices."""
        return self.recorded_micros - self.allocated_micros


def balance(conn: Connection, customer_id: int) -> Balance:
    """Return what a customer owes."""
    recorded = select(func.coalesce(func.sum(invoices.c.total_micros), 0)).where(
        invoices.c.customer_id == customer_id, invoices.c.status == InvoiceStatus.RECORDED
    )
    paid = select(func.coalesce(func.sum(payments.c.amount_micros), 0)).where(
        payments.c.customer_id == customer_id
    )
    on_invoices = (
        select(func.coalesce(func.sum(payment_allocations.c.amount_micros), 0))
        .join_from(payment_allocations, payments)
        .where(payments.c.customer_id == customer_id)
    )
    return Balance(*(conn.execute(query).scalar_one() for query in (recorded, paid, on_invoices)))
