"""Services of one customer at prices of their own, from the file's column to the worked price."""

import csv
from datetime import UTC, date, datetime

import pytest

from data.domain.authorship import By
from data.domain.periods import Period
from data.domain.preview import preview
from data.exchange.rates import RateTarget, table_imported
from data.explain import explained, named_call
from data.store.queries.customers import customer as customer_of
from data.store.queries.priced_calls import priced_calls
from data.store.queries.rates import active_rates
from data.store.queries.tenant import the_tenant
from data.store.schema import calls, rate_tables
from ingest.run import run
from ingest.upkeep import requeueing
from tests.factories import add_customer
from tests.ingesting import (
    add_auth_code,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    rows,
)

BY = By("analyst", datetime(2026, 6, 1, 9, tzinfo=UTC))
HEADER = "start_time,caller,callee,seconds,account,service"
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


def usage(*services):
    lines = [
        f"2026-06-10 12:00:0{n},+447700900001,+447700900002,60,acc1,{service}"
        for n, service in enumerate(services)
    ]
    return "\n".join([HEADER, *lines, ""])


def deck(tmp_path, price):
    path = tmp_path / f"{price}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("code", "rate"), ("44", price)])
    return path


@pytest.fixture(autouse=True)
def services_with_prices(store, tmp_path):
    with store.writing() as conn:
        table_imported(conn, "Retail", deck(tmp_path, "0.80"), BY)
        table_imported(conn, RateTarget("Retail", "SMS"), deck(tmp_path, "0.60"), BY)
        table_imported(conn, RateTarget("Wholesale", ""), deck(tmp_path, "0.30"), BY)
        table_imported(conn, RateTarget("Wholesale", "MMS"), deck(tmp_path, "0.20"), BY)
        tables = {row[1]: row[0] for row in rows(conn, rate_tables, "id", "name")}
        ada = add_customer(conn, "Ada", custid="1001", rate_table_id=tables["Retail"])
        add_auth_code(conn, ada, "acc1")
        carrier = add_customer(
            conn, "Carrier", custid="P1", provider=True, rate_table_id=tables["Wholesale"]
        )
        add_auth_code(conn, carrier, "+44", field="CalledNumber", kind="prefix")


def prices(store):
    with store.snapshot() as conn:
        assert_books_balance(conn)
        return rows(conn, calls, "line", "override_value", "charge_micros", "cost_micros")


def test_the_value_of_a_call_chooses_its_rates_for_charge_and_cost(store, settings):
    deliver(settings, "a.csv", usage("VOICE", "SMS", "MMS", ""))

    ingested(store, settings)

    assert prices(store) == [
        (2, "VOICE", 800_000, 300_000),
        (3, "SMS", 600_000, 300_000),
        (4, "MMS", 800_000, 200_000),
        (5, None, 800_000, 300_000),
    ]


def test_rates_for_a_value_that_come_later_count_when_the_file_is_processed_again(
    store, settings, tmp_path
):
    deliver(settings, "a.csv", usage("MMS"))
    ingested(store, settings)
    with store.writing() as conn:
        table_imported(conn, RateTarget("Retail", "MMS"), deck(tmp_path, "0.70"), BY)

    ingest = an_ingest(store, settings)
    run(ingest, only=requeueing(ingest, [1], ""))

    assert prices(store) == [(2, "MMS", 700_000, 200_000)]


def test_a_price_and_a_cost_by_value_explain_themselves(store, settings, tmp_path):
    deliver(settings, "a.csv", usage("SMS", "MMS"))
    ingested(store, settings)
    with store.writing() as conn:
        table_imported(conn, RateTarget("Wholesale", "MMS"), deck(tmp_path, "0.25"), BY)

    with store.snapshot() as conn:
        sms = {s.what: s.text for s in explained(conn, named_call(conn, "1:2")).steps}
        mms = {s.what: s.text for s in explained(conn, named_call(conn, "1:3")).steps}

    assert sms["table"] == "Retail, its rates for override value SMS; rated as 447700900002"
    assert sms["sum"] == "0.60"
    assert (mms["cost"], mms["cost sum"]) == ("0.20 to P1 Carrier", "0.20")
    assert mms["cost table"] == (
        "Wholesale, its rates for override value MMS, replaced 2026-06-01; rated as 447700900002"
    )
    assert "cost stored" not in mms


def test_a_preview_prices_each_call_by_its_value(store, settings):
    deliver(settings, "a.csv", usage("VOICE", "SMS"))
    ingested(store, settings)

    with store.snapshot() as conn:
        ada = customer_of(conn, "1001")
        assert ada is not None
        table = ada.rate_table_id
        assert table is not None
        found = priced_calls(conn, table, JUNE, the_tenant(conn))
        total = preview(found, active_rates(conn, table)).total

    assert (total.calls, total.before_micros, total.after_micros) == (2, 1_400_000, 1_400_000)
