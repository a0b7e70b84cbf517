"""Help tickets: opened, resolved."""

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish
from data.domain.counting import counted
from data.domain.errors import Refused
from data.domain.tickets import Priority
from data.store.connect import Store
from data.store.writes.tickets import ticket_opened, ticket_resolved
from layouts.dialogs import Field, FieldKind, Question

PRIORITIES = tuple((priority.value, priority.value) for priority in Priority)


def _ask_open(_conn: Connection, _wish: Wish) -> Question:
    return Question(
        "Open a help ticket",
        "It stays on the page until somebody resolves it.",
        "Open ticket",
        fields=(
            Field("subject", "Subject", hint="One line that says what is wrong."),
            Field("text", "What happened", FieldKind.LONG),
            Field("priority", "Priority", FieldKind.CHOICE, Priority.NORMAL.value, PRIORITIES),
        ),
    )


def _open(store: Store, wish: Wish) -> str:
    try:
        priority = Priority(wish.said("priority") or Priority.NORMAL)
    except ValueError:
        raise Refused("There is no such priority. Nothing was opened.") from None
    with store.writing() as conn:
        number = ticket_opened(
            conn, wish.said("subject"), wish.by, text=wish.said("text"), priority=priority
        )
    return f"Ticket {number} is open"


def _ask_resolve(_conn: Connection, wish: Wish) -> Question:
    what = counted(len(wish.numbers()), "ticket")
    return Question(f"Resolve {what}?", "Resolved tickets leave the tile.", f"Resolve {what}")


def _resolve(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        for number in wish.numbers():
            ticket_resolved(conn, number, wish.by)
    return f"{counted(len(wish.rows), 'ticket')} resolved"


OPEN_TICKET = Deed(_ask_open, _open)
RESOLVE = Deed(_ask_resolve, _resolve)
