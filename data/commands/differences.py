"""python -m data invoices differences: what recorded invoices say that today's rules would not."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from data.commands.arguments import printed_table
from data.commands.context import context
from data.commands.documents import written
from data.documents.difference_list import difference_list
from data.domain.counting import counted
from data.domain.differences import InvoicedDifference
from data.domain.records import MOST_ROW_ID
from data.store.queries.differences import difference_sums, invoiced_differences_of
from data.store.queries.tenant import the_tenant, units_of

MOST_PRINTED = 50


def differences(
    ctx: typer.Context,
    file: Annotated[
        list[int] | None,
        typer.Option(
            min=1, max=MOST_ROW_ID, help="Only calls of this file; several times for several."
        ),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all of them as CSV to this file.")] = None,
    *,
    machine: Annotated[
        bool,
        typer.Option("--machine", help="For a program: UTC, and numbers exactly as stored."),
    ] = False,
) -> None:
    """List calls on recorded invoices that processing again would give another customer or price.

    They stay as they were invoiced. To correct one, take its invoice back to draft while nothing
    is paid on it and process the file again, or give a credit note.

    Example: python -m data invoices differences --csv differences.csv
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        sums, units = difference_sums(conn, file or ()), units_of(conn)
        if csv is not None:
            digits = the_tenant(conn).minor_digits
            found = invoiced_differences_of(conn, file or ())
            blocks = difference_list(found, minor_digits=digits, machine=machine)
            written(csv, (block.encode() for block in blocks))
        else:
            _printed(conn, file or [])
    if not sums.calls:
        typer.echo("No invoiced call differs from what its file would make of it.")
        return
    if csv is None and sums.calls > MOST_PRINTED:
        typer.echo(f"... the first {MOST_PRINTED}; --csv FILE writes all")
    typer.echo(
        f"{counted(sums.calls, 'call')} {'differs' if sums.calls == 1 else 'differ'}, "
        f"{units(sums.moved_micros)} in all; "
        f"{sums.customer_moved} would have another customer or none"
    )


def _printed(conn: Connection, file_ids: list[int]) -> None:
    units = units_of(conn)
    found = list(islice(invoiced_differences_of(conn, file_ids), MOST_PRINTED))
    if found:
        heads = ("call", "started", "called", "invoice", "custid", "charged")
        printed_table(
            (*heads, "custid now", "now", "difference"), (_row(each, units) for each in found)
        )


def _row(each: InvoicedDifference, units: Callable[[int], str]) -> tuple[object, ...]:
    now = each.charge_now_micros
    return (
        f"{each.file_id}:{each.line}",
        f"{each.started_local:%Y-%m-%d %H:%M:%S}",
        each.called_number,
        each.invoice or "none",
        each.customer.custid,
        units(each.charge_micros),
        each.customer_now_text,
        each.no_price_text if now is None else units(now),
        units(each.difference_micros),
    )
