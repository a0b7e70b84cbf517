"""python -m data payments: what comes in, and what undoes it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from data.bill_run import named
from data.commands.arguments import (
    amount,
    day,
    known_customer,
    printed_import,
    printed_table,
)
from data.commands.context import Context, context
from data.commands.customers import Partial
from data.domain.balances import Payment, PaymentKind
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.domain.records import MOST_ROW_ID
from data.exchange.ledger import payments_imported
from data.store.connect import Store
from data.store.queries.invoices import balance
from data.store.queries.payments import entry_payer, equal_entry, payment_entries
from data.store.queries.tenant import the_tenant, units_of
from data.store.writes.accounts import account_applied
from data.store.writes.payments import payment_received, payment_reversed, refund_paid

app = typer.Typer(no_args_is_help=True, help="Payments, and what undoes them.")

CustomerOption = Annotated[str, typer.Option("--customer", help="The customer's number.")]
AmountOption = Annotated[
    int,
    typer.Option(
        "--amount", parser=amount, metavar="AMOUNT", help="In currency units, such as 12.50."
    ),
]
DateOption = Annotated[
    date | None, typer.Option("--date", parser=day, help="When; today if not given.")
]
InvoiceOption = Annotated[
    list[str] | None,
    typer.Option("--invoice", help="A number; several times for several. Else the oldest due."),
]
NotesOption = Annotated[str, typer.Option(help="For people.")]
OnceOption = Annotated[
    str | None,
    typer.Option("--once", help="Its own reference, such as the bank's: never entered twice."),
]


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: invoice,date,amount,method,notes.")],
    *,
    partial: Partial = False,
) -> None:
    """Take payments on recorded invoices; a row that is there already is not taken twice.

    Example: python -m data payments import payments.csv
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        result = payments_imported(conn, file, given.by(), partial=partial)
    printed_import(result)


@app.command()
def add(  # noqa: PLR0913 (the options of one entry)
    ctx: typer.Context,
    *,
    customer: Annotated[
        str | None, typer.Option(help="The customer's number; else the named invoice's.")
    ] = None,
    amount_micros: AmountOption,
    on: DateOption = None,
    invoice: InvoiceOption = None,
    method: Annotated[str, typer.Option(help="transfer, card, cheque.")] = "",
    notes: NotesOption = "",
    once: OnceOption = None,
) -> None:
    """Enter a payment; what exceeds the invoices stays on account.

    One that is equal to one before (customer, day, amount, method, notes) is entered as well, and
    the one before is named; under a reference of its own, a payment is entered once.

    Example: python -m data payments add --customer 1001 --amount 115.47 --invoice 42
    """
    given = context(ctx)
    if customer is None and not invoice:
        raise typer.BadParameter("give --customer, or --invoice")
    with given.store() as store:
        payer = customer or _customer_of(store, (invoice or [""])[0])
        entry = _payment(store, given, payer, amount_micros, on)
        entry = _with(entry, PaymentKind.PAYMENT, method, notes)
        _entered(store, given, entry, invoice or [], once)


def _customer_of(store: Store, invoice: str) -> str:
    with store.snapshot() as conn:
        return named(conn, invoice).custid


def _payment(
    store: Store, given: Context, custid: str, amount_micros: int, on: date | None
) -> Payment:
    with store.snapshot() as conn:
        customer_id = known_customer(conn, custid).id
        paid_on = on or the_tenant(conn).today(given.clock())
    return Payment(customer_id=customer_id, paid_on=paid_on, amount_micros=amount_micros)


def _with(entry: Payment, kind: PaymentKind, method: str, notes: str) -> Payment:
    return replace(entry, kind=kind, method=method, notes=notes)


def _told_apart(conn: Connection, entry: Payment, once: str | None) -> Payment:
    """Return an entry under its reference; without one, name an equal one that is there.

    Raises:
        Refused: The reference is none.
    """
    if once is not None:
        check_named(once, "--once")
    equal = equal_entry(conn, entry) if once is None else None
    if equal is not None:
        typer.echo(
            f"Entry {equal} says the same. If this one was a repetition, reverse it; with --once "
            "REFERENCE none is entered twice.",
            err=True,
        )
    return replace(entry, token=once)


def _entered(
    store: Store, given: Context, entry: Payment, invoices: list[str], once: str | None
) -> None:
    with store.writing() as conn:
        entry = _told_apart(conn, entry, once)
        named_ones = [named(conn, name) for name in invoices]
        number = payment_received(conn, entry, given.by(), invoices=named_ones)
        owed = _owed(conn, entry.customer_id)
    typer.echo(f"Entered as {number}. {owed}")


