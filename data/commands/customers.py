"""python -m data customers: import, list, check, delete."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.arguments import known_customer, printed_import, printed_table
from data.commands.context import context
from data.exchange.customers import customers_given, customers_read
from data.store.queries.customers import customers_by_custid
from data.store.queries.setup_health import setup_gaps
from data.store.writes.customers import customer_deleted

app = typer.Typer(no_args_is_help=True, help="Customers, providers among them.")

Partial = Annotated[
    bool, typer.Option("--partial", help="Take the good rows although others are refused.")
]


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV with a header: custid, cname and more.")],
    *,
    partial: Partial = False,
) -> None:
    """Add customers from a CSV, or change those with a known custid.

    The columns are custid, fname, lname, cname, street, street2, city, state, country, zip, tel,
    tel2, fax, email, email2, taxcategory, ratetable, plan, charge, vat and provider, or any of
    them with custid and cname. A refused row is named, and the file then changes nothing.

    Example: python -m data customers import customers.csv
    """
    given = context(ctx)
    with given.store() as store:
        with store.snapshot() as conn:
            read = customers_read(conn, file, partial=partial)
        with store.writing() as conn:
            result = customers_given(conn, read, given.by())
    printed_import(result)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List customers by number.

    Example: python -m data customers list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = customers_by_custid(conn).values()
    printed_table(
        ("custid", "company", "city", "country", "provider"),
        (
            (each.custid, each.company, each.city, each.country, "yes" if each.provider else "")
            for each in found
        ),
    )


@app.command()
def check(ctx: typer.Context) -> None:
    """List what the setup lacks: rate tables, tax categories, auth codes; exit 1 if anything.

    Example: python -m data customers check
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        gaps = setup_gaps(conn)
    for gap in gaps:
        typer.echo(gap.text)
    if gaps:
        raise typer.Exit(1)
    typer.echo("Every customer has a rate table, a tax category and an auth code.")


@app.command()
def delete(
    ctx: typer.Context, custid: Annotated[str, typer.Argument(help="The customer's number.")]
) -> None:
    """Delete a customer; refused while it has draft or unpaid invoices, or money on account.

    Example: python -m data customers delete 1001
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        customer_deleted(conn, known_customer(conn, custid), given.by())
    typer.echo(f"Customer {custid} is deleted; its invoices and payments are kept.")
