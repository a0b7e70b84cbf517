"""python -m data auth-codes: whose call is it."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.arguments import known_customer, printed_import, printed_table
from data.commands.context import Context, context
from data.commands.customers import Partial
from data.exchange.auth_codes import (
    COLUMNS,
    auth_codes_given,
    auth_codes_read,
    auth_codes_text,
    code_cells,
)
from data.store.queries.auth_codes import codes_by_customer
from data.store.queries.customers import customers_by_custid

app = typer.Typer(no_args_is_help=True, help="The codes that say whose call a line is.")


OfCustomer = Annotated[str | None, typer.Option("--customer", help="Only this customer's.")]


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: custid,field,kind,pattern,operator,enabled.")],
    *,
    partial: Partial = False,
) -> None:
    """Replace the auth codes of every customer that a CSV names.

    kind is equals, prefix or regex (which must match the whole value); operator joins a code to
    the customer's next one: NONE, AND or OR. Calls processed before follow when their files are
    processed again.

    Example: python -m data auth-codes import auth-codes.csv
    """
    given = context(ctx)
    with given.store() as store:
        with store.snapshot() as conn:
            read = auth_codes_read(conn, file, partial=partial)
        with store.writing() as conn:
            result = auth_codes_given(conn, read, given.by())
    printed_import(result)


@app.command("list")
def list_(ctx: typer.Context, customer: OfCustomer = None) -> None:
    """List auth codes by customer, in the order in which they are read.

    Example: python -m data auth-codes list --customer 1001
    """
    rows = ((*cells, "yes" if on == "1" else "no") for *cells, on in _cells(context(ctx), customer))
    printed_table(COLUMNS, rows)


@app.command()
def export(ctx: typer.Context, customer: OfCustomer = None) -> None:
    """Print auth codes as a CSV that `import` takes; imported as it is it changes nothing.

    Example: python -m data auth-codes export > auth-codes.csv
    """
    typer.echo(auth_codes_text(_cells(context(ctx), customer)), nl=False)


def _cells(given: Context, customer: str | None) -> list[tuple[str, ...]]:
    with given.store() as store, store.snapshot() as conn:
        if customer is None:
            whose = list(customers_by_custid(conn).values())
        else:
            whose = [known_customer(conn, customer)]
        return code_cells(whose, codes_by_customer(conn))
