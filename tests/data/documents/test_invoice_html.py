"""The page of an invoice: whole by itself, and harmless whatever its texts hold."""

import re
from dataclasses import replace

from data.documents.invoice_html import invoice_html
from data.documents.templating import css_text
from data.domain.invoice_document import Issuer
from data.domain.records import InvoiceStatus
from tests.invoice_documents import ISSUER, RECIPIENT, invoice_document, logo

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"'"


def test_the_page_shows_the_figures_of_the_invoice():
    page = invoice_html(invoice_document())

    for text in ("INV-104", "£115.47", "QST 9.975 %", "Ærøskøbing Rådgivning A/S", "100.0045"):
        assert text in page


def test_the_page_fetches_nothing():
    page = invoice_html(invoice_document(issuer=replace(ISSUER, logo=logo())))

    assert re.findall(r"(?:src|href)=\"(?!data:image/png;base64,)", page) == []
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_a_hostile_text_stays_text_in_the_page_and_in_its_style():
    hostile = invoice_document(
        number=HOSTILE,
        issuer=Issuer(name=HOSTILE, address=HOSTILE, tax_id=HOSTILE, bank=HOSTILE),
        recipient=replace(RECIPIENT, company=HOSTILE, custid=HOSTILE, contact=HOSTILE),
    )
    page = invoice_html(hostile)

    assert "<script" not in page
    assert "<img" not in page
    assert page.count("</style>") == 1


def test_a_css_string_cannot_be_ended_from_inside():
    assert css_text('a"}\\') == '"a\\22 \\7d \\5c "'


def test_a_draft_bears_its_mark_and_a_recorded_invoice_none():
    draft = invoice_html(invoice_document(status=InvoiceStatus.DRAFT, number=""))

    assert "<span>DRAFT</span>" in draft
    assert "this is a quotation, not an invoice" in draft
    assert "DRAFT" not in invoice_html(invoice_document())


def test_the_paper_is_the_one_of_the_customers_country():
    american = invoice_document(recipient=replace(RECIPIENT, country="USA"))

    assert "size: letter;" in invoice_html(american)
    assert "size: A4;" in invoice_html(invoice_document())
