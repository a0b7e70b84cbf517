"""Opening the store: one snapshot per read, one writer at a time, no foreign files."""

import errno
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from data.domain.errors import (
    NotOurStore,
    SchemaTooNew,
    SchemaTooOld,
    StoreBusy,
    StoreForbidden,
    StoreMissing,
    StoreUnreadable,
    StoreUnwritable,
)
from data.store import migrations

log = logging.getLogger(__name__)

APPLICATION_ID = 0x70_11_B0_A2
"""Marks our SQLite files (PRAGMA application_id), so that a foreign file is never taken for one."""
FOREIGN = "it carries another program's mark"
PAGE_SIZE = 16_384  # measured: bulk load a fifth faster than with 4,096
SAFE_SQLITE = (3, 51, 3)
"""First release without the WAL-reset race. Source: sqlite.org, release log 3.51.3."""
READER_BUSY_MS = 15_000
WRITER_BUSY_MS = 60_000


def sqlite_module() -> ModuleType:
    """Return the SQLite driver of this process: the pysqlite3 wheel where there is one."""
    try:
        dbapi2 = import_module("pysqlite3.dbapi2")
    except ImportError:  # only Linux has the wheel
        dbapi2 = import_module("sqlite3")
    if dbapi2.sqlite_version_info < SAFE_SQLITE:
        log.warning(
            "SQLite %s has a race that can corrupt a store written by two processes; "
            "install the pysqlite3 wheel or SQLite 3.51.3",
            dbapi2.sqlite_version,
        )
    return dbapi2


@dataclass(frozen=True)
class Store:
    """An open store: readers that cannot write, and a writer that queues behind other writers.

    Attributes:
        url: Where it is.
        readers: Engine whose transactions are snapshots and cannot write.
        writers: Engine whose transactions hold the write lock from their first moment.
    """

    url: URL
    readers: Engine
    writers: Engine

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give one consistent, read-only view of the store.

        Raises:
            StoreMissing: Its file is gone; an open connection alone would not notice.
            StoreUnreadable: The database refused.
        """
        path = sqlite_path(self.url)
        if path is not None and not path.exists():
            raise StoreMissing(str(path))
        try:
            with self.readers.connect() as conn, conn.begin():
                yield conn
        except DatabaseError as error:
            raise StoreUnreadable(str(error.orig)) from error

    @contextmanager
    def writing(self, staged: Sequence[Path] = ()) -> Iterator[Connection]:
        """Give a transaction that holds the write lock; commits at the end, or nothing happened.

        Args:
            staged: Files of staged rows, which the transaction sees as schemas `staged_0`,
                `staged_1`, ... (`data.store.staged`). Whoever wrote them has closed them.

        Raises:
            StoreBusy: Another process held the lock for longer than the busy timeout.
            StoreUnwritable: The disk is full or fails.
        """
        try:
            with self.writers.connect() as conn, _attached(conn, staged), conn.begin():
                yield conn
        except OperationalError as error:
            why = str(error.orig)
            if "locked" in why:
                raise StoreBusy(WRITER_BUSY_MS / 1000) from error
            if is_disk_trouble(error.orig):
                raise StoreUnwritable(why) from error
            raise

    def log_truncated(self) -> bool:
        """Bring what was committed into the store's main file; False when it stays in the log.

        Without it a log that grew under a large load keeps its size. A reader may be in the way,
        or the disk; what was committed is safe in the log, and the next run brings it over.
        """
        if self.url.get_backend_name() != "sqlite":
            return True
        try:
            with self.writers.connect() as conn:
                busy: int = (
                    _driver_connection(conn)
                    .execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    .fetchone()[0]
                )
        except (DatabaseError, sqlite_module().DatabaseError) as error:
            log.warning("the store's log was not brought over: %s", error)
            return False
        return busy == 0

    def close(self) -> None:
        """Give back every connection."""
        self.readers.dispose()
        self.writers.dispose()


DISK_TROUBLE = (
    "disk i/o error",
    "disk is full",
    "no space left",
    "readonly database",
    "unable to open database",
)
"""What databases say when the disk does not take what they write, in small letters."""


def is_disk_trouble(error: object) -> bool:
    """Tell whether an error of a database or of the system is the disk's fault."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return True
    said = str(error).lower()
    return any(words in said for words in DISK_TROUBLE)


def _driver_connection(conn: Connection) -> Any:  # noqa: ANN401 (a driver's)
    raw = conn.connection.driver_connection
    if raw is None:
        raise AssertionError("a live connection has a driver's")
    return raw


@contextmanager
def _attached(conn: Connection, staged: Sequence[Path]) -> Iterator[None]:
    """Attach files of staged rows around a transaction; inside one they could not be let go."""
    raw = _driver_connection(conn)
    attached = []
    try:
        for number, path in enumerate(staged):
            raw.execute(f"ATTACH DATABASE ? AS staged_{number}", (str(path),))
            attached.append(number)
        yield
    finally:
        for number in attached:
            raw.execute(f"DETACH DATABASE staged_{number}")


