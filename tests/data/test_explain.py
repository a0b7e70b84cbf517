"""Any call explains itself."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data.bill_run import drafted
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.call_ids import CallId
from data.domain.errors import Refused
from data.domain.periods import Period
from data.explain import explained, named_call
from data.store.schema import calls, rates
from data.store.writes.rates import rates_imported
from tests import factories
from tests.ingesting import add_auth_code, add_rates, deliver, ingested, lines

BY = By("analyst", datetime(2026, 7, 1, 9, tzinfo=UTC))


@pytest.fixture(autouse=True)
def three_calls(store, settings):
    """One of a customer's, one of nobody's, one not answered: lines 1 to 3 of file 1."""
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=600_000, p1555=900_000)
        customer = factories.add_customer(conn, "Ada", rate_table_id=table, custid="1001")
        add_auth_code(conn, customer, "acc1")
    content = lines(1) + lines(2, account="nobody") + lines(3, disposition="NO ANSWER")
    deliver(settings, "a.csv", content)
    ingested(store, settings)


def steps(store, name):
    with store.snapshot() as conn:
        worked = explained(conn, named_call(conn, name))
        return {step.what: step.text for step in worked.steps}


def test_a_rated_call_names_its_customer_table_pattern_and_invoice(store):
    assert steps(store, "1:1")["invoice"] == "on none yet"
    drafted(store, BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30))), BY)

    found = steps(store, "1:1")

    assert found["customer"] == "1001 Ada"
    assert found["table"] == "Retail; rated as 15555550101"
    assert found["pattern"].startswith("1555 (place 1555)")
    assert found["sum"] == "0.90"
    assert found["cost"] == "not known, so the margin is not known either"
    assert found["invoice"] == "D1, DRAFT"


def test_calls_without_a_price_say_why(store):
    assert steps(store, "1:2")["customer"] == "nobody claims it"
    assert steps(store, "1:2")["price"].startswith("none: no rate")
    assert steps(store, "1:3")["price"].startswith("needs none")


def test_a_call_is_found_by_the_name_that_the_page_gives_it(store):
    with store.snapshot() as conn:
        row = conn.execute(select(calls.c.started_at, calls.c.call_key).limit(1)).one()
        name = str(CallId(*row))

    assert steps(store, name)["call"].startswith("+15555550100 to +15555550101")


def test_a_rate_that_was_replaced_since_still_explains_the_price(store):
    with store.writing() as conn:
        rates_imported(conn, "Retail", [], BY, whole=True)
        assert conn.execute(select(rates.c.id).where(rates.c.retired_at.is_(None))).all() == []

    found = steps(store, "1:1")

    assert found["table"] == "Retail, replaced 2026-07-01; rated as 15555550101"
    assert found["sum"] == "0.90"


@pytest.mark.parametrize("name", ["1:99", "9:1", "nonsense", "1-0000000000000000"])
def test_a_name_of_no_call_is_refused(store, name):
    with pytest.raises(Refused, match=name), store.snapshot() as conn:
        named_call(conn, name)
