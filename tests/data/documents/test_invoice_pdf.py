"""The paper of an invoice: the same each time, readable in any script, numbered on every page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from data.documents.invoice_pdf import invoice_pdf
from data.documents.pdf_fonts import marked
from data.domain.invoice_document import Annex, AnnexRow, BilledCall
from data.domain.records import InvoiceStatus
from tests.invoice_documents import ISSUER, RECIPIENT, invoice_document, logo

LONG = Annex("Calls", tuple(AnnexRow(f"Country {n:03}", 1, 60, 1_000_000) for n in range(100)))


def pages(document) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(invoice_pdf(document))).pages]


def test_the_same_invoice_gives_the_same_bytes():
    document = invoice_document(issuer=replace(ISSUER, logo=logo()))

    assert invoice_pdf(document) == invoice_pdf(document)


def test_the_file_carries_title_sender_and_the_invoices_own_date():
    reader = PdfReader(BytesIO(invoice_pdf(invoice_document())))

    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-104, Ærøskøbing Rådgivning A/S"
    assert reader.metadata.author == "Harbour Telecom Ltd"
    assert reader.metadata.creation_date == datetime(2026, 7, 1, tzinfo=UTC)


def test_a_short_invoice_is_one_page_with_everything_on_it():
    (page,) = pages(invoice_document())

    for text in ("INV-104", "£115.47", "QST 9.975 %", "Łukasz Żółć", "100.0045", "Page 1 of 1"):
        assert text in page


def test_a_long_annex_repeats_its_heads_and_every_page_says_which_of_how_many():
    long = pages(invoice_document(annexes=(LONG,)))

    assert len(long) == 3
    assert all(f"Page {number} of 3" in page for number, page in enumerate(long, start=1))
    assert all("Destination" in page for page in long)
    assert sum(page.count("Country ") for page in long) == 100


def test_the_sum_never_stands_alone_on_a_page():
    for rows in range(2, 16):
        annex = replace(LONG, rows=LONG.rows[:rows])
        last = pages(invoice_document(annexes=(annex,)))[-1]

        assert "Country " in last
        assert "Sum" in last


def test_only_a_draft_bears_the_mark_on_every_page():
    draft = pages(invoice_document(status=InvoiceStatus.DRAFT, number="", annexes=(LONG,)))

    assert all("DRAFT" in page for page in draft)
    assert "DRAFT" not in "".join(pages(invoice_document()))


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("Ευαγγελία Ж Ærø Łódź", set()),
        ("Հայաստան", {"DejaVuSans"}),
        ("株式会社サンプル", {"HeiseiKakuGo-W5"}),
        ("北京市", {"STSong-Light"}),
        ("서울", {"HYGothic-Medium"}),
    ],
)
def test_a_script_that_the_text_font_lacks_is_set_in_one_that_has_it(text, fonts):
    runs = marked(text).split('<font name="')[1:]

    assert {run.split('"')[0] for run in runs} == fonts


def test_hebrew_is_set_in_the_order_that_it_is_read():
    written = marked("תל")

    assert written == f'<font name="DejaVuSans">{"תל"[::-1]}</font>'


def test_arabic_letters_are_joined():
    assert (
        marked("لا")
        == '<font name="DejaVuSans">\N{ARABIC LIGATURE LAM WITH ALEF ISOLATED FORM}</font>'
    )


def test_markup_in_a_name_is_printed_as_it_stands():
    hostile = replace(RECIPIENT, company="<b>Bold</b> & <i/>")

    assert "<b>Bold</b> & <i/>" in pages(invoice_document(recipient=hostile))[0]


def test_the_paper_is_the_one_of_the_customers_country():
    american = invoice_document(recipient=replace(RECIPIENT, country="USA"))
    page = PdfReader(BytesIO(invoice_pdf(american))).pages[0]

    assert (float(page.mediabox.width), float(page.mediabox.height)) == (612, 792)


def test_a_logo_stands_in_for_the_name_at_the_head():
    document = invoice_document(issuer=replace(ISSUER, logo=logo("JPEG", (900, 40))))
    page = PdfReader(BytesIO(invoice_pdf(document))).pages[0]

    assert len(page.images) == 1


def test_every_call_is_listed_where_it_was_asked_for():
    start = datetime(2026, 6, 1, tzinfo=UTC)
    calls = tuple(
        BilledCall(
            started=start + timedelta(minutes=number),
            calling_number="+447700900001",
            called_number=f"+4477009{number:05}",
            destination="United Kingdom, mobile, a name too long for its column",
            talk_ms=60_000,
            billed_s=60,
            charge_micros=12_345,
        )
        for number in range(120)
    )
    text = "".join(pages(invoice_document(calls=calls)))

    assert all(call.called_number in text for call in calls)
    assert "1.481400" in text
