"""What customers are given by name: tax categories and plans."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, delete, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.invoicing import Plan, Tax
from data.domain.naming import check_named
from data.store.queries.billable import plans_by_id, taxes_by_category
from data.store.queries.tenant import units_of
from data.store.schema import (
    plan_destinations,
    plans,
    tax_categories,
    taxes,
)
from data.store.writes.audit import Audit, audited
from data.store.writes.outdated import plan_drafts_outdated, taxed_drafts_outdated
from data.store.writes.versions import version_raised


def taxes_set(conn: Connection, category: str, wanted: Sequence[Tax], by: By) -> int:
    """Give a tax category its taxes, in the order in which they stack; it is made if new.

    Drafts that were reckoned by other ones are out of date; return how many.

    Raises:
        Refused: The category, or a tax, has no name.
    """
    check_named(category, "A tax category")
    for tax in wanted:
        check_named(tax.name, "A tax")
    found = conn.execute(
        select(tax_categories.c.id).where(tax_categories.c.name == category)
    ).scalar()
    if found is None:
        found = conn.execute(
            insert(tax_categories).values(name=category).returning(tax_categories.c.id)
        ).scalar_one()
    known = taxes_by_category(conn).get(found, [])
    outdated = taxed_drafts_outdated(conn, found) if known != list(wanted) else 0
    conn.execute(delete(taxes).where(taxes.c.tax_category_id == found))
    rows = [
        {"tax_category_id": found, "position": position, **asdict(tax)}
        for position, tax in enumerate(wanted, start=1)
    ]
    if rows:
        conn.execute(insert(taxes), rows)
    facts = {"taxes": [asdict(tax) for tax in wanted]}
    audited(conn, by, Audit("taxes_set", f"tax category {category}", None, facts))
    version_raised(conn, by.at)
    return outdated


def plan_set(conn: Connection, plan: Plan, by: By) -> int:
    """Add a plan, or change the one of that name; recorded invoices keep what they say.

    Drafts that bill it as it was are out of date; return how many.

    Raises:
        Refused: It has no name, or its fee is below 0.
    """
    check_named(plan.name, "A plan")
    if plan.monthly_fee_micros < 0:
        raise Refused(
            f"The fee of a plan cannot be below 0 ({units_of(conn)(plan.monthly_fee_micros)}). "
            "Nothing was changed; a discount is a charge with an amount below 0."
        )
    values = {"monthly_fee_micros": plan.monthly_fee_micros, "included_s": plan.included_s}
    found = conn.execute(select(plans.c.id).where(plans.c.name == plan.name)).scalar()
    was = plans_by_id(conn).get(found or 0)
    changes = was is not None and was != replace(plan, id=was.id)
    outdated = plan_drafts_outdated(conn, plan.name) if changes else 0
    if found is None:
        found = conn.execute(
            insert(plans).values(name=plan.name, **values).returning(plans.c.id)
        ).scalar_one()
    else:
        conn.execute(update(plans).where(plans.c.id == found).values(**values))
    conn.execute(delete(plan_destinations).where(plan_destinations.c.plan_id == found))
    if plan.destinations:
        conn.execute(
            insert(plan_destinations),
            [{"plan_id": found, "pattern": pattern} for pattern in plan.destinations],
        )
    audited(conn, by, Audit("plan_set", f"plan {plan.name}", None, asdict(plan)))
    version_raised(conn, by.at)
    return outdated
