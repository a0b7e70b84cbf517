"""Payments: spread over invoices, kept on account, undone but never erased."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from data.bill_run import drafted, named, recorded, unrecorded
from data.domain.balances import Payment, PaymentKind
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.periods import Period
from data.store.queries.customers import customer
from data.store.queries.invoices import balance, open_invoices
from data.store.queries.payments import payment_entries
from data.store.schema import audit_log
from data.store.writes.accounts import account_applied
from data.store.writes.customers import customer_deleted
from data.store.writes.payments import payment_received, payment_reversed, refund_paid

UNIT = 1_000_000
TODAY = date(2026, 6, 15)


@pytest.fixture
def ada(kit, store, by):
    """A customer with invoice 1 of 10.00, due first, and invoice 2 of 20.00."""
    customer_id = kit.customer("1001")
    for month, units in ((6, 10), (7, 20)):
        kit.usage(customer_id, (month, 3), units * UNIT)
        period = Period(date(2026, month, 1), date(2026, month, 30))
        (draft,) = drafted(store, BillRun(date(2026, month + 1, 1), period), by)
        recorded(store, [draft.name], by)
    return customer_id


def payment(customer_id, units, kind=PaymentKind.PAYMENT):
    return Payment(customer_id=customer_id, paid_on=TODAY, amount_micros=units * UNIT, kind=kind)


def outstanding(kit, customer_id):
    found = kit.read(lambda conn: open_invoices(conn, customer_id))
    return {invoice.number: invoice.outstanding_micros // UNIT for invoice in found}


def on_account(kit, customer_id):
    return kit.read(lambda conn: balance(conn, customer_id)).on_account_micros // UNIT


def owed(kit, customer_id):
    return kit.read(lambda conn: balance(conn, customer_id)).balance_micros // UNIT


def paid(store, by, what, names=()):
    with store.writing() as conn:
        return payment_received(conn, what, by, invoices=[named(conn, name) for name in names])


@pytest.mark.parametrize("kind", [PaymentKind.PAYMENT, PaymentKind.CREDIT_NOTE])
def test_a_form_sent_twice_enters_its_payment_once_and_an_equal_form_another(
    kit, store, by, ada, kind
):
    sent = replace(payment(ada, 4, kind), token="the first form")

    first, again = paid(store, by, sent), paid(store, by, sent)
    other = paid(store, by, replace(sent, token="the second form"))

    assert first == again != other
    assert owed(kit, ada) == 30 - 8


def test_a_form_sent_again_with_another_amount_is_refused_and_says_what_was_entered(
    kit, store, by, ada
):
    sent = replace(payment(ada, 4), token="the form")
    paid(store, by, sent)

    with pytest.raises(Refused, match=r"as entry 1 of 4\.00 on 2026-06-15"):
        paid(store, by, replace(sent, amount_micros=5 * UNIT))

    assert owed(kit, ada) == 26


def test_nobody_pays_a_part_of_a_cent(kit, store, by, ada):
    paid(store, by, payment(ada, 40))
    part = replace(payment(ada, 1), amount_micros=1_005_000)

    with pytest.raises(Refused, match=r"1\.005 is finer"):
        paid(store, by, part)
    with pytest.raises(Refused, match=r"1\.005 is finer"), store.writing() as conn:
        refund_paid(conn, part, by)

    assert on_account(kit, ada) == 10


def test_a_refund_sent_twice_is_paid_once(kit, store, by, ada):
    paid(store, by, payment(ada, 40))
    sent = replace(payment(ada, 5), token="the form")

    with store.writing() as conn:
        assert refund_paid(conn, sent, by) == refund_paid(conn, sent, by)

    assert on_account(kit, ada) == 5


def test_a_payment_goes_to_the_oldest_due_first(kit, store, by, ada):
    paid(store, by, payment(ada, 15))

    assert outstanding(kit, ada) == {"2": 15}
    assert owed(kit, ada) == 15


def test_a_payment_goes_to_the_invoices_that_are_named(kit, store, by, ada):
    paid(store, by, payment(ada, 15), ["2"])

    assert outstanding(kit, ada) == {"1": 10, "2": 5}


def test_what_exceeds_the_invoices_stays_on_account_and_can_be_applied_later(kit, store, by, ada):
    paid(store, by, payment(ada, 12), ["1"])
    assert (outstanding(kit, ada), on_account(kit, ada)) == ({"2": 20}, 2)

    with store.writing() as conn:
        assert account_applied(conn, ada, by) == 2 * UNIT

    assert (outstanding(kit, ada), on_account(kit, ada)) == ({"2": 18}, 0)
    with store.writing() as conn:
        assert account_applied(conn, ada, by) == 0
    log = audit_log.c
    applied = select(log.subject).where(log.action == "account_applied")
    assert kit.rows(applied) == [("customer 1001",)]


def test_a_reversal_puts_everything_back(kit, store, by, ada):
    number = paid(store, by, payment(ada, 15))

    with store.writing() as conn:
        payment_reversed(conn, number, TODAY, by, why="the cheque bounced")

    assert outstanding(kit, ada) == {"1": 10, "2": 20}
    assert (owed(kit, ada), on_account(kit, ada)) == (30, 0)
    kinds = [entry.kind for entry in kit.read(payment_entries)]
    assert kinds == [PaymentKind.REVERSAL, PaymentKind.PAYMENT]


def test_a_payment_is_reversed_once(store, by, ada):
    number = paid(store, by, payment(ada, 15))
    with store.writing() as conn:
        reversal = payment_reversed(conn, number, TODAY, by, why="")

    for undone, reason in ((number, "already"), (reversal, "is a reversal"), (99, "no payment 99")):
        with pytest.raises(Refused, match=reason), store.writing() as conn:
            payment_reversed(conn, undone, TODAY, by, why="")


def test_money_of_a_reversed_payment_is_not_applied(store, by, ada):
    number = paid(store, by, payment(ada, 40))
    with store.writing() as conn:
        payment_reversed(conn, number, TODAY, by, why="")
        assert account_applied(conn, ada, by) == 0


def test_only_money_on_account_is_refunded(kit, store, by, ada):
    paid(store, by, payment(ada, 35))

    for amount in (6, 0, -1):
        with pytest.raises(Refused, match="is on account"), store.writing() as conn:
            refund_paid(conn, payment(ada, amount), by)
    with store.writing() as conn:
        refund_paid(conn, payment(ada, 5), by)

    assert (owed(kit, ada), on_account(kit, ada)) == (0, 0)


@pytest.mark.parametrize("kind", [PaymentKind.CREDIT_NOTE, PaymentKind.WRITE_OFF])
def test_credit_notes_and_write_offs_settle_an_invoice(kit, store, by, ada, kind):
    paid(store, by, payment(ada, 10, kind), ["1"])

    assert outstanding(kit, ada) == {"2": 20}


@pytest.mark.parametrize("kind", [PaymentKind.CREDIT_NOTE, PaymentKind.WRITE_OFF])
def test_no_more_is_given_up_on_an_invoice_than_is_outstanding(kit, store, by, ada, kind):
    paid(store, by, payment(ada, 4), ["1"])

    with pytest.raises(Refused, match=r"of 7\.00 is more than the 6\.00 that is outstanding"):
        paid(store, by, payment(ada, 7, kind), ["1"])
    paid(store, by, payment(ada, 6, kind), ["1"])
    with pytest.raises(Refused, match=r"more than the 0\.00"):
        paid(store, by, payment(ada, 1, kind), ["1"])

    assert (outstanding(kit, ada), on_account(kit, ada)) == ({"2": 20}, 0)


def test_a_credit_note_that_names_no_invoice_may_stay_on_account_and_a_write_off_may_not(
    kit, store, by, ada
):
    with pytest.raises(Refused, match=r"write off of 31\.00"):
        paid(store, by, payment(ada, 31, PaymentKind.WRITE_OFF))
    paid(store, by, payment(ada, 31, PaymentKind.CREDIT_NOTE))

    assert (outstanding(kit, ada), on_account(kit, ada)) == ({}, 1)


def test_a_paid_invoice_stays_recorded_until_its_payment_is_reversed(kit, store, by, ada):
    number = paid(store, by, payment(ada, 1), ["2"])

    with pytest.raises(Refused, match="has payments"):
        unrecorded(store, ["2"], by)
    with store.writing() as conn:
        payment_reversed(conn, number, TODAY, by, why="")
    unrecorded(store, ["2"], by)

    assert owed(kit, ada) == 10


def test_payments_that_make_no_sense_are_refused(kit, store, by, ada):
    other = kit.customer("2")
    kit.usage(ada, (8, 1), UNIT)
    period = Period(date(2026, 8, 1), date(2026, 8, 31))
    (draft,) = drafted(store, BillRun(date(2026, 9, 1), period), by)

    for what, names, reason in (
        (payment(ada, 0), (), "above 0"),
        (payment(other, 1), ("1",), "another customer"),
        (payment(ada, 1), (draft.name,), "is a draft"),
        (payment(ada, 1), ("77",), "no invoice 77"),
    ):
        with pytest.raises(Refused, match=reason):
            paid(store, by, what, names)


def test_a_customer_with_unpaid_invoices_is_not_deleted(kit, store, by, ada):
    whom = kit.read(lambda conn: customer(conn, "1001"))

    with pytest.raises(Refused, match="unpaid"), store.writing() as conn:
        customer_deleted(conn, whom, by)
    paid(store, by, payment(ada, 30))
    with store.writing() as conn:
        customer_deleted(conn, whom, by)

    assert kit.read(lambda conn: customer(conn, "1001")) is None


def test_a_customer_with_money_on_account_is_not_deleted_until_it_is_paid_back(kit, store, by, ada):
    paid(store, by, payment(ada, 35))
    whom = kit.read(lambda conn: customer(conn, "1001"))

    with pytest.raises(Refused, match=r"5\.00 on account.*refund"), store.writing() as conn:
        customer_deleted(conn, whom, by)
    with store.writing() as conn:
        refund_paid(conn, payment(ada, 5), by)
        customer_deleted(conn, whom, by)

    assert kit.read(lambda conn: customer(conn, "1001")) is None


def test_a_customer_that_was_paid_back_more_than_it_paid_is_not_deleted(kit, store, by):
    bob = kit.customer("2")
    bounced = paid(store, by, payment(bob, 5))
    whom = kit.read(lambda conn: customer(conn, "2"))
    with store.writing() as conn:
        refund_paid(conn, payment(bob, 5), by)
        payment_reversed(conn, bounced, TODAY, by, why="the cheque bounced")

    with pytest.raises(Refused, match=r"paid back 5\.00 more"), store.writing() as conn:
        customer_deleted(conn, whom, by)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 6, 17), "2026-06-17 is still to come"),
        (date(2027, 6, 15), "2027-06-15 is still to come"),
        (date(2016, 6, 14), "2016-06-14 is more than 10 years ago"),
        (date(1026, 1, 1), "1026-01-01 is more than 10 years ago"),
    ],
)
def test_money_that_moves_on_a_day_to_come_or_long_ago_is_not_entered(store, by, ada, day, reason):
    number = paid(store, by, payment(ada, 40))
    then = replace(payment(ada, 1), paid_on=day)

    for kind in (PaymentKind.PAYMENT, PaymentKind.CREDIT_NOTE):
        with pytest.raises(Refused, match=reason):
            paid(store, by, replace(then, kind=kind))
    with pytest.raises(Refused, match=reason), store.writing() as conn:
        refund_paid(conn, then, by)
    with pytest.raises(Refused, match=reason), store.writing() as conn:
        payment_reversed(conn, number, day, by, why="")


@pytest.mark.parametrize("day", [date(2026, 6, 16), date(2016, 6, 15)])
def test_tomorrow_and_ten_years_ago_are_days_of_a_payment(kit, store, by, ada, day):
    paid(store, by, replace(payment(ada, 1), paid_on=day))

    assert owed(kit, ada) == 29
