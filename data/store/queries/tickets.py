"""Help tickets."""

from sqlalchemy import Connection, select

from data.domain.tickets import Priority, Ticket
from data.store.schema import tickets


def all_tickets(conn: Connection, *, resolved: bool = False) -> list[Ticket]:
    """Return the open tickets, or resolved ones too, oldest first."""
    query = select(tickets).order_by(tickets.c.opened_at, tickets.c.id)
    if not resolved:
        query = query.where(tickets.c.resolved_at.is_(None))
    return [
        Ticket(
            row.id, row.subject, row.text, Priority(row.priority), row.opened_at, row.resolved_at
        )
        for row in conn.execute(query)
    ]
