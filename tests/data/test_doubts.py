"""What in a bill run looks like a slip is told before it is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.bill_run import doubted, drafted
from data.domain.books import BillRun
from data.domain.periods import Period, without
from data.store.schema import plans

UNIT = 1_000_000
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))
JUNE_RUN = BillRun(date(2026, 7, 1), JUNE)
AUGUST_RUN = BillRun(date(2026, 9, 1), AUGUST)


@pytest.fixture
def told(kit):
    """Tell what a run is doubted for: about what, and the customers that it names."""

    def told(run, now=NOW):
        found = kit.read(lambda conn: doubted(conn, run, now))
        return [(doubt.about, doubt.what.split(". ")[0]) for doubt in found]

    return told


@pytest.fixture
def basic(kit):
    return kit.add(plans, name="Basic", monthly_fee_micros=10 * UNIT, included_s=600)


def test_days_of_customers_on_a_plan_that_a_run_skipped_are_named_with_the_customers(
    kit, store, by, basic, told
):
    for custid, plan in (("1", basic), ("2", basic), ("3", None)):
        kit.usage(kit.customer(custid, plan_id=plan), (6, 10), UNIT)
    drafted(store, JUNE_RUN, by)
    assert told(BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))) == []

    assert told(AUGUST_RUN) == [
        ("Never billed: 2026-07-01 to 2026-07-31", "2 customers on a plan: 1, 2")
    ]


def test_late_calls_before_any_invoice_of_a_plan_are_told_and_free_plans_are_not(kit, basic, told):
    free = kit.add(plans, name="Free", included_s=600)
    for custid, plan, charge in (("1", basic, UNIT), ("2", free, UNIT), ("3", basic, 0)):
        kit.usage(kit.customer(custid, plan_id=plan), (5, 20), charge)
    started = kit.customer("4", plan_id=basic, billing_start=JUNE.first)
    kit.usage(started, (5, 20), UNIT)

    assert told(JUNE_RUN) == [("Never billed: 2026-05-20 to 2026-05-31", "1 customer on a plan: 1")]


def test_days_that_were_invoiced_without_a_plan_are_billed(kit, store, by, basic, told):
    ada = kit.customer("1")
    kit.usage(ada, (6, 10), UNIT)
    drafted(store, JUNE_RUN, by)
    kit.changed(ada, plan_id=basic)
    kit.usage(ada, (6, 10), UNIT)

    assert told(BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))) == []


def test_a_skipped_month_that_is_billed_after_its_calls_is_told(kit, store, by, basic, told):
    for custid, calls in (("1", ((6, 10), (7, 10), (8, 10))), ("2", ((6, 10), (8, 10)))):
        customer = kit.customer(custid, plan_id=basic)
        for day in calls:
            kit.usage(customer, day, UNIT)
    drafted(store, JUNE_RUN, by)
    july = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))
    assert told(july) == []
    drafted(store, AUGUST_RUN, by)

    assert told(july) == [
        (
            "Billed before without its fee: 2026-07-01 to 2026-07-31",
            "1 customer on a plan: 1",
        )
    ]


ODD = {
    "as usual": ("2026-09-01", "2026-08-01", "2026-08-31", []),
    "the period's last day is today": ("2026-09-01", "2026-08-02", "2026-09-01", []),
    "within the period": ("2026-08-15", "2026-08-01", "2026-08-31", []),
    "a month ahead": ("2026-10-01", "2026-08-01", "2026-08-31", []),
    "before the period": (
        "2026-07-31",
        "2026-08-01",
        "2026-08-31",
        ["2026-07-31 is before the period (2026-08-01)."],
    ),
    "years ahead": (
        "2030-09-01",
        "2026-08-01",
        "2026-08-31",
        ["2030-09-01 is 1,461 days from today (2026-09-01)."],
    ),
    "not over": (
        "2026-09-01",
        "2026-08-15",
        "2026-09-14",
        ["It ends 2026-09-14, after today (2026-09-01)"],
    ),
    "not begun": (
        "2026-09-01",
        "2026-09-02",
        "2026-09-14",
        [
            "2026-09-01 is before the period (2026-09-02).",
            "It begins 2026-09-02, after today (2026-09-01)",
        ],
    ),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_dates_of_a_run_are_told(told, odd):
    dated, first, last = (date.fromisoformat(day) for day in odd[:3])

    assert [what for _, what in told(BillRun(dated, Period(first, last)))] == odd[3]


def test_what_is_ahead_is_told_by_the_tenants_day(told):
    run = BillRun(date(2026, 9, 1), Period(date(2026, 8, 2), date(2026, 9, 1)))

    assert told(run, NOW - timedelta(hours=9)) == []
    assert len(told(run, NOW - timedelta(hours=10))) == 1


def test_a_plan_month_that_is_cut_short_and_charged_whole_is_told_with_its_days(
    kit, store, by, basic, told
):
    kit.customer("1", plan_id=basic)
    kit.customer("2", plan_id=kit.add(plans, name="Nothing"))
    drafted(store, BillRun(JUNE_RUN.invoice_date, Period(date(2026, 6, 2), JUNE.last)), by)

    ((about, whom),) = told(JUNE_RUN)
    (draft,) = drafted(store, JUNE_RUN, by)

    assert (about, whom) == (
        "Charged as a whole month: 2026-06-01 to 2026-06-01",
        "1 customer on a plan: 1",
    )
    assert draft.total_micros == 10 * UNIT
    assert told(BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))) == []


days = st.integers(0, 40).map(lambda number: JUNE.first + timedelta(days=number))
spans = st.tuples(days, days).map(lambda ends: Period(*sorted(ends)))


@given(spans, st.lists(spans, max_size=5))
def test_what_is_left_of_a_period_is_each_of_its_days_that_is_in_no_other(period, others):
    def of(spans):
        return [
            span.first + timedelta(days=number)
            for span in spans
            for number in range((span.last - span.first).days + 1)
        ]

    taken = set(of(others))

    assert of(without(period, others)) == [day for day in of([period]) if day not in taken]
