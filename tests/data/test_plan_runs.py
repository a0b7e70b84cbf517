"""Bill runs over real calls: included minutes, rollups and what an invoice says agree."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import func, select, text, update

from data.bill_run import deleted, drafted, recorded, unrecorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.invoicing import Plan
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.explain import explained, named_call
from data.retention import Keeping, expired
from data.store.connect import Store
from data.store.schema import customers, invoice_lines, invoices, plans, usage_by_customer
from data.store.writes.pricing import plan_set
from tests import factories
from tests.ingesting import (
    add_auth_code,
    add_rates,
    assert_books_balance,
    deliver,
    ingested,
    lines,
)
from tests.upgrading import upgraded

UNIT = 1_000_000
BY = By("analyst", datetime(2026, 7, 1, 9, tzinfo=UTC))
AUTUMN = By("operator", datetime(2026, 9, 30, 9, tzinfo=UTC))
JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))

JUNE_1, JULY_1 = date(2026, 6, 1), date(2026, 7, 1)
JULY_RUN = BillRun(date(2026, 8, 1), Period(JULY_1, date(2026, 7, 31)))


@pytest.fixture(autouse=True)
def ada(store, kit):
    """A customer at 0.60 a minute with three included minutes a month and a fee of 5.00."""
    plan = kit.add(plans, name="Basic", monthly_fee_micros=5 * UNIT, included_s=180)
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=600_000)
        customer = factories.add_customer(conn, "Ada", rate_table_id=table, plan_id=plan)
        add_auth_code(conn, customer, "acc1")
    return customer


@pytest.fixture
def free_plan(store):
    """The plan without its fee."""
    with store.writing() as conn:
        found = conn.execute(update(plans).values(monthly_fee_micros=0).returning(plans.c.id))
        return found.scalar_one()


def drafts(store, run=JUNE_RUN):
    return drafted(store, run, BY)


def plan_in_rollups(store):
    with store.snapshot() as conn:
        assert_books_balance(conn)
        total = func.sum(usage_by_customer.c.plan_micros)
        return conn.execute(select(total)).scalar_one()


def months(kit):
    """Return which lines there are of which months, by their first days."""
    line = invoice_lines.c
    return kit.rows(select(line.kind, line.from_day).where(line.from_day.is_not(None)))


def amounts(kit, invoice):
    return [(kind, amount) for kind, _, amount in kit.lines(invoice.id)]


def test_included_minutes_are_taken_off_the_calls_and_said(store, settings, kit):
    deliver(settings, "a.csv", lines(1, 2, 3, 4, 5))
    ingested(store, settings)

    (draft,) = drafts(store)

    assert amounts(kit, draft) == [
        ("usage", 1_200_000),
        ("plan", 5 * UNIT),
        ("included", 0),
    ]
    assert plan_in_rollups(store) == 1_800_000


def test_calls_that_a_plan_without_a_fee_covers_are_billed_at_nothing_and_once(
    store, settings, kit
):
    with store.writing() as conn:
        conn.execute(update(plans).values(monthly_fee_micros=0))
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)

    (draft,) = drafts(store)

    assert amounts(kit, draft) == [("usage", 0), ("plan", 0), ("included", 0)]
    assert recorded(store, [draft.name], BY) == ["1"]
    assert plan_in_rollups(store) == 1_200_000
    july = Period(date(2026, 7, 1), date(2026, 7, 31))
    assert drafts(store, BillRun(date(2026, 8, 1), july)) == []


def test_minutes_left_of_a_billed_month_cover_its_late_calls(store, settings, kit):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    drafts(store)
    deliver(settings, "b.csv", lines(3, 4))
    ingested(store, settings)

    (late,) = drafts(store)

    assert amounts(kit, late) == [("usage", 600_000), ("included", 0)]
    assert plan_in_rollups(store) == 1_800_000


@pytest.mark.usefixtures("free_plan")
@pytest.mark.parametrize("calls_before", [(), (1, 2)], ids=["no invoice", "an invoice of 0.00"])
def test_late_calls_of_a_plan_without_a_fee_have_the_minutes_of_their_own_month(
    store, settings, kit, calls_before
):
    deliver(settings, "a.csv", lines(6, account="nobodys") + lines(*calls_before))
    ingested(store, settings)
    drafts(store)
    late = [number for number in (1, 2, 3, 4, 5) if number not in calls_before]
    deliver(settings, "b.csv", lines(*late))
    deliver(settings, "c.csv", lines(1, at=datetime(2026, 7, 3, 12, tzinfo=UTC)))
    ingested(store, settings)

    (july,) = drafts(store, JULY_RUN)

    assert sum(amount for _, amount in amounts(kit, july)) == 2 * 600_000
    assert plan_in_rollups(store) == (3 + 1) * 600_000
    assert {first for kind, first in months(kit) if kind == "plan"} == {JUNE_1, JULY_1}
    assert drafts(store, JULY_RUN) == []


@pytest.mark.usefixtures("free_plan")
def test_a_month_without_a_fee_between_two_that_are_billed_covers_its_late_calls(
    store, settings, kit
):
    may = Period(date(2026, 5, 1), date(2026, 5, 31))
    deliver(settings, "a.csv", lines(1, at=datetime(2026, 5, 3, 12, tzinfo=UTC)))
    ingested(store, settings)
    drafts(store, BillRun(JUNE_1, may))
    drafts(store)
    deliver(settings, "b.csv", lines(1, 2, 3, 4))
    ingested(store, settings)

    (july,) = drafts(store, JULY_RUN)

    assert amounts(kit, july) == [
        ("late_usage", 600_000),
        ("plan", 0),
        ("plan", 0),
        ("included", 0),
    ]


@pytest.mark.usefixtures("free_plan")
def test_late_calls_use_a_month_without_a_fee_up_whatever_days_the_runs_are_of(
    store, settings, kit
):
    charged = []
    for number, first in enumerate([date(2026, 7, 1), date(2026, 8, 5), date(2026, 8, 12)]):
        deliver(settings, f"{number}.csv", lines(2 * number, 2 * number + 1))
        ingested(store, settings)
        week = Period(first, first + timedelta(days=6))
        (draft,) = drafts(store, BillRun(week.last, week))
        charged.append(sum(amount for _, amount in amounts(kit, draft)))

    assert charged == [0, 600_000, 1_200_000]


def test_a_month_that_was_invoiced_without_the_plan_has_none_of_its_minutes(
    store, settings, kit, free_plan
):
    with store.writing() as conn:
        conn.execute(update(customers).values(plan_id=None))
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)
    drafts(store)
    with store.writing() as conn:
        conn.execute(update(customers).values(plan_id=free_plan))
    deliver(settings, "b.csv", lines(2))
    ingested(store, settings)

    (july,) = drafts(store, JULY_RUN)

    assert amounts(kit, july) == [("late_usage", 600_000), ("plan", 0)]


def test_deleting_a_draft_gives_the_minutes_back(store, settings, kit):
    deliver(settings, "a.csv", lines(1, 2, 3, 4))
    ingested(store, settings)
    (first,) = drafts(store)
    deleted(store, [first.name], BY)
    assert plan_in_rollups(store) == 0

    (again,) = drafts(store)

    assert amounts(kit, again) == amounts(kit, first)


@pytest.mark.parametrize("on_its_plan", [True, False])
def test_an_invoice_with_minutes_whose_calls_are_gone_is_not_undone(
    store, settings, kit, ada, on_its_plan
):
    deliver(settings, "a.csv", lines(1, 2, 3, 4))
    ingested(store, settings)
    (draft,) = drafts(store)
    recorded(store, [draft.name], BY)
    if not on_its_plan:
        kit.changed(ada, plan_id=None)
    expired(store, Keeping(None, 30), AUTUMN, settings.archive_dir)

    for undo in (unrecorded, deleted):
        with pytest.raises(
            Refused, match=r"calls of invoice 1 up to 2026-06-10 went with retention"
        ):
            undo(store, ["1"], BY)
        with store.writing() as conn:  # as an earlier release left it
            conn.execute(update(invoices).values(status=InvoiceStatus.DRAFT))

    assert recorded(store, ["1"], BY) == ["1"]
    covered = usage_by_customer.c.plan_micros
    assert kit.rows(select(covered).where(covered > 0)) == [(1_800_000,)]


def test_an_invoice_without_minutes_whose_calls_are_gone_is_drafted_again_from_their_sums(
    store, settings, kit, ada
):
    kit.changed(ada, plan_id=None)
    deliver(settings, "a.csv", lines(1, 2, 3, 4))
    ingested(store, settings)
    (first,) = drafts(store)
    recorded(store, [first.name], BY)
    expired(store, Keeping(None, 30), AUTUMN, settings.archive_dir)
    unrecorded(store, ["1"], BY)
    deleted(store, ["1"], BY)

    (again,) = drafts(store)

    assert kit.lines(again.id) == kit.lines(first.id)


def test_a_call_says_how_much_of_it_is_included(store, settings):
    deliver(settings, "a.csv", lines(1, 2, talk_s=100))
    ingested(store, settings)
    drafts(store)

    with store.snapshot() as conn:
        said = [explained(conn, named_call(conn, name)).steps[-1].text for name in ("1:1", "1:2")]

    assert said == [
        "D1, DRAFT; included minutes cover 100 s of it",
        "D1, DRAFT; included minutes cover 80 s of it",
    ]


class BusyStore(Store):
    """A store into which a file is loaded after its first snapshot."""

    meanwhile: ClassVar[list[Callable[[], object]]] = []

    @contextmanager
    def snapshot(self):
        with super().snapshot() as conn:
            yield conn
        if self.meanwhile:
            self.meanwhile.pop()()


def test_calls_that_arrive_during_the_reckoning_use_included_minutes_too(store, settings, kit):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    deliver(settings, "b.csv", lines(3, 4))
    busy = BusyStore(**vars(store))
    busy.meanwhile.append(lambda: ingested(store, settings))

    (draft,) = drafts(busy)

    assert amounts(kit, draft) == [("usage", 600_000), ("plan", 5 * UNIT), ("included", 0)]
    assert plan_in_rollups(store) == 1_800_000


CHANGES = {
    "a smaller plan": ("Later", {"included_s": 60}),
    "a larger plan": ("Later", {"included_s": 6_000}),
    "a plan for other destinations": ("Later", {"destinations": ("49",)}),
    "no plan": None,
    "the plan without minutes": ("Basic", {"included_s": 0}),
    "the plan for other destinations": ("Basic", {"destinations": ("49",)}),
}


def the_plan_becomes(store, change):
    """Give the customer another plan or none, or have its own set anew."""
    with store.writing() as conn:
        if change is None:
            conn.execute(update(customers).values(plan_id=None))
            return
        name, values = change
        plan_set(conn, Plan(**{"name": name, "included_s": 180, **values}), BY)
        plan_id = select(plans.c.id).where(plans.c.name == name).scalar_subquery()
        conn.execute(update(customers).values(plan_id=plan_id))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_month_that_is_billed_keeps_the_minutes_that_its_fee_bought(store, settings, kit, change):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)
    drafts(store)
    the_plan_becomes(store, change)
    deliver(settings, "b.csv", lines(2, 3, 4))
    ingested(store, settings)

    (july,) = drafts(store, JULY_RUN)

    assert amounts(kit, july)[0] == ("late_usage", 600_000)
    with store.snapshot() as conn:
        said = [explained(conn, named_call(conn, f"2:{n}")).steps[-1].text for n in (1, 2, 3)]
    assert [each.endswith("cover 60 s of it") for each in said] == [True, True, False]


def test_a_month_billed_in_its_first_half_keeps_its_minutes_in_the_second(store, settings, kit):
    first_half = BillRun(date(2026, 6, 16), Period(JUNE_1, date(2026, 6, 15)))
    second_half = BillRun(JULY_1, Period(date(2026, 6, 16), date(2026, 6, 30)))
    drafts(store, first_half)
    the_plan_becomes(store, ("Later", {"included_s": 6_000}))
    deliver(settings, "a.csv", lines(1, 2, 3, 4, at=datetime(2026, 6, 20, 12, tzinfo=UTC)))
    ingested(store, settings)

    (draft,) = drafts(store, second_half)

    assert amounts(kit, draft) == [("usage", 600_000), ("included", 0)]


def test_an_older_stores_invoices_get_what_their_fee_bought_with_the_upgrade(store, settings, kit):
    basic = Plan(name="Basic", monthly_fee_micros=5 * UNIT, included_s=180, destinations=("1",))
    with store.writing() as conn:
        plan_set(conn, basic, By("analyst", BY.at - timedelta(days=1)))
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)
    drafts(store)
    query = select(*(invoice_lines.c[name] for name in ("kind", "included_s", "destinations")))
    right = kit.rows(query)
    with store.writing() as conn:
        plan_set(conn, replace(basic, included_s=0), By("analyst", BY.at + timedelta(days=1)))
        for column in ("included_s", "destinations"):
            conn.execute(text(f"ALTER TABLE invoice_lines DROP COLUMN {column}"))

        upgraded(conn, "0013")

    assert kit.rows(query) == right
    assert right == [("usage", 0, ()), ("plan", 180, ("1",)), ("included", 0, ("1",))]
