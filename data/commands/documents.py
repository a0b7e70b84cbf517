"""python -m data invoices show, calls: what is sent to a customer."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from data.bill_run import named
from data.commands.context import context
from data.documents.call_detail import call_detail
from data.documents.invoice_html import invoice_html
from data.domain.counting import counted, worded
from data.store.queries.invoice_document import billed_calls, invoice_document
from data.store.queries.rows.call_reach import expired_of_invoice
from data.store.queries.tenant import the_tenant
from data.system_refusals import refusal

Name = Annotated[str, typer.Argument(help="The invoice's number, or a draft by name such as D17.")]


def show(
    ctx: typer.Context,
    name: Name,
    pdf: Annotated[Path | None, typer.Option(help="Write it as PDF to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML page.")] = None,
    *,
    calls: Annotated[bool, typer.Option("--calls", help="List every answered call on it.")] = False,
) -> None:
    """Write an invoice as its customer gets it; a draft bears its mark.

    Example: python -m data invoices show 104 --pdf invoice-104.pdf
    """
    if pdf is None and html is None:
        raise typer.BadParameter("say what to write: --pdf FILE, --html FILE, or both")
    with context(ctx).store() as store, store.snapshot() as conn:
        document = invoice_document(conn, named(conn, name), with_calls=calls)
    if pdf is not None:
        from data.documents.invoice_pdf import invoice_pdf  # noqa: PLC0415  heavy

        written(pdf, [invoice_pdf(document)])
    if html is not None:
        written(html, [invoice_html(document).encode()])


def calls(
    ctx: typer.Context,
    name: Name,
    csv: Annotated[Path, typer.Option(help="Write them as CSV to this file.")],
    *,
    machine: Annotated[
        bool,
        typer.Option("--machine", help="For a program: UTC, and numbers exactly as stored."),
    ] = False,
) -> None:
    """Write every call on an invoice as CSV that a spreadsheet opens safely.

    Example: python -m data invoices calls 104 --csv calls-104.csv
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        invoice, digits = named(conn, name), the_tenant(conn).minor_digits
        found = billed_calls(conn, invoice)
        expired = expired_of_invoice(conn, invoice.id)
        blocks = call_detail(found, minor_digits=digits, expired=expired, machine=machine)
        written(csv, (block.encode() for block in blocks))
    if expired:
        rest = worded(
            expired, "is in no row: retention took it", "are in no row: retention took them"
        )
        typer.echo(f"{counted(expired, 'call')} of {invoice.name} {rest}.", err=True)


def written(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file block by block, and say so; it has its name only when it is whole."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(blocks)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise refusal(error, path) from error
    typer.echo(f"Wrote {path} ({path.stat().st_size:,} bytes)")
