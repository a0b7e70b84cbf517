"""What is owed: due dates, outstanding, overdue, ageing, and which invoice a payment goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data.domain.money import half_up
from data.domain.periods import months_before

MOST_YEARS_BACK = 10
"""How long ago a payment may have been; longer ago is a slip of the hand."""


class PaymentKind(StrEnum):
    """What moves a customer's balance besides invoices; refunds and reversals are negative."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    REFUND = "refund"
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"


class Bucket(StrEnum):
    """How long something has been overdue, in whole days after the due date."""

    NOT_DUE = "not_due"
    DAYS_1_30 = "1_30"
    DAYS_31_60 = "31_60"
    DAYS_61_90 = "61_90"
    OVER_90 = "over_90"


@dataclass(frozen=True)
class OpenInvoice:
    """A recorded invoice with something outstanding.

    Attributes:
        id: Its row.
        number: Its number.
        due_date: The last day on which it is not overdue.
        outstanding_micros: What is left to pay; positive.
    """

    id: int
    number: str
    due_date: date
    outstanding_micros: int


@dataclass(frozen=True)
class Allocation:
    """A part of a payment that goes to one invoice."""

    invoice_id: int
    amount_micros: int


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money that came in, or a credit or write-off that stands for it.

    Attributes:
        customer_id: Whose.
        paid_on: When.
        amount_micros: How much; positive.
        kind: Payment, credit note or write-off.
        method: How: transfer, card, cheque.
        notes: For people.
        token: Tells this entry from an equal one: entered again under the same token, by a double
            click or a retry, it is still one entry. None: every entry is another one.
    """

    customer_id: int
    paid_on: date
    amount_micros: int
    kind: PaymentKind = PaymentKind.PAYMENT
    method: str = ""
    notes: str = ""
    token: str | None = None


def due_date(invoice_date: date, days_to_pay: int) -> date:
    """Return the last day on which an invoice can be paid in time."""
    return invoice_date + timedelta(days=days_to_pay)


def days_overdue(due: date, today: date) -> int:
    """Return whole days after the due date; 0 on it and before it."""
    return max(0, (today - due).days)


def bucket(due: date, today: date) -> Bucket:
    """Return the ageing bucket of something due on a day."""
    late = days_overdue(due, today)
    if late == 0:
        return Bucket.NOT_DUE
    for most, name in ((30, Bucket.DAYS_1_30), (60, Bucket.DAYS_31_60), (90, Bucket.DAYS_61_90)):
        if late <= most:
            return name
    return Bucket.OVER_90


def allocated(amount_micros: int, invoices: Sequence[OpenInvoice]) -> list[Allocation]:
    """Return how an amount is spread over open invoices, the oldest due first.

    Each gets at most what it is short of; what is left over stays on account and is in no
    allocation.
    """
    left = amount_micros
    spread: list[Allocation] = []
    for invoice in sorted(invoices, key=lambda invoice: (invoice.due_date, invoice.id)):
        part = min(left, invoice.outstanding_micros)
        if part > 0:
            spread.append(Allocation(invoice.id, part))
            left -= part
    return spread


def paid_on_problem(paid_on: date, today: date) -> str | None:
    """Return what is wrong with the day of a payment: it is to come, or of another age.

    Tomorrow passes, because somewhere it is tomorrow already.

    Args:
        paid_on: The day.
        today: In the tenant's zone.
    """
    if paid_on > today + timedelta(days=1):
        return f"{paid_on} is still to come; a payment is entered when it is there"
    if paid_on < months_before(today, 12 * MOST_YEARS_BACK):
        return f"{paid_on} is more than {MOST_YEARS_BACK} years ago"
    return None


def more_than_owed(payment: Payment, invoices: Sequence[OpenInvoice], *, named: bool) -> int | None:
    """Return what is owed, in micros, where a credit note or write-off is more; none: it is not.

    What exceeds a payment's invoices is the customer's money, and stays on account. A write-off, or
    a credit note for invoices that are named, gives up a debt, and there is no more of that than is
    outstanding. A credit note that names none is goodwill and may stay on account.
    """
    goodwill = payment.kind is PaymentKind.CREDIT_NOTE and not named
    if payment.kind not in {PaymentKind.CREDIT_NOTE, PaymentKind.WRITE_OFF} or goodwill:
        return None
    owed = sum(invoice.outstanding_micros for invoice in invoices)
    return owed if payment.amount_micros > owed else None


def paid_part(net_micros: int, *, paid_micros: int, total_micros: int) -> int:
    """Return a net amount times the paid share of its invoice; a zero total is paid."""
    if total_micros <= 0:
        return net_micros
    return half_up(net_micros * max(0, min(paid_micros, total_micros)), total_micros)
