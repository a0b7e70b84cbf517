"""How fast calls are priced and billed, as two lines of figures. Usage: python -m bench.billing.

Rating: 1,000,000 calls against 40,000 nested prefixes, as ingest does it. Bill run: drafts for
5,000 customers from 5,000,000 calls, a fifth of them with included minutes. What is made for the
measurement is not part of it.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, insert, text

from data.bill_run import drafted, recorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.rating import Rate
from data.domain.records import Direction, Disposition, MatchState, RateState
from data.opening import founded
from data.settings import Settings
from data.store.connect import Store
from data.store.schema import (
    cdr_files,
    customers,
    plans,
    rate_tables,
    rates,
    sources,
    tax_categories,
    taxes,
)
from data.store.writes.versions import version_raised
from ingest.digits import encoded_digits
from ingest.rate import Rater, Starts, Tables
from ingest.rate_table import RateBook

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
JUNE_MS = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp() * 1000)
MONTH_MS = 30 * 86_400_000


@dataclass(frozen=True)
class Took:
    """How long something took by the clock, and in processor time, which neighbours do not move."""

    clock_s: float
    cpu_s: float

    def __str__(self) -> str:
        """Return both."""
        return f"{self.clock_s:.2f} s ({self.cpu_s:.2f} s of processor time)"


@contextmanager
def timed(took: list[Took]) -> Iterator[None]:
    """Add how long the body took."""
    began, before = time.perf_counter(), time.process_time()
    yield
    took.append(Took(time.perf_counter() - began, time.process_time() - before))


def rating(calls: int, prefixes: int) -> str:
    """Return how fast calls are priced against nested prefixes."""
    random = np.random.default_rng(4)
    patterns = sorted({str(n) for n in random.integers(1, 10**6, prefixes * 2)})[:prefixes]
    book = RateBook(
        [
            Rate(id=i, rate_table_id=1, pattern=p, initial_s=60, increment_s=6, per_minute_micros=i)
            for i, p in enumerate(patterns, start=1)
        ]
    )
    rater = Rater(book, Tables(np.array([1]), np.array([1])))
    digits = np.char.add(
        np.array(patterns)[random.integers(0, len(patterns), calls)],
        random.integers(10**5, 10**6, calls).astype(str),
    )
    frame = pd.DataFrame(
        {
            "started_ms": JUNE_MS + random.integers(0, MONTH_MS, calls),
            "talk_ms": random.integers(1_000, 600_000, calls).astype(np.int32),
            "disposition": np.full(calls, Disposition.ANSWERED, dtype=np.int8),
            "direction": np.full(calls, Direction.OUTBOUND, dtype=np.int8),
            "called_digits": pd.array(pa.array(digits), dtype=pd.ArrowDtype(pa.string())),
        }
    )
    ones, nobody = np.ones(calls, dtype=np.int64), np.zeros(calls, dtype=np.int64)
    took: list[Took] = []
    starts = Starts.of(frame, ZoneInfo("Europe/London"))
    with timed(took):
        book.longest(ones, encoded_digits(pa.array(digits)), starts.day)
    with timed(took):
        starts = Starts.of(frame, ZoneInfo("Europe/London"))
        prices = rater.prices(frame, starts, ones, nobody)
    rated = int((prices.charge.state == RateState.RATED).sum())
    return (
        f"rating: {calls:,} calls against {len(patterns):,} nested prefixes, "
        f"found in {took[0]}, priced in {took[1]}; "
        f"{calls / took[1].cpu_s:,.0f} calls per second of processor time, {rated:,} priced"
    )


def filled(store: Store, many_customers: int, many_calls: int) -> None:
    """Put customers, calls of June and their rollups into a store."""
    with store.writing() as conn:
        _rules(conn, many_customers)
        version = version_raised(conn, NOW)
        _calls(conn, many_customers, many_calls, version)
        conn.execute(text(_ROLLUP))


def _rules(conn: Connection, many_customers: int) -> None:
    conn.execute(insert(sources).values(id=1, name="bench", created_at=NOW))
    conn.execute(
        insert(cdr_files).values(
            id=1,
            source_id=1,
            name="bench.csv",
            sha256="0" * 64,
            stored_bytes=0,
            location="bench.csv",
            status="success",
            received_at=NOW,
        )
    )
    conn.execute(insert(rate_tables).values(id=1, name="Retail"))
    conn.execute(
        insert(rates).values(id=1, rate_table_id=1, pattern="44", per_minute_micros=50_000)
    )
    conn.execute(insert(tax_categories).values(id=1, name="Tax"))
    conn.execute(
        insert(taxes).values(tax_category_id=1, position=1, name="Tax 20 %", rate_ppm=200_000)
    )
    conn.execute(
        insert(plans).values(id=1, name="Talk", monthly_fee_micros=9_900_000, included_s=300 * 60)
    )
    rows = [
        {
            "id": number,
            "custid": f"{number:05}",
            "company": f"Company {number}",
            "rate_table_id": 1,
            "tax_category_id": 1,
            "plan_id": 1 if number % 5 == 0 else None,
            "created_at": NOW,
        }
        for number in range(1, many_customers + 1)
    ]
    conn.execute(insert(customers), rows)


def _calls(conn: Connection, many_customers: int, many_calls: int, version: int) -> None:
    """Write calls in order of time, spread over the month and the customers."""
    step = MONTH_MS // many_calls
    conn.execute(
        text(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :calls) "
            "INSERT INTO calls (started_at, call_key, file_id, line, load_version, talk_ms, "
            "calling_number, called_number, direction, disposition, time_flags, match_state, "
            "customer_id, rate_state, rate_id, billed_s, charge_micros) "
            "SELECT :since + i * :step, i, 1, i + 1, :version, 60000 + i % 97 * 1000, "
            "'+15195550100', '447700900' || printf('%03d', i % 1000), :out, :answered, 0, "
            ":matched, 1 + i * 7919 % :customers, :rated, 1, 60 + i % 97, "
            "((60 + i % 97) * 50000 + 30) / 60 FROM n"
        ),
        {
            "calls": many_calls,
            "since": JUNE_MS,
            "step": step,
            "version": version,
            "out": int(Direction.OUTBOUND),
            "answered": int(Disposition.ANSWERED),
            "matched": int(MatchState.MATCHED),
            "customers": many_customers,
            "rated": int(RateState.RATED),
        },
    )


_ROLLUP = """
INSERT INTO usage_by_customer (day, source_id, customer_id, direction, invoice_id, rate_table_id,
    calls, contested, answered, no_answer, busy, failed, rated, unrated, cost_unknown, talk_ms,
    billed_s, charge_micros, cost_micros, plan_micros)
