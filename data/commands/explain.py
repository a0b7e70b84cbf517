"""python -m data explain: why a call costs what it costs."""

from typing import Annotated

import typer

from data.commands.context import context
from data.explain import explained, named_call


def explain(
    ctx: typer.Context,
    call: Annotated[str, typer.Argument(help="FILE:LINE, or the name that the page shows.")],
) -> None:
    """Show the worked price of a call: whose, table, pattern, band, increments, rounding, invoice.

    Example: python -m data explain 17:42
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        worked = explained(conn, named_call(conn, call))
    wide = max(len(step.what) for step in worked.steps)
    for step in worked.steps:
        typer.echo(f"{step.what:{wide}}  {step.text}")
