"""The PostgreSQL server, or the way to it, goes while it is needed."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select

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
    write,
)
from bench.faults.proxy import Proxy
from bench.faults.worlds import an_ingest
from bench.postgresql import Cluster
from data.domain.errors import StoreError
from data.settings import Settings
from data.store import schema
from data.store.connect import Store, open_store
from ingest.run import run
from tests.ingesting import assert_books_balance, deliver, lines

RECOVERED_S = 5.0
COMMITS_OF_A_FILE = 12
"""About so many transactions, questions among them, does an ingest of one file end."""
CUT_S = 13.0
"""Longest that a silence may last: keepalive's eleven seconds, and some for a busy machine."""


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
)
