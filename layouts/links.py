"""Where the cells of a panel lead: to an invoice, a file, a customer, a call's worked price."""

import json
from collections.abc import Callable

from data.domain.panel_rows import (
    CallRow,
    CustomerRow,
    DeliveryRow,
    InvoicedUsageRow,
    InvoiceRow,
    LineRow,
    NumberedRow,
    PanelRow,
    PaymentRow,
    ReasonRow,
)
from data.domain.panels import Panel

Ways = dict[str, dict[str, str]]
"""By column, what the page's address becomes."""


def ways(row: PanelRow, panel: Panel, opened: str) -> Ways:
    """Return where the cells of a row lead.

    Args:
        row: Which row.
        panel: Whose.
        opened: The opening that shows it, as the address names it.
    """
    if isinstance(row, ReasonRow):
        return _to_lines(row, opened)
    lead = _LEADS.get(panel)
    return {} if lead is None else lead(row)


def linked(panel: Panel) -> frozenset[str]:
    """Return the columns whose cells may lead somewhere."""
    return _LINKED.get(panel, frozenset())


def _to_lines(row: ReasonRow, opened: str) -> Ways:
    """Return the way from a reason to its lines, as they stood."""
    slug, _, subject = opened.partition(":")
    lines = f"file-rejected:{subject}" if slug == "file-reasons" else "rejected"
    only = {"reason": {"filterType": "text", "type": "equals", "filter": row.reason}}
    return {"reason": {"panel": lines, "filter": json.dumps(only, separators=(",", ":"))}}


def _invoice(row: PanelRow) -> Ways:
    if not isinstance(row, InvoiceRow | InvoicedUsageRow):
        raise TypeError(row)
    return {"number": {"panel": f"invoice:{row.id}"}, "company": _customer(row.custid)}


def _file(row: PanelRow) -> Ways:
    if not isinstance(row, NumberedRow):
        raise TypeError(row)
    whole = {"panel": f"file:{row.id}"}
    return {"name": whole, "error": whole}  # an error is cut here, and stands there in full


def _whole_customer(row: PanelRow) -> Ways:
    if not isinstance(row, CustomerRow):
        raise TypeError(row)
    return {"company": _customer(row.custid)}


def _payer(row: PanelRow) -> Ways:
    if not isinstance(row, PaymentRow):
        raise TypeError(row)
    return {"company": _customer(row.custid)}


def _line(row: PanelRow) -> Ways:
    if not isinstance(row, LineRow | DeliveryRow):
        raise TypeError(row)
    return {"file": {"panel": f"file:{row.file_id}"}}


def _call(row: PanelRow) -> Ways:
    if not isinstance(row, CallRow):
        raise TypeError(row)
    found: Ways = {"started_at": {"row": row.row_id}, "file": {"panel": f"file:{row.file_id}"}}
    if row.custid is not None:
        found["company"] = _customer(row.custid)
    if row.invoice_id is not None:
        found["invoice"] = {"panel": f"invoice:{row.invoice_id}"}
    return found


def _customer(custid: str) -> dict[str, str]:
    return {"panel": f"customer:{custid}"}


_LEADS: dict[Panel, Callable[[PanelRow], Ways]] = {
    Panel.INVOICES: _invoice,
    Panel.INVOICED_USAGE: _invoice,
    Panel.FILES: _file,
    Panel.CUSTOMERS: _whole_customer,
    Panel.PAYMENTS: _payer,
    Panel.REJECTIONS: _line,
    Panel.IGNORED: _line,
    Panel.DUPLICATES: _line,
    Panel.DELIVERIES: _line,
    Panel.CALLS: _call,
}
_LINKED: dict[Panel, frozenset[str]] = {
    Panel.INVOICES: frozenset({"number", "company"}),
    Panel.INVOICED_USAGE: frozenset({"number", "company"}),
    Panel.FILES: frozenset({"name", "error"}),
    Panel.CUSTOMERS: frozenset({"company"}),
    Panel.PAYMENTS: frozenset({"company"}),
    Panel.REJECTIONS: frozenset({"file"}),
    Panel.IGNORED: frozenset({"file"}),
    Panel.DUPLICATES: frozenset({"file"}),
    Panel.DELIVERIES: frozenset({"file"}),
    Panel.REJECTION_REASONS: frozenset({"reason"}),
    Panel.CALLS: frozenset({"started_at", "file", "company", "invoice"}),
}
