"""What customers are given by name: tax categories, plans, charges."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.invoicing import Plan, Tax
from data.store.schema import (
    charges,
    customer_charges,
    plan_destinations,
    plans,
    tax_categories,
    taxes,
)
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def taxes_set(conn: Connection, category: str, wanted: Sequence[Tax], by: By) -> None:
    """Give a tax category its taxes, in the order in which they stack; it is made if new."""
    found = conn.execute(
        select(tax_categories.c.id).where(tax_categories.c.name == category)
    ).scalar()
    if found is None:
        found = conn.execute(
            insert(tax_categories).values(name=category).returning(tax_categories.c.id)
        ).scalar_one()
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


def plan_set(conn: Connection, plan: Plan, by: By) -> None:
    """Add a plan, or change the one of that name; invoices made before keep what they say."""
    values = {"monthly_fee_micros": plan.monthly_fee_micros, "included_s": plan.included_s}
    found = conn.execute(select(plans.c.id).where(plans.c.name == plan.name)).scalar()
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


def charge_added(
    conn: Connection, name: str, by: By, *, amount_micros: int, every_months: int
) -> None:
    """Add a charge that customers can bear.

    Raises:
        Refused: There is one of that name; invoices refer to it, so it is not changed.
    """
    if conn.execute(select(charges.c.id).where(charges.c.name == name)).scalar() is not None:
        raise Refused(f"There is a charge {name!r} already; give the new one another name.")
    facts = {"amount_micros": amount_micros, "every_months": every_months}
    conn.execute(insert(charges).values(name=name, **facts))
    audited(conn, by, Audit("charge_added", f"charge {name}", None, facts))
    version_raised(conn, by.at)


def charge_given(
    conn: Connection, customer_id: int, charge: str, days: tuple[date, date | None], by: By
) -> None:
    """Let a customer bear a charge from a first day to a last one, or without end.

    Raises:
        Refused: There is no such charge, or it would end before it begins.
    """
    from_day, to_day = days
    found = conn.execute(select(charges.c.id).where(charges.c.name == charge)).scalar()
    if found is None:
        raise Refused(f"There is no charge {charge!r}; add it with 'python -m data charges add'.")
    if to_day is not None and to_day < from_day:
        raise Refused(f"The charge would end ({to_day}) before it begins ({from_day}).")
    facts = {"charge_id": found, "from_day": from_day, "to_day": to_day}
    conn.execute(insert(customer_charges).values(customer_id=customer_id, **facts))
    audited(conn, by, Audit("charge_borne", f"customer row {customer_id}", None, facts))
    version_raised(conn, by.at)
