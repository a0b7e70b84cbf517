"""python -m data invoices: draft, record, take back, delete, import."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from data.bill_run import (
    deleted,
    doubted,
    drafted,
    foreseen,
    left_below_zero,
    outdated_beside,
    recorded,
    unrecorded,
)
from data.commands.arguments import day, known_customer, printed_import, printed_table
from data.commands.context import context
from data.commands.customers import Partial
from data.domain.bill_runs import BelowZero
from data.domain.books import BillRun
from data.domain.counting import counted
from data.domain.doubts import Doubt
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.exchange.ledger import invoices_imported
from data.store.queries.invoices import Invoice, invoices_of
from data.store.queries.tenant import units_of

MOST_DOUBTS = 20
app = typer.Typer(no_args_is_help=True, help="Invoices: drafts, recorded ones, imported ones.")

Names = Annotated[
    list[str], typer.Argument(help="Numbers, or drafts by name such as D17; several at once.")
]


DateOption = Annotated[date, typer.Option("--date", parser=day, help="Of the invoices.")]
FromOption = Annotated[date, typer.Option("--from", parser=day, help="First day billed.")]
ToOption = Annotated[date, typer.Option("--to", parser=day, help="Last day billed.")]
CustomersOption = Annotated[
    list[str] | None,
    typer.Option("--customer", help="A customer's number; several times for several."),
]


@app.command()
def draft(
    ctx: typer.Context,
    invoice_date: DateOption,
    first: FromOption,
    last: ToOption,
    customer: CustomersOption = None,
) -> None:
    """Make draft invoices for a period; run again, it makes nothing new.

    Calls from before the period that are on no invoice come as a line of their own. Drafts of the
    period that are out of date stay, and are named.

    Example: python -m data invoices draft --date 2026-07-01 --from 2026-06-01 --to 2026-06-30
    """
    given = context(ctx)
    run = _run(invoice_date, first, last, customer)
    with given.store() as store:
        with store.snapshot() as conn:
            _doubtful(doubted(conn, run, given.clock()))
        found = drafted(store, run, given.by())
        with store.snapshot() as conn:
            outdated, below_zero = outdated_beside(conn, run), left_below_zero(conn, run)
            units = units_of(conn)
    _warned(outdated)
    if below_zero:
        typer.echo(
            f"No draft for {_below_zero(below_zero, units)}. What is to be taken off waits, with "
            "the calls, for an invoice that is not below zero.",
            err=True,
        )
    if not found:
        typer.echo("Nothing to bill: no draft was made.")
        return
    _printed(found, units)
    total = units(sum(each.total_micros for each in found))
    typer.echo(f"{counted(len(found), 'draft')}, {total} in all")


def _warned(outdated: Sequence[Invoice]) -> None:
    if outdated:
        names = " ".join(each.name for each in outdated)
        typer.echo(
            f"Out of date, of this period: {names}. Delete them ('invoices delete {names}') and "
            "draft again; until then they keep what they bill, and cannot be recorded.",
            err=True,
        )


def _doubtful(found: Sequence[Doubt]) -> None:
    for doubt in found[:MOST_DOUBTS]:
        typer.echo(f"{doubt.about}: {doubt.what}", err=True)
    if len(found) > MOST_DOUBTS:
        typer.echo(f"and {len(found) - MOST_DOUBTS:,} more such warnings", err=True)


def _below_zero(found: Sequence[BelowZero], units: Callable[[int], str]) -> str:
    """Return who is left out for a discount, as 1 customer below zero: 17 (-3.20 before tax)."""
    named = ", ".join(f"{each.custid} ({units(each.net_micros)} before tax)" for each in found)
    return f"{counted(len(found), 'customer')} below zero: {named}"


def _run(invoice_date: date, first: date, last: date, customer: list[str] | None) -> BillRun:
    if last < first:
        raise typer.BadParameter(f"the period cannot end ({last}) before it begins ({first})")
    return BillRun(invoice_date, Period(first, last), frozenset(customer or ()))


@app.command()
def preflight(
    ctx: typer.Context,
    invoice_date: DateOption,
    first: FromOption,
    last: ToOption,
    customer: CustomersOption = None,
) -> None:
    """Show what a bill run would make and leave out, and compare it with the one before.

    Example: python -m data invoices preflight --date 2026-07-01 --from 2026-06-01 --to 2026-06-30
    """
    run = _run(invoice_date, first, last, customer)
    given = context(ctx)
    with given.store() as store, store.snapshot() as conn:
        found, outdated = foreseen(conn, run), outdated_beside(conn, run)
        units = units_of(conn)
        _doubtful(doubted(conn, run, given.clock()))
    _warned(outdated)
    out = found.left_out
    typer.echo(
        f"{counted(found.count, 'draft')}, {units(found.total_micros)} in all, "
        f"{units(found.late_micros)} of it late calls"
    )
    whose = f" ({', '.join(out.unrated_custids)})" if out.unrated_custids else ""
    typer.echo(
        f"left out, of calls to {out.to}: {out.unmatched} unmatched, {out.contested} contested"
    )
    typer.echo(
        f"left out, of calls to {out.to}: {counted(out.unrated, 'call')} without a rate{whose}"
    )
    if found.below_zero:
        typer.echo(f"left out: {_below_zero(found.below_zero, units)}")
    typer.echo(f"not in: {counted(out.files_error, 'file')} in error, {out.files_waiting} waiting")
    if found.previous is None:
        typer.echo("nothing was billed before")
        return
    typer.echo(
        f"before, {found.previous.first} to {found.previous.last}: "
        f"{counted(found.previous_count, 'invoice')}, {units(found.previous_micros)}"
    )
    for missing in found.missing:
        typer.echo(f"  {missing.custid} was billed {units(missing.total_micros)}, now nothing")
    for moved in found.moved:
        typer.echo(f"  {moved.custid}: {units(moved.before_micros)}, now {units(moved.now_micros)}")


def _printed(found: list[Invoice], units: Callable[[int], str]) -> None:
    printed_table(
        ("invoice", "custid", "status", "date", "due", "total", "outstanding", ""),
        (
            (
                each.name,
                each.custid,
                each.status,
                each.invoice_date,
                each.due_date,
                units(each.total_micros),
                units(each.outstanding_micros),
                "out of date" if each.outdated and each.status is InvoiceStatus.DRAFT else "",
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
        units = units_of(conn)
    _printed(found, units)


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

    Sales invoices in Xero's columns are taken too, with what is paid on them.

    Example: python -m data invoices import invoices.csv
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        result = invoices_imported(conn, file, given.by(), partial=partial)
    printed_import(result)
