"""What the actions ask and do; everything that a browser sends is looked up again here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from data.bill_run import deleted, recorded, unrecorded
from data.domain.assignments import Assignment
from data.domain.authorship import By
from data.domain.balances import Payment
from data.domain.call_ids import call_id
from data.domain.errors import Refused
from data.domain.money import decimal_units, micros
from data.store.connect import Store
from data.store.queries.assignments import assignment_effect
from data.store.queries.customers import customer
from data.store.queries.invoices import Invoice, invoice_by_id
from data.store.queries.tenant import the_tenant
from data.store.writes.assignments import call_assigned
from data.store.writes.payments import payment_received
from data.store.writes.tickets import ticket_opened, ticket_resolved
from data.store.writes.upkeep import files_dismissed, files_requeued
from layouts.text import Money, plural


@dataclass(frozen=True)
class Wish:
    """What somebody wants done.

    Attributes:
        rows: The ids of the ticked rows, as text.
        typed: What they typed into the dialog.
        by: Who, and when.
    """

    rows: tuple[str, ...]
    typed: str
    by: By


@dataclass(frozen=True)
class Question:
    """What is asked before it is done.

    Attributes:
        title: What would happen, with the sum.
        text: What it means.
        button: The words of its button: what happens.
        value: What is proposed to be typed.
    """

    title: str
    text: str
    button: str
    value: str = ""


@dataclass(frozen=True)
class Deed:
    """An action's question and its doing; the doing returns what to say."""

    asked: Callable[[Connection, Wish], Question]
    done: Callable[[Store, Wish], str]


def _numbers(wish: Wish) -> list[int]:
    if not wish.rows:
        raise Refused("Tick the rows first.")
    if not all(row.isascii() and row.isdigit() and len(row) < 16 for row in wish.rows):  # noqa: PLR2004 (a row's number)
        raise Refused("These rows cannot be acted on.")
    return [int(row) for row in wish.rows]


def _invoices(conn: Connection, wish: Wish) -> list[Invoice]:
    found = [invoice_by_id(conn, number) for number in _numbers(wish)]
    known = [invoice for invoice in found if invoice is not None]
    if len(known) != len(found):
        raise Refused("An invoice is gone meanwhile. Close the panel and look again.")
    return known


def _sum(conn: Connection, invoices: Sequence[Invoice]) -> str:
    total = sum(invoice.total_micros for invoice in invoices)
    return f"{plural(len(invoices), 'invoice')}, {_money(conn).exact(total)}"


def _money(conn: Connection) -> Money:
    tenant = the_tenant(conn)
    return Money(tenant.currency, tenant.minor_digits)


def _ask_record(conn: Connection, wish: Wish) -> Question:
    what = _sum(conn, _invoices(conn, wish))
    return Question(
        f"Record {what}?",
        "They get their numbers and debit the customers at once.",
        f"Record {what}",
    )


def _record(store: Store, wish: Wish) -> str:
    numbers = recorded(store, _names(store, wish), wish.by)
    return f"{plural(len(numbers), 'invoice')} recorded: {', '.join(numbers[:5])}"


def _names(store: Store, wish: Wish) -> list[str]:
    with store.snapshot() as conn:
        return [invoice.name for invoice in _invoices(conn, wish)]


def _ask_delete(conn: Connection, wish: Wish) -> Question:
    what = _sum(conn, _invoices(conn, wish))
    return Question(
        f"Delete {what}?", "Their calls are free for the next bill run.", f"Delete {what}"
    )


def _delete(store: Store, wish: Wish) -> str:
    names = _names(store, wish)
    deleted(store, names, wish.by)
    return f"{plural(len(names), 'draft')} deleted"


def _ask_unrecord(conn: Connection, wish: Wish) -> Question:
    what = _sum(conn, _invoices(conn, wish))
    return Question(f"Take {what} back to draft?", "Only while unpaid.", "Back to draft")


def _unrecord(store: Store, wish: Wish) -> str:
    names = _names(store, wish)
    unrecorded(store, names, wish.by)
    return f"{plural(len(names), 'invoice')} back to draft"


