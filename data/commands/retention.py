"""The command that lets old calls and archived files go."""

from datetime import date
from typing import Annotated

import typer

from data.commands.arguments import day
from data.commands.context import Context, context
from data.domain.counting import counted
from data.domain.errors import Refused
from data.domain.retention import MOST_DAYS, Expired, GivenUp, Hold
from data.retention import Keeping, date_checked, expired, moved_back, planned


def retention(  # noqa: PLR0913 (the options of one command)
    ctx: typer.Context,
    *,
    archive_days: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_DAYS, help="Delete archived files received longer ago."),
    ] = None,
    calls_days: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_DAYS, help="Delete calls from longer ago; sums stay."),
    ] = None,
    unclaimed_too: Annotated[
        bool, typer.Option("--unclaimed-too", help="Give up answered calls of no customer.")
    ] = False,
    unpriced_too: Annotated[
        bool, typer.Option("--unpriced-too", help="Give up answered calls without a price.")
    ] = False,
    date_is_right: Annotated[
        bool,
        typer.Option("--date-is-right", help="Nothing came for long, and the clock is right."),
    ] = False,
    calls_from: Annotated[
        date | None,
        typer.Option(parser=day, help="Only load calls from this earlier day on again."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
) -> None:
    """Let old calls and archived files go; never what is not invoiced.

    Example: python -m data retention --archive-days 400 --calls-days 800 --dry-run
    """
    kept = archive_days is not None or calls_days is not None
    if kept == (calls_from is not None):
        raise Refused(
            "Give --archive-days or --calls-days, or --calls-from alone; nothing was changed."
        )
    given = context(ctx)
    if calls_from is not None:
        if dry_run:
            raise Refused("--calls-from has no --dry-run; nothing was changed.")
        _moved_back(given, calls_from)
        return
    keeping = Keeping(archive_days, calls_days, GivenUp(unclaimed_too, unpriced_too))
    with given.store() as store:
        if not date_is_right:
            date_checked(store, given.by())
        if dry_run:
            done = planned(store, keeping, given.by())
        else:
            done = expired(store, keeping, given.by(), given.read_settings().archive_dir)
    for text in told(done, "would go" if dry_run else "went"):
        typer.echo(text)


def _moved_back(given: Context, calls_from: date) -> None:
    with given.store() as store:
        files = moved_back(store, calls_from, given.by())
    typer.echo(f"Calls are kept from {calls_from} on.")
    if files:
        ids = " ".join(map(str, files))
        typer.echo(f"Lines of {counted(len(files), 'file')} were ignored meanwhile. Load them:")
        typer.echo(f"  python -m ingest reprocess {ids}")


def told(done: Expired, verb: str) -> list[str]:
    """Return what is said of a retention, a line each."""
    calls, files = counted(done.calls, "call"), counted(done.files, "archived file")
    lines = [f"{calls} and {files} ({counted(done.files_bytes, 'byte')}) {verb}."]
    if done.calls_before is not None:
        lines.append(f"Calls are kept from {done.calls_before} on; all sums stay.")
    if done.hold is not None:
        lines.append(_held(done.hold))
    return lines


def _held(hold: Hold) -> str:
    """Return which calls hold a day, and what to do about each kind of them."""
    kinds = (
        (hold.uninvoiced, "to invoice (record a bill run over them)"),
        (hold.unpriced, "without a price (add its rate and reprocess, or --unpriced-too)"),
        (hold.unclaimed, "of no customer (add its auth code and reprocess, or --unclaimed-too)"),
    )
    there = ", ".join(f"{counted(calls, 'call')} {what}" for calls, what in kinds if calls)
    whose = f" Customers with such calls: {', '.join(hold.custids)}." if hold.custids else ""
    return f"Nothing from {hold.day} on may go yet: that day has {there}.{whose}"
