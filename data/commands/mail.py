"""The command that sends the day's summary."""

from typing import Annotated

import typer

from data.commands.context import context
from data.documents.mail import mail_server, mailed, message
from data.documents.summary_mail import summary_letter, summary_plain
from data.documents.summary_text import summary_text
from data.domain.dashboard import Dashboard
from data.domain.errors import NotSent
from data.settings import Settings
from data.settings_sending import addresses
from data.store.queries.dashboard import DashboardQuestion, dashboard


def mail_summary(
    ctx: typer.Context,
    *,
    to: Annotated[
        list[str] | None,
        typer.Option(help="Who gets it instead of TOLLBOARD_SUMMARY_TO; may be given again."),
    ] = None,
    show: Annotated[
        bool, typer.Option("--print", help="Print it instead; nothing is sent.")
    ] = False,
) -> None:
    """Mail what needs a person and the nine numbers, with a workbook; once a day by a scheduler.

    Example: python -m data mail-summary --to billing@example.com
    """
    given = context(ctx)
    settings = given.read_settings()
    seen = _seen(ctx, settings)
    if show:
        typer.echo(summary_plain(summary_text(seen), settings.page_url), nl=False)
        return
    receivers = addresses(",".join(to) if to else settings.summary_to)
    if not receivers:
        raise NotSent("Nobody is named to get the summary. Set TOLLBOARD_SUMMARY_TO or give --to.")
    server = mail_server(settings)
    letter = summary_letter(seen, receivers, settings.page_url)
    identity = f"summary {seen.tenant} {seen.as_of.isoformat()}"
    mailed(server, message(letter, server.sender, seen.as_of, identity))
    typer.echo(f"Sent to {', '.join(receivers)}: {letter.subject}")


def _seen(ctx: typer.Context, settings: Settings) -> Dashboard:
    """Return the page's figures as they stand now."""
    given = context(ctx)
    asked = DashboardQuestion(allotted_bytes=settings.disk_allotment)
    with given.store() as store, store.snapshot() as conn:
        return dashboard(conn, given.clock(), asked)
