"""How invoices of the fictional reseller come to be paid."""

from datetime import date

import numpy as np

from ingest.demo.debts import Owed, payments_to_come

DUE = date(2026, 5, 31)
INVOICES = [Owed(str(number), DUE, 100_000_000) for number in range(1, 201)]


def test_some_invoices_are_paid_in_full_some_in_part_some_late_and_some_never():
    coming = payments_to_come(INVOICES, np.random.default_rng(1))

    assert len({paid.number for paid in coming}) == len(coming) < len(INVOICES)
    assert any(paid.amount_micros == 100_000_000 and paid.on < DUE for paid in coming)
    assert any(paid.amount_micros < 100_000_000 for paid in coming)
    assert any(paid.on > DUE for paid in coming)


def test_nobody_pays_more_than_is_owed_nor_a_fraction_of_a_cent():
    coming = payments_to_come(INVOICES, np.random.default_rng(2))

    assert all(0 < paid.amount_micros <= 100_000_000 for paid in coming)
    assert all(paid.amount_micros % 10_000 == 0 for paid in coming)


def test_payments_come_in_order_of_their_day():
    days = [paid.on for paid in payments_to_come(INVOICES, np.random.default_rng(3))]

    assert days == sorted(days)


def test_an_invoice_over_nothing_is_not_paid():
    assert payments_to_come([Owed("1", DUE, 0)], np.random.default_rng(1)) == []
