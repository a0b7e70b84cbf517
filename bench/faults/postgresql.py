"""Faults of a store on a PostgreSQL server: restarts, cut networks, lost answers, crowds, locks."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Connection, func, insert, literal_column, select, text

from bench.faults.case import Case, Found, NotHere
from bench.faults.proxy import Proxy
from bench.faults.worlds import NOW, an_ingest
from bench.postgresql import Cluster, binaries, cluster
from data.domain.errors import StoreError
from data.opening import founded, opened
from data.settings import Settings
from data.store import schema
from data.store.connect import Store, open_store
from data.store.postgresql_engine import POOL_SIZE
from data.store.retrying import retried
from data.store.writes.versions import version_raised
from ingest.run import run
from tests.ingesting import assert_books_balance, deliver, lines

DEADLINE_S = 15.0
RECOVERED_S = 5.0
COMMITS_OF_A_FILE = 12
"""About so many transactions, questions among them, does an ingest of one file end."""
CUT_S = 13.0
"""Longest that a silence may last: keepalive's eleven seconds, and some for a busy machine."""
CONNECTIONS = 2 * POOL_SIZE
REFUSED_S = 3.5
"""The pool's two seconds, and some for a busy machine."""


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


def restarted(root: Path, times: int) -> Found:
    """Restart the server while a question is asked, while one writes, and while nobody does."""
    wrong: list[str] = []
    longest_s = 0.0
    with server() as made:
        store = open_store(founded_on(made, root).store_url, DEADLINE_S)
        for trial in range(times):
            read(store)
            for act in (partial(read, store, partial(slow, seconds=30)), partial(_half, store)):
                ended = _while_it_restarts(made, act)
                if not isinstance(ended.error, StoreError):
                    wrong.append(f"{trial}: told {ended.error!r}")
                again = attempted(partial(_until_it_answers, store))
                longest_s = max(longest_s, again.took_s)
            made.restarted()  # idle
            failures = sum(attempted(partial(read, store)).error is not None for _ in range(3))
            if failures > 1:
                wrong.append(f"{trial}: {failures} failed after an idle restart")
        if longest_s > RECOVERED_S:
            wrong.append(f"answered only {longest_s:.1f} s after a restart")
        if read(store):
            wrong.append("half a change was kept")
        store.close()
    return Found(f"{3 * times} restarts, answered again within {longest_s:.1f} s", tuple(wrong))


def _half(store: Store) -> None:
    with store.writing() as conn:
        ticket(conn, "half")
        slow(conn, 30)


def _while_it_restarts(made: Cluster, act: Callable[[], object]) -> Outcome:
    found: list[Outcome] = []
    asking = threading.Thread(target=lambda: found.append(attempted(act)))
    asking.start()
    made.until(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> "
        "pg_backend_pid()"
    )
    made.restarted()
    asking.join()
    return found[0]


def _until_it_answers(store: Store) -> None:
    until = time.monotonic() + 2 * RECOVERED_S
    while attempted(partial(read, store)).error is not None and time.monotonic() < until:
        time.sleep(0.1)


def stalled(root: Path, times: int) -> Found:
    """Let a proxy fall silent in the middle of a question; a person must not wait for ever."""
    wrong: list[str] = []
    longest_s = 0.0
    deadline_s = 2.0
    with server() as made, Proxy(made.port) as proxy:
        settings = founded_on(made, root)
        store = open_store(made.through(settings.store_url, proxy.port), deadline_s)
        for trial in range(times):
            read(store)
            proxy.stall()
            ended = attempted(partial(read, store))
            proxy.heal()
            longest_s = max(longest_s, ended.took_s)
            if not isinstance(ended.error, StoreError):
                wrong.append(f"{trial}: told {ended.error!r}")
            if attempted(partial(read, store)).error is not None:
                wrong.append(f"{trial}: not well again")
        store.close()
    if longest_s > CUT_S:
        wrong.append(f"waited {longest_s:.1f} s")
    figure = f"{times} silences, each told after at most {longest_s:.1f} s (a deadline of 2 s)"
    return Found(figure, tuple(wrong))


def answers_lost(root: Path, times: int) -> Found:
    """Cut the connection around commits of people and of an ingest; nothing may count twice."""
    with server() as made, Proxy(made.port) as proxy:
        settings = founded_on(made, root)
        through = settings.model_copy(
            update={"database_url": made.through(settings.store_url, proxy.port)}
        )
        store = open_store(through.store_url)
        wrong = [*_changes_cut(store, proxy, times), *_files_cut(store, through, proxy, times)]
        with store.snapshot() as conn:
            assert_books_balance(conn)
        store.close()
    return Found(f"{times} changes and {times} files cut at a commit, each made once", tuple(wrong))


def _changes_cut(store: Store, proxy: Proxy, times: int) -> Iterator[str]:
    for trial in range(times):
        write(store, f"connected {trial}")  # a connection commits its own settings, once
        proxy.cut(b"COMMIT\0", heard=True)
        ended = attempted(partial(write, store, f"once {trial}"))
        if ended.error is not None:
            yield f"{trial}: told {ended.error!r} of a change that was made"
    write(store, "connected")
    proxy.cut(b"COMMIT\0", heard=False)
    if not isinstance(attempted(partial(write, store, "never")).error, StoreError):
        yield "a change that was not made was told as made"
    if (found := read(store)) != 2 * times + 1:
        yield f"{found} changes of {2 * times + 1}"


def _files_cut(store: Store, settings: Settings, proxy: Proxy, times: int) -> Iterator[str]:
    """Cut an ingest at one commit after the other, then run it again."""
    for trial in range(times):
        deliver(settings, f"{trial}.csv", lines(*range(10 * trial, 10 * trial + 10)))
        proxy.cut(b"COMMIT\0", heard=bool(trial % 2), occurrence=1 + trial % COMMITS_OF_A_FILE)
        attempted(partial(run, an_ingest(store, settings)))
        proxy.heal()
        run(an_ingest(store, settings))
        if (calls := read(store, _calls)) != 10 * (trial + 1):
            yield f"file {trial}: {calls} calls of {10 * (trial + 1)}"


def _calls(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(schema.calls)).scalar_one())


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
        "D12",
        "the server restarts amid questions, changes, and idly",
        "one failure each at most; answers within 5 s; nothing half",
        restarted,
        20,
        1,
    ),
    Case(
        "D13",
        "the network falls silent",
        "told before a person gives up; well again at once",
        stalled,
        10,
        1,
    ),
    Case(
        "D14",
        "a commit is through and its answer is lost",
        "made once and told so; not made and told so",
        answers_lost,
        50,
        3,
    ),
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
