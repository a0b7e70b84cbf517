"""The command that erases a person's data on request."""

from typing import Annotated

import typer

from data.commands.context import context
from data.domain.erasure import Erased
from data.domain.errors import Refused
from data.erasure import number_erased, person_erased


def erase(
    ctx: typer.Context,
    *,
    number: Annotated[
        list[str] | None, typer.Option(help="A phone number, as +442079460100; may be repeated.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="A customer's number: its record is deleted and emptied.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would change.")
    ] = False,
) -> None:
    """Erase a person's data: numbers and contact data go, sums and issued invoices stay.

    Example: python -m data erase --number +442079460100 --customer 1001 --dry-run
    """
    if not (number or customer):
        raise Refused("Name what to erase: --number, --customer, or both. Nothing was changed.")
    given = context(ctx)
    archive = given.read_settings().archive_dir
    done = []
    with given.store() as store:
        if customer:
            done.append(person_erased(store, customer, given.by(), dry_run=dry_run))
        if number:
            done.append(number_erased(store, number, given.by(), archive, dry_run=dry_run))
    for line in _told(done, dry_run=dry_run):
        typer.echo(line)


def _told(done: list[Erased], *, dry_run: bool) -> list[str]:
    verb = "would be erased" if dry_run else "erased"
    lines = [
        f"{name.replace('_', ' ')}: {count:,} {verb}"
        for one in done
        for name, count in one.counts.items()
    ]
    kept = dict.fromkeys(what for one in done for what in one.kept)
    return [*lines, "Kept:", *(f"- {what}" for what in kept)]
