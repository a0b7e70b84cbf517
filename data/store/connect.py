"""Opening the store: one snapshot per read, one writer at a time, on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from data.domain.errors import NotOurStore, SchemaTooNew, SchemaTooOld, StoreError
from data.store.lock import beside_the_lock
from data.store.revisions import known_revisions, newest_revision, stored_revision
from data.store.sqlite_engine import SqliteDatabase


class Database(Protocol):
    """What the databases that a store can be on do each in its own way.

    Attributes:
        staged_suffix: How the names of staged rows end that it takes in (`data.store.staged`).
    """

    @property
    def staged_suffix(self) -> str: ...  # noqa: D102 (an attribute)

    def engines(self) -> tuple[Engine, Engine]:
        """Return engines for readers and for writers.

        A reader's transaction is one snapshot and cannot write; a writer's holds the lock of the
        one writer from its first moment.
        """

    def checked(self, readers: Engine) -> None:
        """Refuse what is not there or is not a store.

        Raises:
            StoreError: Saying which, and what to do; nothing was changed.
        """

    def seen(self) -> None:
        """Notice, before a question, what an open connection would not notice."""

    def upgraded(self) -> None:
        """Bring the schema to this version's, making the store when there is none."""

    def transaction(self, conn: Connection, staged: Sequence[Path]) -> AbstractContextManager[None]:
        """Give a write transaction that sees files of staged rows; it commits at the end."""

    def staged_joined(self, tables: Mapping[Path, Sequence[str]], into: Path) -> None:
        """Put tables of staged rows, by where each is, into one new place.

        A transaction sees no more than `MOST_STAGED` places.
        """

    def unreadable(self, error: SQLAlchemyError) -> StoreError | None:
        """Return what a failed question means; none for a mistake of ours."""

    def unwritable(self, error: SQLAlchemyError) -> StoreError | None:
        """Return what a failed change means; none for a mistake of ours."""

    def log_truncated(self, writers: Engine) -> bool:
        """Tidy up after a large load; False when what was committed stays in the log."""


@dataclass(frozen=True)
class Store:
    """An open store: readers that cannot write, and a writer that queues behind other writers.

    Attributes:
        url: Where it is.
        readers: Engine whose transactions are snapshots and cannot write.
        writers: Engine whose transactions hold the write lock from their first moment.
        database: What its database does in its own way.
    """

    url: URL
    readers: Engine
    writers: Engine
    database: Database

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give one consistent, read-only view of the store.

        Raises:
            StoreMissing: Its file is gone; an open connection alone would not notice.
            StoreUnreadable: The database refused.
            StoreUnreachable: It does not answer.
        """
        self.database.seen()
        try:
            with self.readers.connect() as conn, conn.begin():
                yield conn
        except SQLAlchemyError as error:
            told = self.database.unreadable(error)
            if told is None:
                raise
            raise told from error

    @contextmanager
    def writing(
        self, staged: Sequence[Path] = (), first: Callable[[Connection], None] | None = None
    ) -> Iterator[Connection]:
        """Give a transaction that holds the write lock; commits at the end, or nothing happened.

        Args:
            staged: Files of staged rows, which the transaction sees as schemas `staged_0`,
                `staged_1`, ... (`data.store.staged`). Whoever wrote them has closed them.
            first: What the connection does before it waits for the lock, in temporary tables only.

        Raises:
            StoreBusy: Another process held the lock for longer than was waited.
            StoreUnreachable: The database does not answer; nothing was changed.
            StoreUnwritable: The disk is full or fails.
        """
        try:
            with self.writers.connect() as conn:
                if first is not None:
                    with beside_the_lock(conn):
                        first(conn)
                with self.database.transaction(conn, staged):
                    yield conn
        except SQLAlchemyError as error:
            told = self.database.unwritable(error)
            if told is None:
                raise
            raise told from error

    def log_truncated(self) -> bool:
        """Bring what was committed into the store's main file; False when it stays in the log.

        Without it a log that grew under a large load keeps its size. A reader may be in the way,
        or the disk; what was committed is safe in the log, and the next run brings it over.
        """
        return self.database.log_truncated(self.writers)

    def close(self) -> None:
        """Give back every connection."""
        self.readers.dispose()
        self.writers.dispose()


def open_store(url: str, deadline_s: float = 0) -> Store:
    """Open an existing store at this version's schema.

    Args:
        url: Where it is.
        deadline_s: Longest a question may take, where people wait for it; 0: any time.

    Raises:
        StoreMissing: No store is there.
        NotOurStore: What is there is not a store, or is damaged.
        SchemaTooOld: It must be migrated first.
        SchemaTooNew: A newer version made it.
        StoreUnreachable: Its server does not answer.
    """
    store = open_older(url, deadline_s)
    with _closed_if_refused(store):
        _check_schema(store)
    return store


def open_older(url: str, deadline_s: float = 0) -> Store:
    """Open a store whatever its schema, to copy it before it is upgraded.

    Raises:
        StoreMissing: No store is there.
        NotOurStore: What is there is not a store, or is damaged.
        StoreUnreachable: Its server does not answer.
    """
    store = engines(make_url(url), deadline_s)
    with _closed_if_refused(store):
        store.database.checked(store.readers)
    return store


@contextmanager
def _closed_if_refused(store: Store) -> Iterator[None]:
    try:
        yield
    except StoreError:
        store.close()
        raise


def create_or_upgrade(url: str) -> Store:
    """Bring the store at a URL to this version's schema, making it when there is none."""
    database(make_url(url)).upgraded()
    return open_store(url)


def database(url: URL, deadline_s: float = 0) -> Database:
    """Return the database that a URL names.

    Raises:
        NotOurStore: Stores are on SQLite or PostgreSQL only.
    """
    match url.get_backend_name():
        case "sqlite":
            return SqliteDatabase(url, deadline_s)
        case "postgresql" | "postgres":
            from data.store.postgresql_engine import (  # noqa: PLC0415  only where it is used
                PostgresqlDatabase,
            )

            return PostgresqlDatabase(url, deadline_s)
        case other:
            raise NotOurStore(
                url.render_as_string(), f"{other} is not among sqlite:// and postgresql://"
            )


def engines(url: URL, deadline_s: float = 0) -> Store:
    """Return the store at a URL without looking whether it is one."""
    found = database(url, deadline_s)
    return Store(url, *found.engines(), found)


def _check_schema(store: Store) -> None:
    with store.snapshot() as conn:
        found = stored_revision(conn)
    wanted = newest_revision()
    if found == wanted:
        return
    if found is None or found in known_revisions():
        raise SchemaTooOld(found, wanted)
    raise SchemaTooNew(found)
