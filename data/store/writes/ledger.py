"""Invoices made in another system: taken as they are, with their own numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.invoicing import LineKind
from data.domain.records import InvoiceStatus
from data.store.queries.invoices import invoice_named
from data.store.queries.tenant import units_of
from data.store.schema import invoice_lines, invoices
from data.store.writes.audit import Audit, all_audited, audited


@dataclass(frozen=True, kw_only=True)
class LedgerInvoice:
    """One invoice of another system.

    Attributes:
        number: Its number there; unique among all invoices here.
        customer_id: Whose.
        invoice_date: Its date.
        due_date: When it is due.
        total_micros: Tax included.
        tax_micros: The tax in it.
        status: Draft or recorded.
    """

    number: str
    customer_id: int
    invoice_date: date
    due_date: date
    total_micros: int
    tax_micros: int
    status: InvoiceStatus


def ledger_invoices_saved(
    conn: Connection, wanted: Sequence[LedgerInvoice], by: By
) -> list[str | Refused]:
    """Take invoices, or change them to what the other system says now.

    The caller raises the data version. Returns for each "added", "changed", "unchanged", or why
    it is refused: the number is that of an invoice made here, or more is paid than the new total.
    """
    numbered = select(invoices).where(invoices.c.number.is_not(None))
    stored = {row.number: row for row in conn.execute(numbered)}
    outcomes: list[str | Refused] = []
    for invoice in wanted:
        known = stored.get(invoice.number)
        outcomes.append("added" if known is None else _changed(conn, known, invoice, by))
    _added(conn, [one for one in wanted if one.number not in stored], by)
    return outcomes


def _added(conn: Connection, new: Sequence[LedgerInvoice], by: By) -> None:
    if not new:
        return
    result = conn.execute(
        insert(invoices).returning(invoices.c.id, sort_by_parameter_order=True),
        [{**_columns(invoice, by), "created_at": by.at} for invoice in new],
    )
    ids = [int(number) for number in result.scalars()]
    lines = [line for number, one in zip(ids, new, strict=True) for line in _lines(number, one)]
    conn.execute(insert(invoice_lines), lines)
    all_audited(
        conn,
        by,
        (
            Audit("invoice_imported", f"invoice {invoice.number}", None, asdict(invoice))
            for invoice in new
        ),
    )


def _changed(conn: Connection, stored: "Row[Any]", wanted: LedgerInvoice, by: By) -> str | Refused:
    if _same(stored, wanted):
        return "unchanged"
    try:
        _check_change(conn, wanted, external=stored.external)
    except Refused as refused:
        return refused
    conn.execute(update(invoices).where(invoices.c.id == stored.id).values(**_columns(wanted, by)))
    conn.execute(delete(invoice_lines).where(invoice_lines.c.invoice_id == stored.id))
    conn.execute(insert(invoice_lines), _lines(stored.id, wanted))
    before = {name: getattr(stored, name) for name in asdict(wanted)}
    audited(
        conn, by, Audit("invoice_reimported", f"invoice {wanted.number}", before, asdict(wanted))
    )
    return "changed"


def _same(stored: "Row[Any]", wanted: LedgerInvoice) -> bool:
    facts: Mapping[str, object] = asdict(wanted)
    same = all(getattr(stored, name) == value for name, value in facts.items())
    return same and stored.external and stored.deleted_at is None


def _check_change(conn: Connection, wanted: LedgerInvoice, *, external: bool) -> None:
    if not external:
        raise Refused(f"invoice {wanted.number} was made here; give the other one another number")
    invoice = invoice_named(conn, wanted.number)
    if invoice is None or not invoice.paid_micros:
        return
    if wanted.status is InvoiceStatus.DRAFT or wanted.customer_id != invoice.customer_id:
        raise Refused(f"invoice {wanted.number} has payments; reverse them first")
    if invoice.paid_micros > wanted.total_micros:
        units = units_of(conn)
        raise Refused(
            f"invoice {wanted.number} has {units(invoice.paid_micros)} paid on it, "
            f"more than {units(wanted.total_micros)}"
        )


def _columns(wanted: LedgerInvoice, by: By) -> dict[str, object]:
    recorded = wanted.status is InvoiceStatus.RECORDED
    return {
        **asdict(wanted),
        "external": True,
        "net_micros": wanted.total_micros - wanted.tax_micros,
        "recorded_at": by.at if recorded else None,
        "deleted_at": None,
    }


def _lines(invoice_id: int, wanted: LedgerInvoice) -> list[dict[str, object]]:
    net = wanted.total_micros - wanted.tax_micros
    amounts = [(LineKind.EXTERNAL, "Invoice of another system", net)]
    if wanted.tax_micros:
        amounts.append((LineKind.TAX, "Tax", wanted.tax_micros))
    return [
        {
            "invoice_id": invoice_id,
            "position": position,
            "kind": kind,
            "description": description,
            "exact_micros": amount,
            "amount_micros": amount,
        }
        for position, (kind, description, amount) in enumerate(amounts, start=1)
    ]
