"""Rows of a store for tests; all defaults are valid: a test states only what it is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import Connection, insert

from data.domain.records import Direction, FileStatus, InvoiceStatus
from data.store import schema

_numbers = count(1)
LONG_AGO = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def add_customer(conn: Connection, company: str, **given) -> int:
    number = next(_numbers)
    row = {"custid": f"C{number:05}", "company": company, "created_at": LONG_AGO} | given
    return _added(conn, schema.customers, row)


def add_invoice(conn: Connection, customer_id: int, units: float, **given) -> int:
    """A recorded invoice over a number of currency units, without tax."""
    micros = round(units * 1_000_000)
    row = {
        "customer_id": customer_id,
        "number": f"INV-{next(_numbers):05}",
        "status": InvoiceStatus.RECORDED,
        "invoice_date": date(2026, 6, 1),
        "due_date": date(2026, 7, 1),
        "net_micros": micros,
        "tax_micros": 0,
        "total_micros": micros,
        "created_at": LONG_AGO,
    } | given
    if row["status"] == InvoiceStatus.DRAFT:
        row["number"] = None
    return _added(conn, schema.invoices, row)


def add_payment(conn: Connection, customer_id: int, units: float, **given) -> int:
    """A payment; `invoice_id` says on which invoice all of it goes."""
    invoice_id = given.pop("invoice_id", None)
    row = {
        "customer_id": customer_id,
        "kind": "payment",
        "paid_on": date(2026, 6, 10),
        "amount_micros": round(units * 1_000_000),
        "created_at": LONG_AGO,
    } | given
    payment_id = _added(conn, schema.payments, row)
    if invoice_id is not None:
        allocation = {
            "payment_id": payment_id,
            "invoice_id": invoice_id,
            "amount_micros": row["amount_micros"],
        }
        conn.execute(insert(schema.payment_allocations).values(allocation))
    return payment_id


def add_source(conn: Connection, name: str = "sbc-west", **given) -> int:
    return _added(conn, schema.sources, {"name": name, "created_at": LONG_AGO} | given)


def add_file(conn: Connection, **given) -> int:
    """A file that was processed well on 10 June, unless told otherwise."""
    number = next(_numbers)
    status = given.get("status", FileStatus.SUCCESS)
    at = given.get("processed_at", datetime(2026, 6, 10, 8, 0, tzinfo=UTC))
    done = status in (FileStatus.SUCCESS, FileStatus.ERROR)
    row = {
        "name": f"Master-{number}.csv",
        "sha256": f"{number:064x}",
        "stored_bytes": 1000,
        "location": f"archive/{number}",
        "status": status,
        "received_at": at - timedelta(minutes=1) if at else LONG_AGO,
        "processed_at": at if done else None,
        "first_processed_at": at if done else None,
    } | given
    row["lines"] = sum(row.get(part, 0) for part in ("loaded", "rejected", "duplicate", "ignored"))
    return _added(conn, schema.cdr_files, row)


@dataclass(frozen=True)
class Usage:
    """Calls of a day, as a rollup row has them."""

    day: date
    customer_id: int = schema.NOBODY
    calls: int = 10
    answered: int = 8
    units: float = 1.0
    invoice_id: int = schema.NOT_INVOICED
    source_id: int = 1


def add_usage(conn: Connection, usage: Usage, **given) -> None:
    row = {
        "day": usage.day,
        "source_id": usage.source_id,
        "customer_id": usage.customer_id,
        "direction": Direction.OUTBOUND,
        "invoice_id": usage.invoice_id,
        "calls": usage.calls,
        "contested": 0,
        "answered": usage.answered,
        "no_answer": usage.calls - usage.answered,
        "busy": 0,
        "failed": 0,
        "rated": usage.answered,
        "unrated": 0,
        "cost_unknown": 0,
        "talk_ms": usage.answered * 60_000,
        "billed_s": usage.answered * 60,
        "charge_micros": round(usage.units * 1_000_000),
        "cost_micros": 0,
        "plan_micros": 0,
    } | given
    conn.execute(insert(schema.usage_by_customer).values(row))


def add_destination(conn: Connection, day: date, destination: str, units: float) -> None:
    row = {
        "day": day,
        "destination": destination,
        "direction": Direction.OUTBOUND,
        "calls": 3,
        "answered": 3,
        "talk_ms": 180_000,
        "billed_s": 180,
        "charge_micros": round(units * 1_000_000),
        "cost_micros": 0,
    }
    conn.execute(insert(schema.usage_by_destination).values(row))


def add_ticket(conn: Connection, subject: str = "No calls since noon", **given) -> int:
    return _added(conn, schema.tickets, {"subject": subject, "opened_at": LONG_AGO} | given)


def _added(conn: Connection, table, row) -> int:
    added: int = conn.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    return added
