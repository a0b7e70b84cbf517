"""Exports hold exactly the rows of the panel, and nothing that a spreadsheet runs."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import update

from bench.postgresql import ON_POSTGRESQL
from data.domain.errors import RequestRefused
from data.domain.panels import PANELS, Panel, Scope
from data.domain.periods import Period
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Sort, Test
from data.exchange import export_workbook
from data.exchange.export_cells import captions
from data.exchange.exports import Export, ExportForm, csv_blocks, export_written
from data.store import schema
from data.store.queries.retention import CALLS_EXPIRED
from data.store.queries.rows import calls
from data.store.writes.settings import setting_kept
from tests.factories import (
    add_call,
    add_customer,
    add_file,
    add_invoice,
    add_payment,
    add_ticket,
    roll_up,
)


def held_text(text):
    """Leave out what the database cannot hold."""
    return text.replace("\0", "") if ON_POSTGRESQL else text


JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CALLS = RowRequest(panel=Panel.CALLS, period=JUNE)
TICKETS = RowRequest(panel=Panel.TICKETS)


def written(conn, request, form, now) -> bytes:
    out = io.BytesIO()
    export_written(conn, Export(request, form), now, out)
    return out.getvalue()


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a people's CSV, up to the blank line before the statement."""
    head, *lines = table(content)
    return [dict(zip(head, line, strict=True)) for line in lines[: lines.index([])]]


def statement_of(content: bytes) -> list[list[str]]:
    lines = table(content)
    return lines[lines.index([]) + 1 :]


def test_a_csv_holds_the_filtered_rows_and_states_filter_and_totals(conn, now):
    conn.execute(update(schema.tenant).values(timezone="Europe/Paris", name="=Acme"))
    who = add_customer(conn, "Acme", custid="1001")
    add_call(conn, customer_id=who, charge_micros=1_234_500, talk_ms=61_500, billed_s=120)
    add_call(conn, customer_id=who, charge_micros=1, cost_micros=3)
    add_call(conn)
    roll_up(conn)
    priced = ColumnFilter("charge_micros", (Condition(Test.GREATER, 0),))
    request = RowRequest(
        panel=Panel.CALLS, period=JUNE, filters=(priced,), sort=(Sort("charge_micros", True),)
    )

    content = written(conn, request, ExportForm.CSV, now)

    first, second = rows_of(content)
    assert first["Started"] == "2026-06-10 10:00:00"
    assert (first["Charge"], first["Talk"], first["Billed"]) == ("1.2345", "61.5", "120")
    assert (second["Charge"], second["Margin"]) == ("0.000001", "-0.000002")
    assert first["Called number"] == "'+442079460100"
    assert statement_of(content) == [
        ["Whose", "'=Acme"],
        ["Rows", "Calls"],
        ["Filter", "From 2026-06-01 to 2026-06-30, both included"],
        ["Filter", "Charge is more than 0.00"],
        ["Filter", "Sorted by charge, descending"],
        ["As of", "2026-06-15 14:00:00 Europe/Paris"],
        ["Data version", "1"],
        ["Number of rows", "2"],
        ["Total talk, s", "121.5"],
        ["Total billed, s", "180"],
        ["Total charge, USD", "1.234501"],
        ["Total margin, USD", "unknown"],
    ]


def test_a_machine_reads_numbers_as_they_are_and_nothing_else(conn, now):
    add_call(conn, call_key=-1)

    head, *rows = table(written(conn, CALLS, ExportForm.MACHINE, now))

    (row,) = (dict(zip(head, line, strict=True)) for line in rows)
    assert row["called_number"] == "+442079460100"
    assert row["started_at"] == "2026-06-10T08:00:00.000Z"
    assert row["call"] == "1781078400000-ffffffffffffffff"
    assert row["talk_s"] == "60"


