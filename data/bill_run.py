"""Bill runs: the reckoning happens on a snapshot, the commit is short."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.bill_runs import BelowZero, reckoned
from data.domain.books import BillRun
from data.domain.doubts import Doubt, doubts
from data.domain.errors import Refused
from data.domain.preflight import Preflight, preflight
from data.domain.records import InvoiceStatus
from data.store.connect import Store
from data.store.queries.books import books, books_without_calls
from data.store.queries.invoices import (
    Invoice,
    invoice_named,
    invoices_by_ids,
    invoices_of,
)
from data.store.queries.preflight import billings, left_out, previous_period
from data.store.writes.invoices import draft_deleted, invoices_drafted
from data.store.writes.recordings import invoice_unrecorded, invoices_recorded


def drafted(store: Store, run: BillRun, by: By) -> list[Invoice]:
    """Make the drafts of a bill run and return them; run again, it makes nothing new.

    The calls are reckoned on a snapshot, without the write lock. Under it only the sums are read
    again, and only customers whose sums have moved since are reckoned again.

    Raises:
        Refused: A customer that is asked for cannot be invoiced.
    """
    with store.snapshot() as conn:
        read = books(conn, run)
    with store.writing() as conn:
        ids = invoices_drafted(conn, reckoned(run, books(conn, run, read)).drafts, by)
    with store.snapshot() as conn:
        return invoices_by_ids(conn, ids)


def outdated_beside(conn: Connection, run: BillRun) -> list[Invoice]:
    """Return drafts of the customers and days of a bill run that are out of date, oldest first.

    They hold what they bill until they are deleted: a run makes its drafts beside them.
    """
    found = invoices_of(conn, status=InvoiceStatus.DRAFT)
    return [
        draft
        for draft in reversed(found)
        if draft.outdated
        and (not run.custids or draft.custid in run.custids)
        and (draft.from_day or date.min) <= run.period.last
        and (draft.to_day or date.max) >= run.period.first
    ]


def foreseen(conn: Connection, run: BillRun) -> Preflight:
    """Return what a bill run would do and leave out, without doing it.

    Raises:
        Refused: A customer that is asked for cannot be invoiced.
    """
    read = books(conn, run)
    previous = previous_period(conn, run)
    before = [] if previous is None else billings(conn, previous)
    if run.custids:
        before = [billing for billing in before if billing.custid in run.custids]
    out = left_out(conn, run, read.tenant)
    return preflight(reckoned(run, read), out, previous, before)


def doubted(conn: Connection, run: BillRun, now: datetime) -> list[Doubt]:
    """Return what in a bill run that is not done yet looks like a slip now.

    Raises:
        Refused: A customer that is asked for cannot be invoiced.
    """
    read = books_without_calls(conn, run)
    return doubts(run, read, read.tenant.today(now))


def left_below_zero(conn: Connection, run: BillRun) -> tuple[BelowZero, ...]:
    """Return whom a bill run made no draft, as a discount exceeds what there is to bill.

    Raises:
        Refused: A customer that is asked for cannot be invoiced.
    """
    return reckoned(run, books(conn, run)).below_zero


def named(conn: Connection, name: str) -> Invoice:
    """Return the invoice of a number, or of a draft's name such as D17.

    Raises:
        Refused: There is none.
    """
    invoice = invoice_named(conn, name)
    if invoice is None:
        raise Refused(f"There is no invoice {name}; see 'python -m data invoices list'.")
    return invoice


def recorded(store: Store, names: Sequence[str], by: By) -> list[str]:
    """Record drafts by name, all or none, and return their numbers.

    Raises:
        Refused: One of them cannot be recorded; none was.
    """
    with store.writing() as conn:
        return invoices_recorded(conn, [named(conn, name) for name in names], by)


def unrecorded(store: Store, names: Sequence[str], by: By) -> None:
    """Take invoices back to draft, all or none.

    Raises:
        Refused: One of them is paid or is no recorded invoice.
    """
    _each(store, names, lambda conn, invoice: invoice_unrecorded(conn, invoice, by))


def deleted(store: Store, names: Sequence[str], by: By) -> None:
    """Delete drafts, all or none; their calls are free again.

    Raises:
        Refused: One of them is no draft.
    """
    _each(store, names, lambda conn, invoice: draft_deleted(conn, invoice, by))


def _each(
    store: Store, names: Sequence[str], change: Callable[[Connection, Invoice], None]
) -> None:
    with store.writing() as conn:
        for name in names:
            change(conn, named(conn, name))
