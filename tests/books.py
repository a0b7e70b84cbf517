"""A small reseller with something behind every number of the page."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, update

from data.domain.periods import Period
from data.domain.records import (
    Direction,
    Disposition,
    FileStatus,
    InvoiceStatus,
    MatchState,
    RateState,
)
from data.store import schema
from tests.factories import (
    add_call,
    add_coverage,
    add_customer,
    add_file,
    add_invoice,
    add_payment,
    add_source,
    add_ticket,
    roll_up,
)

ZONE = ZoneInfo("America/New_York")
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
MONTH = Period(date(2026, 5, 16), TODAY)
FIRST = datetime(2026, 5, 20, 3, 30, tzinfo=UTC)  # the evening of 19 May in New York


def write_books(conn: Connection) -> None:
    """Fill a fresh store."""
    conn.execute(update(schema.tenant).values(timezone=ZONE.key))
    people = _people(conn)
    files = _files(conn)
    _money(conn, people)
    _calls(conn, people, files)
    _lines(conn, files)
    add_ticket(conn, "One-way audio")
    add_ticket(conn, "Asked for a copy", resolved_at=FIRST, priority="low")
    roll_up(conn, ZONE)


def _people(conn: Connection) -> list[int]:
    names = ("Acme Ltd", "acme ltd", "Zeta, 100% & Söhne_", "Mid O'Neill", "Beta")
    people = [add_customer(conn, name, city=name[:1], email="") for name in names]
    people.append(add_customer(conn, "Carrier One", provider=True))
    add_customer(conn, "Gone", deleted_at=FIRST)
    return people


def _files(conn: Connection) -> list[int]:
    source = add_source(conn)
    add_source(conn, "old", disabled_at=FIRST)
    files = [
        add_file(conn, source_id=source, loaded=40, rejected=3, duplicate=2, ignored=1),
        add_file(conn, source_id=source, loaded=30, processed_at=FIRST),
        add_file(conn, loaded=20, rejected=2, withdrawn_at=FIRST),
        add_file(conn, status=FileStatus.ERROR, error="truncated", error_code="truncated"),
        add_file(conn, status=FileStatus.ERROR, dismissed_at=FIRST, dismissed_why="test"),
        add_file(conn, status=FileStatus.WAITING, processed_at=None),
        add_file(conn, status=FileStatus.PROCESSING, processed_at=None),
    ]
    span = {"first_call_at": FIRST, "last_call_at": FIRST + timedelta(days=41)}
    conn.execute(update(schema.cdr_files).values(span))
    conn.execute(
        insert(schema.deliveries),
        [{"file_id": files[0], "name": "again.csv", "received_at": FIRST}] * 2,
    )
    conn.execute(
        insert(schema.file_attempts).values(
            file_id=files[0], started_at=FIRST, holder="a", outcome="success"
        )
    )
    return files


def _money(conn: Connection, people: list[int]) -> None:
    acme, twin, zeta, mid, beta, _carrier = people
    due = (date(2026, 7, 1), TODAY, date(2026, 6, 14), date(2026, 5, 1), date(2026, 1, 1))
    for place, (who, day) in enumerate(zip((acme, twin, zeta, mid, beta), due, strict=True)):
        invoice = add_invoice(conn, who, 10 + place, due_date=day)
        if place % 2:
            add_payment(conn, who, 3, invoice_id=invoice)
    settled = add_invoice(conn, acme, 7)
    paid = add_payment(conn, acme, 9, invoice_id=settled)
    add_payment(conn, acme, -2, kind="reversal", reverses_id=paid)
    add_payment(conn, zeta, 4, kind="credit_note")
    add_payment(conn, zeta, -1, kind="refund", paid_on=date(2026, 2, 1))
    add_invoice(conn, beta, 5, status=InvoiceStatus.DRAFT)
    add_invoice(conn, beta, 6, status=InvoiceStatus.DRAFT, deleted_at=FIRST)


def _calls(conn: Connection, people: list[int], files: list[int]) -> None:
    """Sixty calls over six weeks, some of them at the same instant, in every state."""
    conn.execute(insert(schema.rate_tables).values(id=1, name="A"))
    conn.execute(insert(schema.rates).values(id=1, rate_table_id=1, pattern="44", destination="UK"))
    directions, dispositions = list(Direction), list(Disposition)
    for place in range(60):
        state = (MatchState.MATCHED, MatchState.MATCHED, *MatchState)[place % 5]
        matched = state == MatchState.MATCHED
        rated = matched and place % 7 != 0
        add_call(
            conn,
            started_at=FIRST + timedelta(hours=17 * (place - place % 3)),
            call_key=(place - 30) * 10**17,
            file_id=files[place % 2],
            load_version=1 + place % 4,
            calling_number=f"+1202555{100 + place % 9:04}",
            called_number=f"+4420794601{place:02}",
            direction=directions[place % 5],
            disposition=dispositions[place % 7],
            talk_ms=1_000 * place,
            billed_s=place,
            customer_id=people[place % 3] if matched else None,
            provider_id=people[5] if place % 2 else None,
            match_state=state,
            rate_state=RateState.RATED if rated else RateState.UNRATED,
            rate_id=1 if rated else None,
            charge_micros=1_000 * place if rated else None,
            cost_micros=700 * place if place % 2 else None,
        )
    _invoiced(conn, people)


def _invoiced(conn: Connection, people: list[int]) -> None:
    acme, twin, *_ = people
    invoice = add_invoice(conn, acme, 20, due_date=date(2026, 6, 10))
    add_payment(conn, acme, 6, invoice_id=invoice)
    add_coverage(conn, invoice, acme, from_day=date(2026, 5, 1), to_day=TODAY, upto_version=2)
    conn.execute(
        insert(schema.invoice_lines),
        [
            {"invoice_id": invoice, "position": 2, "kind": "tax", "description": "VAT"}
            | {"exact_micros": 1, "amount_micros": 0},
            {"invoice_id": invoice, "position": 1, "kind": "usage", "description": "Calls"}
            | {"exact_micros": 7_000_000, "amount_micros": 7_000_000, "calls": 3},
        ],
    )
    add_invoice(conn, acme, 0, due_date=date(2026, 1, 1))
    drafted = add_invoice(conn, twin, 2, status=InvoiceStatus.DRAFT)
    add_coverage(conn, drafted, twin)


def _lines(conn: Connection, files: list[int]) -> None:
    reasons = ("quoting", "encoding", "quoting")
    conn.execute(
        insert(schema.rejections),
        [
            {"file_id": files[0], "line": place + 2, "reason": reason, "raw": f"=1+{place}"}
            for place, reason in enumerate(reasons)
        ],
    )
    conn.execute(
        insert(schema.rejections),
        [{"file_id": files[2], "line": n, "reason": "quoting", "raw": "x"} for n in (1, 2)],
    )
    conn.execute(insert(schema.ignored_lines).values(file_id=files[0], line=9, reason="leg"))
    at = FIRST + timedelta(hours=51)
    conn.execute(
        insert(schema.duplicates),
        [
            {"file_id": files[0], "line": 20, "started_at": at, "call_key": -27 * 10**17},
            {"file_id": files[0], "line": 21, "started_at": at, "call_key": 5},
        ],
    )
    day = at.astimezone(ZONE).date()
    conn.execute(insert(schema.duplicates_by_day).values(day=day, source_id=1, lines=2))
