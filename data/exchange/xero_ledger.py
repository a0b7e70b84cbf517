"""Taking Xero's sales invoices into the books, with what it says is paid on them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.balances import Allocation, Payment
from data.domain.counting import counted, worded
from data.domain.errors import Refused
from data.domain.records import InvoiceStatus
from data.domain.tenant import Tenant
from data.exchange.tables import Imported, Refusals, Tally, settled, table
from data.exchange.xero import XeroInvoice, xero_file
from data.store.queries.customers import customers_by_custid
from data.store.queries.invoices import invoice_named, invoices_by_number
from data.store.queries.tenant import the_tenant, units_of
from data.store.writes.ledger import LedgerInvoice, ledger_invoices_saved
from data.store.writes.payments import SpreadPayment, payments_received
from data.store.writes.versions import version_raised

METHOD = "Xero"


def xero_imported(conn: Connection, path: Path, by: By, *, partial: bool = False) -> Imported:
    """Take sales invoices in Xero's columns; what is paid on them comes as payments.

    Xero's file does not say when something was paid: the payment is dated on the due date, or
    today where that is still to come. Taken again, only what is more is entered.

    Raises:
        ImportRefused: An invoice cannot be taken and partial is not asked for.
    """
    refusals, tenant = Refusals(), the_tenant(conn)
    _, rows = table(path, (), refusals)
    found = xero_file(path.name, rows, customers_by_custid(conn), tenant, refusals)
    tally = invoices_taken(conn, [(one.line, one.invoice) for one in found.invoices], refusals, by)
    settled(path.name, refusals, tally, partial=partial)
    refused = {refusal.line for refusal in refusals.rows}
    paid = sum(_paid(conn, each, tenant, by) for each in found.invoices if each.line not in refused)
    notes = [f"{counted(found.gone, 'voided or deleted invoice')} left out"] if found.gone else []
    notes += [f"{counted(paid, 'payment')} entered, dated on the due date"] if paid else []
    notes += owing_notes(conn, {each.invoice.number for each in found.invoices if each.marked_paid})
    return Imported(
        path.name, tally.added, tally.changed, tally.unchanged, refusals.sorted(), tuple(notes)
    )


def invoices_taken(
    conn: Connection, wanted: Sequence[tuple[int, LedgerInvoice]], refusals: Refusals, by: By
) -> Tally:
    """Save invoices with their lines of the file and return how they ended."""
    tally = Tally()
    outcomes = ledger_invoices_saved(conn, [invoice for _, invoice in wanted], by)
    for (line, _), outcome in zip(wanted, outcomes, strict=True):
        if isinstance(outcome, Refused):
            refusals.add(line, str(outcome))
        else:
            tally.count(outcome)
    if tally.added or tally.changed:
        version_raised(conn, by.at)
    return tally


def owing_notes(conn: Connection, marked_paid: Collection[str]) -> tuple[str, ...]:
    """Return what to tell of invoices that another system says are paid, and that owe here."""
    if not marked_paid:
        return ()
    known = invoices_by_number(conn)
    owing = [known[number].outstanding_micros for number in marked_paid if number in known]
    owing = [micros for micros in owing if micros > 0]
    if not owing:
        return ()
    is_paid = worded(len(owing), "is marked paid and owes", "are marked paid and owe")
    note = (
        f"{counted(len(owing), 'invoice')} {is_paid} {units_of(conn)(sum(owing))} here: what was "
        "paid comes by 'python -m data payments import'"
    )
    return (note,)


def _paid(conn: Connection, each: XeroInvoice, tenant: Tenant, by: By) -> bool:
    """Enter what the file says is paid beyond what the books know; tell whether that was any."""
    invoice = invoice_named(conn, each.invoice.number)
    if invoice is None or invoice.status is not InvoiceStatus.RECORDED:
        return False
    more = min(each.paid_micros, invoice.total_micros) - invoice.paid_micros
    if more <= 0:
        return False
    payment = Payment(
        customer_id=invoice.customer_id,
        paid_on=min(invoice.due_date, tenant.today(by.at)),
        amount_micros=more,
        method=METHOD,
    )
    # Its day is the file's, however long ago: who enters a payment is asked for one that is near.
    payments_received(conn, [SpreadPayment(payment, (Allocation(invoice.id, more),))], by)
    return True
