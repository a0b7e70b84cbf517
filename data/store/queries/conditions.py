"""What the numbers of the page count, as conditions: a number and the rows behind it share them.

Source: PRODUCT.md 1.1 and 3.
"""

from datetime import date

from sqlalchemy import ColumnElement, Label, ScalarSelect, Subquery, and_, func, or_, select, true

from data.domain.balances import Bucket, PaymentKind
from data.domain.periods import Period
from data.domain.records import FileStatus, InvoiceStatus, MatchState, RateState
from data.store.schema import (
    calls,
    cdr_files,
    customers,
    invoices,
    payment_allocations,
    payments,
    tickets,
    usage_by_customer,
)

CustomerId = int | None
"""The customer that a page is narrowed to; none: all of them."""

MOST_STATEMENTS = 128
"""Statements kept by what they ask: to make one takes five times as long as to run it."""
IN_HAND = (FileStatus.WAITING, FileStatus.PROCESSING)
PROCESSED = (FileStatus.SUCCESS, FileStatus.ERROR)
_CASH = (PaymentKind.PAYMENT, PaymentKind.REFUND)


def of_customer(
    column: ColumnElement[int] | ColumnElement[int | None], customer_id: CustomerId
) -> ColumnElement[bool]:
    """Return the condition that a page narrowed to one customer adds; true for all."""
    return true() if customer_id is None else column == customer_id


def billed_calls() -> ColumnElement[int]:
    """Calls of rollup rows that their invoice takes: a call without a price stays on none."""
    return func.sum(usage_by_customer.c.calls - usage_by_customer.c.unrated)


def customer_kept() -> ColumnElement[bool]:
    """A customer that is not deleted."""
    return customers.c.deleted_at.is_(None)


def draft() -> ColumnElement[bool]:
    """A draft invoice that is not deleted."""
    return and_(invoices.c.status == InvoiceStatus.DRAFT, invoices.c.deleted_at.is_(None))


def recorded() -> ColumnElement[bool]:
    """A recorded invoice."""
    return invoices.c.status == InvoiceStatus.RECORDED


def not_recorded() -> ColumnElement[bool]:
    """On no invoice, where invoices are joined from outside, or on a draft."""
    return or_(invoices.c.id.is_(None), invoices.c.status == InvoiceStatus.DRAFT)


def paid_by_invoice() -> Subquery:
    """Return invoice_id and paid_micros: payments, reversals and credit notes added up."""
    return (
        select(
            payment_allocations.c.invoice_id,
            func.sum(payment_allocations.c.amount_micros).label("paid_micros"),
        )
        .group_by(payment_allocations.c.invoice_id)
        .subquery("paid")
    )


def paid_on_invoice() -> ScalarSelect[int]:
    """Return what was paid on the invoice of the row around it, by one look into an index.

    For queries over few of all invoices; `paid_by_invoice` adds up every allocation there is.
    """
    paid = func.coalesce(func.sum(payment_allocations.c.amount_micros), 0)
    of_row = payment_allocations.c.invoice_id == invoices.c.id
    return select(paid).where(of_row).correlate(invoices).scalar_subquery()


def unpaid(outstanding: ColumnElement[int]) -> ColumnElement[bool]:
    """A recorded invoice with something outstanding; a zero total is paid."""
    return and_(recorded(), outstanding > 0)


def overdue(today: date) -> ColumnElement[bool]:
    """Past its due date; the due date itself is not due."""
    return invoices.c.due_date < today


def money_received() -> ColumnElement[bool]:
    """Money that came in or went back; credit notes and write-offs are no money."""
    undone = payments.alias("undone")
    reversed_cash = select(undone.c.id).where(undone.c.kind.in_(_CASH))
    return or_(
        payments.c.kind.in_(_CASH),
        and_(
            payments.c.kind == PaymentKind.REVERSAL,
            payments.c.reverses_id.in_(reversed_cash),
        ),
    )


def file_kept() -> ColumnElement[bool]:
    """A file that nobody withdrew."""
    return cdr_files.c.withdrawn_at.is_(None)


def file_succeeded() -> ColumnElement[bool]:
    """A file whose latest processing succeeded."""
    return and_(cdr_files.c.status == FileStatus.SUCCESS, file_kept())


def file_failed() -> ColumnElement[bool]:
    """A file whose latest processing failed and that nobody dismissed."""
    return and_(
        cdr_files.c.status == FileStatus.ERROR, cdr_files.c.dismissed_at.is_(None), file_kept()
    )


def file_in_hand() -> ColumnElement[bool]:
    """A file that waits for processing or is in work."""
    return and_(cdr_files.c.status.in_(IN_HAND), file_kept())


def file_processed() -> ColumnElement[bool]:
    """A file that ended one way or the other; dismissed ones too."""
    return and_(cdr_files.c.status.in_(PROCESSED), file_kept())


def ticket_open() -> ColumnElement[bool]:
    """A ticket that nobody resolved."""
    return tickets.c.resolved_at.is_(None)


def call_unmatched() -> ColumnElement[bool]:
    """A call that no customer claims, answered or not."""
    return calls.c.match_state == MatchState.UNMATCHED


def call_contested() -> ColumnElement[bool]:
    """A call that two customers claim."""
    return calls.c.match_state == MatchState.CONTESTED


def call_unrated() -> ColumnElement[bool]:
    """A customer's call that needs a rate and has none, or goes where calls are blocked."""
    return and_(
        calls.c.match_state == MatchState.MATCHED,
        calls.c.rate_state.in_((RateState.UNRATED, RateState.BLOCKED)),
    )


def invoiced_between(period: Period) -> ColumnElement[bool]:
    """An invoice dated in a period."""
    return invoices.c.invoice_date.between(period.first, period.last)


BUCKET_DAYS = {
    Bucket.DAYS_1_30: (1, 30),
    Bucket.DAYS_31_60: (31, 60),
    Bucket.DAYS_61_90: (61, 90),
}


def by_period(column: ColumnElement[int]) -> Label[int]:
    """Return a column to group a period's rollup rows by, under its own name.

    An expression, because by the bare column SQLite walks that column's index over all days
    instead of the days that are asked for: measured 22.6 against 4.5 ms of a month among three.
    """
    return (column + 0).label(column.name)
