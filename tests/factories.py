"""Rows of a store for tests; all defaults are valid: a test states only what it is about."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import count

from sqlalchemy import Connection, insert, select

from data.domain.records import (
    Direction,
    Disposition,
    FileStatus,
    InvoiceStatus,
    MatchState,
    RateState,
)
from data.domain.usage import NOBODY, NOT_INVOICED
from data.store import schema
from data.store.writes.usage import usage_rows_added

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
    customer_id: int = NOBODY
    calls: int = 10
    answered: int = 8
    units: float = 1.0
    invoice_id: int = NOT_INVOICED
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
    usage_rows_added(conn, [{"rate_table_id": 0} | row])


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


def add_call(conn: Connection, **given) -> None:
    """An answered outbound call of a minute on 10 June, nobody's, unless told otherwise."""
    row = {
        "started_at": datetime(2026, 6, 10, 8, 0, tzinfo=UTC),
        "call_key": next(_numbers),
        "file_id": 1,
        "line": next(_numbers),
        "load_version": 1,
        "talk_ms": 60_000,
        "calling_number": "+12025550100",
        "called_number": "+442079460100",
        "direction": Direction.OUTBOUND,
        "disposition": Disposition.ANSWERED,
        "time_flags": 0,
        "match_state": MatchState.MATCHED if given.get("customer_id") else MatchState.UNMATCHED,
        "rate_state": RateState.RATED if given.get("charge_micros") else RateState.UNRATED,
        "billed_s": 60,
    } | given
    conn.execute(insert(schema.call_rows).values(row))


def add_coverage(conn: Connection, invoice_id: int, customer_id: int, **given) -> None:
    """The rectangle of an invoice over all of June and the loads so far."""
    row = {
        "invoice_id": invoice_id,
        "customer_id": customer_id,
        "from_day": date(2026, 6, 1),
        "to_day": date(2026, 6, 30),
        "after_version": 0,
        "upto_version": 10,
    } | given
    conn.execute(insert(schema.invoice_coverage).values(row))


def roll_up(conn: Connection, zone: tzinfo = UTC) -> None:
    """Write the rollup of the calls by customer, invoices included, as ingest and bill runs do."""
    covers = list(conn.execute(select(schema.invoice_coverage)))
    rows: dict[tuple[object, ...], Counter[str]] = {}
    for call in conn.execute(select(schema.calls)):
        day = call.started_at.astimezone(zone).date()
        invoice_id = next(
            (
                cover.invoice_id
                for cover in covers
                if cover.customer_id == call.customer_id
                and cover.from_day <= day <= cover.to_day
                and cover.after_version < call.load_version <= cover.upto_version
            ),
            NOT_INVOICED,
        )
        key: tuple[object, ...] = (
            day,
            1,
            call.customer_id or NOBODY,
            call.direction,
            invoice_id,
        )
        rows.setdefault(key, Counter()).update(_counts(call))
    for of_row, counts in rows.items():
        names = ("day", "source_id", "customer_id", "direction", "invoice_id")
        row = dict.fromkeys(_COUNTED, 0) | dict(counts) | dict(zip(names, of_row, strict=True))
        usage_rows_added(conn, [{"rate_table_id": 0} | row])


_COUNTED = [column.name for column in schema.usage_by_customer.c if not column.primary_key]


def _counts(call) -> dict[str, int]:
    lacks_price = call.rate_state in (RateState.UNRATED, RateState.BLOCKED)
    rated = call.rate_state == RateState.RATED
    return {
        "calls": 1,
        "contested": int(call.match_state == MatchState.CONTESTED),
        "answered": int(call.disposition == Disposition.ANSWERED),
        "rated": int(rated),
        "unrated": int(lacks_price),
        "cost_unknown": int(rated and call.cost_micros is None),
        "talk_ms": call.talk_ms if call.disposition == Disposition.ANSWERED else 0,
        "billed_s": call.billed_s,
        "charge_micros": call.charge_micros or 0,
        "cost_micros": (call.cost_micros or 0) if rated else 0,
    }
