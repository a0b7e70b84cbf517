"""python -m data: the store, people, customers, rates, invoices, and the operator's tools."""

import secrets
import sys
from datetime import UTC, datetime

import typer

from data.commands import (
    auth_codes,
    charges,
    customers,
    differences,
    documents,
    invoice_numbers,
    invoices,
    mail,
    payments,
    pricing,
    rates,
    sources,
    store,
    tenant,
    tickets,
    users,
)
from data.commands.context import Context
from data.commands.doctor import doctor
from data.commands.erase import erase
from data.commands.explain import explain
from data.commands.retention import retention
from data.domain.errors import BillingError, ImportRefused, Refused
from data.late_logs import heeding, logs_to_stderr_when_there_are_any
from data.machine_users import this_user
from data.settings import Settings
from data.system_refusals import system_heard

app = typer.Typer(
    name="python -m data",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help texts are plain paragraphs
    help="The store, people, customers, rates, invoices, and the operator's tools.",
)
app.command()(store.migrate)
app.command()(store.backup)
app.command()(store.restore)
app.command()(store.new_key)
app.command()(mail.mail_summary)
app.command()(doctor)
app.command()(explain)
app.command()(retention)
app.command()(erase)
app.add_typer(tenant.app, name="tenant")
app.add_typer(sources.app, name="source")
app.add_typer(customers.app, name="customers")
app.add_typer(auth_codes.app, name="auth-codes")
app.add_typer(rates.app, name="rates")
app.add_typer(pricing.taxes, name="taxes")
app.add_typer(pricing.plans, name="plans")
app.add_typer(charges.app, name="charges")
app.add_typer(invoices.app, name="invoices")
invoices.app.command()(documents.show)
invoices.app.command()(documents.calls)
invoices.app.command()(differences.differences)
invoices.app.command()(invoice_numbers.numbers)
app.add_typer(payments.app, name="payments")
app.add_typer(tickets.app, name="ticket")
app.add_typer(users.users, name="user")
app.add_typer(users.tokens, name="token")


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _settings() -> Settings:
    return heeding(Settings.read())


def main() -> None:
    """Run one command; exit 1 with one message when it was refused, 2 when it could not run."""
    logs_to_stderr_when_there_are_any("WARNING")
    context = Context(lambda: datetime.now(UTC), _settings, this_user(), _new_secret)
    try:
        with system_heard():
            app(obj=context)
    except (Refused, ImportRefused) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except BillingError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
