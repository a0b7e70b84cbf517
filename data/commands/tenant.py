"""python -m data tenant: whose books these are, as printed on invoices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.commands.context import context
from data.documents.logo import checked_logo
from data.domain.errors import Refused
from data.domain.tenant import Tenant
from data.store.queries.tenant import the_tenant
from data.store.writes.tenant import tenant_changed
from data.system_refusals import refusal

app = typer.Typer(no_args_is_help=True, help="Whose books these are, as printed on invoices.")


class Fact(StrEnum):
    """What can be said about the tenant."""

    NAME = "name"
    ADDRESS = "address"
    TAX_ID = "tax-id"
    LOGO = "logo"
    BANK = "bank"
    DAYS_TO_PAY = "days-to-pay"
    NEXT_INVOICE_NUMBER = "next-invoice-number"
    BILLING_START = "billing-start"


def _name(tenant: Tenant, text: str) -> Tenant:
    if not text.strip():
        raise Refused("The name cannot be empty; nothing was changed.")
    return replace(tenant, name=text.strip())


def _logo(tenant: Tenant, text: str) -> Tenant:
    if not text:
        return replace(tenant, logo=None)
    try:
        return replace(tenant, logo=checked_logo(Path(text).read_bytes()))
    except OSError as error:
        raise refusal(error, Path(text)) from None


def _days_to_pay(tenant: Tenant, text: str) -> Tenant:
    return replace(tenant, days_to_pay=_whole(text, least=0, most=365))


def _next_number(tenant: Tenant, text: str) -> Tenant:
    number = _whole(text, least=1, most=10**15)
    if number < tenant.next_invoice_number:
        raise Refused(
            f"The next invoice number is {tenant.next_invoice_number} and cannot go back to "
            f"{number}: numbers would be given twice."
        )
    return replace(tenant, next_invoice_number=number)


def _billing_start(tenant: Tenant, text: str) -> Tenant:
    try:
        return replace(tenant, billing_start=date.fromisoformat(text) if text else None)
    except ValueError:
        raise Refused(f"{text!r} is not a day such as 2026-06-01; nothing was changed.") from None


def _whole(text: str, *, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise Refused(f"{text!r} is not a whole number from {least} to {most}.")
    return int(text)


CHANGES: dict[Fact, Callable[[Tenant, str], Tenant]] = {
    Fact.NAME: _name,
    Fact.ADDRESS: lambda tenant, text: replace(tenant, address=text.replace("\\n", "\n")),
    Fact.TAX_ID: lambda tenant, text: replace(tenant, tax_id=text),
    Fact.LOGO: _logo,
    Fact.BANK: lambda tenant, text: replace(tenant, bank=text.replace("\\n", "\n")),
    Fact.DAYS_TO_PAY: _days_to_pay,
    Fact.NEXT_INVOICE_NUMBER: _next_number,
    Fact.BILLING_START: _billing_start,
}


@app.command("set")
def set_(
    ctx: typer.Context,
    fact: Annotated[Fact, typer.Argument(help="What to set.")],
    value: Annotated[str, typer.Argument(help="To what; a logo by its file; '\\n' ends a line.")],
) -> None:
    """Set one fact; an empty value takes it away where that makes sense.

    Example: python -m data tenant set name "Northern Voice Ltd"
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        tenant_changed(conn, CHANGES[fact](the_tenant(conn), value), given.by())
    typer.echo(f"{fact} is set")


@app.command()
def show(ctx: typer.Context) -> None:
    """Show every fact.

    Example: python -m data tenant show
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        tenant = the_tenant(conn)
    facts = {
        "name": tenant.name,
        "address": tenant.address,
        "tax-id": tenant.tax_id,
        "logo": f"{len(tenant.logo)} bytes" if tenant.logo else "",
        "bank": tenant.bank,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "days-to-pay": tenant.days_to_pay,
        "next-invoice-number": tenant.next_invoice_number,
        "billing-start": tenant.billing_start or "",
    }
    for name, value in facts.items():
        typer.echo(f"{name:20} {value}")
