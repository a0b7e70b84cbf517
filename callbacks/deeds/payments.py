"""What comes in and what undoes it: payments, credit notes, write-offs, refunds, reversals."""

from datetime import date

from sqlalchemy import Connection

from callbacks.deeds.invoices import customer_named, facts_of, invoices_ticked
from callbacks.deeds.spreads import spread_said
from callbacks.deeds.wishes import Deed, Wish, customer_ticked, money_of
from data.domain.balances import Payment, PaymentKind
from data.domain.counting import counted
from data.domain.errors import Refused
from data.domain.money import decimal_units
from data.store.connect import Store
from data.store.queries.invoices import Invoice, balance
from data.store.queries.payments import equal_entry, payment_entries
from data.store.queries.tenant import the_tenant
from data.store.writes.accounts import account_applied
from data.store.writes.payments import payment_received, payment_reversed, refund_paid
from layouts.dialogs import Fact, Field, FieldKind, Question

METHODS = (("transfer", "transfer"), ("card", "card"), ("cheque", "cheque"), ("cash", "cash"))


def _of_one_customer(conn: Connection, wish: Wish) -> list[Invoice]:
    found = invoices_ticked(conn, wish)
    if len({invoice.customer_id for invoice in found}) > 1:
        raise Refused("This is one customer's: tick invoices of one customer only.")
    return found


def _outstanding(found: list[Invoice]) -> int:
    drafts = [invoice.name for invoice in found if not invoice.outstanding_micros]
    if drafts:
        raise Refused(f"Nothing is owed on {drafts[0]}. Tick recorded invoices that are unpaid.")
    return sum(invoice.outstanding_micros for invoice in found)


def _today(conn: Connection, wish: Wish) -> date:
    return the_tenant(conn).today(wish.by.at)


def _entry_fields(conn: Connection, open_micros: int, today: date) -> tuple[Field, ...]:
    amount = decimal_units(open_micros, minor_digits=money_of(conn).minor_digits)
    return (
        Field("amount", "Amount", FieldKind.AMOUNT, amount, row="entry"),
        Field("day", "Day", FieldKind.DAY, today.isoformat(), row="entry"),
    )


def _ask_pay(conn: Connection, wish: Wish) -> Question:
    found = _of_one_customer(conn, wish)
    open_micros = _outstanding(found)
    owed = money_of(conn).exact(open_micros)
    return Question(
        f"Enter a payment on {counted(len(found), 'invoice')}, {owed} outstanding",
        "What exceeds it stays on account."
        if len(found) == 1
        else "It goes to the oldest due first; what exceeds them stays on account.",
        "Enter payment",
        facts=facts_of(conn, found),
        fields=(
            *_entry_fields(conn, open_micros, _today(conn, wish)),
            Field("method", "Method", choices=METHODS, row="how"),
            Field("notes", "Notes", row="how"),
        ),
    )


def _entered(store: Store, wish: Wish, kind: PaymentKind) -> tuple[str, str]:
    """Enter what was typed; return its amount and where it went, in words."""
    with store.writing() as conn:
        found = _of_one_customer(conn, wish)
        payment = Payment(
            customer_id=found[0].customer_id,
            paid_on=wish.day("day", "The day"),
            amount_micros=wish.amount_micros(),
            kind=kind,
            method=wish.said("method"),
            notes=wish.said("notes"),
            token=wish.token,
        )
        same = equal_entry(conn, payment)
        number = payment_received(conn, payment, wish.by, invoices=found)
        money = money_of(conn)
        spread = spread_said(conn, number, money)
        return money.exact(payment.amount_micros), spread + _repeated(same, number)


def _repeated(same: int | None, number: int) -> str:
    """Name an entry before one that says the same; a form that was sent twice is one entry."""
    if same is None or same == number:
        return ""
    return f". Entry {same} says the same: if this one was a repetition, reverse it"


def _pay(store: Store, wish: Wish) -> str:
    amount, spread = _entered(store, wish, PaymentKind.PAYMENT)
    return f"Payment of {amount} received: {spread}"


def _ask_credit(conn: Connection, wish: Wish) -> Question:
    found = _of_one_customer(conn, wish)
    open_micros = _outstanding(found)
    owed = money_of(conn).exact(open_micros)
    they_stay = "invoice stays as it is" if len(found) == 1 else "invoices stay as they are"
    return Question(
        f"Enter a credit note on {counted(len(found), 'invoice')}, {owed} outstanding",
        "It comes to what is outstanding unless you enter less, and reduces what the customer owes "
        f"as a payment does; the {they_stay}.",
        "Enter credit note",
        facts=facts_of(conn, found),
        fields=(
            *_entry_fields(conn, open_micros, _today(conn, wish)),
            Field("notes", "Reason", hint="For people; it stays with the entry."),
        ),
    )


