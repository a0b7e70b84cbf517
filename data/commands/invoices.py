"""python -m data invoices: draft, record, take back, delete, import."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from data.bill_run import deleted, drafted, recorded, unrecorded
from data.commands.arguments import day, known_customer, printed_import, printed_table, units
from data.commands.context import context
from data.commands.customers import Partial
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.exchange.ledger import invoices_imported
from data.store.queries.invoices import Invoice, invoices_of

app = typer.Typer(no_args_is_help=True, help="Invoices: drafts, recorded ones, imported ones.")

Names = Annotated[
    list[str], typer.Argument(help="Numbers, or drafts by name such as D17; several at once.")
]


@app.command()
def draft(
    ctx: typer.Context,
    invoice_date: Annotated[date, typer.Option("--date", parser=day, help="Of the invoices.")],
    first: Annotated[date, typer.Option("--from", parser=day, help="First day billed.")],
    last: Annotated[date, typer.Option("--to", parser=day, help="Last day billed.")],
    customer: Annotated[
        list[str] | None, typer.Option(help="A customer's number; several times for several.")
    ] = None,
) -> None:
    """Make draft invoices for a period; run again, it makes nothing new.

    Calls from before the period that are on no invoice come as a line of their own.

    Example: python -m data invoices draft --date 2026-07-01 --from 2026-06-01 --to 2026-06-30
    """
    if last < first:
        raise typer.BadParameter(f"the period cannot end ({last}) before it begins ({first})")
    given = context(ctx)
    run = BillRun(invoice_date, Period(first, last), frozenset(customer or ()))
    with given.store() as store:
        found = drafted(store, run, given.by())
    if not found:
        typer.echo("Nothing to bill: no draft was made.")
        return
    _printed(found)
    typer.echo(f"{len(found)} drafts, {units(sum(each.total_micros for each in found))} in all")


def _printed(found: list[Invoice]) -> None:
    printed_table(
        ("invoice", "custid", "status", "date", "due", "total", "outstanding"),
        (
            (
                each.name,
                each.custid,
                each.status,
                each.invoice_date,
                each.due_date,
                units(each.total_micros),
                units(each.outstanding_micros),
            )
            for each in found
        ),
    )


@app.command("list")
def list_(
    ctx: typer.Context,
    customer: Annotated[str | None, typer.Option(help="Only this customer's.")] = None,
    status: Annotated[InvoiceStatus | None, typer.Option(help="Only these.")] = None,
) -> None:
    """List invoices, newest first.

    Example: python -m data invoices list --status DRAFT
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        customer_id = None if customer is None else known_customer(conn, customer).id
        found = invoices_of(conn, customer_id=customer_id, status=status)
    _printed(found)


@app.command()
def record(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Drafts by name, such as D17.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every draft, oldest first.")] = False,
) -> None:
    """Make drafts final: each gets its number and debits its customer.

    Example: python -m data invoices record D17 D18, or: python -m data invoices record --all
    """
    if every is bool(names):
        raise typer.BadParameter("name drafts, or give --all")
    given = context(ctx)
    with given.store() as store:
        if every:
            with store.snapshot() as conn:
                found = invoices_of(conn, status=InvoiceStatus.DRAFT)
            names = [each.name for each in sorted(found, key=lambda each: each.id)]
        numbers = recorded(store, names or [], given.by())
    for name, number in zip(names or [], numbers, strict=True):
        typer.echo(f"{name} is invoice {number}")
    typer.echo(f"{len(numbers)} recorded")


@app.command()
def unrecord(ctx: typer.Context, names: Names) -> None:
    """Take recorded invoices back to draft, while nothing is paid on them.

    Example: python -m data invoices unrecord 42
    """
    given = context(ctx)
    with given.store() as store:
        unrecorded(store, names, given.by())
    typer.echo(f"{len(names)} back to draft; each keeps its number until it is deleted")


@app.command()
def delete(ctx: typer.Context, names: Names) -> None:
    """Delete drafts: their calls can be billed again.

    Example: python -m data invoices delete D17
    """
    given = context(ctx)
    with given.store() as store:
        deleted(store, names, given.by())
    typer.echo(f"{len(names)} deleted")


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="CSV: number,custid,invoice_date,due_date,total,tax,status."),
    ],
    *,
    partial: Partial = False,
) -> None:
    """Take invoices that another system made; a known number is changed to what the file says.

    Example: python -m data invoices import invoices.csv
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        result = invoices_imported(conn, file, given.by(), partial=partial)
    printed_import(result)
