"""python -m data rates: rate tables from files."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.arguments import printed_import, printed_table
from data.commands.context import context
from data.commands.customers import Partial
from data.exchange.rates import table_imported
from data.store.queries.rates import rate_table_sizes

app = typer.Typer(no_args_is_help=True, help="Rate tables: what calls cost.")


@app.command("import")
def import_(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="The rate table's name; made if it is new.")],
    file: Annotated[Path, typer.Argument(help="CDR2Cloud's 20 columns, or a deck with a header.")],
    *,
    partial: Partial = False,
) -> None:
    """Give a rate table the rates of a file.

    CDR2Cloud's 20 tab-delimited columns, or a deck whose header names a prefix, a price per
    minute, and perhaps destination, increments, connection fee and effective date. A file
    without effective dates replaces the table; one with dates adds versions.

    Example: python -m data rates import Retail deck.csv
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        result = table_imported(conn, table, file, given.by(), partial=partial)
    printed_import(result)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List rate tables with their sizes.

    Example: python -m data rates list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = rate_table_sizes(conn)
    printed_table(("table", "rates", "customers"), found)