def test_a_workbook_types_its_cells_and_states_what_they_are(conn, now):
    who = add_customer(conn, "=HYPERLINK(0)")
    add_call(conn, customer_id=who, charge_micros=1_234_500, calling_number="\x07+44")
    roll_up(conn)

    book = load_workbook(io.BytesIO(written(conn, CALLS, ExportForm.XLSX, now)))

    head, row = book["Rows"].iter_rows()
    cells = {name.value: cell for name, cell in zip(head, row, strict=True)}
    assert (cells["Customer"].value, cells["Customer"].data_type) == ("=HYPERLINK(0)", "s")
    assert cells["Calling number"].value == "+44"
    assert (cells["Charge"].value, cells["Charge"].data_type) == (1.2345, "n")
    assert cells["Started"].value == datetime(2026, 6, 10, 8, 0)
    said = {what: much for what, much, *_ in book["About"].iter_rows(values_only=True)}
    assert [*said][:2] == ["Whose", "Rows"]
    assert (said["Number of rows"], said["Total charge, USD"], said["Total talk, s"]) == (
        1,
        1.2345,
        60,
    )


def test_the_total_of_the_totals_is_called_the_total_and_no_caption_stands_twice(conn, now):
    add_invoice(conn, add_customer(conn, "Acme"), -2.5)

    content = written(conn, RowRequest(panel=Panel.INVOICES), ExportForm.CSV, now)

    assert [line for line in statement_of(content) if line[0].startswith("Total")] == [
        ["Total, USD", "-2.50"],
        ["Total paid, USD", "0.00"],
        ["Total outstanding, USD", "-2.50"],
    ]
    for plan in PANELS.values():
        assert len({*captions(plan)}) == len(captions(plan))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.builds(
        str.__add__,
        st.sampled_from(DANGEROUS) | st.just(""),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ).map(held_text)
)
def test_no_text_becomes_a_formula_and_a_machine_gets_it_whole(conn, now, subject):
    conn.execute(schema.tickets.delete())
    add_ticket(conn, subject)

    people = rows_of(written(conn, TICKETS, ExportForm.CSV, now))[0]["Subject"]
    machine = written(conn, TICKETS, ExportForm.MACHINE, now).decode()
    book = load_workbook(io.BytesIO(written(conn, TICKETS, ExportForm.XLSX, now)))

    assert not people.startswith(DANGEROUS)
    assert people.removeprefix("'") in (subject.replace("\0", ""), subject.removeprefix("'"))
    assert next(iter(csv.DictReader(io.StringIO(machine, newline=""))))["subject"] == subject
    kinds = {cell.data_type for row in book["Rows"].iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d", "inlineStr"}  # the last: a text of which nothing is left


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "#REF!", "=", "TRUE", "1e5"])
def test_a_cell_of_text_stays_text(conn, now, text):
    add_ticket(conn, text)

    sheet = load_workbook(io.BytesIO(written(conn, TICKETS, ExportForm.XLSX, now)))["Rows"]

    found = {cell.value: cell.data_type for cell in sheet[2]}
    assert found[text] == "s"


def test_money_that_went_back_is_a_number_and_no_formula(conn, now):
    who = add_customer(conn, "Acme")
    add_payment(conn, who, -2.5, kind="refund")

    content = written(conn, RowRequest(panel=Panel.PAYMENTS), ExportForm.CSV, now)

    assert rows_of(content)[0]["Amount"] == "-2.50"
    assert ["Total amount, USD", "-2.50"] in statement_of(content)


def test_numbers_are_masked_for_who_may_not_see_them(conn, now):
    add_call(conn)

    for form in (ExportForm.CSV, ExportForm.MACHINE):
        text = written(conn, replace(CALLS, masked=True), form, now).decode()
        assert "+4420794" not in text
        assert "***100" in text


def test_a_sheet_that_is_full_is_followed_by_another(conn, now, monkeypatch):
    monkeypatch.setattr(export_workbook, "SHEET_ROWS", 3)
    for place in range(4):
        add_ticket(conn, f"Ticket {place}")

    book = load_workbook(io.BytesIO(written(conn, TICKETS, ExportForm.XLSX, now)))

    assert book.sheetnames == ["Rows", "Rows 2", "About"]
    assert [book["Rows"].max_row, book["Rows 2"].max_row] == [3, 3]


