"""What is owed and where a payment goes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.balances import (
    Allocation,
    Bucket,
    OpenInvoice,
    Payment,
    PaymentKind,
    allocated,
    bucket,
    due_date,
    more_than_owed,
    paid_on_problem,
    paid_part,
)

TODAY = date(2026, 6, 15)


def test_an_invoice_is_due_so_many_days_after_its_date():
    assert due_date(date(2026, 1, 31), 30) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 6, 16), Bucket.NOT_DUE),
        (date(2026, 6, 15), Bucket.NOT_DUE),
        (date(2026, 6, 14), Bucket.DAYS_1_30),
        (date(2026, 5, 16), Bucket.DAYS_1_30),
        (date(2026, 5, 15), Bucket.DAYS_31_60),
        (date(2026, 4, 16), Bucket.DAYS_31_60),
        (date(2026, 4, 15), Bucket.DAYS_61_90),
        (date(2026, 3, 17), Bucket.DAYS_61_90),
        (date(2026, 3, 16), Bucket.OVER_90),
    ],
)
def test_the_due_date_itself_is_not_due_and_buckets_count_the_days_after_it(due, expected):
    assert bucket(due, TODAY) is expected


def opened(number, day, outstanding):
    return OpenInvoice(number, str(number), date(2026, 6, day), outstanding)


def test_the_oldest_due_is_paid_first_and_the_rest_stays_on_account():
    invoices = [opened(2, 10, 50), opened(1, 20, 30), opened(3, 10, 5)]

    assert allocated(60, invoices) == [Allocation(2, 50), Allocation(3, 5), Allocation(1, 5)]
    assert sum(part.amount_micros for part in allocated(1_000, invoices)) == 85


@given(st.integers(1, 300), st.lists(st.integers(1, 100), max_size=6))
def test_no_invoice_gets_more_than_it_is_short_of(amount, debts):
    invoices = [opened(place, 1, debt) for place, debt in enumerate(debts)]

    spread = allocated(amount, invoices)

    assert sum(part.amount_micros for part in spread) == min(amount, sum(debts))
    assert all(part.amount_micros <= debts[part.invoice_id] for part in spread)
    assert all(part.amount_micros > 0 for part in spread)


@pytest.mark.parametrize(
    ("paid", "total", "part"),
    [
        pytest.param(0, 120, 0, id="nothing paid"),
        pytest.param(30, 120, 25, id="a quarter paid"),
        pytest.param(120, 120, 100, id="paid"),
        pytest.param(150, 120, 100, id="overpaid is paid"),
        pytest.param(-30, 120, 0, id="more refunded than paid is not paid"),
        pytest.param(0, 0, 100, id="nothing to pay is paid"),
        pytest.param(0, 1, 0, id="a micro to pay is not"),
    ],
)
def test_the_paid_part_of_a_net_amount_is_its_invoices_paid_share(paid, total, part):
    assert paid_part(100, paid_micros=paid, total_micros=total) == part


@pytest.mark.parametrize(
    ("paid_on", "problem"),
    [
        (date(2026, 6, 16), None),
        (date(2026, 6, 17), "2026-06-17 is still to come; a payment is entered when it is there"),
        (date(2016, 6, 15), None),
        (date(2016, 6, 14), "2016-06-14 is more than 10 years ago"),
    ],
    ids=["tomorrow", "the day after", "10 years ago", "a day more"],
)
def test_a_payment_is_of_the_past_ten_years_or_of_somewheres_today(paid_on, problem):
    assert paid_on_problem(paid_on, TODAY) == problem


@pytest.mark.parametrize(
    ("kind", "named", "bounded"),
    [
        (PaymentKind.PAYMENT, True, False),
        (PaymentKind.PAYMENT, False, False),
        (PaymentKind.CREDIT_NOTE, False, False),
        (PaymentKind.CREDIT_NOTE, True, True),
        (PaymentKind.WRITE_OFF, True, True),
        (PaymentKind.WRITE_OFF, False, True),
    ],
)
def test_only_what_gives_up_a_debt_is_bounded_by_it(kind, named, bounded):
    open_ones = [OpenInvoice(id_, str(id_), date(2026, 6, 1), 5) for id_ in (1, 2)]

    def more(amount_micros):
        entry = Payment(
            customer_id=1, paid_on=date(2026, 6, 1), amount_micros=amount_micros, kind=kind
        )
        return more_than_owed(entry, open_ones, named=named)

    assert more(10) is None
    assert more(11) == (10 if bounded else None)
