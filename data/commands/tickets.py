"""python -m data ticket: open help tickets."""

from typing import Annotated

import typer

from data.commands.arguments import printed_table
from data.commands.context import context
from data.domain.records import MOST_ROW_ID
from data.domain.tickets import NewTicket, Priority
from data.store.queries.tenant import the_tenant
from data.store.queries.tickets import all_tickets
from data.store.writes.tickets import ticket_opened, ticket_resolved

app = typer.Typer(no_args_is_help=True, help="Help tickets.")


@app.command()
def add(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(help="One line.")],
    text: Annotated[str, typer.Option(help="The rest.")] = "",
    priority: Annotated[Priority, typer.Option(help="How soon.")] = Priority.NORMAL,
) -> None:
    """Open a ticket.

    Example: python -m data ticket add "Ada cannot call Germany" --priority high
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        number = ticket_opened(conn, NewTicket(subject, text, priority), given.by())
    typer.echo(f"Ticket {number} is open")


@app.command()
def resolve(
    ctx: typer.Context,
    tickets: Annotated[
        list[int], typer.Argument(min=1, max=MOST_ROW_ID, help="Numbers; several at once.")
    ],
) -> None:
    """Resolve tickets.

    Example: python -m data ticket resolve 3
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        for number in tickets:
            ticket_resolved(conn, number, given.by())
    typer.echo(f"{len(tickets)} resolved")


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
) -> None:
    """List open tickets, oldest first.

    Example: python -m data ticket list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found, zone = all_tickets(conn, resolved=every), the_tenant(conn).zone
    printed_table(
        ("ticket", "opened", "priority", "resolved", "subject"),
        (
            (
                each.id,
                f"{each.opened_at.astimezone(zone):%Y-%m-%d %H:%M}",
                each.priority,
                f"{each.resolved_at.astimezone(zone):%Y-%m-%d %H:%M}" if each.resolved_at else "",
                each.subject,
            )
            for each in found
        ),
    )
