"""python -m data charges: what customers bear once or every so many months."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer
from sqlalchemy import Connection

from data.commands.arguments import amount, day, known_customer, printed_table
from data.commands.context import context
from data.domain.charges import MOST_MONTHS, Charge
from data.domain.errors import Refused
from data.domain.records import MOST_ROW_ID
from data.store.queries.charges import Borne, NamedCharge, charges_borne, charges_by_name
from data.store.queries.tenant import the_tenant, units_of
from data.store.writes.charges import (
    Giving,
    charge_added,
    charge_ended,
    charge_given,
    charge_withdrawn,
)

app = typer.Typer(no_args_is_help=True, help="Charges: one time or every so many months.")


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The charge's name, as printed.")],
    amount_micros: Annotated[
        int, typer.Option("--amount", parser=amount, metavar="AMOUNT", help="Each time.")
    ],
    every_months: Annotated[int, typer.Option(min=0, max=MOST_MONTHS, help="0: one time.")] = 0,
) -> None:
    """Add a charge that customers can bear.

    Example: python -m data charges add "Line rental" --amount 12.50 --every-months 1
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        charge_added(conn, name, given.by(), amount_micros=amount_micros, every_months=every_months)
    typer.echo(f"Charge {name} is added")


@app.command("give")
def give(  # noqa: PLR0913 (the options of one entry)
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The charge's name.")],
    customer: Annotated[str, typer.Argument(help="The customer's number.")],
    first: Annotated[
        date | None, typer.Option("--from", parser=day, help="First time; today if not given.")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=day, help="No time after this day.")
    ] = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="It is meant, although the customer bears it already.")
    ] = False,
) -> None:
    """Let a customer bear a charge; refused where it would be billed twice for the same days.

    Example: python -m data charges give "Line rental" 1001 --from 2026-06-01
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        whom = known_customer(conn, customer)
        begin = first or the_tenant(conn).today(given.clock())
        number = charge_given(conn, whom, Giving(name, begin, last, again), given.by())
    typer.echo(f"Customer {customer} bears {name}, as entry {number}")


@app.command("list")
def list_(
    ctx: typer.Context,
    customer: Annotated[str | None, typer.Option(help="Only what this customer bears.")] = None,
) -> None:
    """List charges and who bears them, from when to when.

    Example: python -m data charges list --customer 1001
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        customer_id = None if customer is None else known_customer(conn, customer).id
        borne = charges_borne(conn, customer_id=customer_id)
        unborne = charges_by_name(conn) if customer is None else {}
        units = units_of(conn)
    bearers = {each.charge.name for each in borne}
    rows: list[tuple[object, ...]] = [
        (
            *_cells(each.charge, units),
            each.custid,
            each.charge.from_day,
            _last(each.charge),
            each.number,
        )
        for each in borne
    ]
    rows += [
        (*_cells(each, units), "", "", "", "")
        for name, each in unborne.items()
        if name not in bearers
    ]
    printed_table(
        ("charge", "amount", "every months", "custid", "from", "to", "entry"),
        sorted(rows, key=lambda row: str(row[0])),
    )


def _cells(charge: Charge | NamedCharge, units: Callable[[int], str]) -> tuple[str, str, str]:
    often = str(charge.every_months) if charge.every_months else "once"
    return charge.name, units(charge.amount_micros), often


def _last(charge: Charge) -> str:
    if not charge.every_months:
        return str(charge.from_day)
    return str(charge.to_day or "")


NameArgument = Annotated[str, typer.Argument(help="The charge's name.")]
CustomerArgument = Annotated[str, typer.Argument(help="The customer's number.")]
EntryOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=MOST_ROW_ID, help="Which, as 'charges list' has it, where there are several."
    ),
]


@app.command()
def end(
    ctx: typer.Context,
    name: NameArgument,
    customer: CustomerArgument,
    on: Annotated[
        date, typer.Option("--on", parser=day, help="The last day that it is billed for.")
    ],
    entry: EntryOption = None,
) -> None:
    """Let a customer bear a charge no longer.

    What is on recorded invoices stays; drafts that bill it after that day are out of date.

    Example: python -m data charges end "Line rental" 1001 --on 2026-09-30
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        borne = _meant(conn, name, customer, entry, after=on)
        invoiced = charge_ended(conn, borne, on, given.by())
    typer.echo(f"Customer {customer} bears {name} to {on}")
    for number, when in invoiced:
        typer.echo(f"  invoice {number} bills it for {when} and stays; credit it if need be")


@app.command()
def withdraw(
    ctx: typer.Context,
    name: NameArgument,
    customer: CustomerArgument,
    entry: EntryOption = None,
) -> None:
    """Take back a charge that was given by mistake, while it is on no recorded invoice.

    Drafts that bill it are out of date.

    Example: python -m data charges withdraw "Line rental" 1001
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        charge_withdrawn(conn, _meant(conn, name, customer, entry), given.by())
    typer.echo(f"Customer {customer} does not bear {name}; it was on no recorded invoice")


def _meant(
    conn: Connection, name: str, custid: str, entry: int | None, after: date | None = None
) -> Borne:
    """Return what is borne under a name, the one that is meant of several.

    Raises:
        Refused: There is none, or several of which none is named.
    """
    whom = known_customer(conn, custid)
    every = charges_borne(conn, name=name, customer_id=whom.id)
    found = [each for each in every if entry in {None, each.number}]
    if not found:
        which = "" if entry is None else f" as entry {entry}"
        raise Refused(f"Customer {custid} does not bear {name!r}{which}; see 'charges list'.")
    going_on = [each for each in found if after is None or (each.charge.to_day or date.max) > after]
    found = going_on or found
    if len(found) > 1:
        listed = ", ".join(f"entry {each.number} {each.charge.days}" for each in found)
        raise Refused(
            f"Customer {custid} bears {name!r} several times: {listed}. Nothing was changed; say "
            "with --entry which one is meant."
        )
    return found[0]
