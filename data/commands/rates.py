"""python -m data rates: rate tables from files."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from data.commands.arguments import day, printed_import, printed_table
from data.commands.context import context
from data.commands.customers import Partial
from data.domain.periods import Period
from data.exchange.rate_files import rates_text
from data.exchange.rates import RateTarget, rates_given, rates_read, table_previewed
from data.store.queries.rates import active_rates, known_rate_table, rate_table_sizes
from data.store.queries.tenant import the_tenant, units_of

app = typer.Typer(no_args_is_help=True, help="Rate tables: what calls cost.")


@app.command("import")
def import_(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="The rate table's name; made if it is new.")],
    file: Annotated[Path, typer.Argument(help="CDR2Cloud's 20 columns, or a deck with a header.")],
    *,
    override: Annotated[
        str,
        typer.Option(help="Only for calls with this override value; SMS|MMS are two."),
    ] = "",
    partial: Partial = False,
) -> None:
    """Give a rate table the rates of a file.

    CDR2Cloud's 20 tab-delimited columns, or a deck whose header names a prefix, a price per
    minute, and perhaps destination, increments, connection fee and effective date. A file
    without effective dates replaces the table; one with dates adds versions.

    Example: python -m data rates import Retail deck.csv
    """
    given = context(ctx)
    with given.store() as store:
        with store.snapshot() as conn:
            currency = the_tenant(conn).currency
        read = rates_read(file, RateTarget(table, override), currency=currency, partial=partial)
        result = rates_given(store, read, given.by())
    printed_import(result)


@app.command()
def preview(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="The rate table in use.")],
    file: Annotated[Path, typer.Argument(help="The rates that it would get.")],
    first: Annotated[date, typer.Option("--from", parser=day, help="First day compared.")],
    last: Annotated[date, typer.Option("--to", parser=day, help="Last day compared.")],
) -> None:
    """Show what a table would have charged for the calls of a period with the rates of a file.

    Example: python -m data rates preview Retail new-deck.csv --from 2026-06-01 --to 2026-06-30
    """
    if last < first:
        raise typer.BadParameter(f"the period cannot end ({last}) before it begins ({first})")
    with context(ctx).store() as store, store.snapshot() as conn:
        found, units = table_previewed(conn, table, file, Period(first, last)), units_of(conn)
    printed_table(
        ("destination", "calls", "now", "then", "difference", "newly rated", "newly unrated"),
        (
            (
                row.destination or ("in all" if row is found.total else "(none)"),
                row.calls,
                units(row.before_micros),
                units(row.after_micros),
                units(row.moved_micros),
                row.newly_rated,
                row.newly_unrated,
            )
            for row in (*found.rows, found.total)
        ),
    )


@app.command()
def export(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="The rate table.")],
) -> None:
    """Print the rates of a table as a file that `import` takes.

    Imported as it is it changes nothing. Rates with a price per minute are a CSV deck, those by
    time of day or with a markup CDR2Cloud's 20 columns.

    Example: python -m data rates export Retail > retail.csv
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = active_rates(conn, known_rate_table(conn, table))
    typer.echo(rates_text(table, found), nl=False)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List rate tables with their sizes.

    Example: python -m data rates list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = rate_table_sizes(conn)
    printed_table(("table", "rates", "customers"), found)
