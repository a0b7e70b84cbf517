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
from data.store.queries.retention import CALLS_EXPIRED
from data.store.schema import call_rows, calls, cdr_files, rates
from data.store.writes.rates import rates_imported
from data.store.writes.settings import setting_kept
from tests import factories
from tests.ingesting import add_auth_code, add_rates, deliver, ingested, line, lines

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


def refused(store, name):
    with pytest.raises(Refused) as told, store.snapshot() as conn:
        named_call(conn, name)
    return str(told.value)


def test_a_line_that_made_no_call_says_what_became_of_it(store, settings):
    torn = line(5).replace("2026-06-10 12:00:05", "yesterday")
    legs = line(6, linkedid=1, talk_s=5) + line(7, linkedid=1)
    for name, content in (("b.csv", lines(1) + torn), ("c.csv", legs), ("d.csv", "nothing\n")):
        deliver(settings, name, content)
        ingested(store, settings)

    assert refused(store, "2:1") == (
        "Line 1 of file 2 (b.csv) made no call: it repeats call 1:1, of a.csv."
    )
    assert refused(store, "2:2") == (
        "Line 2 of file 2 (b.csv) made no call: it was rejected, time_unreadable "
        "(a time is not written as in the format)."
    )
    assert refused(store, "3:1") == (
        "Line 1 of file 3 (c.csv) made no call: it was ignored, folded_leg "
        "(legs for which another line of the call stands)."
    )
    assert refused(store, "4:1").startswith(
        "Line 1 of file 4 (d.csv) made no call: the file is in error. "
    )
    assert refused(store, "3:9").startswith("There is no call 3:9: c.csv has no such line")
    assert "no file has the number 9" in refused(store, "9:1")


def test_a_line_whose_call_may_have_expired_says_so_and_a_withdrawn_file_too(store):
    with store.writing() as conn:
        conn.execute(call_rows.delete())
        setting_kept(conn, CALLS_EXPIRED, "2026-07-01")
    assert refused(store, "1:1") == "There is no call 1:1; its rows may have expired."
    with store.writing() as conn:
        conn.execute(cdr_files.update().values(withdrawn_at=BY.at))
    assert refused(store, "1:1") == "Line 1 of file 1 (a.csv) made no call: the file was withdrawn."


@pytest.mark.parametrize("name", ["1:99", "9:1", "nonsense", "1-0000000000000000"])
def test_a_name_of_no_call_is_refused(store, name):
    with pytest.raises(Refused, match=name), store.snapshot() as conn:
        named_call(conn, name)
