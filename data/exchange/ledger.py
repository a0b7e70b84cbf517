"""Invoices and payments of another system, from CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.balances import Allocation, Payment, due_date, paid_on_problem
from data.domain.customers import Customer
from data.domain.money import rounded_to_minor
from data.domain.records import InvoiceStatus
from data.domain.tenant import Tenant
from data.exchange.cells import amount, day, due_day
from data.exchange.decimal_marks import decimal_marks, row_pointed
from data.exchange.signs import row_unmarked
from data.exchange.tables import (
    CellRefused,
    Imported,
    Refusals,
    Row,
    header_of,
    settled,
    table,
)
from data.exchange.xero import PAID, is_xero
from data.exchange.xero_ledger import invoices_taken, owing_notes, xero_imported
from data.store.queries.customers import customers_by_custid
from data.store.queries.invoices import Invoice, invoices_by_number
from data.store.queries.payments import Known, known_payments
from data.store.queries.tenant import the_tenant
from data.store.writes.ledger import LedgerInvoice
from data.store.writes.payments import SpreadPayment, payments_received

RECORDED_WORDS = frozenset(
    ("recorded", "open", "sent", "posted", "final", "authorised", "authorized", "approved", PAID)
)
AMOUNTS = ("total", "tax", "amount")
DRAFT_WORDS = frozenset(("draft", "submitted", "quotation"))


def invoices_imported(conn: Connection, path: Path, by: By, *, partial: bool = False) -> Imported:
    """Take invoices made elsewhere: number, custid, invoice_date, due_date, total, tax, status.

    Xero's sales invoice columns are taken too. A number that is known is changed to what the file
    says.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    if is_xero(header_of(path)):
        return xero_imported(conn, path, by, partial=partial)
    refusals = Refusals()
    _, rows = table(path, ("number", "custid", "invoice_date", "total"), refusals)
    known, tenant = customers_by_custid(conn), the_tenant(conn)
    marks = decimal_marks(path.name, rows, AMOUNTS)
    lines: dict[str, int] = {}
    wanted: list[tuple[int, LedgerInvoice]] = []
    for row in rows:
        try:
            _check_once(row, lines)
            plain = row_pointed(row_unmarked(row, AMOUNTS, tenant.currency), marks)
            wanted.append((row.line, _ledger_invoice(plain, known, tenant)))
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
    tally = invoices_taken(conn, wanted, refusals, by)
    settled(path.name, refusals, tally, partial=partial)
    paid = {row["number"] for row in rows if row["status"].lower() == PAID}
    notes = owing_notes(conn, paid)
    return Imported(
        path.name, tally.added, tally.changed, tally.unchanged, refusals.sorted(), notes
    )


def _check_once(row: Row, lines: dict[str, int]) -> None:
    number = row["number"]
    if not number:
        raise CellRefused("number is empty")
    if number in lines:
        raise CellRefused(f"number {number!r} stands on line {lines[number]} already")
    lines[number] = row.line


def _ledger_invoice(row: Row, known: Mapping[str, Customer], tenant: Tenant) -> LedgerInvoice:
    customer = known.get(row["custid"])
    if customer is None:
        raise CellRefused(f"there is no customer {row['custid']!r}; import customers first")
    if customer.provider:
        raise CellRefused(f"customer {row['custid']!r} is a provider and is never invoiced")
    total = _printed(row, "total", tenant)
    tax = _printed(row, "tax", tenant) if row["tax"] else 0
    if not 0 <= tax <= total:
        raise CellRefused(f"tax {row['tax'] or 0} and total {row['total']} do not fit each other")
    invoice_date = day(row["invoice_date"], "invoice_date")
    due = row["due_date"]
    return LedgerInvoice(
        number=row["number"],
        customer_id=customer.id,
        invoice_date=invoice_date,
        due_date=due_day(due, "due_date", invoice_date)
        if due
        else due_date(invoice_date, tenant.days_to_pay),
        total_micros=total,
        tax_micros=tax,
        status=_status(row["status"]),
    )