def _payable(conn: Connection, wish: Wish) -> list[Invoice]:
    invoices = _invoices(conn, wish)
    if len({invoice.customer_id for invoice in invoices}) > 1:
        raise Refused("A payment is one customer's: tick invoices of one customer only.")
    return invoices


def _ask_pay(conn: Connection, wish: Wish) -> Question:
    invoices = _payable(conn, wish)
    open_micros = sum(invoice.total_micros - invoice.paid_micros for invoice in invoices)
    return Question(
        f"Enter a payment on {plural(len(invoices), 'invoice')}",
        f"Outstanding: {_money(conn).exact(open_micros)}. What exceeds it stays on account.",
        "Enter payment",
        value=decimal_units(open_micros),
    )


def _pay(store: Store, wish: Wish) -> str:
    try:
        amount = micros(wish.typed)
    except ValueError as error:
        raise Refused(f"{error}; write it as 115.47.") from None
    with store.writing() as conn:
        invoices = _payable(conn, wish)
        today = the_tenant(conn).today(wish.by.at)
        payment = Payment(customer_id=invoices[0].customer_id, paid_on=today, amount_micros=amount)
        payment_received(conn, payment, wish.by, invoices=invoices)
        return f"{_money(conn).exact(amount)} received"


def _ask_reprocess(_conn: Connection, wish: Wish) -> Question:
    what = plural(len(_numbers(wish)), "file")
    text = "They wait for the next run of the ingest; what they loaded stays until then."
    return Question(f"Process {what} again?", text, f"Process {what} again")


def _reprocess(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        files_requeued(conn, _numbers(wish), wish.by)
    return f"{plural(len(wish.rows), 'file')} waiting"


def _ask_dismiss(_conn: Connection, wish: Wish) -> Question:
    what = plural(len(_numbers(wish)), "file")
    return Question(f"Dismiss {what}?", "They leave the error tile; this can be undone.", "Dismiss")


def _dismiss(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        files_dismissed(conn, _numbers(wish), wish.typed, wish.by)
    return f"{plural(len(wish.rows), 'file')} dismissed"


def _ask_resolve(_conn: Connection, wish: Wish) -> Question:
    what = plural(len(_numbers(wish)), "ticket")
    return Question(f"Resolve {what}?", "Resolved tickets leave the tile.", f"Resolve {what}")


def _resolve(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        for number in _numbers(wish):
            ticket_resolved(conn, number, wish.by)
    return f"{plural(len(wish.rows), 'ticket')} resolved"


def _ask_ticket(_conn: Connection, _wish: Wish) -> Question:
    return Question("Open a ticket", "One line that says what is wrong.", "Open ticket")


def _ticket(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        number = ticket_opened(conn, wish.typed, wish.by)
    return f"Ticket {number} is open"


def _ask_assign(_conn: Connection, wish: Wish) -> Question:
    if len(wish.rows) != 1:
        raise Refused("Tick one call: its calling number becomes the customer's auth code.")
    return Question(
        "Assign this caller to a customer",
        "Its calling number becomes an auth code of the customer, and the files with its calls "
        "are processed again.",
        "Assign",
    )


def _assign(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        whose = customer(conn, wish.typed)
        if whose is None:
            raise Refused(f"There is no customer {wish.typed!r}.")
        try:
            assignment = Assignment(call_id(wish.rows[0]), whose.id)
        except ValueError:
            raise Refused("This row is no call.") from None
        effect = assignment_effect(conn, assignment)
        call_assigned(conn, assignment, wish.by)
        kept = [file.id for file in effect.files if file.kept]
        files_requeued(conn, kept, wish.by)
    return (
        f"{plural(effect.calls, 'call')} of {effect.company}: "
        f"{plural(len(kept), 'file')} waiting to be processed again"
    )


DEEDS: dict[str, Deed] = {
    "record": Deed(_ask_record, _record),
    "delete": Deed(_ask_delete, _delete),
    "unrecord": Deed(_ask_unrecord, _unrecord),
    "pay": Deed(_ask_pay, _pay),
    "reprocess": Deed(_ask_reprocess, _reprocess),
    "dismiss": Deed(_ask_dismiss, _dismiss),
    "resolve": Deed(_ask_resolve, _resolve),
    "open-ticket": Deed(_ask_ticket, _ticket),
    "assign": Deed(_ask_assign, _assign),
}
