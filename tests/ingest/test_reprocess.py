"""Processing again replaces and never adds; nothing on a recorded invoice moves."""

from datetime import datetime

import pytest
from sqlalchemy import event, insert, select, update

from data.domain.errors import Refused
from data.domain.records import InvoiceStatus
from data.store import schema
from data.store.queries.differences import (
    DifferenceSums,
    difference_sums,
    invoiced_differences_of,
)
from data.store.schema import calls, rates
from tests.factories import add_customer
from tests.ingesting import (
    NOW,
    add_auth_code,
    add_rates,
    again,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    put_on_invoice,
    rows,
)


@pytest.fixture
def customer(store):
    with store.writing() as conn:
        made = add_customer(
            conn, "Acme", custid="1001", rate_table_id=add_rates(conn, "sell", p1=60_000)
        )
        add_auth_code(conn, made, "acc1")
    return made


def new_price(store, micros):
    with store.writing() as conn:
        conn.execute(update(rates).values(retired_at=NOW))
        old = conn.execute(select(rates).limit(1)).mappings().one()
        row = {**old, "retired_at": None, "per_minute_micros": micros}
        del row["id"]
        conn.execute(insert(rates).values(row))


@pytest.mark.usefixtures("customer")
def test_processing_again_replaces_and_never_adds(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 2) + '"broken\n')
    ingested(store, settings)
    new_price(store, 90_000)

    report = again(store, settings, 1)

    assert report.exit_code == 0
    with store.snapshot() as conn:
        assert rows(conn, calls, "line", "charge_micros") == [(1, 90_000), (2, 90_000), (3, 90_000)]
        assert rows(conn, schema.file_attempts, "outcome") == [("success",), ("success",)]
        assert_books_balance(conn)


@pytest.mark.usefixtures("customer")
def test_calls_of_a_clock_that_stood_wrong_are_taken_back_in_few_statements(store, settings):
    wrong = [datetime(year, 1, 1, 0, 5) for year in (1990, 2000, 2099)]
    text = lines(1, 2) + "".join(line(n, at=at) for n, at in enumerate(wrong, 3))
    deliver(settings, "a.csv", text)
    ingested(store, settings)
    new_price(store, 90_000)
    statements = []
    event.listen(store.writers, "before_cursor_execute", lambda *given: statements.append(given[2]))

    report = again(store, settings, 1)

    assert report.exit_code == 0
    assert len(statements) < 100
    with store.snapshot() as conn:
        found = rows(conn, calls, "line", "charge_micros")
        assert found == [(n, 90_000) for n in range(1, 6)]
        assert_books_balance(conn)


@pytest.mark.usefixtures("customer")
def test_processing_again_without_a_change_gives_the_same_rows(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    ingested(store, settings)
    with store.snapshot() as conn:
        before = rows(conn, schema.usage_by_customer)

    again(store, settings, 1)
    again(store, settings, 1)

    with store.snapshot() as conn:
        assert rows(conn, schema.usage_by_customer) == before
        assert_books_balance(conn)


def test_a_file_in_error_is_processed_again_when_told(store, settings):
    deliver(settings, "a.csv", b"colour;weight\nred;12\n")
    ingested(store, settings)

    report = again(store, settings, status="error")

    assert [each.status.value for each in report.files] == ["error"]
    with store.snapshot() as conn:
        assert len(rows(conn, schema.file_attempts)) == 2


def test_what_is_not_there_cannot_be_processed_again(store, settings):
    with pytest.raises(Refused, match="not there"):
        again(store, settings, 7)
    with pytest.raises(Refused, match="--status"):
        again(store, settings, status="fine")


def test_calls_on_a_recorded_invoice_keep_customer_and_price_and_the_difference_is_told(
    store, settings, customer
):
    deliver(settings, "a.csv", lines(1, 2) + line(3, dst="+449"))
    ingested(store, settings)
    invoice = put_on_invoice(store, customer, InvoiceStatus.RECORDED)
    new_price(store, 90_000)
    with store.writing() as conn:
        table = conn.execute(select(schema.customers.c.rate_table_id)).scalar_one()
        conn.execute(
            insert(rates).values(rate_table_id=table, pattern="44", per_minute_micros=30_000)
        )

    report = again(store, settings, 1)

    assert report.files[0].counts.loaded == 3
    assert "2 calls are on recorded invoices" in str(report.files[0].note)
    assert "0.06 in all" in str(report.files[0].note)
    assert listed(store) == [(1, 60_000, "1001", 90_000), (2, 60_000, "1001", 90_000)]
    with store.snapshot() as conn:
        assert rows(conn, calls, "line", "charge_micros") == [(1, 60_000), (2, 60_000), (3, 30_000)]
        usage = rows(conn, schema.usage_by_customer, "invoice_id", "calls", "charge_micros")
        assert usage == [(0, 1, 30_000), (invoice, 2, 120_000)]
        assert_books_balance(conn)


@pytest.fixture
def one_differs(store, settings, customer):
    """Three calls on a recorded invoice, one of them another customer's now, who has no table."""
    deliver(settings, "a.csv", lines(1) + line(2, account="acc2") + lines(3))
    with store.writing() as conn:
        add_auth_code(conn, customer, "acc2", position=2)
        other = add_customer(conn, "Other", custid="2002")
    ingested(store, settings)
    put_on_invoice(store, customer, InvoiceStatus.RECORDED)
    with store.writing() as conn:
        code = schema.auth_codes.c
        conn.execute(
            update(schema.auth_codes).where(code.pattern == "acc2").values(customer_id=other)
        )
    return again(store, settings, 1)


def listed(store, *file_ids):
    with store.snapshot() as conn:
        return [
            (each.line, each.charge_micros, each.customer_now_text, each.charge_now_micros)
            for each in invoiced_differences_of(conn, file_ids)
        ]


def test_invoiced_calls_that_would_be_another_customers_are_listed_and_told(store, one_differs):
    assert listed(store) == [(2, 60_000, "2002", None)]
    assert listed(store, 1) == listed(store)
    assert listed(store, 7) == []
    told = one_differs.files[0]
    assert told.differing == 1
    assert told.difference_lines()[0].endswith("was charged 0.06; now it would be 2002, unrated")
    assert told.as_json()["differences"][0]["charge_now"] is None


@pytest.mark.usefixtures("one_differs")
def test_what_agrees_again_is_listed_no_more(store, settings):
    assert listed(store) != []
    with store.writing() as conn:
        owner = select(schema.customers.c.id).where(schema.customers.c.company == "Acme")
        conn.execute(update(schema.auth_codes).values(customer_id=owner.scalar_subquery()))

    again(store, settings, 1)

    assert listed(store) == []
    with store.snapshot() as conn:
        assert difference_sums(conn) == DifferenceSums(0, 0, 0)


def test_a_draft_that_loses_calls_is_marked_out_of_date(store, settings, customer):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    put_on_invoice(store, customer, InvoiceStatus.DRAFT)
    new_price(store, 90_000)

    again(store, settings, 1)

    with store.snapshot() as conn:
        assert rows(conn, schema.invoices, "outdated") == [(True,)]
        assert rows(conn, schema.usage_by_customer, "invoice_id", "charge_micros") == [(0, 180_000)]
        assert_books_balance(conn)
