"""Invoices and payments of another system, from CSV."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.balances import Payment, due_date
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.money import rounded_to_minor
from data.domain.records import InvoiceStatus
from data.domain.tenant import Tenant
from data.exchange.cells import amount, day
from data.exchange.tables import (
    CellRefused,
    Imported,
    Refusals,
    Row,
    Tally,
    header_of,
    settled,
    table,
)
from data.exchange.xero import is_xero
from data.exchange.xero_ledger import xero_imported
from data.store.queries.customers import customers_by_custid
from data.store.queries.invoices import Invoice, invoice_named
from data.store.queries.payments import payments_like
from data.store.queries.tenant import the_tenant
from data.store.writes.ledger import LedgerInvoice, ledger_invoice_saved
from data.store.writes.payments import payment_received
from data.store.writes.versions import version_raised

RECORDED_WORDS = frozenset(
    ("recorded", "open", "sent", "posted", "final", "authorised", "authorized", "approved", "paid")
)
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
    lines: dict[str, int] = {}
    tally = Tally()
    for row in rows:
        try:
            _check_once(row, lines)
            tally.count(ledger_invoice_saved(conn, _ledger_invoice(row, known, tenant), by))
        except (CellRefused, Refused) as refused:
            refusals.add(row.line, str(refused))
    settled(path.name, refusals, tally, partial=partial)
    return _finished(conn, path, tally, refusals, by)


def _finished(conn: Connection, path: Path, tally: Tally, refusals: Refusals, by: By) -> Imported:
    if tally.added or tally.changed:
        version_raised(conn, by.at)
    return Imported(path.name, tally.added, tally.changed, tally.unchanged, refusals.sorted())


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
        due_date=day(due, "due_date") if due else due_date(invoice_date, tenant.days_to_pay),
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
    raise CellRefused(f"status {text!r} is neither DRAFT nor RECORDED")


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
    tenant = the_tenant(conn)
    left: Counter[tuple[object, ...]] = Counter()
    seen: set[tuple[object, ...]] = set()
    tally = Tally()
    for row in rows:
        try:
            found = _payment_row(conn, row, tenant)
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
            continue
        payment = _payment(found)
        key = (found.invoice.id, found.paid_on, found.amount_micros, found.method, found.notes)
        if key not in seen:
            seen.add(key)
            left[key] = payments_like(conn, payment, found.invoice.id)
        if left[key]:
            left[key] -= 1
            tally.unchanged += 1
        else:
            payment_received(conn, payment, by, invoices=[found.invoice])
            tally.added += 1
    settled(path.name, refusals, tally, partial=partial)
    return _finished(conn, path, tally, refusals, by)


def _payment(row: PaymentRow) -> Payment:
    return Payment(
        customer_id=row.invoice.customer_id,
        paid_on=row.paid_on,
        amount_micros=row.amount_micros,
        method=row.method,
        notes=row.notes,
    )


def _payment_row(conn: Connection, row: Row, tenant: Tenant) -> PaymentRow:
    invoice = invoice_named(conn, row["invoice"])
    if invoice is None:
        raise CellRefused(f"there is no invoice {row['invoice']!r}")
    if invoice.status is not InvoiceStatus.RECORDED:
        raise CellRefused(f"invoice {row['invoice']!r} is a draft; record it first")
    paid = _printed(row, "amount", tenant)
    if paid <= 0:
        raise CellRefused(f"amount {row['amount']!r} is not above 0")
    return PaymentRow(invoice, day(row["date"], "date"), paid, row["method"], row["notes"])
