"""What a new reading makes of lines whose calls are on a recorded invoice: the calls stay."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from data.domain.records import InvoiceStatus
from data.store import schema
from data.store.queries.differences import (
    DifferenceSums,
    difference_sums,
    invoiced_differences_of,
)
from data.store.schema import calls
from ingest.run import run
from ingest.upkeep import requeueing
from tests.factories import add_customer, add_invoice
from tests.ingesting import add_auth_code, add_rates, an_ingest, assert_books_balance, deliver, rows

READING = """
name = "corner-switch"
title = "The switch in the corner"
source = "its manual, page 12"
grade = "C"
columns.order = ["began", "caller", "called", "talk", "way"]
columns.shapes = { way = 'out|test', talk = '\\d+' }
times.started = { columns = ["began"], formats = ["%Y-%m-%d %H:%M:%S"] }
duration = { column = "talk", unit = "s" }
parties.calling = { column = "caller" }
parties.called = { column = "called" }
direction.fixed = "outbound"
"""
IDENTITY = 'identity = [["began", "caller"]]\n'
LINES = (
    "2026-06-10 12:00:01,acc1,4420,60,out\n"
    "2026-06-10 12:00:02,acc1,4420,60,test\n"
    "2026-06-10 12:00:03,acc1,4420,60,out\n"
)


@pytest.fixture
def invoiced(store, settings, tmp_path):
    """Three calls of 0.06 on a recorded invoice; returns how to read their file another way."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    ours = settings.model_copy(update={"profiles": folder})

    def read_as(reading, *file_ids):
        (folder / "corner.toml").write_text(IDENTITY + reading)
        ingest = an_ingest(store, ours)
        return run(ingest, only=requeueing(ingest, file_ids, "") if file_ids else None).files[0]

    with store.writing() as conn:
        customer = add_customer(
            conn, "Acme", custid="1001", rate_table_id=add_rates(conn, "sell", p44=60_000)
        )
        add_auth_code(conn, customer, "acc1", field="CallingNumber")
    deliver(ours, "a.csv", LINES)
    read_as(READING)
    _on_recorded_invoice(store, customer)
    return lambda reading: read_as(reading, 1)


def _on_recorded_invoice(store, customer):
    with store.writing() as conn:
        invoice = add_invoice(conn, customer, 1, status=InvoiceStatus.RECORDED)
        conn.execute(
            insert(schema.invoice_coverage).values(
                invoice_id=invoice,
                customer_id=customer,
                from_day=date(2026, 6, 1),
                to_day=date(2026, 6, 30),
                after_version=0,
                upto_version=conn.execute(select(schema.data_version.c.version)).scalar_one(),
            )
        )
        conn.execute(update(schema.usage_by_customer).values(invoice_id=invoice))


ONLY_OUT = "[disposition]\ncolumn = 'way'\nother = 'reject'\nwords = { out = 'answered' }\n"
NO_TESTS = "[[ignore]]\nreason = 'a_test'\nall = [{ column = 'way', is_in = ['test'] }]\n"
NO_SECOND = "[[framing.lines]]\nstarts = '2026-06-10 12:00:02'\nkind = 'comment'\n"


@pytest.mark.parametrize(
    ("rule", "now"),
    [
        pytest.param(ONLY_OUT, "rejected: value_unknown", id="rejected"),
        pytest.param(NO_TESTS, "ignored: a_test", id="ignored"),
        pytest.param(NO_SECOND, "no line", id="no line"),
    ],
)
def test_an_invoiced_call_stays_loaded_when_its_line_makes_no_call_now(store, invoiced, rule, now):
    report = invoiced(READING + rule)

    assert (report.error, report.counts.loaded, report.counts.lines) == (None, 3, 3)
    assert report.difference_lines()[0].endswith(f"now it would be no call ({now})")
    with store.snapshot() as conn:
        assert_books_balance(conn)
        listed = list(invoiced_differences_of(conn))
        assert [(each.line, each.line_now) for each in listed] == [(2, now)]
        assert difference_sums(conn) == DifferenceSums(1, -60_000, 1)


def test_a_line_whose_invoiced_call_would_be_another_one_makes_no_second_call(store, invoiced):
    report = invoiced(READING.replace('"], formats', '"], zone = "Asia/Tokyo", formats'))

    assert (report.counts.loaded, report.counts.lines) == (3, 3)
    with store.snapshot() as conn:
        assert len(rows(conn, calls)) == 3
        assert_books_balance(conn)
        listed = list(invoiced_differences_of(conn))
        assert {each.customer_now_text for each in listed} == {"1001 (another call)"}


def test_a_call_that_another_line_makes_now_stays_with_the_line_that_was_invoiced(store, invoiced):
    fold = "[fold]\ncolumns = ['called']\nrule = 'longest'\n"

    report = invoiced(READING + fold)

    assert (report.counts.loaded, report.counts.lines) == (3, 3)
    with store.snapshot() as conn:
        assert_books_balance(conn)
        assert [each.line for each in invoiced_differences_of(conn)] == [2, 3]


def test_lines_are_read_as_ever_once_the_reading_is_as_it_was(store, invoiced):
    invoiced(READING + NO_TESTS)

    report = invoiced(READING)

    assert report.counts.loaded == 3
    with store.snapshot() as conn:
        assert_books_balance(conn)
        assert difference_sums(conn).calls == 0
