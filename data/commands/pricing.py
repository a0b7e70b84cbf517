"""python -m data taxes, plans: what customers are given by name."""

import re
from typing import Annotated

import typer

from data.commands.arguments import amount, percent_ppm, printed_table
from data.commands.context import context
from data.domain.counting import counted
from data.domain.errors import Refused
from data.domain.invoicing import MOST_INCLUDED_MINUTES, Plan, Tax
from data.domain.money import decimal_units
from data.store.queries.billable import plans_by_id, taxes_by_category
from data.store.queries.customers import named_rules
from data.store.queries.tenant import units_of
from data.store.writes.pricing import plan_set, taxes_set

taxes = typer.Typer(no_args_is_help=True, help="Tax categories: which taxes an invoice bears.")
plans = typer.Typer(no_args_is_help=True, help="Plans: monthly fee and included minutes.")


def _tax(text: str) -> Tax:
    """Return a tax written as NAME=5%, NAME=1.25, NAME=9.975%+ (stacked), NAME=5%<10 (capped)."""
    match = re.fullmatch(r"([^=]+)=([\d.]+)(%?)(\+?)(?:<([\d.]+))?", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no tax such as GST=5%, QST=9.975%+ or Fund=1.25")
    name, number, percent, stacked, cap = match.groups()
    return Tax(
        name.strip(),
        rate_ppm=percent_ppm(number) if percent else None,
        amount_micros=None if percent else amount(number),
        cap_micros=amount(cap) if cap else None,
        stacked=bool(stacked),
    )


def _outdated(drafts: int) -> None:
    if drafts:
        typer.echo(
            f"{counted(drafts, 'draft')} out of date by this; see 'python -m data invoices list'. "
            "Delete and draft again."
        )


@taxes.command("set")
def taxes_set_(
    ctx: typer.Context,
    category: Annotated[str, typer.Argument(help="The tax category's name.")],
    tax: Annotated[list[str], typer.Argument(help="In order: NAME=5%, NAME=9.975%+, NAME=1.25.")],
) -> None:
    """Give a tax category its taxes, in the order in which they are printed.

    A percentage ends with %, a fixed amount does not; + stacks a tax on the taxes before it; <
    and an amount caps it.

    Example: python -m data taxes set Quebec GST=5% QST=9.975%+
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        outdated = taxes_set(conn, category, [_tax(text) for text in tax], given.by())
    typer.echo(f"{category}: {len(tax)} {'tax' if len(tax) == 1 else 'taxes'}")
    _outdated(outdated)


@taxes.command("list")
def taxes_list(ctx: typer.Context) -> None:
    """List tax categories with their taxes.

    Example: python -m data taxes list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found, names = taxes_by_category(conn), named_rules(conn).tax_categories
        units = units_of(conn)
    printed_table(
        ("category", "tax", "percent", "fixed", "cap", "stacked"),
        (
            (
                name,
                tax.name,
                "" if tax.rate_ppm is None else decimal_units(tax.rate_ppm * 100),
                "" if tax.amount_micros is None else units(tax.amount_micros),
                "" if tax.cap_micros is None else units(tax.cap_micros),
                "yes" if tax.stacked else "",
            )
            for name, category in names.items()
            for tax in found.get(category, ())
        ),
    )


@plans.command("set")
def plans_set(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The plan's name.")],
    fee: Annotated[int, typer.Option(parser=amount, metavar="AMOUNT", help="Each month.")],
    minutes: Annotated[
        int, typer.Option(min=0, max=MOST_INCLUDED_MINUTES, help="Included each month.")
    ] = 0,
    destination: Annotated[
        list[str] | None, typer.Option(help="A prefix that the minutes cover; else every one.")
    ] = None,
) -> None:
    """Add a plan, or change the one of that name.

    Example: python -m data plans set Basic --fee 19.90 --minutes 500 --destination 44
    """
    patterns = sorted({text.lstrip("+") for text in destination or ()})
    wrong = [pattern for pattern in patterns if not re.fullmatch(r"\d{1,15}", pattern)]
    if wrong:
        raise Refused(f"{wrong[0]!r} is not a prefix of digits; nothing was changed.")
    plan = Plan(
        name=name, monthly_fee_micros=fee, included_s=minutes * 60, destinations=tuple(patterns)
    )
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        outdated = plan_set(conn, plan, given.by())
    typer.echo(f"Plan {name} is set")
    _outdated(outdated)


@plans.command("list")
def plans_list(ctx: typer.Context) -> None:
    """List plans.

    Example: python -m data plans list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found, units = plans_by_id(conn), units_of(conn)
    printed_table(
        ("plan", "monthly fee", "minutes", "destinations"),
        (
            (
                each.name,
                units(each.monthly_fee_micros),
                each.included_s // 60,
                " ".join(each.destinations) or "all",
            )
            for each in sorted(found.values(), key=lambda plan: plan.name)
        ),
    )
