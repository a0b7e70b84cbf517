"""Bill runs: what is billed of usage, plans and charges, and what is left for the next one."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import ClassVar

import pytest
from sqlalchemy import select, update

from data.bill_run import drafted
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.store.connect import Store
from data.store.queries.billable import live_coverage
from data.store.schema import (
    charges,
    customer_charges,
    plans,
    rate_tables,
    tax_categories,
    taxes,
    tenant,
    usage_by_customer,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
JUNE_RUN = BillRun(date(2026, 7, 1), JUNE)
JULY_RUN = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))
UNIT = 1_000_000


def test_a_draft_bills_usage_plan_charges_and_stacked_taxes_line_by_line(kit, store, by):
    category = kit.add(tax_categories, name="Quebec")
    kit.add(taxes, tax_category_id=category, position=1, name="GST 5 %", rate_ppm=50_000)
    kit.add(taxes, tax_category_id=category, position=2, name="QST", rate_ppm=99_750, stacked=True)
    plan = kit.add(plans, name="Basic", monthly_fee_micros=20 * UNIT)
    rental = kit.add(charges, name="Line rental", amount_micros=30 * UNIT, every_months=1)
    retail = kit.add(rate_tables, name="Retail")
    ada = kit.customer("1", tax_category_id=category, plan_id=plan, rate_table_id=retail)
    kit.add(customer_charges, customer_id=ada, charge_id=rental, from_day=date(2026, 6, 15))
    kit.usage(ada, (6, 3), 30 * UNIT + 4_000, rate_table_id=retail)
    kit.usage(ada, (6, 4), 20 * UNIT + 500, rate_table_id=retail)

    (draft,) = drafted(store, JUNE_RUN, by)

    assert kit.lines(draft.id) == [
        ("usage", "Calls, Retail", 50 * UNIT),
        ("plan", "Basic", 20 * UNIT),
        ("charge", "Line rental", 30 * UNIT),
        ("tax", "GST 5 %", 5 * UNIT),
        ("tax", "QST", 10_470_000),
    ]
    assert (draft.total_micros, draft.due_date) == (115_470_000, date(2026, 7, 31))
    assert (draft.status, draft.number, draft.name) == (InvoiceStatus.DRAFT, None, f"D{draft.id}")


def test_fees_and_charges_finer_than_a_cent_are_rounded_on_their_lines(kit, store, by):
    plan = kit.add(plans, name="Basic", monthly_fee_micros=9_995_000)
    each = kit.add(charges, name="Per day", amount_micros=-333_333, every_months=1)
    ada = kit.customer("1", plan_id=plan)
    kit.add(customer_charges, customer_id=ada, charge_id=each, from_day=date(2026, 6, 1))

    (draft,) = drafted(store, JUNE_RUN, by)

    assert [amount for _, _, amount in kit.lines(draft.id)] == [10 * UNIT, -330_000]
    assert draft.total_micros == 9_670_000


def test_a_bill_run_again_makes_nothing_new(kit, store, by):
    plan = kit.add(plans, name="Basic", monthly_fee_micros=UNIT)
    ada = kit.customer("1", plan_id=plan)
    kit.usage(ada, (6, 3), UNIT)
    drafted(store, JUNE_RUN, by)
    version = kit.version()

    assert drafted(store, JUNE_RUN, by) == []
    assert kit.version() == version


def test_late_calls_have_their_own_line_on_the_next_invoice(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), 10 * UNIT)
    drafted(store, JUNE_RUN, by)
    kit.usage(ada, (6, 3), 3 * UNIT)
    kit.usage(ada, (7, 4), 5 * UNIT)

    (july,) = drafted(store, JULY_RUN, by)

    assert kit.lines(july.id) == [
        ("usage", "Calls", 5 * UNIT),
        ("late_usage", "Late calls of earlier periods", 3 * UNIT),
    ]
    assert kit.unbilled() == 0


def test_rectangles_of_live_invoices_are_disjoint_and_hold_every_call_once(kit, store, by):
    ada = kit.customer("1")
    loads = [((6, 3), kit.usage(ada, (6, 3), UNIT)), ((6, 9), kit.usage(ada, (6, 9), UNIT))]
    drafted(store, JUNE_RUN, by)
    loads += [((6, 3), kit.usage(ada, (6, 3), UNIT)), ((7, 9), kit.usage(ada, (7, 9), UNIT))]
    drafted(store, JULY_RUN, by)

    rectangles = kit.read(live_coverage)[ada]

    for day, version in loads:
        assert sum(each.holds(date(2026, *day), version) for each in rectangles) == 1


def test_each_rate_table_has_its_own_line(kit, store, by):
    old, new = kit.add(rate_tables, name="Old"), kit.add(rate_tables, name="New")
    ada = kit.customer("1", rate_table_id=new)
    kit.usage(ada, (6, 3), 1_005_000, rate_table_id=old)
    kit.usage(ada, (6, 20), 1_005_000, rate_table_id=new)
    kit.usage(ada, (6, 20), 0, rate_table_id=0, rated=0)

    (draft,) = drafted(store, JUNE_RUN, by)

    assert kit.lines(draft.id) == [
        ("usage", "Calls, Old", 1_010_000),
        ("usage", "Calls, New", 1_010_000),
    ]


def test_calls_before_the_billing_start_are_never_invoiced(kit, store, by):
    with store.writing() as conn:
        conn.execute(update(tenant).values(billing_start=date(2026, 6, 10)))
    ada = kit.customer("1")
    bob = kit.customer("2", billing_start=date(2026, 6, 5))
    for customer in (ada, bob):
        kit.usage(customer, (6, 7), UNIT)
        kit.usage(customer, (6, 11), 2 * UNIT)

    found = drafted(store, JUNE_RUN, by)

    assert [draft.total_micros for draft in found] == [2 * UNIT, 3 * UNIT]
    assert kit.unbilled() == UNIT


def test_providers_are_never_invoiced(kit, store, by):
    carrier = kit.customer("9", provider=True)
    kit.usage(carrier, (6, 3), UNIT)

    assert drafted(store, JUNE_RUN, by) == []


def test_only_the_customers_asked_for_are_billed(kit, store, by):
    for custid in ("1", "2"):
        kit.usage(kit.customer(custid), (6, 3), UNIT)

    found = drafted(store, BillRun(JUNE_RUN.invoice_date, JUNE, frozenset({"2"})), by)

    assert [draft.custid for draft in found] == ["2"]
    assert kit.unbilled() == UNIT


def test_an_unknown_customer_is_refused_by_number(store, by):
    run = BillRun(JUNE_RUN.invoice_date, JUNE, frozenset({"404"}))

    with pytest.raises(Refused, match="number 404"):
        drafted(store, run, by)


def test_a_customer_with_nothing_to_pay_gets_no_invoice_and_its_calls_wait(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), 0)
    kit.usage(kit.customer("2"), (6, 3), 4_000)

    assert drafted(store, JUNE_RUN, by) == []
    assert kit.unbilled() == 4_000


def test_calls_and_a_discount_that_cancel_out_make_an_invoice_of_nothing_once(kit, store, by):
    rebate = kit.add(charges, name="Rebate", amount_micros=-600_000)
    ada = kit.customer("1")
    kit.add(customer_charges, customer_id=ada, charge_id=rebate, from_day=JUNE.first)
    kit.usage(ada, (6, 3), 600_000)

    (draft,) = drafted(store, JUNE_RUN, by)

    assert [amount for _, _, amount in kit.lines(draft.id)] == [600_000, -600_000]
    assert (draft.total_micros, kit.unbilled()) == (0, 0)
    assert drafted(store, JULY_RUN, by) == []


class BusyStore(Store):
    """A store into which a file is loaded while its first snapshot is open."""

    meanwhile: ClassVar[list[Callable[[], object]]] = []

    @contextmanager
    def snapshot(self):
        with super().snapshot() as conn:
            conn.execute(select(usage_by_customer)).all()
            if self.meanwhile:
                self.meanwhile.pop()()
            yield conn


def test_usage_that_arrives_during_the_reckoning_is_on_the_draft(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), UNIT)
    busy = BusyStore(**vars(store))
    busy.meanwhile.append(lambda: kit.usage(ada, (6, 4), 2 * UNIT))

    (draft,) = drafted(busy, JUNE_RUN, by)

    assert draft.total_micros == 3 * UNIT
    assert kit.unbilled() == 0
