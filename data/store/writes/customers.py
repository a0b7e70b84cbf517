"""Customers and the charges that they bear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from data.domain.authorship import By
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.records import InvoiceStatus
from data.store.queries.customers import CUSTOMER_COLUMNS
from data.store.queries.invoices import balance
from data.store.queries.tenant import the_tenant, units_of
from data.store.schema import (
    customer_charges,
    customers,
    invoices,
    payment_allocations,
)
from data.store.writes.audit import Audit, all_audited, audited, differing
from data.store.writes.outdated import (
    drafts_of_others_plan_outdated,
    drafts_of_others_taxes_outdated,
)
from data.store.writes.versions import version_raised

COLUMNS = [column.name for column in CUSTOMER_COLUMNS if column.name != "id"]
_FACTS = attrgetter(*COLUMNS)


def customers_saved(conn: Connection, wanted: Sequence[Customer], by: By) -> tuple[int, int]:
    """Add and change customers by their numbers; return how many were added and changed.

    What is as wanted already is not written. A deleted customer's number brings it back. Drafts of
    customers that get another plan or tax category are out of date where these are billed.
    """
    query = select(*CUSTOMER_COLUMNS, customers.c.deleted_at)
    stored = {row.custid: row for row in conn.execute(query)}
    new = [customer for customer in wanted if customer.custid not in stored]
    changed: list[Customer] = []
    regrouped: dict[str, list[int]] = {"plan_id": [], "tax_category_id": []}
    audits = [
        Audit("customer_added", subject(customer), None, dict(vars(customer))) for customer in new
    ]
    for customer in wanted:
        row = stored.get(customer.custid)
        if row is None:
            continue
        number, *facts, deleted_at = row
        if deleted_at is None and facts == list(_FACTS(customer)):
            continue
        after = replace(customer, id=number)
        changed.append(after)
        before = dict(zip(COLUMNS, facts, strict=True))
        differs = differing(before, _columns(after))
        audits.append(Audit("customer_changed", subject(after), *differs))
        for name, ids in regrouped.items():
            if before[name] != getattr(after, name):
                ids.append(number)
    _write(conn, new, changed, by)
    drafts_of_others_plan_outdated(conn, regrouped["plan_id"])
    drafts_of_others_taxes_outdated(conn, regrouped["tax_category_id"])
    all_audited(conn, by, audits)
    if new or changed:
        version_raised(conn, by.at)
    return len(new), len(changed)


def _write(conn: Connection, new: Sequence[Customer], changed: Sequence[Customer], by: By) -> None:
    if new:
        rows = [{**_columns(customer), "created_at": by.at} for customer in new]
        conn.execute(insert(customers), rows)
    if changed:
        statement = (
            update(customers)
            .where(customers.c.id == bindparam("row_id"))
            .values({name: bindparam(name) for name in (*COLUMNS, "deleted_at")})
        )
        rows = [
            {**_columns(customer), "row_id": customer.id, "deleted_at": None}
            for customer in changed
        ]
        conn.execute(statement, rows)


def _columns(customer: Customer) -> dict[str, object]:
    return {name: getattr(customer, name) for name in COLUMNS}


def subject(customer: Customer) -> str:
    """Return how the audit log names a customer."""
    return f"customer {customer.custid}"


def check_provider(conn: Connection, before: Customer | None, after: Customer) -> None:
    """Check that a customer with open invoices does not become a provider.

    Raises:
        Refused: It does; what it owes would be in the unpaid invoices and in no customer's sums.
    """
    if before is None or before.provider or not after.provider:
        return
    if _open_invoices(conn, before.id):
        raise Refused(
            f"Customer {before.custid} has draft or unpaid invoices and does not become a "
            "provider: providers are never invoiced. Delete the drafts, and settle or write off "
            "the others first."
        )


def customer_deleted(conn: Connection, customer: Customer, by: By) -> None:
    """Delete a customer; what it was billed stays.

    Raises:
        Refused: One of its invoices is a draft, or is not paid, or money is on its account.
    """
    if _open_invoices(conn, customer.id):
        raise Refused(
            f"Customer {customer.custid} has draft or unpaid invoices and was kept. "
            "Delete the drafts, and settle or write off the others first."
        )
    _check_account_settled(conn, customer)
    conn.execute(update(customers).where(customers.c.id == customer.id).values(deleted_at=by.at))
    audited(conn, by, Audit("customer_deleted", subject(customer), dict(vars(customer))))
    version_raised(conn, by.at)


def _check_account_settled(conn: Connection, customer: Customer) -> None:
    """Refuse what would leave money with nobody: ours that was refunded, or the customer's."""
    on_account = balance(conn, customer.id).on_account_micros
    amount = units_of(conn)(abs(on_account))
    if on_account > 0:
        raise Refused(
            f"Customer {customer.custid} has {amount} on account and was kept. Pay it back first "
            "('payments refund'), put it to an invoice ('payments apply'), or reverse the payment "
            "if it was a mistake."
        )
    if on_account < 0:
        raise Refused(
            f"Customer {customer.custid} was paid back {amount} more than was received and was "
            "kept. Enter what it pays, or a credit note, first."
        )


def _open_invoices(conn: Connection, customer_id: int) -> int:
    paid = (
        select(func.coalesce(func.sum(payment_allocations.c.amount_micros), 0))
        .where(payment_allocations.c.invoice_id == invoices.c.id)
        .scalar_subquery()
    )
    query = select(func.count()).where(
        invoices.c.customer_id == customer_id,
        invoices.c.deleted_at.is_(None),
        or_(
            invoices.c.status == InvoiceStatus.DRAFT,
            invoices.c.total_micros > paid,
        ),
    )
    return conn.execute(query).scalar_one()


def charges_borne(conn: Connection, charge_ids: Mapping[str, int], by: By) -> int:
    """Give customers (by number) a charge from today on, unless they bear it; return how many."""
    ids = dict(conn.execute(select(customers.c.custid, customers.c.id)).all())
    query = select(customer_charges.c.customer_id, customer_charges.c.charge_id)
    borne = {(row.customer_id, row.charge_id) for row in conn.execute(query)}
    wanted = [
        (custid, ids[custid], charge)
        for custid, charge in sorted(charge_ids.items())
        if (ids[custid], charge) not in borne
    ]
    if not wanted:
        return 0
    today = the_tenant(conn).today(by.at)
    conn.execute(
        insert(customer_charges),
        [
            {"customer_id": customer, "charge_id": charge, "from_day": today}
            for _, customer, charge in wanted
        ],
    )
    all_audited(
        conn,
        by,
        [
            Audit("charge_borne", f"customer {custid}", None, {"charge_id": charge})
            for custid, _, charge in wanted
        ],
    )
    version_raised(conn, by.at)
    return len(wanted)