def _printed(row: Row, column: str, tenant: Tenant) -> int:
    """Return an amount of whole minor units."""
    found = amount(row[column], column)
    if rounded_to_minor(found, minor_digits=tenant.minor_digits) != found:
        raise CellRefused(f"{column} {row[column]!r} is finer than the currency's minor unit")
    return found


def _status(text: str) -> InvoiceStatus:
    word = text.lower()
    if word in RECORDED_WORDS or not word:
        return InvoiceStatus.RECORDED
    if word in DRAFT_WORDS:
        return InvoiceStatus.DRAFT
    words = ", ".join(sorted(DRAFT_WORDS | RECORDED_WORDS))
    raise CellRefused(f"status {text!r} is none of {words}")


@dataclass(frozen=True)
class PaymentRow:
    """One row of payments that can be taken; equal rows are equal payments."""

    invoice: Invoice
    paid_on: date
    amount_micros: int
    method: str
    notes: str


def payments_imported(conn: Connection, path: Path, by: By, *, partial: bool = False) -> Imported:
    """Take payments on recorded invoices: invoice, date, amount, method, notes.

    A row that the store has already is not taken again: of equal rows as many are new as the
    file has more than the store. What exceeds an invoice stays on account.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    refusals = Refusals()
    _, rows = table(path, ("invoice", "date", "amount"), refusals)
    tenant, invoices, known = the_tenant(conn), invoices_by_number(conn), known_payments(conn)
    marks, today = decimal_marks(path.name, rows, AMOUNTS), tenant.today(by.at)
    found: list[PaymentRow] = []
    for row in rows:
        try:
            plain = row_pointed(row_unmarked(row, AMOUNTS, tenant.currency), marks)
            paid = _payment_row(plain, invoices, tenant)
            if not known.like(_payment(paid), paid.invoice.id):
                _check_day(paid, row, today)
            found.append(paid)
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
    settled(path.name, refusals, found, partial=partial)
    new = _new(found, known)
    payments_received(conn, _spread(new), by)
    return Imported(path.name, len(new), 0, len(found) - len(new), refusals.sorted())


def _check_day(paid: PaymentRow, row: Row, today: date) -> None:
    problem = paid_on_problem(paid.paid_on, today)
    if problem is not None:
        raise CellRefused(f"date {row['date']!r}: {problem}")


def _new(found: Sequence[PaymentRow], known: Known) -> list[PaymentRow]:
    """Return the rows that the books lack: of equal ones as many as the file has more."""
    left: dict[PaymentRow, int] = {}
    new: list[PaymentRow] = []
    for row in found:
        left.setdefault(row, known.like(_payment(row), row.invoice.id))
        if left[row]:
            left[row] -= 1
        else:
            new.append(row)
    return new


def _spread(new: Sequence[PaymentRow]) -> list[SpreadPayment]:
    """Put each payment to its invoice as far as that is short of it, in the file's order."""
    short = {row.invoice.id: row.invoice.outstanding_micros for row in new}
    spread: list[SpreadPayment] = []
    for row in new:
        part = min(row.amount_micros, short[row.invoice.id])
        short[row.invoice.id] -= part
        parts = (Allocation(row.invoice.id, part),) if part > 0 else ()
        spread.append(SpreadPayment(_payment(row), parts))
    return spread


def _payment(row: PaymentRow) -> Payment:
    return Payment(
        customer_id=row.invoice.customer_id,
        paid_on=row.paid_on,
        amount_micros=row.amount_micros,
        method=row.method,
        notes=row.notes,
    )


def _payment_row(row: Row, invoices: Mapping[str, Invoice], tenant: Tenant) -> PaymentRow:
    invoice = invoices.get(row["invoice"])
    if invoice is None:
        raise CellRefused(f"there is no invoice {row['invoice']!r}")
    if invoice.status is not InvoiceStatus.RECORDED:
        raise CellRefused(f"invoice {row['invoice']!r} is a draft; record it first")
    paid = _printed(row, "amount", tenant)
    if paid <= 0:
        raise CellRefused(f"amount {row['amount']!r} is not above 0")
    return PaymentRow(invoice, day(row["date"], "date"), paid, row["method"], row["notes"])
