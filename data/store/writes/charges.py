"""Charges: added, borne by customers, ended, taken back."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from data.domain.authorship import By
from data.domain.charges import Charge, borne_at_once
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.store.queries.charges import (
    Borne,
    NamedCharge,
    charges_borne,
    charges_by_name,
    recorded_with,
)
from data.store.schema import charges, customer_charges, invoice_lines, invoices
from data.store.writes.audit import Audit, audited
from data.store.writes.customers import subject
from data.store.writes.outdated import drafts_outdated
from data.store.writes.versions import version_raised


def charge_added(
    conn: Connection, name: str, by: By, *, amount_micros: int, every_months: int
) -> None:
    """Add a charge that customers can bear.

    Raises:
        Refused: There is one of that name (invoices refer to it, so it is not changed), or the
            name is none.
    """
    check_named(name, "A charge")
    if conn.execute(select(charges.c.id).where(charges.c.name == name)).scalar() is not None:
        raise Refused(f"There is a charge {name!r} already; give the new one another name.")
    facts = {"amount_micros": amount_micros, "every_months": every_months}
    conn.execute(insert(charges).values(name=name, **facts))
    audited(conn, by, Audit("charge_added", f"charge {name}", None, facts))
    version_raised(conn, by.at)


@dataclass(frozen=True)
class Giving:
    """What a customer is to bear.

    Attributes:
        name: The charge's name.
        first: The day of the first time.
        last: No time after this day; none: no end.
        again: It is meant that the customer bears it more than once at a time.
    """

    name: str
    first: date
    last: date | None = None
    again: bool = False


def charge_given(conn: Connection, whom: Customer, giving: Giving, by: By) -> int:
    """Let a customer bear a charge; return the number of the entry, as `charges list` has it.

    Raises:
        Refused: There is no such charge, it would end before it begins, or the customer bears it
            already on one of those days and it is not said that both are meant.
    """
    charge, first, last = _known(conn, giving.name), giving.first, giving.last
    if last is not None and last < first:
        raise Refused(f"The charge would end ({last}) before it begins ({first}).")
    wanted = Charge(
        customer_charge_id=0,
        name=giving.name,
        amount_micros=charge.amount_micros,
        every_months=charge.every_months,
        from_day=first,
        to_day=last,
    )
    if not giving.again:
        _check_borne_once(conn, whom, wanted)
    facts = {"charge_id": charge.id, "from_day": first, "to_day": last}
    added = insert(customer_charges).values(customer_id=whom.id, **facts)
    number: int = conn.execute(added.returning(customer_charges.c.id)).scalar_one()
    audited(conn, by, Audit("charge_borne", subject(whom), None, _facts(wanted)))
    version_raised(conn, by.at)
    return number


def _known(conn: Connection, name: str) -> NamedCharge:
    found = charges_by_name(conn).get(name)
    if found is None:
        raise Refused(f"There is no charge {name!r}; add it with 'python -m data charges add'.")
    return found


def _check_borne_once(conn: Connection, whom: Customer, wanted: Charge) -> None:
    for borne in charges_borne(conn, name=wanted.name, customer_id=whom.id):
        if borne_at_once(borne.charge, wanted):
            raise Refused(
                f"Customer {whom.custid} bears {wanted.name!r} {borne.charge.days} already (entry "
                f"{borne.number}), and it would be billed twice. Nothing was given: end that one "
                "with 'charges end', or say with --again that both are meant."
            )


def _facts(charge: Charge) -> dict[str, object]:
    return {"charge": charge.name, "from_day": charge.from_day, "to_day": charge.to_day}


def charge_ended(conn: Connection, borne: Borne, on: date, by: By) -> list[tuple[str, date]]:
    """Let a customer bear a charge no longer; drafts that bill it later are out of date.

    Args:
        conn: A write transaction.
        borne: What is borne, as it stands in this transaction.
        on: The last day that it is billed for.
        by: Who ends it.

    Returns:
        The recorded invoices that bill it after that day, which stay as they are, and the days.

    Raises:
        Refused: It is billed once only, begins after that day, or ends by then already.
    """
    charge = borne.charge
    if not charge.every_months:
        raise Refused(
            f"{charge.name!r} is billed once, {charge.days}, and has no end. Nothing was changed; "
            "take it back with 'charges withdraw' while it is on no recorded invoice."
        )
    if on < charge.from_day:
        raise Refused(
            f"{charge.name!r} is borne {charge.days}, which is after {on}. Nothing was changed; "
            "take it back with 'charges withdraw'."
        )
    if charge.to_day is not None and charge.to_day <= on:
        raise Refused(f"{charge.name!r} is borne {charge.days} already; nothing was changed.")
    drafts_outdated(conn, _with(borne, invoice_lines.c.from_day > on))
    this = customer_charges.c.id == borne.number
    conn.execute(update(customer_charges).where(this).values(to_day=on))
    after = _facts(replace(charge, to_day=on))
    audited(conn, by, Audit("charge_ended", f"customer {borne.custid}", _facts(charge), after))
    version_raised(conn, by.at)
    return [(name, day) for name, day in recorded_with(conn, borne.number) if day > on]


def charge_withdrawn(conn: Connection, borne: Borne, by: By) -> None:
    """Take back that a customer bears a charge; drafts that bill it are out of date.

    Raises:
        Refused: A recorded invoice bills it.
    """
    recorded = [name for name, _ in recorded_with(conn, borne.number)]
    if recorded:
        raise Refused(
            f"{borne.charge.name!r} is on invoice {', '.join(recorded)} and cannot be taken back. "
            "Nothing was changed; end it with 'charges end', and credit what was billed."
        )
    drafts_outdated(conn, _with(borne))
    # Deleted drafts keep their lines too.
    lines = invoice_lines.c.customer_charge_id == borne.number
    conn.execute(update(invoice_lines).where(lines).values(customer_charge_id=None))
    conn.execute(delete(customer_charges).where(customer_charges.c.id == borne.number))
    before = _facts(borne.charge)
    audited(conn, by, Audit("charge_withdrawn", f"customer {borne.custid}", before, None))
    version_raised(conn, by.at)


def _with(borne: Borne, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    with_it = select(invoice_lines.c.invoice_id).where(
        invoice_lines.c.customer_charge_id == borne.number, *which
    )
    return invoices.c.id.in_(with_it)
