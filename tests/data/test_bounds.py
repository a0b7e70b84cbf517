"""Bounds stop what can only be a slip, before it is in the books: amounts, prices, invoices."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import select

from data.bill_run import drafted, foreseen
from data.domain.books import BillRun
from data.domain.errors import ImportRefused, Refused
from data.domain.explanation import TalkedCall, worked_price
from data.domain.money import MOST_MICROS, micros
from data.domain.periods import Period
from data.domain.rating import Rate
from data.exchange.cells import MOST_PRICE_MICROS
from data.exchange.ledger import invoices_imported
from data.exchange.rates import table_imported
from data.store.queries.invoices import balance
from data.store.schema import charges, customer_charges, invoices, rates
from ingest.costs import UNREADABLE, cost_micros
from ingest.profile_parts import Cost

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
UNIT = 1_000_000


def test_an_amount_beyond_the_bound_is_refused_and_the_bound_itself_is_exact():
    assert micros("1000000000") == MOST_MICROS
    for text in ("1000000000.000001", "-1000000001", "9" * 400):
        with pytest.raises(ValueError, match="the most that an amount may be"):
            micros(text)


@pytest.mark.parametrize("cell", ["1000000.01", "99999999999999999999"])
def test_a_price_beyond_the_bound_is_refused_by_line(store, by, csv_file, cell):
    with store.writing() as conn, pytest.raises(ImportRefused, match="line 2"):
        table_imported(conn, "Retail", csv_file("code,rate", f"44,{cell}"), by)


def test_an_increment_beyond_a_day_is_refused_by_line(store, by, csv_file):
    path = csv_file("code,rate,increment", "44,0.01,86401")

    with store.writing() as conn, pytest.raises(ImportRefused, match="a day"):
        table_imported(conn, "Retail", path, by)


def test_an_invoice_made_elsewhere_beyond_the_bound_is_refused_by_line(kit, store, by, csv_file):
    kit.customer("1")
    path = csv_file(
        "number,custid,invoice_date,due_date,total,tax,status",
        "X1,1,2026-06-01,2026-07-01,99999999999999999999,0,RECORDED",
    )

    with store.writing() as conn, pytest.raises(ImportRefused, match="line 2"):
        invoices_imported(conn, path, by, partial=False)


def test_a_cost_beyond_the_bound_is_not_read():
    assert cost_micros("1000000000", Cost("cost")) == MOST_MICROS
    assert cost_micros("1000000001", Cost("cost")) == UNREADABLE


def test_a_call_beyond_the_bound_has_no_price_and_says_so():
    rate = Rate(pattern="44", day_increment_micros=MOST_PRICE_MICROS)
    three_weeks = TalkedCall(2**31 - 1, datetime(2026, 6, 1, tzinfo=UTC))

    worked = worked_price(rate, three_weeks)

    assert worked.amount_micros is None
    assert worked.steps[-1].text.endswith("is beyond what a call may cost: no price")
    assert worked_price(replace(rate, increment_s=86_400), three_weeks).amount_micros


def test_the_dearest_rates_and_longest_calls_stay_within_64_bits():
    seconds = (2**31 - 1) // 1_000 + 2 * 86_400

    assert 2 * seconds * MOST_PRICE_MICROS + 60 < np.iinfo(np.int64).max


@pytest.mark.parametrize("charge", [0, -5 * UNIT], ids=["zero", "negative"])
def test_what_comes_to_nothing_or_less_is_no_invoice_and_waits(kit, store, by, charge):
    discount = kit.add(charges, name="Discount", amount_micros=charge, every_months=0)
    ada = kit.customer("1")
    kit.add(customer_charges, customer_id=ada, charge_id=discount, from_day=date(2026, 6, 1))
    kit.usage(ada, (6, 3), 0 if charge == 0 else UNIT)

    assert drafted(store, JUNE_RUN, by) == []
    assert kit.rows(select(invoices)) == []


def test_one_customer_beyond_the_bound_stops_the_whole_run(kit, store, by):
    kit.usage(kit.customer("1"), (6, 3), UNIT)
    kit.usage(kit.customer("2"), (6, 3), MOST_MICROS + 5_000)

    with pytest.raises(Refused, match=r"Customer 2 would be invoiced 1000000000\.01"):
        drafted(store, JUNE_RUN, by)

    assert kit.rows(select(invoices)) == []
    with store.snapshot() as conn, pytest.raises(Refused, match="Nothing was drafted"):
        foreseen(conn, JUNE_RUN)


def test_a_charge_that_began_a_century_ago_stops_the_run(kit, store, by):
    rental = kit.add(charges, name="Rental", amount_micros=UNIT, every_months=1)
    kit.add(
        customer_charges,
        customer_id=kit.customer("1"),
        charge_id=rental,
        from_day=date(1926, 6, 1),
    )

    with pytest.raises(Refused, match="an invoice of 1,201 lines"):
        drafted(store, JUNE_RUN, by)


def test_sums_beyond_what_a_browser_holds_exactly_lose_no_unit(kit, store, by):
    ada, odd = kit.customer("1"), 10_001
    with store.writing() as conn:
        for number in range(1, 21):
            total = MOST_MICROS - odd
            conn.execute(
                invoices.insert().values(
                    number=f"X{number}",
                    customer_id=ada,
                    status="RECORDED",
                    external=True,
                    invoice_date=date(2026, 6, 1),
                    due_date=date(2026, 7, 1),
                    net_micros=total,
                    tax_micros=0,
                    total_micros=total,
                    created_at=by.at,
                )
            )

    with store.snapshot() as conn:
        owed = balance(conn, ada)

    assert owed.outstanding_micros == 20 * (MOST_MICROS - odd) > 2**53


def test_sums_beyond_64_bits_are_an_error_and_not_another_number(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), 2**62)
    kit.usage(ada, (6, 4), 2**62)

    # A server adds it up exactly, and it is more than anybody owes.
    with pytest.raises(Exception, match=r"overflow|out of range|9223372036854\.78, beyond"):
        drafted(store, JUNE_RUN, by)

    assert kit.rows(select(invoices)) == []


def test_lines_of_one_rate_with_two_currencies_never_meet(kit, store, by, csv_file):
    for deck in (("code,rate (EUR)", "44,0.05"), ("code,price usd,price eur", "44,0.05,0.04")):
        with store.writing() as conn, pytest.raises(ImportRefused):
            table_imported(conn, "Retail", csv_file(*deck), by)
    assert kit.rows(select(rates)) == []
