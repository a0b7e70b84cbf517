"""How long the panels take on a store of many calls: `python bench/rows.py [CALLS] [FOLDER]`.

Makes a store of synthetic calls over thirty days, with rollups and invoices, and prints the
best of three times for pages, tallies, filters, sorts, searches and exports.
"""

import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from data.domain.errors import RequestRefused
from data.domain.panels import Panel, Scope
from data.domain.periods import Period
from data.domain.records import Direction, Disposition, InvoiceStatus, MatchState, RateState
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Sort, Test
from data.exchange.exports import Export, ExportForm, export_written
from data.opening import founded
from data.settings import Settings
from data.store import schema
from data.store.connect import Store
from data.store.queries.rows.pages import row_page, row_tally
from data.store.queries.search import findings
from data.store.types import epoch_ms
from data.store.writes.usage import usage_rows_added

CUSTOMERS = 5_000
DAYS = 30
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
BLOCK = 50_000


def main() -> None:
    """Make the store and print the times."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)  # noqa: PLR2004
        store = founded(Settings(var=folder, settle_s=0, _env_file=None), NOW)
        with store.writing() as conn:
            fill(conn, count)
        print(f"{count:,} calls, {CUSTOMERS:,} customers, {DAYS} days")
        measure(store, count)
        store.close()


def fill(conn: Connection, count: int) -> None:
    """Write customers, rates, calls, rollups, and invoices over the first half of the month."""
    rows = [
        {"custid": f"C{n:05}", "company": f"Company {n:05}", "created_at": FIRST}
        for n in range(1, CUSTOMERS + 1)
    ]
    conn.execute(insert(schema.customers), rows)
    conn.execute(insert(schema.rate_tables).values(id=1, name="A"))
    rates = [{"rate_table_id": 1, "pattern": f"44{n}", "destination": f"UK {n}"} for n in range(9)]
    conn.execute(insert(schema.rates), rates)
    files = [
        {"id": n, "name": f"f{n}.csv", "sha256": f"{n:064x}", "stored_bytes": 1, "location": "a"}
        | {"status": "success", "received_at": FIRST, "processed_at": NOW}
        | {"first_call_at": FIRST, "last_call_at": NOW}
        for n in range(1, 101)
    ]
    conn.execute(insert(schema.cdr_files), files)
    rollup: dict[tuple[date, int, int], Counter[str]] = {}
    block: list[tuple[object, ...]] = []
    for call in _calls(count, rollup):
        block.append(call)
        if len(block) == BLOCK:
            _write(conn, block)
            block = []
    if block:
        _write(conn, block)
    _invoices(conn)
    _roll_up(conn, rollup)


NAMES = [
    "started_at",
    "call_key",
    "file_id",
    "line",
    "load_version",
    "talk_ms",
    "calling_number",
    "called_number",
    "direction",
    "disposition",
    "time_flags",
    "match_state",
    "customer_id",
    "rate_state",
    "rate_id",
    "billed_s",
    "charge_micros",
    "cost_micros",
]


def _calls(
    count: int, rollup: dict[tuple[date, int, int], Counter[str]]
) -> Iterator[tuple[object, ...]]:
    rng = random.Random(7)  # noqa: S311 (a repeatable bench)
    start, step = epoch_ms(FIRST), DAYS * 86_400_000 // count
    for n in range(count):
        at = start + n * step
        whose, talk_s = rng.randrange(CUSTOMERS) + 1, rng.randrange(600)
        state = MatchState.MATCHED if n % 50 else MatchState(rng.choice((0, 2)))
        matched = state == MatchState.MATCHED
        rated = matched and n % 97 != 0
        charge = talk_s * 200 if rated else None
        day = date(2026, 6, 1) + timedelta(days=n * DAYS // count)
        invoice = whose if matched and day.day <= DAYS // 2 else 0
        key = (day, whose if matched else 0, invoice)
        counts = rollup.setdefault(key, Counter())
        counts["calls"] += 1
        counts["contested"] += int(state == MatchState.CONTESTED)
        counts["unrated"] += int(not rated)
        counts["talk_ms"] += talk_s * 1_000
        counts["billed_s"] += talk_s
        counts["charge_micros"] += charge or 0
        yield (
            at,
            rng.getrandbits(63),
            n % 100 + 1,
            n,
            1,
            talk_s * 1_000,
            f"+1202555{n % 10_000:04}",
            f"+4420794{n % 100_000:05}",
            int(Direction.OUTBOUND),
            int(Disposition.ANSWERED),
            0,
            int(state),
            whose if matched else None,
            int(RateState.RATED if rated else RateState.UNRATED),
            n % 9 + 1 if rated else None,
            talk_s,
            charge,
            None,
        )


def _write(conn: Connection, block: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(NAMES))
    names = ", ".join(NAMES)
    conn.exec_driver_sql(f"INSERT INTO calls ({names}) VALUES ({marks})", block)  # noqa: S608 (our own names)


def _invoices(conn: Connection) -> None:
    invoices = [
        {"id": n, "number": str(n), "customer_id": n, "status": InvoiceStatus.RECORDED}
        | {"invoice_date": date(2026, 6, 16), "due_date": date(2026, 6, 30), "created_at": NOW}
        | {"net_micros": 10, "tax_micros": 0, "total_micros": 10}
        for n in range(1, CUSTOMERS + 1)
    ]
    conn.execute(insert(schema.invoices), invoices)
    cover = [
        {"invoice_id": n, "customer_id": n, "after_version": 0, "upto_version": 5}
        | {"from_day": JUNE.first, "to_day": date(2026, 6, DAYS // 2)}
        for n in range(1, CUSTOMERS + 1)
    ]
    conn.execute(insert(schema.invoice_coverage), cover)


def _roll_up(conn: Connection, rollup: dict[tuple[date, int, int], Counter[str]]) -> None:
    none = {c.name: 0 for c in schema.usage_by_customer.c if not c.primary_key}
    rows = [
        none
        | dict(counts)
        | {"day": day, "customer_id": whose, "invoice_id": invoice}
        | {"source_id": 1, "direction": Direction.OUTBOUND, "rate_table_id": 0}
        for (day, whose, invoice), counts in rollup.items()
    ]
    usage_rows_added(conn, rows)


def measure(store: Store, count: int) -> None:
    """Print what each question takes."""

    def calls(**given: Any) -> RowRequest:  # noqa: ANN401 (any part of a request)
        return RowRequest(panel=Panel.CALLS, **{"period": JUNE, **given})

    def having(column: str, test: Test, value: str) -> tuple[ColumnFilter, ...]:
        return (ColumnFilter(column, (Condition(test, value),)),)

    far = {"start": count // 2, "end": count // 2 + 100}
    number = having("called_number", Test.CONTAINS, "7941234")
    by_charge = (Sort("charge_micros", descending=True),)
    one = having("custid", Test.EQUALS, "C00042")
    questions: dict[str, RowRequest] = {
        "first page": calls(),
        "page in the middle": calls(**far),
        "page in the middle, oldest first": calls(sort=(Sort("started_at"),), **far),
        "one customer": calls(customer_id=42),
        "unmatched": calls(scope=Scope.UNMATCHED),
        "unmatched, far": calls(scope=Scope.UNMATCHED, start=5_000, end=5_100),
        "unrated": calls(scope=Scope.UNRATED),
        "unbilled": calls(scope=Scope.UNBILLED),
        "one invoice": calls(invoice_id=42, period=None),
        "one file": calls(file_id=7, period=None),
        "number contains": calls(filters=number),
        "number contains, sorted by charge": calls(filters=number, sort=by_charge),
        "unmatched, sorted by talk": calls(scope=Scope.UNMATCHED, sort=(Sort("talk_ms"),)),
        "customer number is": calls(filters=one),
        "everything sorted by charge": calls(sort=by_charge),
    }
    with store.snapshot() as conn:
        for what, request in questions.items():
            _timed(f"tally: {what}", partial(row_tally, conn, request, NOW))
            tally = row_tally(conn, request, NOW)
            page = partial(row_page, conn, request, NOW, tally)
            _timed(f"page:  {what} ({tally.count:,} rows)", page)
        for text in ("Company 0004", "+4420794999", "99999999"):
            _timed(f"search for {text!r}", partial(findings, conn, text))
        for form in ExportForm:
            export = Export(calls(scope=Scope.UNMATCHED), form)
            rows = row_tally(conn, export.request, NOW).count
            _timed(f"export {form} of {rows:,} rows", partial(_exported, conn, export))


def _exported(conn: Connection, export: Export) -> None:
    export_written(conn, export, NOW, io.BytesIO())


def _timed(what: str, work: Callable[[], object]) -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        try:
            work()
        except RequestRefused as refusal:
            print(f"  refused  {what}: {refusal}")
            return
        times.append(time.perf_counter() - began)
    print(f"{min(times) * 1000:9.1f} ms {what}")


if __name__ == "__main__":
    main()
