"""Too much is asked of a store: by many at once, against each other, or without end."""

import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Connection, func, literal_column, select, text

from bench.faults.case import Case, Found
from bench.faults.postgresql import (
    DEADLINE_S,
    Outcome,
    attempted,
    founded_on,
    read,
    server,
    slow,
    ticket,
)
from bench.faults.worlds import NOW
from bench.postgresql import Cluster
from data.domain.errors import StoreError
from data.opening import founded, opened
from data.settings import Settings
from data.store.connect import Store, open_store
from data.store.postgresql_engine import POOL_SIZE
from data.store.retrying import retried

CONNECTIONS = 2 * POOL_SIZE
REFUSED_S = 3.5
"""The pool's two seconds, and some for a busy machine."""


def crowded(root: Path, times: int) -> Found:
    """Ask more at once than there are connections; then take all that the server has."""
    wrong: list[str] = []
    with server() as made:
        settings = founded_on(made, root)
        store = open_store(settings.store_url, DEADLINE_S)
        found: list[Outcome] = []
        ask = partial(read, store, partial(slow, seconds=5))
        askers = [
            threading.Thread(target=lambda: found.append(attempted(ask)))
            for _ in range(CONNECTIONS + times)
        ]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        refused = sorted(one.took_s for one in found if one.error is not None)
        wrong += [repr(one.error) for one in found if not isinstance(one.error, StoreError | None)]
        if len(refused) != times or refused[-1] > REFUSED_S:
            wrong.append(f"{len(refused)} refused, the last after {refused[-1:]} s")
        store.close()
        wrong += _no_connection_left(made, settings)
    return Found(f"{len(refused)} refused after at most {refused[-1]:.1f} s", tuple(wrong))


def _no_connection_left(made: Cluster, settings: Settings) -> Sequence[str]:
    held = []
    try:
        while True:
            held.append(psycopg.connect(made.url("postgres")))
    except psycopg.OperationalError:
        ended = attempted(partial(opened, settings))
    finally:
        for connection in held:
            connection.close()
    if not isinstance(ended.error, StoreError) or ended.took_s > REFUSED_S:
        return (f"without a connection left: {ended.error!r} after {ended.took_s:.1f} s",)
    return ()


def deadlocked(root: Path, times: int) -> Found:
    """Let another program's transaction and ours wait for each other; ours is done again."""
    wrong: list[str] = []
    again = 0
    with server() as made:
        settings = founded_on(made, root)
        store = open_store(settings.store_url)
        with store.writing() as conn:
            ticket(conn, "first")
            ticket(conn, "second")
        for trial in range(times):
            tries: list[int] = []
            other = Other(settings.store_url)
            ended = attempted(partial(retried, partial(_crossing, store, other, tries)))
            other.close()
            again += len(tries) - 1
            if ended.error is not None:
                wrong.append(f"{trial}: {ended.error!r}")
        if not again:
            wrong.append("no deadlock came about")
        store.close()
    return Found(f"{times} of {times} done, {again} of them again", tuple(wrong))


class Other:
    """Another program, which locks the second row and then wants the first."""

    def __init__(self, url: str) -> None:
        """Lock the second row; be the one that is patient."""
        self._conn = psycopg.connect(url)
        self._conn.execute("SET deadlock_timeout = '60s'")
        self._conn.execute("SELECT id FROM tickets WHERE id = 2 FOR UPDATE")
        self._wanting = threading.Thread(target=self._want)

    def wants_the_first(self) -> None:
        """Ask for what the other has, once."""
        if not self._wanting.ident:
            self._wanting.start()

    def _want(self) -> None:
        self._conn.execute("SELECT id FROM tickets WHERE id = 1 FOR UPDATE")
        self._conn.rollback()

    def close(self) -> None:
        """Let go."""
        self._wanting.join()
        self._conn.close()


def _crossing(store: Store, other: Other, tries: list[int]) -> None:
    tries.append(1)
    with store.writing() as conn:
        for number in (1, 2):
            conn.execute(text("UPDATE tickets SET text = 'x' WHERE id = :id"), {"id": number})
            if number == 1:
                other.wants_the_first()
                _until_waited_for(conn)


def _until_waited_for(conn: Connection) -> None:
    waited = text(
        "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    until = time.monotonic() + 1
    while not conn.execute(waited).scalar_one() and time.monotonic() < until:
        time.sleep(0.02)


def overdue(root: Path, times: int) -> Found:
    """Ask what takes too long, on either database, and leave a transaction open."""
    deadline_s, wrong, longest_s = 1.0, [], 0.0
    sqlite = Settings(var=root / "sqlite", _env_file=None)
    founded(sqlite, NOW).close()
    with server() as made:
        for url in (sqlite.store_url, founded_on(made, root).store_url):
            store = open_store(url, deadline_s)
            for _ in range(times):
                ended = attempted(partial(read, store, _endless))
                longest_s = max(longest_s, ended.took_s)
                if not isinstance(ended.error, StoreError) or "longer than" not in str(ended.error):
                    wrong.append(f"{store.url.drivername}: {ended.error!r}")
                if attempted(partial(read, store)).error is not None:
                    wrong.append(f"{store.url.drivername}: not well again")
            store.close()
    if longest_s > DEADLINE_S:
        wrong.append(f"went on for {longest_s:.1f} s")
    return Found(f"a deadline of 1 s: given up after at most {longest_s:.1f} s", tuple(wrong))


def _endless(conn: Connection) -> None:
    numbers = select(literal_column("1").label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1))
    conn.execute(select(func.count()).select_from(numbers.alias("all_of_them"))).scalar_one()


CASES = (
    Case(
        "D15",
        "more questions than connections; no connection left",
        "refused in about 2 s, no hang",
        crowded,
        20,
        5,
    ),
    Case(
        "D16",
        "another program deadlocks with ours",
        "done again up to three times",
        deadlocked,
        100,
        2,
    ),
    Case("D18", "a question without end", "given up after its deadline", overdue, 10, 1),
)
