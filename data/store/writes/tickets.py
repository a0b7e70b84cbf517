"""Help tickets: opened and resolved."""

from sqlalchemy import Connection, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.naming import LONGEST_NOTE, length_problem, line_problem
from data.domain.tickets import NewTicket
from data.store.schema import tickets
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def ticket_opened(conn: Connection, wanted: NewTicket, by: By) -> int:
    """Open a ticket and return its number; opened under its token already, that one's.

    Raises:
        Refused: The subject is empty or no line of a list, or the text is too long.
    """
    subject, body = wanted.subject.strip(), wanted.text.strip()
    if not subject:
        raise Refused("A ticket needs a subject; nothing was opened.")
    problems = {
        "subject": line_problem(subject),
        "text": length_problem(body, LONGEST_NOTE),
    }
    for what, problem in problems.items():
        if problem:
            raise Refused(f"The {what} of a ticket {problem}. Nothing was opened.")
    if wanted.token is not None:
        opened = select(tickets.c.id).where(tickets.c.token == wanted.token)
        before: int | None = conn.execute(opened).scalar()
        if before is not None:
            return before
    facts = {"subject": subject, "text": body, "priority": wanted.priority}
    rows = insert(tickets).values(**facts, opened_at=by.at, token=wanted.token)
    number: int = conn.execute(rows.returning(tickets.c.id)).scalar_one()
    audited(conn, by, Audit("ticket_opened", f"ticket {number}", None, facts))
    version_raised(conn, by.at)
    return number


def ticket_resolved(conn: Connection, ticket_id: int, by: By) -> None:
    """Resolve a ticket.

    Raises:
        Refused: There is none of that number, or it is resolved already.
    """
    row = conn.execute(select(tickets.c.resolved_at).where(tickets.c.id == ticket_id)).one_or_none()
    if row is None:
        raise Refused(f"There is no ticket {ticket_id}; see 'python -m data ticket list'.")
    if row.resolved_at is not None:
        raise Refused(f"Ticket {ticket_id} is resolved already; nothing was changed.")
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(resolved_at=by.at))
    audited(conn, by, Audit("ticket_resolved", f"ticket {ticket_id}", None, {}))
    version_raised(conn, by.at)
