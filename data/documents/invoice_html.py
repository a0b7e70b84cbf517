"""An invoice as one HTML page: to read on a screen, to print, to keep as a file."""

from base64 import b64encode

from data.documents.invoice_text import foot, invoice_text
from data.documents.logo import mime_type
from data.documents.paper import is_letter
from data.documents.templating import templates
from data.domain.invoice_document import InvoiceDocument


def invoice_html(document: InvoiceDocument) -> str:
    """Return an invoice as a self-contained page; the same document gives the same text."""
    text = invoice_text(document)
    return (
        templates()
        .get_template("invoice.html")
        .render(
            text=text,
            logo=_data_url(document.issuer.logo),
            foot=foot(document),
            paper="letter" if is_letter(document.recipient.country) else "A4",
            draft=document.is_draft,
            paid=document.is_paid,
        )
    )


def _data_url(logo: bytes | None) -> str:
    return f"data:{mime_type(logo)};base64,{b64encode(logo).decode()}" if logo else ""
