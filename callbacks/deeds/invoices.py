"""Drafts and recorded invoices: recorded, taken back, deleted."""

from collections.abc import Sequence

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, money_of
from data.bill_run import deleted, recorded, unrecorded
from data.domain.counting import counted, first_few
from data.domain.errors import Refused
from data.domain.records import InvoiceStatus
from data.store.connect import Store
from data.store.queries.customers import customer
from data.store.queries.invoices import Invoice, invoices_by_ids
from layouts.dialogs import Fact, Question

MOST_CUSTOMERS_NAMED = 3


def invoices_ticked(conn: Connection, wish: Wish) -> list[Invoice]:
    """Return the invoices of the ticked rows.

    Raises:
        Refused: None is ticked, or one is gone.
    """
    numbers = wish.numbers()
    found = [invoice for invoice in invoices_by_ids(conn, numbers) if not invoice.deleted]
    if len(found) != len(numbers):
        raise Refused("An invoice is gone meanwhile. Close the panel and look again.")
    return found


def summed(conn: Connection, found: Sequence[Invoice], noun: str = "invoice") -> str:
    """Return how many invoices there are and what they come to, as 4 invoices, $1,204.00."""
    total = sum(invoice.total_micros for invoice in found)
    return f"{counted(len(found), noun)}, {money_of(conn).exact(total)}"


def facts_of(conn: Connection, found: Sequence[Invoice]) -> tuple[Fact, ...]:
    """Return whose invoices they are and which: the rows are dimmed behind the dialog."""
    custids = list(dict.fromkeys(invoice.custid for invoice in found))
    named = [customer_named(conn, custid) for custid in custids[:MOST_CUSTOMERS_NAMED]]
    whose = first_few([*named, *custids[MOST_CUSTOMERS_NAMED:]], MOST_CUSTOMERS_NAMED)
    label = "Customer" if len(custids) == 1 else counted(len(custids), "customer")
    which = "Invoice" if len(found) == 1 else "Invoices"
    return Fact(label, whose), Fact(which, first_few([invoice.name for invoice in found]))


def customer_named(conn: Connection, custid: str) -> str:
    """Return a customer as people know them: Acme (1001)."""
    found = customer(conn, custid)
    return custid if found is None or not found.company else f"{found.company} ({custid})"


def _names(store: Store, wish: Wish) -> list[str]:
    with store.snapshot() as conn:
        return [invoice.name for invoice in invoices_ticked(conn, wish)]


def _amounts(store: Store, wish: Wish, noun: str = "invoice") -> str:
    with store.snapshot() as conn:
        return summed(conn, invoices_ticked(conn, wish), noun)


def _ask_record(conn: Connection, wish: Wish) -> Question:
    found = invoices_ticked(conn, wish)
    what = summed(conn, found)
    happens = (
        "It gets its number and debits the customer at once."
        if len(found) == 1
        else "They get their numbers and debit the customers at once."
    )
    return Question(
        f"Record {what}?",
        f"{happens} A recorded invoice is not deleted; it goes back to draft only while nothing is "
        "paid on it.",
        f"Record {what}",
        facts=facts_of(conn, found),
    )


def _record(store: Store, wish: Wish) -> str:
    numbers = recorded(store, _names(store, wish), wish.by)
    return f"Recorded {_amounts(store, wish)}: {first_few(numbers)}"


def _ask_delete(conn: Connection, wish: Wish) -> Question:
    found = invoices_ticked(conn, wish)
    kept = [invoice.name for invoice in found if invoice.status is not InvoiceStatus.DRAFT]
    if kept:
        raise Refused(f"Invoice {kept[0]} is recorded, so it is not deleted. Tick drafts only.")
    what = summed(conn, found, "draft")
    whose = "Its" if len(found) == 1 else "Their"
    return Question(
        f"Delete {what}?",
        f"{whose} calls, fees and charges are free for the next bill run.",
        f"Delete {what}",
        facts=facts_of(conn, found),
        grave=True,
    )


def _delete(store: Store, wish: Wish) -> str:
    what = _amounts(store, wish, "draft")
    deleted(store, _names(store, wish), wish.by)
    return f"Deleted {what}"


def _ask_unrecord(conn: Connection, wish: Wish) -> Question:
    found = invoices_ticked(conn, wish)
    what = summed(conn, found)
    happens = (
        "Only while nothing is paid on it. The customer owes this no more; it keeps its number "
        "until the draft is deleted."
        if len(found) == 1
        else "Only while nothing is paid on them. The customers owe this no more; each keeps its "
        "number until its draft is deleted."
    )
    return Question(
        f"Take {what} back to draft?",
        happens,
        f"Take {what} back to draft",
        facts=facts_of(conn, found),
        grave=True,
    )


def _unrecord(store: Store, wish: Wish) -> str:
    unrecorded(store, _names(store, wish), wish.by)
    return f"Taken back to draft: {_amounts(store, wish)}, which is owed no more"


RECORD = Deed(_ask_record, _record)
DELETE = Deed(_ask_delete, _delete)
UNRECORD = Deed(_ask_unrecord, _unrecord)
