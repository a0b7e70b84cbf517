"""Invoices recorded, with numbers that have no gap, and taken back to draft while unpaid."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.invoicing import LineKind
from data.domain.records import InvoiceStatus
from data.store.queries.invoices import Invoice
from data.store.queries.retention import calls_expired_before
from data.store.schema import (
    customers,
    free_invoice_numbers,
    invoice_lines,
    invoices,
    plans,
    tenant,
    usage_by_customer,
)
from data.store.writes.audit import Audit, all_audited, audited
from data.store.writes.versions import version_raised


def invoices_recorded(conn: Connection, found: Sequence[Invoice], by: By) -> list[str]:
    """Make drafts final, all or none, and return their numbers in order.

    Numbers are taken in this transaction: the one that a draft had, one that became free, or the
    tenant's next, so that recorded numbers have no gap.

    Raises:
        Refused: One of them is deleted, recorded already, out of date, or a provider's.
    """
    for invoice in found:
        check_draft(invoice, "recorded")
        if invoice.outdated:
            raise Refused(
                f"Draft {invoice.name} is out of date: what it bills has changed since. "
                "It was kept; delete it and draft the period again."
            )
    if not found:
        return []
    _check_no_provider(conn, found)
    if len({invoice.id for invoice in found}) < len(found):
        raise Refused("A draft is named twice; nothing was recorded.")
    numbers = _numbers(conn, found)
    conn.execute(
        update(invoices)
        .where(invoices.c.id == bindparam("of_invoice"))
        .values(status=InvoiceStatus.RECORDED, number=bindparam("its_number"), recorded_at=by.at),
        [
            {"of_invoice": invoice.id, "its_number": number}
            for invoice, number in zip(found, numbers, strict=True)
        ],
    )
    all_audited(
        conn,
        by,
        [
            Audit("invoice_recorded", f"invoice D{invoice.id}", None, {"number": number})
            for invoice, number in zip(found, numbers, strict=True)
        ],
    )
    version_raised(conn, by.at)
    return numbers


def _check_no_provider(conn: Connection, found: Sequence[Invoice]) -> None:
    query = select(customers.c.custid).where(customers.c.provider.is_(True))
    providers = set(conn.execute(query).scalars())
    for invoice in found:
        if invoice.custid in providers:
            raise Refused(
                f"Draft {invoice.name} is of customer {invoice.custid}, a provider, and providers "
                "are never invoiced. It was kept, and nothing was recorded; delete it."
            )


def check_draft(invoice: Invoice, wanted: str) -> None:
    """Refuse what is no draft any more.

    Raises:
        Refused: It is deleted, or recorded.
    """
    if invoice.deleted:
        raise Refused(f"Draft {invoice.name} was deleted and cannot be {wanted}.")
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Refused(
            f"Invoice {invoice.name} is recorded already and cannot be {wanted}. "
            "Nothing was changed; a recorded invoice goes back to draft with "
            "'invoices unrecord' while it is unpaid."
        )


def check_reckonable(conn: Connection, invoice: Invoice, kept: str) -> None:
    """Refuse to undo an invoice whose included minutes nobody can reckon again.

    They are given out call by call, and retention took the calls: drafted anew from the sums that
    are left, the customer would pay for what its minutes covered.

    Raises:
        Refused: Calls of it are gone, and it has included minutes or its customer's plan has.
    """
    kept_from = calls_expired_before(conn)
    usage = usage_by_customer.c
    gone = kept_from and conn.scalar(
        select(func.max(usage.day)).where(
            usage.invoice_id == invoice.id, usage.day < kept_from, usage.rated > 0
        )
    )
    if not gone:
        return
    line = invoice_lines.c
    used = select(line.invoice_id).where(
        line.invoice_id == invoice.id, line.kind == LineKind.INCLUDED
    )
    offered = (
        select(invoices.c.id)
        .join(customers, customers.c.id == invoices.c.customer_id)
        .join(plans, plans.c.id == customers.c.plan_id)
        .where(invoices.c.id == invoice.id, plans.c.included_s > 0)
    )
    if conn.scalar(select(or_(used.exists(), offered.exists()))):
        raise Refused(
            f"The single calls of invoice {invoice.name} up to {gone} went with retention, so that "
            "nobody can reckon again which of them included minutes cover: drafted anew, it would "
            f"charge for those too. {kept}"
        )


def _numbers(conn: Connection, found: Sequence[Invoice]) -> list[str]:
    """Return a number for each draft; those of invoices made elsewhere are skipped."""
    others = select(invoices.c.number).where(invoices.c.external.is_(True))
    taken = set(conn.execute(others).scalars())
    freed = select(free_invoice_numbers.c.number).order_by(free_invoice_numbers.c.number)
    free = [number for number in conn.execute(freed).scalars() if str(number) not in taken]
    following: int = conn.execute(select(tenant.c.next_invoice_number)).scalar_one()
    used: list[int] = []
    numbers: list[str] = []
    for invoice in found:
        if invoice.number is None and free:
            used.append(free.pop(0))
            numbers.append(str(used[-1]))
            continue
        while invoice.number is None and str(following) in taken:
            following += 1
        numbers.append(invoice.number or str(following))
        following += invoice.number is None
    if used:
        conn.execute(delete(free_invoice_numbers).where(free_invoice_numbers.c.number.in_(used)))
    conn.execute(update(tenant).values(next_invoice_number=following))
    return numbers


def invoice_unrecorded(conn: Connection, invoice: Invoice, by: By) -> None:
    """Take a recorded invoice back to draft; it keeps its number for when it is recorded again.

    Raises:
        Refused: It is a draft, something is paid on it, or it could not be drafted again.
    """
    if invoice.status is not InvoiceStatus.RECORDED:
        raise Refused(f"Invoice {invoice.name} is a draft already; nothing was changed.")
    if invoice.paid_micros:
        raise Refused(
            f"Invoice {invoice.name} has payments and stays recorded. "
            "Reverse them first, or credit the invoice instead."
        )
    check_reckonable(conn, invoice, "It stays recorded; give a credit note instead.")
    conn.execute(
        update(invoices)
        .where(invoices.c.id == invoice.id)
        .values(status=InvoiceStatus.DRAFT, recorded_at=None)
    )
    audited(
        conn,
        by,
        Audit("invoice_unrecorded", f"invoice D{invoice.id}", {"number": invoice.number}, {}),
    )
    version_raised(conn, by.at)
