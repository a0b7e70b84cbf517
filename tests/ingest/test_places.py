"""A rate without a destination's name is named by its pattern wherever destinations stand."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from data.bill_run import drafted
from data.documents.invoice_text import invoice_text
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.panels import Panel
from data.domain.periods import Period
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Test
from data.domain.views import NarrowedTo
from data.store import schema
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.queries.invoice_document import invoice_document
from data.store.queries.rows.pages import row_tally
from tests.ingesting import (
    NOON,
    NOW,
    a_customer,
    assert_books_balance,
    deliver,
    ingested,
    line,
    rows,
)
from tests.upgrading import upgraded

DAY = Period(NOON.date(), NOON.date())
BY = By("analyst", NOW)
PLACES = schema.usage_by_destination


@pytest.fixture
def nameless(store, settings):
    """Two calls to 44 and one to 33, by rates without names, and one that has no rate."""
    with store.writing() as conn:
        customer = a_customer(conn, p44=100_000, p33=50_000)
        conn.execute(update(schema.rates).values(destination=""))
    called = ("+4420", "+4421", "+331", "+999")
    deliver(settings, "a.csv", "".join(line(n, dst=each) for n, each in enumerate(called)))
    ingested(store, settings)
    return customer


@pytest.mark.parametrize("narrowed", [False, True], ids=["everybody", "one customer"])
def test_the_top_destinations_name_the_pattern_and_open_its_calls(store, nameless, narrowed):
    whose = nameless if narrowed else None
    with store.snapshot() as conn:
        customer = NarrowedTo(nameless, "1", "Zed") if narrowed else None
        asked = DashboardQuestion(period=DAY, customer=customer)
        top = dashboard(conn, NOW, asked).top_destinations
        only = ColumnFilter("destination", (Condition(Test.EQUALS, "44"),))
        opened = RowRequest(panel=Panel.CALLS, period=DAY, customer_id=whose, filters=(only,))
        tally = row_tally(conn, opened, NOW)

    assert [(row.destination, row.calls, row.charge_micros) for row in top.rows] == [
        ("44", 2, 200_000),
        ("33", 1, 50_000),
    ]
    assert (top.total_micros, top.other_count) == (250_000, 0)
    assert (tally.count, tally.total("charge_micros")) == (2, 200_000)


@pytest.mark.usefixtures("nameless")
def test_the_annex_of_an_invoice_names_the_pattern_and_no_call_as_one_without_a_rate(store):
    (draft,) = drafted(store, BillRun(NOW.date(), DAY), BY)

    with store.snapshot() as conn:
        document = invoice_document(conn, draft, with_calls=True)

    (annex, _calls) = invoice_text(document).tables
    assert [row[:2] for row in annex.rows] == [("44", "2"), ("33", "1")]
    assert [call.destination for call in document.calls] == ["44", "44", "33"]
    (everywhere,) = [
        replace(one, rows=(replace(one.rows[0], destination=""),)) for one in document.annexes
    ]
    told = invoice_text(replace(document, annexes=(everywhere,))).tables[0]
    assert told.rows[0][0] == "All other destinations"


@pytest.mark.usefixtures("nameless")
def test_an_older_stores_calls_are_named_with_the_upgrade_and_what_is_gone_counts_as_other(store):
    with store.writing() as conn:
        named = rows(conn, PLACES)
        sums = [column.name for column in PLACES.c if not column.primary_key]
        whole = {name: sum(conn.scalars(select(PLACES.c[name]))) for name in sums}
        conn.execute(PLACES.delete().where(PLACES.c.destination != ""))
        conn.execute(update(PLACES).values(whole))
        before = dashboard(conn, NOW, DashboardQuestion(period=DAY)).top_destinations
        upgraded(conn, "0011")

        assert rows(conn, PLACES) == named
        assert_books_balance(conn)
    assert (before.rows, before.other_micros, before.total_micros) == ((), 250_000, 250_000)
