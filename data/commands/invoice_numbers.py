"""python -m data invoices numbers: that no invoice number is missing, for who audits them."""

import typer

from data.commands.context import context
from data.domain.counting import counted, worded
from data.domain.errors import Refused
from data.store.queries.invoice_numbers import OpenNumber, number_account


def numbers(ctx: typer.Context) -> None:
    """Account for every invoice number: on a recorded invoice, on a draft, or free; exit 1 else.

    A number is free after its invoice was taken back and deleted; the next invoice recorded
    takes it. The audit log has each step. Where numbers must never serve twice, do not delete
    such a draft: record it again and give a credit note.

    Example: python -m data invoices numbers
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = number_account(conn)
    begun = "" if found.first is None else f", from {found.first}"
    are = worded(found.recorded, "is on a recorded invoice", "are on recorded invoices")
    typer.echo(f"{counted(found.recorded, 'number')} {are}{begun}")
    for each in found.still_open:
        typer.echo(f"  {each.number}: {_where(each)}")
    typer.echo(f"the next new number is {found.following}")
    if found.missing:
        some = ", ".join(map(str, found.missing[:10]))
        gone = len(found.missing)
        are = worded(gone, "is", "are")
        raise Refused(
            f"{counted(gone, 'number')} {are} nowhere: {some}. If 'tenant set "
            "next-invoice-number' skipped them, nothing is amiss; else look at the audit log."
        )
    typer.echo("none is missing")


def _where(each: OpenNumber) -> str:
    if each.draft is None:
        return "free, its draft was deleted; the next invoice recorded takes it"
    return f"on draft {each.draft}, taken back"
