"""An answered call without a price is on no invoice, and waits for its rate, whatever is billed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select, update

from data.bill_run import deleted, drafted, foreseen, recorded, unrecorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.retention import GivenUp, Hold
from data.retention import Keeping, expired
from data.store.schema import calls, customers, invoices, rate_tables, rates
from tests.ingesting import a_customer, again, assert_books_balance, deliver, ingested, line, rows

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
JULY_RUN = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))
DAY = date(2026, 6, 10)
BY = By("analyst", datetime(2026, 9, 1, 9, tzinfo=UTC))
KEEP_30 = Keeping(archive_days=30, calls_days=30)


@pytest.fixture(autouse=True)
def two_calls(store, settings):
    """A customer with a rate for one of the two calls that it made in June."""
    with store.writing() as conn:
        conn.execute(
            update(customers)
            .where(customers.c.id == a_customer(conn, p44=60_000))
            .values(custid="1001")
        )
    deliver(settings, "a.csv", line(1, dst="+442079460100") + line(2, dst="+33199000100"))
    ingested(store, settings)


def billed(store):
    (draft,) = drafted(store, JUNE_RUN, BY)
    recorded(store, [draft.name], BY)
    return draft


def rate_for_the_other(store):
    with store.writing() as conn:
        table = conn.execute(select(rate_tables.c.id)).scalar_one()
        new = {"rate_table_id": table, "pattern": "33", "per_minute_micros": 90_000}
        conn.execute(insert(rates).values(**new, effective_from=date(1970, 1, 1)))


def unrated(store, run=JUNE_RUN):
    with store.snapshot() as conn:
        return foreseen(conn, run).left_out.unrated


def charges(store):
    with store.snapshot() as conn:
        assert_books_balance(conn)
        return [charge for _, charge in rows(conn, calls, "line", "charge_micros")]


def test_a_bill_run_leaves_it_counted_until_it_has_a_price(store, settings):
    assert unrated(store) == 1

    draft = billed(store)

    assert unrated(store) == unrated(store, JULY_RUN) == 1
    unrecorded(store, ["1"], BY)
    deleted(store, [draft.name], BY)
    assert unrated(store) == 1
    rate_for_the_other(store)
    again(store, settings, 1)
    assert unrated(store) == 0


def test_retention_keeps_it_and_its_file_though_its_day_is_billed(store, settings):
    billed(store)

    done = expired(store, KEEP_30, BY, settings.archive_dir)

    assert (done.calls, done.files) == (0, 0)
    assert done.hold == Hold(DAY, unpriced=1, custids=("1001",))
    assert charges(store) == [60_000, None]


def test_with_a_rate_the_next_run_bills_it_and_then_it_may_go(store, settings):
    billed(store)
    expired(store, KEEP_30, BY, settings.archive_dir)
    rate_for_the_other(store)

    assert again(store, settings, 1).exit_code == 0
    (late,) = drafted(store, JULY_RUN, BY)
    recorded(store, [late.name], BY)

    assert late.total_micros == 90_000
    assert charges(store) == [60_000, 90_000]
    done = expired(store, KEEP_30, BY, settings.archive_dir)
    assert (done.calls, done.files, done.hold) == (2, 1, None)


def test_it_goes_when_it_is_given_up_and_holds_and_is_counted_no_more(store, settings):
    billed(store)

    done = expired(
        store, replace(KEEP_30, given_up=GivenUp(unpriced=True)), BY, settings.archive_dir
    )

    assert (done.calls, done.files, done.hold) == (2, 1, None)
    assert unrated(store, JULY_RUN) == 0
    assert expired(store, KEEP_30, BY, settings.archive_dir).hold is None


def test_a_draft_is_out_of_date_only_for_calls_that_it_takes(store, settings):
    deliver(settings, "b.csv", line(3, dst="+33199000100"))
    ingested(store, settings)
    drafted(store, JUNE_RUN, BY)

    again(store, settings, 2)

    with store.snapshot() as conn:
        assert rows(conn, invoices, "outdated") == [(False,)]
    again(store, settings, 1)
    with store.snapshot() as conn:
        assert rows(conn, invoices, "outdated") == [(True,)]
        assert_books_balance(conn)
