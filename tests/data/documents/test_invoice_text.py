"""What stands on an invoice, word by word."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.documents.invoice_text import (
    DRAFT_NOTICE,
    MOST_IN_ONE_TABLE,
    LineText,
    SumText,
    TableText,
    foot,
    invoice_text,
)
from data.domain.balances import PaymentKind
from data.domain.invoice_document import Annex, AnnexRow, BilledCall, Settlement
from data.domain.invoicing import LineKind
from data.domain.records import InvoiceStatus
from tests.invoice_documents import ANNEX, ISSUER, LINES, RECIPIENT, invoice_document, line

PAID = Settlement(date(2026, 7, 10), PaymentKind.PAYMENT, 115_470_000)


def test_an_invoice_names_sender_receiver_number_and_days():
    text = invoice_text(invoice_document())

    assert text.heading == "Invoice INV-104"
    assert text.issuer[0] == "Harbour Telecom Ltd"
    assert text.issuer[-1] == "Tax number GB 123 4567 89"
    assert text.recipient == (
        "Ærøskøbing Rådgivning A/S",
        "Łukasz Żółć",
        "Storgade 12",
        "5970 Ærøskøbing",
        "Denmark",
        "Tax number DK00000000",
    )
    assert text.facts == (
        ("Invoice number", "INV-104"),
        ("Invoice date", "1 July 2026"),
        ("Period", "1 – 30 June 2026"),
        ("Customer number", "C-1042"),
    )
    assert text.notices == ()


def test_the_sums_are_net_each_tax_and_the_total_of_the_printed_lines():
    text = invoice_text(invoice_document())

    assert text.lines == (LineText("Calls, standard rates", "", "21", "1:03:05", "100.00"),)
    assert text.sums == (
        SumText("Net amount", "100.00"),
        SumText("GST 5 %", "5.00"),
        SumText("QST 9.975 %", "10.47"),
        SumText("Total in GBP", "£115.47", strong=True),
    )
    assert text.due == SumText("Due by 31 July 2026", "£115.47", strong=True)


def test_a_payment_and_its_reversal_stand_on_the_invoice():
    undone = replace(PAID, kind=PaymentKind.REVERSAL, amount_micros=-115_470_000)
    text = invoice_text(invoice_document(settlements=(PAID, undone)))

    assert text.sums[-3:] == (
        SumText("Payment, 10 July 2026", "-115.47"),
        SumText("Payment reversed, 10 July 2026", "115.47"),
        SumText("Still to pay", "£115.47", strong=True),
    )


def test_what_is_partly_paid_asks_for_the_rest():
    part = replace(PAID, amount_micros=100_000_000)
    text = invoice_text(invoice_document(settlements=(part,)))

    assert text.due == SumText("Due by 31 July 2026", "£15.47", strong=True)
    assert text.pay == (
        "Please pay £15.47 by 31 July 2026 and give INV-104 as the reference.",
        "Example Bank",
        "IBAN GB00 EXMP 0000 0012 3456 78",
    )


def test_a_paid_invoice_asks_for_nothing():
    text = invoice_text(invoice_document(settlements=(PAID,)))

    assert text.due == SumText("Paid, nothing is due", "£0.00", strong=True)
    assert text.pay == ()


def test_a_draft_is_a_quotation_and_says_so():
    draft = invoice_document(status=InvoiceStatus.DRAFT, number="")
    text = invoice_text(draft)

    assert text.heading == "Quotation"
    assert text.notices == (DRAFT_NOTICE,)
    assert text.facts[0] == ("Quotation number", "none yet")
    assert text.due == SumText("Quoted total", "£115.47", strong=True)
    assert text.pay == ()
    assert (draft.outstanding_micros, draft.is_paid) == (0, False)


def test_a_draft_whose_calls_have_changed_warns_of_it():
    draft = invoice_document(status=InvoiceStatus.DRAFT, outdated=True)

    assert len(invoice_text(draft).notices) == 2


def test_a_total_below_nothing_is_a_credit_note_in_the_customers_favour():
    credit = invoice_document(lines=(line(LineKind.CHARGE, "Outage in May", -20),))
    text = invoice_text(credit)

    assert text.heading == "Credit note INV-104"
    assert text.due == SumText("In your favour", "£20.00", strong=True)
    assert text.pay == ()


def test_without_a_bank_nobody_is_told_where_to_pay():
    assert invoice_text(invoice_document(issuer=replace(ISSUER, bank=" \n "))).pay == ()


def test_a_line_with_days_says_which():
    plan = line(
        LineKind.PLAN, "Office 500", 25, from_day=date(2026, 6, 1), to_day=date(2026, 6, 30)
    )
    text = invoice_text(invoice_document(lines=(plan,)))

    assert text.lines == (LineText("Office 500", "1 – 30 June 2026", "", "", "25.00"),)


def test_included_minutes_stand_without_an_amount():
    used = line(
        LineKind.INCLUDED,
        "Included minutes used",
        0,
        calls=12,
        billed_s=720,
        from_day=date(2026, 6, 1),
        to_day=date(2026, 6, 30),
    )
    text = invoice_text(invoice_document(lines=(used,)))

    assert text.lines == (
        LineText("Included minutes used", "1 – 30 June 2026", "12", "0:12:00", "included"),
    )


def test_the_annex_adds_up_to_the_line_before_it_is_rounded():
    assert ANNEX.exact_micros == LINES[0].exact_micros
    assert invoice_text(invoice_document()).tables == (
        TableText(
            caption="Calls, standard rates by destination",
            note="Exact amounts; their sum is rounded once, on the invoice.",
            heads=("Destination", "Calls", "Billed time", "Charge, GBP"),
            rows=(
                ("United Kingdom, mobile", "20", "1:02:05", "100.0030"),
                ("France", "1", "0:01:00", "0.0015"),
            ),
            foot=(("Sum", "21", "1:03:05", "100.0045"),),
        ),
    )


def test_included_minutes_are_taken_off_in_the_annex():
    annex = Annex("Calls", (AnnexRow("Spain", 2, 120, 700_000),), plan_micros=500_000)
    (table,) = invoice_text(invoice_document(annexes=(annex,))).tables

    assert table.rows[-1] == ("Covered by included minutes", "", "", "-0.50")
    assert table.foot == (("Sum", "2", "0:02:00", "0.20"),)
    assert table.note == ""


def test_calls_that_are_no_longer_kept_are_not_listed_and_that_is_said():
    text = invoice_text(invoice_document(annexes=(Annex("Calls", ()),)))

    assert text.tables == ()
    assert text.remarks == (
        "Calls: the single calls are no longer all kept, so they are not listed.",
    )


def test_each_call_stands_with_its_time_numbers_and_charge():
    call = BilledCall(
        started=datetime(2026, 6, 1, 8, 0, 5, tzinfo=UTC),
        calling_number="+447700900001",
        called_number="02079460000",
        destination="United Kingdom",
        talk_ms=61_000,
        billed_s=120,
        charge_micros=24_000,
    )
    text = invoice_text(invoice_document(calls=(call,)))

    assert text.tables[-1].rows == (
        (
            "2026-06-01 08:00:05",
            "+447700900001",
            "02079460000",
            "United Kingdom",
            "0:02:00",
            "0.024",
        ),
    )
    assert text.tables[-1].foot == (("Sum", "", "", "", "0:02:00", "0.024"),)


def test_unanswered_calls_stand_in_no_list_on_paper():
    at = datetime(2026, 6, 1, tzinfo=UTC)
    calls = (
        BilledCall(at, "1", "answered", "France", 1000, 60, 20_000),
        BilledCall(at, "1", "unanswered", "", 0, 0, 0),
    )
    (_, listed) = invoice_text(invoice_document(calls=calls)).tables

    assert listed.caption == "Every answered call (1)"
    assert [row[2] for row in listed.rows] == ["answered"]


def test_many_calls_are_listed_day_by_day_with_a_sum_each():
    first = datetime(2026, 6, 1, tzinfo=UTC)
    calls = tuple(
        BilledCall(first + timedelta(minutes=10 * number), "1", "2", "France", 1000, 60, 20_000)
        for number in range(MOST_IN_ONE_TABLE + 1)
    )
    tables = invoice_text(invoice_document(calls=calls)).tables[1:]

    assert [table.caption for table in tables] == [
        "Monday, 1 June 2026 (144 calls)",
        "Tuesday, 2 June 2026 (144 calls)",
        "Wednesday, 3 June 2026 (13 calls)",
    ]
    assert tables[2].foot == (("Sum", "", "", "", "0:13:00", "0.26"),)
    assert sum(len(table.rows) for table in tables) == len(calls)


@pytest.mark.parametrize(
    ("issuer", "written"),
    [
        (ISSUER, "Harbour Telecom Ltd · Tax number GB 123 4567 89 · Invoice INV-104"),
        (replace(ISSUER, tax_id="", name="Two\nlines"), "Two lines · Invoice INV-104"),
    ],
)
def test_the_foot_of_every_page_names_sender_and_number(issuer, written):
    assert foot(invoice_document(issuer=issuer)) == written


def test_an_address_line_that_is_empty_is_left_out():
    bare = replace(RECIPIENT, contact="", vat="", country="", address=())

    assert invoice_text(invoice_document(recipient=bare)).recipient == (RECIPIENT.company,)