SELECT date(started_at / 1000, 'unixepoch'), 1, customer_id, direction, 0, 1,
    count(*), 0, count(*), 0, 0, 0, count(*), 0, count(*), sum(talk_ms), sum(billed_s),
    sum(charge_micros), 0, 0
FROM calls GROUP BY 1, 3, 4
"""


def bill_run(folder: Path, many_customers: int, many_calls: int) -> str:
    """Return how fast drafts are made from calls, and recorded."""
    store = founded(Settings(var=folder, _env_file=None), NOW)
    filled(store, many_customers, many_calls)
    by = By("bench", NOW)
    took: list[Took] = []
    with timed(took):
        drafts = drafted(store, BillRun(date(2026, 7, 1), JUNE), by)
    with timed(took):
        recorded(store, [draft.name for draft in drafts], by)
    with store.snapshot() as conn:
        unbilled = conn.execute(
            text("SELECT coalesce(sum(calls), 0) FROM usage_by_customer WHERE invoice_id = 0")
        ).scalar_one()
    store.close()
    return (
        f"bill run: {len(drafts):,} drafts from {many_calls:,} calls in {took[0]} "
        f"(aim: under 60 s), recorded in {took[1]}, {unbilled:,} calls left"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--calls", type=int, default=5_000_000)
    parser.add_argument("--prefixes", type=int, default=40_000)
    given = parser.parse_args()
    print(rating(1_000_000, given.prefixes))
    with tempfile.TemporaryDirectory(prefix="tollboard-bench-") as folder:
        print(bill_run(Path(folder), given.customers, given.calls))


if __name__ == "__main__":
    main()
