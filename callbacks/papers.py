"""The documents of an invoice: as its customer gets it, and its calls for a spreadsheet."""

from collections.abc import Iterator

from flask import Flask, Response, abort, stream_with_context
from werkzeug.wrappers import Response as AnyResponse

from callbacks.rights import numbers_masked
from data.documents.call_detail import call_detail
from data.documents.invoice_html import invoice_html
from data.store.connect import Store
from data.store.queries.invoice_document import billed_calls, invoice_document
from data.store.queries.invoices import Invoice, invoice_by_id
from data.store.queries.rows.call_reach import expired_of_invoice
from data.store.queries.tenant import the_tenant

INVOICE_ID = f"int(max={2**63 - 1}):invoice_id"
"""What a store can look for; a longer number leads nowhere, as any other that there is not."""
SEALED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'none'; sandbox allow-modals"
)
"""A document runs nothing and loads nothing; it can be printed."""


def register(server: Flask, store: Store) -> None:
    """Add the three routes; documents are for those who may send them (callbacks/rights.py)."""

    @server.get(f"/invoice/<{INVOICE_ID}>.html")
    def invoice_page(invoice_id: int) -> AnyResponse:
        with store.snapshot() as conn:
            invoice = _there(invoice_by_id(conn, invoice_id))
            page = invoice_html(invoice_document(conn, invoice))
        return Response(page, headers={"Content-Security-Policy": SEALED})

    @server.get(f"/invoice/<{INVOICE_ID}>.pdf")
    def invoice_paper(invoice_id: int) -> AnyResponse:
        from data.documents.invoice_pdf import invoice_pdf  # noqa: PLC0415  heavy

        with store.snapshot() as conn:
            invoice = _there(invoice_by_id(conn, invoice_id))
            paper = invoice_pdf(invoice_document(conn, invoice))
        named = f'inline; filename="invoice-{_plain(invoice.name)}.pdf"'
        headers = {"Content-Disposition": named, "Content-Type": "application/pdf"}
        return Response(paper, headers=headers)

    @server.get(f"/invoice/<{INVOICE_ID}>.csv")
    def invoice_calls(invoice_id: int) -> AnyResponse:
        with store.snapshot() as conn:
            invoice = _there(invoice_by_id(conn, invoice_id))
        if numbers_masked():
            abort(403, "Phone numbers are masked for your role: the calls are not sent.")
        named = f'attachment; filename="calls-{_plain(invoice.name)}.csv"'
        return Response(
            stream_with_context(_calls(store, invoice)),
            headers={"Content-Disposition": named, "Content-Type": "text/csv; charset=utf-8"},
        )


def _calls(store: Store, invoice: Invoice) -> Iterator[str]:
    with store.snapshot() as conn:
        digits = the_tenant(conn).minor_digits
        expired = expired_of_invoice(conn, invoice.id)
        yield from call_detail(billed_calls(conn, invoice), minor_digits=digits, expired=expired)


def _there(invoice: Invoice | None) -> Invoice:
    if invoice is None or invoice.deleted:
        abort(404)
    return invoice


def _plain(name: str) -> str:
    """Return a name that a header can carry: an imported invoice may be called anything."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