def test_an_export_without_rows_still_says_what_it_is_of(conn, now):
    book = load_workbook(io.BytesIO(written(conn, TICKETS, ExportForm.XLSX, now)))

    assert book["Rows"].max_row == 1
    assert ["Number of rows", "0"] in statement_of(written(conn, TICKETS, ExportForm.CSV, now))


def test_a_csv_comes_in_blocks(conn, now):
    for place in range(40):
        add_ticket(conn, f"{place:02}", text="x" * 4_000)

    blocks = list(csv_blocks(conn, Export(TICKETS, ExportForm.CSV), now))

    assert len(blocks) > 2
    assert b"".join(blocks) == written(conn, TICKETS, ExportForm.CSV, now)


def test_an_order_that_costs_too_much_is_refused_before_anything_is_written(conn, now, monkeypatch):
    monkeypatch.setattr(calls, "MOST_SORTED", 0)
    add_call(conn)
    roll_up(conn)
    request = RowRequest(panel=Panel.CALLS, period=JUNE, sort=(Sort("line"),))
    out = io.BytesIO()

    with pytest.raises(RequestRefused):
        export_written(conn, Export(request, ExportForm.CSV), now, out)
    assert out.getvalue() == b""


def test_expired_rows_and_the_money_that_plans_leave_to_bill_are_stated(conn, now):
    who = add_customer(conn, "Acme")
    add_call(conn, customer_id=who, charge_micros=5_000)
    roll_up(conn)
    conn.execute(update(schema.usage_by_customer).values(plan_micros=2_000))
    unbilled = RowRequest(panel=Panel.CALLS, scope=Scope.UNBILLED, period=JUNE)

    content = written(conn, unbilled, ExportForm.CSV, now)
    conn.execute(schema.call_rows.delete())
    setting_kept(conn, CALLS_EXPIRED, "2026-07-01")
    emptied = written(conn, CALLS, ExportForm.CSV, now)

    assert statement_of(content)[-2:] == [
        ["Total covered by plans, USD", "0.002"],
        ["Total not yet billed, USD", "0.003"],
    ]
    assert ["Expired, in no row", "1"] in statement_of(emptied)


def test_the_name_of_a_file_says_what_is_in_it(conn, now):
    request = RowRequest(panel=Panel.FILES, scope=Scope.PROCESSED_ERROR, period=JUNE)
    export = Export(request, ExportForm.XLSX)
    add_file(conn, name="=cmd.csv")
    add_invoice(conn, add_customer(conn, "Acme"), 1)

    assert export.file_name == "files-processed-error-2026-06-01-2026-06-30.xlsx"
    names = {Export(request, form).file_name for form in ExportForm}
    assert len(names) == len(ExportForm)
    assert export.media_type.endswith("sheet")
    assert "'=cmd.csv" in written(conn, RowRequest(panel=Panel.FILES), ExportForm.CSV, now).decode()


@pytest.mark.parametrize("form", ExportForm)
@pytest.mark.parametrize(
    "request_",
    [
        RowRequest(panel=Panel.CUSTOMERS),
        RowRequest(panel=Panel.INVOICES),
        RowRequest(panel=Panel.INVOICE_LINES, invoice_id=1),
        RowRequest(panel=Panel.INVOICED_USAGE, period=JUNE),
        RowRequest(panel=Panel.ATTEMPTS, file_id=1),
        RowRequest(panel=Panel.REJECTIONS, file_id=1),
        RowRequest(panel=Panel.REJECTION_REASONS, file_id=1),
        RowRequest(panel=Panel.IGNORED, file_id=1),
        RowRequest(panel=Panel.DUPLICATES, file_id=1),
        RowRequest(panel=Panel.DELIVERIES),
        RowRequest(panel=Panel.SOURCES),
    ],
    ids=lambda request: request.panel,
)
def test_every_panel_can_be_exported(books, now, form, request_):
    with books.snapshot() as snapshot:
        assert written(snapshot, request_, form, now)
