"""python -m data: the store, people, customers, rates, invoices, and the operator's tools."""

import getpass
import sys
from datetime import UTC, datetime

import typer

from data.commands import mail, store
from data.commands.context import Context
from data.commands.doctor import doctor
from data.domain.errors import BillingError
from data.logs import logs_to_stderr
from data.settings import Settings

app = typer.Typer(
    name="python -m data",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The store, people, customers, rates, invoices, and the operator's tools.",
)
app.command()(store.migrate)
app.command()(store.backup)
app.command()(store.restore)
app.command()(mail.mail_summary)
app.command()(doctor)


def main() -> None:
    """Run one command; exit 2 with one message when it could not run."""
    logs_to_stderr("WARNING")
    context = Context(lambda: datetime.now(UTC), Settings.read, getpass.getuser())
    try:
        app(obj=context)
    except BillingError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
