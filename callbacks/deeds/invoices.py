"""Drafts and recorded invoices: recorded, taken back, deleted."""

from collections.abc import Sequence

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, money_of
from data.bill_run import deleted, recorded, unrecorded
from data.domain.counting import counted
from data.domain.errors import Refused
from data.store.connect import Store
from data.store.queries.invoices import Invoice, invoices_by_ids
from layouts.dialogs import Question

MOST_NAMED = 5


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


def summed(conn: Connection, found: Sequence[Invoice]) -> str:
    """Return how many invoices there are and what they come to, as 4 invoices, $1,204.00."""
    total = sum(invoice.total_micros for invoice in found)
    return f"{counted(len(found), 'invoice')}, {money_of(conn).exact(total)}"


def _names(store: Store, wish: Wish) -> list[str]:
    with store.snapshot() as conn:
        return [invoice.name for invoice in invoices_ticked(conn, wish)]


def _amounts(store: Store, wish: Wish) -> str:
    with store.snapshot() as conn:
        return summed(conn, invoices_ticked(conn, wish))


def _ask_record(conn: Connection, wish: Wish) -> Question:
    what = summed(conn, invoices_ticked(conn, wish))
    return Question(
        f"Record {what}?",
        "They get their numbers and debit the customers at once. A recorded invoice is not "
        "deleted; it goes back to draft only while nothing is paid on it.",
        f"Record {what}",
    )


def _record(store: Store, wish: Wish) -> str:
    numbers = recorded(store, _names(store, wish), wish.by)
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    named = ", ".join(numbers[:MOST_NAMED])
    return f"Recorded {_amounts(store, wish)}: {named}{more}"


def _ask_delete(conn: Connection, wish: Wish) -> Question:
    what = summed(conn, invoices_ticked(conn, wish))
    text = "Their calls, fees and charges are free for the next bill run."
    return Question(f"Delete {what}?", text, f"Delete {what}", grave=True)


def _delete(store: Store, wish: Wish) -> str:
    what = _amounts(store, wish)
    deleted(store, _names(store, wish), wish.by)
    return f"Deleted {what}"


def _ask_unrecord(conn: Connection, wish: Wish) -> Question:
    what = summed(conn, invoices_ticked(conn, wish))
    return Question(
        f"Take {what} back to draft?",
        "Only while nothing is paid on them. The customers owe this no more; each keeps its "
        "number until its draft is deleted.",
        f"Take {what} back to draft",
        grave=True,
    )


def _unrecord(store: Store, wish: Wish) -> str:
    unrecorded(store, _names(store, wish), wish.by)
    return f"Taken back to draft: {_amounts(store, wish)}, which is owed no more"


RECORD = Deed(_ask_record, _record)
DELETE = Deed(_ask_delete, _delete)
UNRECORD = Deed(_ask_unrecord, _unrecord)
