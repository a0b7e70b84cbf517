"""Help tickets: opened, resolved."""

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish
from data.domain.counting import counted, first_few
from data.domain.errors import Refused
from data.domain.tickets import NewTicket, Priority
from data.store.connect import Store
from data.store.queries.tickets import all_tickets
from data.store.writes.tickets import ticket_opened, ticket_resolved
from layouts.dialogs import Fact, Field, FieldKind, Question

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
        wanted = NewTicket(wish.said("subject"), wish.said("text"), priority, wish.token)
        number = ticket_opened(conn, wanted, wish.by)
    return f"Ticket {number} is open"


def _ask_resolve(conn: Connection, wish: Wish) -> Question:
    numbers = wish.numbers()
    what = counted(len(numbers), "ticket")
    subjects = [ticket.subject for ticket in all_tickets(conn) if ticket.id in set(numbers)]
    return Question(
        f"Resolve {what}?",
        "Resolved tickets leave the tile.",
        f"Resolve {what}",
        facts=(Fact("Subject" if len(numbers) == 1 else "Subjects", first_few(subjects)),),
    )


def _resolve(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        for number in wish.numbers():
            ticket_resolved(conn, number, wish.by)
    return f"{counted(len(wish.rows), 'ticket')} resolved"


OPEN_TICKET = Deed(_ask_open, _open)
RESOLVE = Deed(_ask_resolve, _resolve)