def open_store(url: str) -> Store:
    """Open an existing store at this version's schema.

    Raises:
        StoreMissing: No store is there.
        NotOurStore: The file is not a store, or is damaged.
        SchemaTooOld: It must be migrated first.
        SchemaTooNew: A newer version made it.
    """
    store = open_older(url)
    _check_schema(store)
    return store


def open_older(url: str) -> Store:
    """Open a store whatever its schema, to copy it before it is upgraded.

    Raises:
        StoreMissing: No store is there.
        NotOurStore: The file is not a store, or is damaged.
    """
    parsed = make_url(url)
    path = sqlite_path(parsed)
    if path is not None:
        _check_rights(path, os.R_OK | os.W_OK)
        check_file(path)
    return engines(parsed)


def create_or_upgrade(url: str) -> Store:
    """Bring the store at a URL to this version's schema, making it when there is none.

    A new SQLite file appears under its name only when it is complete.
    """
    parsed = make_url(url)
    path = sqlite_path(parsed)
    if path is None:
        _upgrade(parsed)
    elif path.exists():
        open_older(url).close()
        _upgrade(parsed)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.new-{os.getpid()}")
        _upgrade(parsed.set(database=str(unfinished)))
        unfinished.rename(path)
    return open_store(url)


def _upgrade(url: URL) -> None:
    store = engines(url)
    with store.writers.begin() as conn:
        if sqlite_path(url) is not None:
            conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        migrations.upgrade(conn)
    store.close()


def newest_revision() -> str:
    """Return the schema revision that this version works with."""
    head = ScriptDirectory(str(migrations.FOLDER)).get_current_head()
    if head is None:
        raise AssertionError("there are no migrations")
    return head


def known_revisions() -> frozenset[str]:
    """Return every schema revision that this version can read or upgrade."""
    scripts = ScriptDirectory(str(migrations.FOLDER)).walk_revisions()
    return frozenset(script.revision for script in scripts)


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a store on SQLite; none for another database."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


def engines(url: URL) -> Store:
    """Return the store at a URL without looking whether it is one."""
    if url.get_backend_name() != "sqlite":
        return Store(url, *(create_engine(url, pool_pre_ping=True) for _ in range(2)))
    module = sqlite_module()
    readers = create_engine(url, module=module)
    writers = create_engine(url, module=module)
    _configure(readers, begin="BEGIN", busy_ms=READER_BUSY_MS, pragmas=("query_only=ON",))
    _configure(writers, begin="BEGIN IMMEDIATE", busy_ms=WRITER_BUSY_MS, pragmas=_WRITER_PRAGMAS)
    return Store(url, readers, writers)


_WRITER_PRAGMAS = (
    "synchronous=FULL",
    "cache_size=-12288",
    "journal_size_limit=67108864",
)


def _configure(engine: Engine, *, begin: str, busy_ms: int, pragmas: tuple[str, ...]) -> None:
    """Let SQLAlchemy, not the driver, begin transactions, and set each connection up."""

    @event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: Any, _record: object) -> None:  # noqa: ANN401 (a driver's)
        dbapi_connection.isolation_level = None
        for pragma in (
            f"busy_timeout={busy_ms}",
            f"page_size={PAGE_SIZE}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            *pragmas,
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "connect")
    def on_first_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _file_identity(engine.url)

    @event.listens_for(engine, "checkout")
    def on_checkout(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info["file"] != _file_identity(engine.url):
            raise DisconnectionError("another file is in the store's place")

    @event.listens_for(engine, "begin")
    def on_begin(conn: Connection) -> None:
        conn.exec_driver_sql(begin)


def _check_rights(path: Path, rights: int) -> None:
    """Refuse a file that this user cannot reach, or lacks a right on; SQLite writes beside it."""
    above = ((folder, os.X_OK) for folder in reversed(path.absolute().parents[1:]))
    for place, needed in (*above, (path.parent, rights | os.X_OK), (path, rights)):
        if os.path.lexists(place) and not os.access(place, needed):
            raise StoreForbidden(str(place), place.stat().st_uid)


def _file_identity(url: URL) -> tuple[int, int] | None:
    """Return what tells a restored store from the one that was open; none where no file is."""
    path = sqlite_path(url)
    if path is None or not path.exists():
        return None
    found = path.stat()
    return found.st_dev, found.st_ino


def check_file(path: Path) -> None:
    """Refuse what is not a store's SQLite file, without changing it.

    Raises:
        StoreForbidden: This user may not read it.
        StoreMissing: Nothing is there.
        NotOurStore: It is empty, no database, or another program's.
    """
    _check_rights(path, os.R_OK)
    if not path.exists():
        raise StoreMissing(str(path))
    if path.stat().st_size == 0:
        raise NotOurStore(str(path), "the file is empty")
    connection = sqlite_module().connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite_module().DatabaseError as error:
        raise NotOurStore(str(path), str(error)) from None
    finally:
        connection.close()
    if found != APPLICATION_ID:
        raise NotOurStore(str(path), FOREIGN)


def _check_schema(store: Store) -> None:
    with store.snapshot() as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    wanted = newest_revision()
    if found == wanted:
        return
    if found is None or found in known_revisions():
        raise SchemaTooOld(found, wanted)
    raise SchemaTooNew(found)
