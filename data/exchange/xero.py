"""Sales invoices as Xero exports and imports them: a row for each line of an invoice.

**Source:** the column names of Xero's sales invoice template (`*ContactName`, `*InvoiceNumber`,
`*InvoiceDate`, `*DueDate`, `Quantity`, `UnitAmount`, `TaxAmount`) and of its export (`Total`,
`TaxTotal`, `InvoiceAmountPaid`, `Status`); other programs write the same form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.domain.balances import due_date
from data.domain.customers import Customer
from data.domain.money import MICROS_PER_UNIT, half_up, rounded_to_minor
from data.domain.records import InvoiceStatus
from data.domain.tenant import Tenant
from data.exchange.cells import DayOrder, amount, day, day_order, due_day
from data.exchange.decimal_marks import decimal_marks, row_pointed
from data.exchange.signs import row_unmarked
from data.exchange.tables import CellRefused, Refusals, Row
from data.store.writes.ledger import LedgerInvoice

NEEDED = frozenset(("contactname", "invoicenumber", "invoicedate"))
PAID = "paid"
RECORDED = frozenset(("", "authorised", "approved", "awaiting payment", PAID, "sent", "overdue"))
DRAFT = frozenset(("draft", "submitted", "awaiting approval"))
GONE = frozenset(("voided", "deleted"))
SALES = frozenset(("", "accrec", "sales invoice", "invoice"))
AMOUNTS = ("total", "taxtotal", "taxamount", "lineamount", "unitamount", "invoiceamountpaid")
NUMBERS = (*AMOUNTS, "quantity", "discount")


@dataclass(frozen=True)
class XeroInvoice:
    """One invoice of a Xero file.

    Attributes:
        line: 1-based physical line of its first row.
        invoice: What it says.
        paid_micros: What the file says is paid on it.
        marked_paid: Its status says that it is paid.
    """

    line: int
    invoice: LedgerInvoice
    paid_micros: int
    marked_paid: bool


@dataclass(frozen=True)
class XeroFile:
    """What a Xero file says.

    Attributes:
        invoices: Those that can be taken.
        gone: How many were voided or deleted there, and are left out.
    """

    invoices: tuple[XeroInvoice, ...]
    gone: int


def is_xero(columns: Sequence[str]) -> bool:
    """Tell whether a header, in lower case, is that of Xero's sales invoices."""
    return {column.lstrip("*") for column in columns} >= NEEDED


def xero_file(
    file: str,
    rows: Sequence[Row],
    known: Mapping[str, Customer],
    tenant: Tenant,
    refusals: Refusals,
) -> XeroFile:
    """Return the invoices of a file; those that cannot be taken are refused by their first line.

    Raises:
        ImportRefused: Its amounts have both decimal points and decimal commas.
    """
    plain = [
        Row(row.line, {name.lstrip("*"): text for name, text in row.cells.items()}) for row in rows
    ]
    order = day_order(text for row in plain for text in (row["invoicedate"], row["duedate"]))
    marks, names = decimal_marks(file, plain, NUMBERS), _by_name(known)
    found: list[XeroInvoice] = []
    gone = 0
    for group in _grouped(plain):
        if group[0]["status"].lower() in GONE:
            gone += 1
            continue
        try:
            pointed = [
                row_pointed(row_unmarked(row, AMOUNTS, tenant.currency), marks) for row in group
            ]
            found.append(_invoice(pointed, names, tenant, order))
        except CellRefused as refused:
            refusals.add(group[0].line, str(refused))
    return XeroFile(tuple(found), gone)


def _grouped(rows: Sequence[Row]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["invoicenumber"], []).append(row)
    return list(groups.values())


def _by_name(known: Mapping[str, Customer]) -> dict[str, list[Customer]]:
    """Return customers by number and by company name."""
    names: dict[str, list[Customer]] = {}
    for customer in known.values():
        for name in {customer.custid, customer.company.casefold()}:
            names.setdefault(name, []).append(customer)
    return names


def _invoice(
    group: Sequence[Row],
    names: Mapping[str, Sequence[Customer]],
    tenant: Tenant,
    order: DayOrder | None,
) -> XeroInvoice:
    head = group[0]
    _check(head, tenant)
    tax = _total(group, "taxtotal", "taxamount")
    total = amount(head["total"], "Total") if head["total"] else sum(map(_net, group)) + tax
    for what, found in (("Total", total), ("tax", tax)):
        if rounded_to_minor(found, minor_digits=tenant.minor_digits) != found:
            raise CellRefused(f"{what} is finer than the currency's minor unit")
    if not 0 <= tax <= total:
        raise CellRefused("the total is below 0 or below its tax; enter a credit note instead")
    invoice_date = day(head["invoicedate"], "InvoiceDate", order)
    invoice = LedgerInvoice(
        number=head["invoicenumber"],
        customer_id=_customer(head, names).id,
        invoice_date=invoice_date,
        due_date=_due(head, invoice_date, tenant, order),
        total_micros=total,
        tax_micros=tax,
        status=_status(head["status"]),
    )
    paid = head["invoiceamountpaid"]
    paid_micros = amount(paid, "InvoiceAmountPaid") if paid else 0
    return XeroInvoice(head.line, invoice, paid_micros, head["status"].lower() == PAID)


def _check(head: Row, tenant: Tenant) -> None:
    if not head["invoicenumber"]:
        raise CellRefused("InvoiceNumber is empty")
    if head["type"].lower() not in SALES:
        raise CellRefused(f"Type {head['type']!r} is no sales invoice")
    if head["currency"] not in ("", tenant.currency):
        raise CellRefused(f"Currency is {head['currency']}, the books are in {tenant.currency}")


def _total(group: Sequence[Row], of_invoice: str, of_line: str) -> int:
    if group[0][of_invoice]:
        return amount(group[0][of_invoice], of_invoice)
    return sum(amount(row[of_line], of_line) for row in group if row[of_line])


def _net(row: Row) -> int:
    """Return a line's amount: as written, or quantity times unit amount."""
    if row["lineamount"]:
        return amount(row["lineamount"], "LineAmount")
    if row["discount"] and amount(row["discount"].removesuffix("%"), "Discount"):
        raise CellRefused("Discount needs a Total or LineAmount column")
    each = amount(row["unitamount"] or "0", "UnitAmount")
    return half_up(amount(row["quantity"] or "1", "Quantity") * each, MICROS_PER_UNIT)


def _customer(head: Row, names: Mapping[str, Sequence[Customer]]) -> Customer:
    number, contact = head["accountnumber"], head["contactname"]
    found = names.get(number) or names.get(contact) or names.get(contact.casefold()) or ()
    if len(found) != 1:
        many = "several customers have" if found else "no customer has"
        raise CellRefused(f"{many} the company name or number {contact!r}")
    if found[0].provider:
        raise CellRefused(f"{contact!r} is a provider and is never invoiced")
    return found[0]


def _due(head: Row, invoice_date: date, tenant: Tenant, order: DayOrder | None) -> date:
    written = head["duedate"]
    if written:
        return due_day(written, "DueDate", invoice_date, order)
    return due_date(invoice_date, tenant.days_to_pay)


def _status(text: str) -> InvoiceStatus:
    word = text.lower()
    if word not in RECORDED | DRAFT:
        raise CellRefused(f"Status {text!r} is not known")
    return InvoiceStatus.DRAFT if word in DRAFT else InvoiceStatus.RECORDED
