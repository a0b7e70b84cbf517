"""Bill runs over real calls: included minutes, rollups and what an invoice says agree."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest
from sqlalchemy import func, select, update

from data.bill_run import deleted, drafted, recorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.explain import explained, named_call
from data.store.connect import Store
from data.store.schema import plans, usage_by_customer
from tests import factories
from tests.ingesting import (
    add_auth_code,
    add_rates,
    assert_books_balance,
    deliver,
    ingested,
    lines,
)

UNIT = 1_000_000
BY = By("analyst", datetime(2026, 7, 1, 9, tzinfo=UTC))
JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))


@pytest.fixture(autouse=True)
def ada(store, kit):
    """A customer at 0.60 a minute with three included minutes a month and a fee of 5.00."""
    plan = kit.add(plans, name="Basic", monthly_fee_micros=5 * UNIT, included_s=180)
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=600_000)
        customer = factories.add_customer(conn, "Ada", rate_table_id=table, plan_id=plan)
        add_auth_code(conn, customer, "acc1")
    return customer


def drafts(store, run=JUNE_RUN):
    return drafted(store, run, BY)


def plan_in_rollups(store):
    with store.snapshot() as conn:
        assert_books_balance(conn)
        total = func.sum(usage_by_customer.c.plan_micros)
        return conn.execute(select(total)).scalar_one()


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


def test_deleting_a_draft_gives_the_minutes_back(store, settings, kit):
    deliver(settings, "a.csv", lines(1, 2, 3, 4))
    ingested(store, settings)
    (first,) = drafts(store)
    deleted(store, [first.name], BY)
    assert plan_in_rollups(store) == 0

    (again,) = drafts(store)

    assert amounts(kit, again) == amounts(kit, first)


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
