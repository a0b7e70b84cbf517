"""Stores to measure the page on: the demo's, and the same reseller with many times its calls."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from bench.screenshots import free_port
from data.domain.authorship import By
from data.domain.records import Role
from data.opening import opened
from data.settings import Settings
from data.store.connect import Store, create_or_upgrade
from data.store.writes.users import user_added

EMAIL, PASSWORD = "analyst@example.com", "twelve quiet lanterns"
"""Who looks at the page in a bench."""
WORKERS = 2


def surroundings(var: Path) -> dict[str, str]:
    """Return what a server over a store is started with."""
    return os.environ | {
        "TOLLBOARD_VAR": str(var),
        "TOLLBOARD_PORT": str(free_port()),
        "TOLLBOARD_WORKERS": str(WORKERS),
    }


def settings_of(var: Path) -> Settings:
    """Return the settings of a bench's store."""
    return Settings(var=var, settle_s=0, _env_file=None)


def kept(var: Path) -> bool:
    """Tell whether a folder's store is there from another run, and bring it up to date."""
    if not (var / "tollboard.db").exists():
        return False
    create_or_upgrade(settings_of(var).store_url).close()
    return True


def demo(var: Path) -> Path:
    """Make the demo's store, unless it is there, with somebody who may look at it."""
    if kept(var):
        return var
    surroundings = os.environ | {"TOLLBOARD_VAR": str(var)}
    command = [sys.executable, "-m", "ingest", "demo"]
    subprocess.run(command, env=surroundings, check=True, capture_output=True)
    with_a_viewer(var)
    return var


def with_a_viewer(var: Path, email: str = EMAIL) -> None:
    """Give a store somebody who may look at its page."""
    store = opened(settings_of(var))
    with store.writing() as conn:
        by = By("bench", datetime.now(UTC))
        user_added(conn, by, email=email, role=Role.ADMIN, password=PASSWORD)
    store.close()


def many_times(var: Path, small: Path, times: int) -> Path:
    """Make a copy of a store in which every call happened so many times, unless it is there.

    All that is summed from calls, and the money made of it, is multiplied with them, so that the
    store's sums are those of its rows, as its audit asks.
    """
    if kept(var):
        return var
    made = var.with_name(f"{var.name}.unfinished")
    shutil.rmtree(made, ignore_errors=True)
    left_out = shutil.ignore_patterns("metrics", "work")
    shutil.copytree(small, made, ignore=left_out)
    store = opened(settings_of(made))
    _multiply(store, times)
    store.log_truncated()
    store.close()
    made.rename(var)
    return var


def _multiply(store: Store, times: int) -> None:
    with store.writing() as conn:
        for table, columns in MULTIPLIED.items():
            sums = ", ".join(f"{name} = {name} * {times}" for name in columns)
            conn.execute(text(f"UPDATE {table} SET {sums}"))  # noqa: S608 (our own names)
        conn.execute(text(FILES.format(times=times)))
        conn.execute(text("CREATE TABLE bench_calls AS SELECT * FROM calls"))
        conn.execute(text("DELETE FROM calls"))
    days = "SELECT DISTINCT started_at / 86400000 FROM bench_calls ORDER BY 1"
    with store.snapshot() as conn:
        found = list(conn.execute(text(days)).scalars())
    for day in found:  # a transaction each, so that the log stays small
        with store.writing() as conn:
            _calls_of(conn, day, times)
    with store.writing() as conn:
        conn.execute(text("DROP TABLE bench_calls"))


def _calls_of(conn: Connection, day: int, times: int) -> None:
    """Write a day's calls in their order, each followed by its copies, a millisecond apart."""
    names = [row[1] for row in conn.execute(text("PRAGMA table_info(calls)"))]
    moved = {"started_at", "answered_at", "ended_at"}
    columns = ", ".join(f"{name} + n" if name in moved else name for name in names)
    conn.execute(
        text(
            f"WITH RECURSIVE copies(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM copies "  # noqa: S608 (our own names)
            f"WHERE n < :last) INSERT INTO calls ({', '.join(names)}) SELECT {columns} "
            "FROM bench_calls CROSS JOIN copies WHERE started_at / 86400000 = :day "
            "ORDER BY started_at + n, call_key"
        ),
        {"last": times - 1, "day": day},
    )


MULTIPLIED = {
    "usage_by_customer": (
        *("calls", "contested", "answered", "no_answer", "busy", "failed", "rated", "unrated"),
        *("cost_unknown", "talk_ms", "billed_s", "charge_micros", "cost_micros", "plan_micros"),
    ),
    "usage_by_day": (
        *("calls", "nobody", "contested", "answered", "no_answer", "busy", "unrated"),
        *("cost_unknown", "talk_ms", "charge_micros", "cost_micros"),
    ),
    "margin_by_customer": ("calls", "cost_unknown", "charge_micros", "cost_micros"),
    "usage_by_destination": (
        *("calls", "answered", "talk_ms", "billed_s", "charge_micros", "cost_micros"),
    ),
    "invoices": ("net_micros", "tax_micros", "total_micros"),
    "invoice_lines": ("calls", "billed_s", "exact_micros", "amount_micros"),
    "payments": ("amount_micros",),
    "payment_allocations": ("amount_micros",),
}
FILES = """
UPDATE cdr_files SET loaded = loaded * {times},
    lines = loaded * {times} + rejected + duplicate + ignored
"""
