"""The fictional reseller's books are kept by the product's own imports and bill runs."""

from datetime import date

import numpy as np

from data.domain.authorship import By
from data.store.queries.owing import ageing, outstanding_by_due_date
from ingest.demo.bookkeeping import old_books_taken_over
from ingest.demo.founding import reseller_founded

BEGIN, TODAY = date(2026, 3, 16), date(2026, 6, 15)


def test_something_is_owed_of_every_age(store, now, tmp_path):
    by = By("demo", now)
    reseller_founded(store, tmp_path, by, billing_start=BEGIN)

    old_books_taken_over(store, tmp_path, by, today=TODAY, rng=np.random.default_rng(1))

    with store.snapshot() as conn:
        owed = ageing(outstanding_by_due_date(conn), TODAY)
    assert owed.not_due == 0
    assert min(owed.days_1_30, owed.days_31_60, owed.days_61_90, owed.over_90) > 0
