"""The day's summary: what needs a person, the nine numbers, and a workbook that holds the same."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from data.documents.summary_mail import summary_letter
from data.documents.summary_text import ALL_CALM, BarText, NeedText, NumberText, summary_text
from data.domain.records import FileStatus, InvoiceStatus
from data.store.queries.dashboard import DashboardQuestion, dashboard
from tests.factories import (
    add_customer,
    add_file,
    add_invoice,
    add_source,
    add_ticket,
)

JUNE_10 = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
EVIL = "=HYPERLINK('http://x.example')<script>\x0b"


@pytest.fixture
def seen(conn, now):
    """A reseller with an overdue invoice, a draft, a failed file, a late source and a ticket."""
    acme, evil = add_customer(conn, "Acme & Sons"), add_customer(conn, EVIL, provider=False)
    add_invoice(conn, acme, 1200.5, number="INV-7", due_date=date(2026, 6, 1))
    add_invoice(conn, evil, 300)
    add_invoice(conn, evil, 99, status=InvoiceStatus.DRAFT)
    source = add_source(conn, expect_every_s=3600)
    add_file(conn, source_id=source, name="one.csv", processed_at=JUNE_10)
    add_file(conn, status=FileStatus.ERROR, processed_at=JUNE_10.replace(hour=9), name="two.csv")
    add_ticket(conn)
    return dashboard(conn, now, DashboardQuestion(allotted_bytes=4000))


def test_a_day_with_nothing_to_do_is_calm(conn, now):
    calm = dashboard(conn, now, DashboardQuestion())
    text = summary_text(calm)

    assert text.headline == ALL_CALM
    assert text.needs == ()
    assert text.top == ()
    assert text.subject == "My company, 15 June 2026: nothing needs you today"
    assert len(text.numbers) == 9


def test_what_needs_a_person_stands_first_urgent_things_before_others(seen):
    text = summary_text(seen)

    assert text.subject == "My company, 15 June 2026: 3 things need you"
    assert [need.urgent for need in text.needs] == [True, True, False]
    assert text.needs[1] == NeedText(
        "sbc-west is late: nothing since 10 June 2026 07:59, due by 10 June 2026 08:59",
        "Ask whoever runs it",
        urgent=True,
    )


def test_the_nine_numbers_stand_in_the_order_of_the_page(seen):
    assert summary_text(seen).numbers == (
        NumberText("Customer records", "2", "of which 0 providers"),
        NumberText("Disk space used", "2.0 KiB", "50% of 3.9 KiB"),
        NumberText("Draft invoices", "1", "$99.00; oldest of 1 January 2026 09:00"),
        NumberText("Unpaid invoices", "2 · $1,500.50", "$1,200.50 overdue on 1 invoice"),
        NumberText("CDR files: success", "1", "0 with rejected lines; 0 in 24 hours"),
        NumberText("CDR files: error", "1", "newest of 10 June 2026 09:00"),
        NumberText("CDR files: waiting", "0", "0 in work"),
        NumberText("CDR file: last", "10 June 2026 09:00", "two.csv, error"),
        NumberText("Open help tickets", "1", "oldest of 1 January 2026 09:00"),
    )


def test_instants_are_told_on_the_tenants_clocks(seen):
    text = summary_text(replace(seen, timezone="Europe/London"))

    assert text.as_of == "15 June 2026 13:00 (Europe/London)"
    assert text.numbers[7].value == "10 June 2026 10:00"


def test_what_is_owing_adds_up_to_the_unpaid_tile(seen):
    owing = summary_text(seen).owing

    assert owing[0] == BarText("Not due", "$300.00")
    assert owing[-1] == BarText("Owing in all", "$1,500.50")


def test_the_letter_says_the_same_as_page_and_as_text(seen):
    letter = summary_letter(seen, ("anna@example.com",), "https://billing.example.com/?a=1&b=2")

    for form in (letter.text, letter.html):
        assert "sbc-west is late" in form
        assert "$1,200.50 overdue on 1 invoice" in form
    assert "https://billing.example.com/?a=1&b=2" in letter.text
    assert "Acme &amp; Sons" in letter.html
    assert "<script" not in letter.html


def test_without_an_address_of_the_page_there_is_no_link(seen):
    assert "href" not in summary_letter(seen, ("anna@example.com",)).html


def test_the_workbook_holds_the_exact_figures_and_no_formula(seen):
    (file,) = summary_letter(seen, ("anna@example.com",)).attachments
    book = load_workbook(BytesIO(file.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    numbers = {row[0].value: row[1].value for row in book["Nine numbers"].iter_rows(min_row=2)}

    assert file.name == "tollboard-2026-06-15.xlsx"
    assert numbers["Unpaid invoices, outstanding"] == 1500.5
    assert numbers["CDR file: last"] == datetime(2026, 6, 10, 9, 0)
    assert "f" not in {cell.data_type for cell in cells}
    assert EVIL.rstrip("\x0b") in {cell.value for cell in book["Top customers"]["A"]}
    assert [row[0].value for row in book["Attention"].iter_rows(min_row=2)] == [
        need.text for need in summary_text(seen).needs
    ]