def _owed(conn: Connection, customer_id: int) -> str:
    """Return how a customer's account stands now, as every command ends that moves its money."""
    owed, units = balance(conn, customer_id), units_of(conn)
    return (
        f"Balance {units(owed.balance_micros)}, outstanding {units(owed.outstanding_micros)}, "
        f"on account {units(owed.on_account_micros)}"
    )


@app.command()
def credit(  # noqa: PLR0913 (the options of one entry)
    ctx: typer.Context,
    *,
    customer: CustomerOption,
    amount_micros: AmountOption,
    invoice: InvoiceOption = None,
    on: DateOption = None,
    notes: NotesOption = "",
    once: OnceOption = None,
) -> None:
    """Enter a credit note, which reduces what is owed as a payment does.

    For invoices that are named it is at most what is outstanding on them; one that names none goes
    to the oldest due, and what exceeds them stays on account.

    Example: python -m data payments credit --customer 1001 --amount 10 --invoice 42
    """
    given = context(ctx)
    with given.store() as store:
        entry = _payment(store, given, customer, amount_micros, on)
        entry = _with(entry, PaymentKind.CREDIT_NOTE, "", notes)
        _entered(store, given, entry, invoice or [], once)


@app.command("write-off")
def write_off(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The invoice's number.")],
    notes: NotesOption = "",
) -> None:
    """Give up what is outstanding on an invoice.

    Example: python -m data payments write-off 42 --notes "company dissolved"
    """
    given = context(ctx)
    with given.store() as store:
        with store.snapshot() as conn:
            invoice = named(conn, name)
        if invoice.outstanding_micros <= 0:
            raise Refused(f"Nothing is outstanding on invoice {name}; nothing was written off.")
        entry = _payment(store, given, invoice.custid, invoice.outstanding_micros, None)
        entry = _with(entry, PaymentKind.WRITE_OFF, "", notes)
        _entered(store, given, entry, [name], None)


@app.command()
def refund(  # noqa: PLR0913 (the options of one entry)
    ctx: typer.Context,
    *,
    customer: CustomerOption,
    amount_micros: AmountOption,
    on: DateOption = None,
    notes: NotesOption = "",
    once: OnceOption = None,
) -> None:
    """Pay back money that a customer has on account.

    Example: python -m data payments refund --customer 1001 --amount 5
    """
    given = context(ctx)
    with given.store() as store:
        entry = _payment(store, given, customer, amount_micros, on)
        entry = _with(entry, PaymentKind.REFUND, "", notes)
        with store.writing() as conn:
            entry = _told_apart(conn, entry, once)
            number = refund_paid(conn, entry, given.by())
            owed = _owed(conn, entry.customer_id)
    typer.echo(f"Entered as {number}. {owed}")


@app.command()
def reverse(
    ctx: typer.Context,
    payment: Annotated[
        int,
        typer.Argument(
            min=1, max=MOST_ROW_ID, help="The entry's number, as 'payments list' has it."
        ),
    ],
    on: DateOption = None,
    why: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Undo a payment, credit note or write-off; the entry and its reversal both stay.

    Example: python -m data payments reverse 7 --why "cheque bounced"
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        paid_on = on or the_tenant(conn).today(given.clock())
        number = payment_reversed(conn, payment, paid_on, given.by(), why=why)
        owed = _owed(conn, entry_payer(conn, number))
    typer.echo(f"Reversed by {number}. {owed}")


@app.command()
def apply(ctx: typer.Context, customer: CustomerOption) -> None:
    """Put a customer's money on account to its open invoices, the oldest due first.

    Example: python -m data payments apply --customer 1001
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        customer_id = known_customer(conn, customer).id
        moved = account_applied(conn, customer_id, given.by())
        owed, put = _owed(conn, customer_id), units_of(conn)(moved)
    typer.echo(f"{put} put to invoices. {owed}")


@app.command("list")
def list_(
    ctx: typer.Context,
    customer: Annotated[str | None, typer.Option(help="Only this customer's.")] = None,
) -> None:
    """List payments and what undid them, newest first.

    Example: python -m data payments list --customer 1001
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        customer_id = None if customer is None else known_customer(conn, customer).id
        found, units = payment_entries(conn, customer_id=customer_id), units_of(conn)
    printed_table(
        ("entry", "date", "custid", "kind", "amount", "on invoices", "method", "notes"),
        (
            (
                each.id,
                each.paid_on,
                each.custid,
                each.kind,
                units(each.amount_micros),
                units(each.allocated_micros),
                each.method,
                each.notes,
            )
            for each in found
        ),
    )
