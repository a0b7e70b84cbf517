"""Every invoice number that was ever taken, and where it is: what shows that none is missing."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from data.domain.records import InvoiceStatus
from data.store.schema import free_invoice_numbers, invoices, tenant


@dataclass(frozen=True)
class OpenNumber:
    """A number that was recorded once and is on no recorded invoice now.

    Attributes:
        number: The number.
        draft: The draft that has it since it was taken back, such as D17; none: that draft was
            deleted, and the next invoice recorded takes the number.
    """

    number: int
    draft: str | None


@dataclass(frozen=True)
class NumberAccount:
    """Where our own numbers are; those of invoices made elsewhere are not among them.

    Attributes:
        recorded: How many are on recorded invoices.
        first: The lowest of them; none: none is recorded.
        following: What the next new one will be.
        still_open: Those on none, in order.
        missing: Numbers between the first and the next that are nowhere: there should be none.
    """

    recorded: int
    first: int | None
    following: int
    still_open: tuple[OpenNumber, ...]
    missing: tuple[int, ...]


def number_account(conn: Connection) -> NumberAccount:
    """Return where every number is."""
    i = invoices.c
    query = select(i.id, i.number, i.status, i.external).where(i.number.is_not(None))
    rows = [row for row in conn.execute(query.order_by(i.id)) if row.number.isdecimal()]
    ours = {int(row.number): row for row in rows if not row.external}
    elsewhere = {int(row.number) for row in rows if row.external}
    free = set(conn.execute(select(free_invoice_numbers.c.number)).scalars())
    following: int = conn.execute(select(tenant.c.next_invoice_number)).scalar_one()
    recorded = [n for n, row in ours.items() if row.status == InvoiceStatus.RECORDED]
    drafts = [
        OpenNumber(n, f"D{row.id}")
        for n, row in ours.items()
        if row.status != InvoiceStatus.RECORDED
    ]
    freed = [OpenNumber(n, None) for n in free]
    known = {*ours, *elsewhere, *free}
    begin = min((*ours, *free), default=following)
    return NumberAccount(
        recorded=len(recorded),
        first=min(recorded, default=None),
        following=following,
        still_open=tuple(sorted([*drafts, *freed], key=lambda each: each.number)),
        missing=tuple(n for n in range(begin, following) if n not in known),
    )
