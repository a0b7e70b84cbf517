"""A PostgreSQL server with a store on it, and attempts that say how they ended."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from bench.faults.case import NotHere
from bench.faults.worlds import NOW
from bench.postgresql import Cluster, binaries, cluster
from data.opening import founded
from data.settings import Settings
from data.store import schema
from data.store.connect import Store
from data.store.writes.versions import version_raised

DEADLINE_S = 15.0


@contextmanager
def server() -> Iterator[Cluster]:
    """Give a server, where this machine has one."""
    if binaries() is None:
        raise NotHere("a PostgreSQL server (apt-get install postgresql)")
    with cluster() as made:
        yield made


def founded_on(made: Cluster, root: Path) -> Settings:
    """Make a store and return its settings."""
    settings = Settings(var=root / "var", database_url=made.database(), settle_s=0, _env_file=None)
    founded(settings, NOW).close()
    return settings


def ticket(conn: Connection, subject: str) -> None:
    """Write something that can be counted."""
    conn.execute(insert(schema.tickets).values(subject=subject, opened_at=NOW))
    version_raised(conn, NOW)


def tickets(conn: Connection) -> int:
    """Count it."""
    return int(conn.execute(select(func.count()).select_from(schema.tickets)).scalar_one())


def slow(conn: Connection, seconds: float) -> None:
    """Ask something that takes so long."""
    conn.execute(select(func.pg_sleep(seconds)))


@dataclass
class Outcome:
    """How an attempt ended, and when it did."""

    error: Exception | None
    took_s: float


def attempted(act: Callable[[], object]) -> Outcome:
    """Do something and say how it ended."""
    began = time.monotonic()
    try:
        act()
    except Exception as error:  # noqa: BLE001  whatever it was is what was asked
        return Outcome(error, time.monotonic() - began)
    return Outcome(None, time.monotonic() - began)


def read(store: Store, ask: Callable[[Connection], object] = tickets) -> object:
    """Ask in a snapshot."""
    with store.snapshot() as conn:
        return ask(conn)


def write(store: Store, subject: str) -> None:
    """Write in a transaction."""
    with store.writing() as conn:
        ticket(conn, subject)
