"""Invoices: drafted from a bill run, and deleted as drafts."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from data.domain.authorship import By
from data.domain.bill_runs import Draft
from data.domain.invoicing import totals
from data.domain.records import InvoiceStatus
from data.domain.usage import NOT_INVOICED
from data.store.queries.invoices import Invoice
from data.store.schema import (
    free_invoice_numbers,
    invoice_coverage,
    invoice_lines,
    invoices,
    usage_by_customer,
)
from data.store.upsert import added_up
from data.store.writes.audit import Audit, all_audited, audited
from data.store.writes.recordings import check_draft, check_reckonable
from data.store.writes.versions import version_raised

SUMS = [
    column.name
    for column in usage_by_customer.columns
    if column not in set(usage_by_customer.primary_key)
]


def invoices_drafted(conn: Connection, drafts: Sequence[Draft], by: By) -> list[int]:
    """Write drafts and give them their calls; return their ids in order."""
    if not drafts:
        return []
    rows = [_invoice_row(draft, by) for draft in drafts]
    result = conn.execute(
        insert(invoices).returning(invoices.c.id, sort_by_parameter_order=True), rows
    )
    ids = [int(number) for number in result.scalars()]
    numbered = list(zip(ids, drafts, strict=True))
    _write_lines(conn, numbered)
    _take_calls(conn, numbered)
    all_audited(
        conn,
        by,
        [
            Audit(
                "invoice_drafted",
                f"invoice D{number}",
                None,
                {"custid": draft.custid, "total_micros": totals(draft.lines).total_micros},
            )
            for number, draft in numbered
        ],
    )
    version_raised(conn, by.at)
    return ids


def _invoice_row(draft: Draft, by: By) -> dict[str, object]:
    sums = totals(draft.lines)
    return {
        "customer_id": draft.customer_id,
        "status": InvoiceStatus.DRAFT,
        "invoice_date": draft.invoice_date,
        "due_date": draft.due_date,
        "from_day": draft.period.first,
        "to_day": draft.period.last,
        "net_micros": sums.net_micros,
        "tax_micros": sums.tax_micros,
        "total_micros": sums.total_micros,
        "created_at": by.at,
    }


def _write_lines(conn: Connection, numbered: Sequence[tuple[int, Draft]]) -> None:
    rows = [
        {"invoice_id": number, "position": position, **asdict(line)}
        for number, draft in numbered
        for position, line in enumerate(draft.lines, start=1)
    ]
    conn.execute(insert(invoice_lines), rows)


def _take_calls(conn: Connection, numbered: Sequence[tuple[int, Draft]]) -> None:
    rectangles = [
        {"invoice_id": number, "customer_id": draft.customer_id, **asdict(coverage)}
        for number, draft in numbered
        for coverage in draft.coverage
    ]
    if rectangles:
        conn.execute(insert(invoice_coverage), rectangles)
    usage = usage_by_customer.c
    taken = [
        {
            "of_customer": draft.customer_id,
            "first": draft.first_day,
            "last": draft.period.last,
            "to_invoice": number,
        }
        for number, draft in numbered
        if draft.first_day is not None
    ]
    if taken:
        conn.execute(
            update(usage_by_customer)
            .where(
                usage.customer_id == bindparam("of_customer"),
                usage.invoice_id == NOT_INVOICED,
                usage.day >= bindparam("first"),
                usage.day <= bindparam("last"),
            )
            .values(invoice_id=bindparam("to_invoice")),
            taken,
        )
    _cover_by_plan(conn, numbered)


def _cover_by_plan(conn: Connection, numbered: Sequence[tuple[int, Draft]]) -> None:
    """Note in the rollup what included minutes cover."""
    usage = usage_by_customer.c
    covered = [
        {
            "of_customer": draft.customer_id,
            "on_invoice": number,
            "on_day": key.day,
            "of_source": key.source_id,
            "of_direction": key.direction,
            "of_table": key.rate_table_id,
            "worth": worth,
        }
        for number, draft in numbered
        for key, worth in sorted(draft.plan_use.worth_micros.items())
    ]
    if covered:
        conn.execute(
            update(usage_by_customer)
            .where(
                usage.customer_id == bindparam("of_customer"),
                usage.invoice_id == bindparam("on_invoice"),
                usage.day == bindparam("on_day"),
                usage.source_id == bindparam("of_source"),
                usage.direction == bindparam("of_direction"),
                usage.rate_table_id == bindparam("of_table"),
            )
            .values(plan_micros=usage.plan_micros + bindparam("worth")),
            covered,
        )


def draft_deleted(conn: Connection, invoice: Invoice, by: By) -> None:
    """Delete a draft: it is kept as deleted, and its calls and its number become free.

    Raises:
        Refused: It is recorded, deleted already, or could not be drafted again.
    """
    check_draft(invoice, "deleted")
    if not invoice.outdated:  # such a draft cannot be recorded: it would stay for ever
        check_reckonable(conn, invoice, "It was kept; record it, and credit what is wrong with it.")
    _free_calls(conn, invoice.id)
    if invoice.number and not invoice.external:
        conn.execute(insert(free_invoice_numbers).values(number=int(invoice.number)))
    kept_number = invoice.number if invoice.external else None
    conn.execute(
        update(invoices)
        .where(invoices.c.id == invoice.id)
        .values(deleted_at=by.at, number=kept_number)
    )
    audited(
        conn,
        by,
        Audit("draft_deleted", f"invoice D{invoice.id}", {"number": invoice.number}, None),
    )
    version_raised(conn, by.at)


def _free_calls(conn: Connection, invoice_id: int) -> None:
    """Give an invoice's calls back: they are on none, and no included minutes cover them."""
    conn.execute(delete(invoice_coverage).where(invoice_coverage.c.invoice_id == invoice_id))
    of_invoice = and_(
        usage_by_customer.c.invoice_id == invoice_id,
        usage_by_customer.c.invoice_id != NOT_INVOICED,
    )
    rows = [
        {**dict(row), "invoice_id": NOT_INVOICED, "plan_micros": 0}
        for row in conn.execute(select(usage_by_customer).where(of_invoice)).mappings()
    ]
    if rows:
        conn.execute(delete(usage_by_customer).where(of_invoice))
        added_up(conn, usage_by_customer, SUMS, rows)