def _credit(store: Store, wish: Wish) -> str:
    amount, spread = _entered(store, wish, PaymentKind.CREDIT_NOTE)
    return f"Credit note of {amount} entered: {spread}"


def _ask_write_off(conn: Connection, wish: Wish) -> Question:
    found = _of_one_customer(conn, wish)
    lost = money_of(conn).exact(_outstanding(found))
    return Question(
        f"Write off {lost} of {counted(len(found), 'invoice')}?",
        "What is outstanding is given up. It can be reversed in the panel of payments.",
        f"Write off {lost}",
        facts=facts_of(conn, found),
        fields=(Field("notes", "Reason", hint="For people; it stays with the entry."),),
        grave=True,
    )


def _write_off(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        found = _of_one_customer(conn, wish)
        lost = _outstanding(found)
        payment = Payment(
            customer_id=found[0].customer_id,
            paid_on=_today(conn, wish),
            amount_micros=lost,
            kind=PaymentKind.WRITE_OFF,
            notes=wish.said("notes"),
        )
        number = payment_received(conn, payment, wish.by, invoices=found)
        money = money_of(conn)
        return f"{money.exact(lost)} written off: {spread_said(conn, number, money)}"


def _ask_reverse(conn: Connection, wish: Wish) -> Question:
    number = wish.one("payment")
    entry = next((each for each in payment_entries(conn) if each.id == number), None)
    if entry is None:
        raise Refused("The payment is gone meanwhile. Close the panel and look again.")
    what = f"{entry.kind.replace('_', ' ')} of {money_of(conn).exact(entry.amount_micros)}"
    return Question(
        f"Reverse the {what}?",
        "What it paid is outstanding again. The entry and its reversal both stay.",
        f"Reverse the {what}",
        fields=(
            Field("why", "Reason", hint="Such as: cheque bounced."),
            Field("day", "Day", FieldKind.DAY, _today(conn, wish).isoformat()),
        ),
        facts=(
            Fact("Customer", customer_named(conn, entry.custid)),
            Fact("Paid on", entry.paid_on.isoformat()),
            Fact("Went to", spread_said(conn, number, money_of(conn)) or "nothing"),
        ),
        grave=True,
    )


def _reverse(store: Store, wish: Wish) -> str:
    day = wish.day("day", "The day")
    with store.writing() as conn:
        number = payment_reversed(conn, wish.one("payment"), day, wish.by, why=wish.said("why"))
        undone = spread_said(conn, number, money_of(conn))
    return f"Reversed by entry {number}, which takes back {undone}"


def _ask_refund(conn: Connection, wish: Wish) -> Question:
    whose = customer_ticked(conn, wish)
    on_account = balance(conn, whose.id).on_account_micros
    if on_account <= 0:
        raise Refused(f"{whose.company} has no money on account, so there is nothing to refund.")
    return Question(
        f"Refund {whose.company}, which has {money_of(conn).exact(on_account)} on account",
        "Money that was received and is on no invoice is paid back.",
        "Enter refund",
        fields=(
            *_entry_fields(conn, on_account, _today(conn, wish)),
            Field("notes", "Notes"),
        ),
        grave=True,
    )


def _refund(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        entry = Payment(
            customer_id=customer_ticked(conn, wish).id,
            paid_on=wish.day("day", "The day"),
            amount_micros=wish.amount_micros(),
            kind=PaymentKind.REFUND,
            notes=wish.said("notes"),
            token=wish.token,
        )
        same = equal_entry(conn, entry)
        number = refund_paid(conn, entry, wish.by)
        money = money_of(conn)
        left = money.exact(balance(conn, entry.customer_id).on_account_micros)
        said = f"{money.exact(entry.amount_micros)} refunded; {left} stays on account"
        return said + _repeated(same, number)


def _ask_apply(conn: Connection, wish: Wish) -> Question:
    whose = customer_ticked(conn, wish)
    owed = balance(conn, whose.id)
    moved = min(owed.on_account_micros, owed.outstanding_micros)
    if moved <= 0:
        raise Refused(f"{whose.company} has no money on account that could go to an invoice.")
    what = money_of(conn).exact(moved)
    return Question(
        f"Put {what} on account to the invoices of {whose.company}?",
        "The oldest due comes first.",
        f"Put {what} to invoices",
    )


def _apply(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        whose = customer_ticked(conn, wish)
        money = money_of(conn)
        moved = money.exact(account_applied(conn, whose.id, wish.by))
        owed = balance(conn, whose.id)
        left, still = money.exact(owed.on_account_micros), money.exact(owed.outstanding_micros)
    return f"{moved} put to invoices: {left} stays on account, {still} is outstanding"


PAY = Deed(_ask_pay, _pay)
CREDIT = Deed(_ask_credit, _credit)
WRITE_OFF = Deed(_ask_write_off, _write_off)
REVERSE = Deed(_ask_reverse, _reverse)
REFUND = Deed(_ask_refund, _refund)
APPLY = Deed(_ask_apply, _apply)
