"""A draft that was reckoned by other rules than those of now is out of date."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from data.bill_run import deleted, drafted, recorded
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.invoicing import Plan, Tax
from data.domain.periods import Period
from data.exchange.customers import customers_imported
from data.store.schema import customers, invoices, plans, tax_categories
from data.store.writes.pricing import plan_set, taxes_set

UNIT = 1_000_000
VAT = Tax("VAT", rate_ppm=200_000)
BASIC = Plan(name="Basic", monthly_fee_micros=10 * UNIT, included_s=600)
JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))


@pytest.fixture
def whose(kit, store, by):
    """Customers by number: 1 taxed and on a plan, 2 taxed, 3 neither; each has a call in June."""
    with store.writing() as conn:
        taxes_set(conn, "Standard", [VAT], by)
        taxes_set(conn, "Reduced", [replace(VAT, rate_ppm=50_000)], by)
        plan_set(conn, BASIC, by)
        plan_set(conn, replace(BASIC, name="Large", monthly_fee_micros=50 * UNIT), by)
    ((standard,),) = kit.rows(
        select(tax_categories.c.id).where(tax_categories.c.name == "Standard")
    )
    ((basic,),) = kit.rows(select(plans.c.id).where(plans.c.name == "Basic"))
    rules = {
        "1": {"tax_category_id": standard, "plan_id": basic},
        "2": {"tax_category_id": standard},
    }
    found = {number: kit.customer(number, **rules.get(number, {})) for number in "123"}
    for customer in found.values():
        kit.usage(customer, (6, 10), UNIT)
    return found


@pytest.fixture
def june(store, by, whose):
    """Their drafts for June, by number."""
    return dict(zip(whose, drafted(store, JUNE_RUN, by), strict=True))


@pytest.fixture
def outdated(kit):
    """Tell whose live drafts are out of date, by number."""

    def outdated():
        query = (
            select(customers.c.custid)
            .join_from(invoices, customers)
            .where(invoices.c.outdated, invoices.c.deleted_at.is_(None))
            .order_by(customers.c.custid)
        )
        return "".join(custid for (custid,) in kit.rows(query))

    return outdated


@pytest.fixture
def imported(store, by, tmp_path):
    """Import customers with their tax category and plan."""

    def imported(rows):
        file = tmp_path / "customers.csv"
        file.write_text("custid,cname,taxcategory,plan\n" + rows)
        with store.writing() as conn:
            customers_imported(conn, file, by)

    return imported


CHANGES = {
    "taxes": (lambda conn, by: taxes_set(conn, "Standard", [replace(VAT, rate_ppm=1)], by), "12"),
    "the same taxes": (lambda conn, by: taxes_set(conn, "Standard", [VAT], by), ""),
    "taxes of nobody": (lambda conn, by: taxes_set(conn, "Reduced", [VAT], by), ""),
    "a plan's fee": (
        lambda conn, by: plan_set(conn, replace(BASIC, monthly_fee_micros=UNIT), by),
        "1",
    ),
    "a plan's minutes": (lambda conn, by: plan_set(conn, replace(BASIC, included_s=0), by), "1"),
    "a plan's destinations": (
        lambda conn, by: plan_set(conn, replace(BASIC, destinations=("44",)), by),
        "1",
    ),
    "the same plan": (lambda conn, by: plan_set(conn, BASIC, by), ""),
    "a new plan": (lambda conn, by: plan_set(conn, replace(BASIC, name="New"), by), ""),
}


@pytest.mark.usefixtures("june")
@pytest.mark.parametrize(("change", "whom"), CHANGES.values(), ids=CHANGES)
def test_a_draft_is_out_of_date_once_what_it_bills_would_be_reckoned_otherwise(
    store, by, outdated, change, whom
):
    with store.writing() as conn:
        told = change(conn, by)

    assert (outdated(), told) == (whom, len(whom))


ROWS = {
    "another tax category": ("1,A,Reduced,Basic\n2,B,Standard,\n", "1"),
    "no tax category": ("2,B,,\n", "2"),
    "another plan": ("1,A,Standard,Large\n2,B,Standard,\n", "1"),
    "no plan": ("1,A,Standard,\n", "1"),
    "a first plan": ("3,C,,Basic\n", "3"),
    "another name": ("1,Z,Standard,Basic\n3,Z,,\n", ""),
}


@pytest.mark.usefixtures("june")
@pytest.mark.parametrize(("rows", "whom"), ROWS.values(), ids=ROWS)
def test_a_draft_is_out_of_date_once_its_customer_has_other_taxes_or_another_plan(
    outdated, imported, rows, whom
):
    imported(rows)

    assert outdated() == whom


def test_a_draft_of_days_whose_plan_month_another_invoice_bills_stays(
    kit, whose, june, outdated, imported
):
    kit.usage(whose["1"], (6, 20), UNIT)
    late = drafted(kit.store, JUNE_RUN, kit.by)
    recorded(kit.store, [june["1"].name], kit.by)

    imported("1,A,Standard,Large\n")

    assert ([each.custid for each in late], outdated()) == (["1"], "")


@pytest.mark.usefixtures("whose")
def test_a_draft_that_is_out_of_date_is_drafted_again_at_the_figures_of_now(store, by):
    first = drafted(store, JUNE_RUN, by)
    recorded(store, [first[1].name], by)
    with store.writing() as conn:
        taxes_set(conn, "Standard", [replace(VAT, rate_ppm=250_000)], by)
    with pytest.raises(Refused, match="out of date"):
        recorded(store, [first[0].name], by)
    deleted(store, [first[0].name], by)

    again = drafted(store, JUNE_RUN, by)

    assert [each.total_micros for each in first] == [13_200_000, 1_200_000, 1_000_000]
    assert [(each.custid, each.total_micros) for each in again] == [("1", 13_750_000)]


def test_imported_drafts_and_deleted_ones_are_left_alone(store, by, june, outdated):
    deleted(store, [june["2"].name], by)
    with store.writing() as conn:
        conn.execute(update(invoices).where(invoices.c.id == june["1"].id).values(external=True))

        assert taxes_set(conn, "Standard", [], by) == 0

    assert outdated() == ""
