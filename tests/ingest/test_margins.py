"""A margin is of calls with a price: what the others cost is no loss, and none is made up."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from data.domain.panel_rows import CallRow
from data.domain.panels import Panel
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.domain.row_requests import RowRequest
from data.store import schema
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.queries.retention import CALLS_EXPIRED
from data.store.queries.rows.pages import row_page
from data.store.queries.summary_audit import summary_differences
from data.store.writes.settings import setting_kept
from tests.factories import add_customer
from tests.ingesting import (
    NOON,
    NOW,
    a_customer,
    add_auth_code,
    add_rates,
    again,
    assert_books_balance,
    deliver,
    ingested,
    line,
    put_on_invoice,
    rows,
)
from tests.upgrading import upgraded

DAY = NOON.date()
USAGE = schema.usage_by_customer


@pytest.fixture
def zed(store, settings):
    """A customer sold 44 for 0.10 a minute, and a carrier that takes 0.01, and 0.05 for 33.

    There is a call of a minute to each.
    """
    with store.writing() as conn:
        customer = a_customer(conn, p44=100_000)
        table = add_rates(conn, "buy", p44=10_000, p33=50_000)
        carrier = add_customer(conn, "Carrier", provider=True, rate_table_id=table)
        add_auth_code(conn, carrier, "SIP/carrier-1", field="EgressTrunk")
    deliver(settings, "a.csv", line(1, dst="+4420") + line(2, dst="+331"))
    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 0, 0)]
    return customer


def sold(conn, customer, **given):
    """A rate for 33 in the customer's table."""
    table = conn.scalar(select(schema.customers.c.rate_table_id).filter_by(id=customer))
    row = {"rate_table_id": table, "pattern": "33", "destination": "France"}
    conn.execute(insert(schema.rates).values(row | {"effective_from": DAY} | given))


def shown(store):
    """The margin of the day, of the calls that it opens, and of each; and who is sold too low."""
    with store.snapshot() as conn:
        page = dashboard(conn, NOW, DashboardQuestion(period=Period(DAY, DAY)))
        asked = RowRequest(panel=Panel.CALLS, period=Period(DAY, DAY), end=9)
        opened = row_page(conn, asked, NOW)
        narrowed = RowRequest(panel=Panel.CALLS, file_id=1, end=9)
        sums = [opened.tally, row_page(conn, narrowed, NOW).tally]
        assert_books_balance(conn)
    totals = [{each.column: each.value for each in one.totals}.get("margin_micros") for one in sums]
    each = [row.margin_micros for row in reversed(opened.rows) if isinstance(row, CallRow)]
    told = [item.text for item in page.attention if item.kind == "below_cost"]
    return {"day": page.traffic[0].margin_micros, "opened": totals, "calls": each, "told": told}


@pytest.mark.usefixtures("zed")
def test_the_cost_of_a_call_without_a_price_is_no_loss(store):
    assert shown(store) == {
        "day": 90_000,
        "opened": [90_000, 90_000],
        "calls": [90_000, None],
        "told": [],
    }


def test_a_call_sold_below_its_cost_is_told_once_it_has_a_price(store, settings, zed):
    with store.writing() as conn:
        sold(conn, zed, per_minute_micros=0)
        buying = update(schema.rates).filter_by(per_minute_micros=50_000)
        conn.execute(buying.values(per_minute_micros=500_000))
    again(store, settings, 1)

    assert shown(store) == {
        "day": -410_000,
        "opened": [-410_000, -410_000],
        "calls": [90_000, -500_000],
        "told": ["Customer acc1 is sold below cost"],
    }


@pytest.mark.usefixtures("zed")
def test_a_priced_call_without_a_known_cost_makes_the_margin_unknown(store, settings):
    with store.writing() as conn:
        conn.execute(schema.rates.delete().filter_by(per_minute_micros=10_000))
    again(store, settings, 1)

    unknown = {"day": None, "opened": [None, None], "calls": [None, None], "told": []}
    assert shown(store) == unknown


@pytest.fixture
def older(store, settings, zed):
    """A store as versions before left it: sums with what calls without a price cost.

    Calls of every kind are beside priced ones, on the rows of an invoice and on none: to a blocked
    place, to one without a rate, and by nobody known.
    """
    with store.writing() as conn:
        sold(conn, zed, blocked=True)
    again(store, settings, 1)
    invoice = put_on_invoice(store, zed, InvoiceStatus.DRAFT)
    late = [(3, "+4420"), (4, "+331"), (5, "+331"), (6, "+999")]
    told = [line(number, dst=called) for number, called in late]
    deliver(settings, "b.csv", "".join(told) + line(7, dst="+331", account="nobody"))
    ingested(store, settings)
    right = sums(store)
    with store.writing() as conn:
        for call in conn.execute(
            select(schema.calls).where(schema.calls.c.charge_micros.is_(None))
        ):
            table = select(schema.rates.c.rate_table_id).filter_by(id=call.rate_id or 0)
            row = update(USAGE).filter_by(
                customer_id=call.customer_id or 0,
                invoice_id=invoice if call.file_id == 1 else 0,
                rate_table_id=conn.scalar(table) or 0,
            )
            unknown = USAGE.c.cost_unknown + int(call.cost_micros is None)
            cost = USAGE.c.cost_micros + (call.cost_micros or 0)
            assert conn.execute(row.values(cost_unknown=unknown, cost_micros=cost)).rowcount == 1
    assert sums(store) != right
    return right


def sums(store):
    keys = ("customer_id", "invoice_id", "rate_table_id")
    with store.snapshot() as conn:
        return rows(conn, USAGE, *keys, "rated", "cost_unknown", "cost_micros")


def test_an_older_stores_sums_are_put_right_with_the_upgrade(store, older):
    with store.writing() as conn:
        upgraded(conn, "0010")
        assert_books_balance(conn)

    assert sums(store) == older


@pytest.mark.usefixtures("older")
def test_where_the_calls_are_gone_a_margin_that_nobody_can_tell_is_unknown(store):
    with store.writing() as conn:
        conn.execute(schema.call_rows.delete())
        setting_kept(conn, CALLS_EXPIRED, (DAY + timedelta(days=1)).isoformat())

        upgraded(conn, "0010")

        assert [*summary_differences(conn)] == []
    mixed = [row for row in sums(store) if row[3]]
    assert [(rated, unknown) for _, _, _, rated, unknown, _ in mixed] == [(1, 1), (1, 1)]
    assert {row[4:] for row in sums(store) if not row[3]} == {(0, 0)}
