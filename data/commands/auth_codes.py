"""python -m data auth-codes: whose call is it."""

from pathlib import Path
from typing import Annotated

import typer

from data.commands.arguments import printed_import
from data.commands.context import context
from data.commands.customers import Partial
from data.exchange.auth_codes import auth_codes_imported

app = typer.Typer(no_args_is_help=True, help="The codes that say whose call a line is.")


@app.callback()
def _group() -> None:
    """Keep `import` a command of its own."""


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
    with given.store() as store, store.writing() as conn:
        result = auth_codes_imported(conn, file, given.by(), partial=partial)
    printed_import(result)
