"""A store on SQLite: WAL, snapshots that cannot write, writers that hold the lock at once."""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from data.domain.errors import (
    NotOurStore,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreForbidden,
    StoreMisplaced,
    StoreMissing,
    StoreUnreadable,
    StoreUnwritable,
)
from data.domain.staging import ATTACHED
from data.machine_users import hindrance
from data.store import migrations
from data.store.disk import is_disk_trouble
from data.store.lock import takes_the_lock

log = logging.getLogger(__name__)

APPLICATION_ID = 0x70_11_B0_A2
"""Marks our SQLite files (PRAGMA application_id), so that a foreign file is never taken for one."""
FOREIGN = "it carries another program's mark"
STORE_MODE = 0o660
"""Nobody else sees a store, whatever the umask; its log has the same. A group that shares one sets
a umask of 007."""
PAGE_SIZE = 16_384  # measured: bulk load a fifth faster than with 4,096
SAFE_SQLITE = (3, 51, 3)
"""First release without the WAL-reset race. Source: sqlite.org, release log 3.51.3."""
READER_BUSY_MS = 15_000
LOG_BUSY_MS = 2_000
"""A reader's snapshot takes milliseconds; for one that was left open nobody need wait."""
WRITER_BUSY_MS = 60_000
LOOK_BUSY_MS = 5_000
"""Who has a file to itself, as a restore does, has it for long."""
STEPS_BETWEEN_LOOKS = 100_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""


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


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a store on SQLite; none for another database."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


@dataclass(frozen=True)
class SqliteDatabase:
    """A store's file on SQLite (`data.store.connect.Database`).

    Attributes:
        url: Which.
        deadline_s: Longest a question may take, where people wait for it; 0: any time.
    """

    url: URL
    deadline_s: float = 0

    @property
    def staged_suffix(self) -> str:
        """How the names of staged rows end."""
        return ATTACHED

    @property
    def _path(self) -> Path:
        return Path(self.url.database or "")

    def engines(self) -> tuple[Engine, Engine]:
        """Return engines for readers and writers."""
        module = sqlite_module()
        readers = create_engine(self.url, module=module)
        writers = create_engine(self.url, module=module)
        _configure(readers, begin="BEGIN", busy_ms=READER_BUSY_MS, pragmas=("query_only=ON",))
        _configure(writers, begin="BEGIN IMMEDIATE", busy_ms=WRITER_BUSY_MS, pragmas=_WRITER)
        if self.deadline_s:
            _interrupted(readers, self.deadline_s)
        return readers, writers

    def checked(self, readers: Engine | None = None) -> None:
        """Refuse a file that is not there, is not a store's, or that this user may not write."""
        del readers  # opening the file would make one
        refuse_no_file(self._path)
        _check_rights(self._path, os.R_OK | os.W_OK)
        check_file(self._path)

    def seen(self) -> None:
        """Notice that the file is gone; an open connection alone would not."""
        if not self._path.exists():
            raise StoreMissing(str(self._path))

    def upgraded(self) -> None:
        """Bring the schema to this version's; a new file has its name only when it is complete."""
        refuse_no_file(self._path)
        if self._path.exists():
            self.checked()
            self._migrated()
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f"{self._path.name}.new-{os.getpid()}")
        try:
            unfinished.touch(mode=STORE_MODE)
            self._made(unfinished)
        except BaseException:
            for path in self._path.parent.glob(f"{unfinished.name}*"):
                path.unlink()
            raise
        unfinished.rename(self._path)

    def _made(self, path: Path) -> None:
        """Make a store in a file, all of it."""
        if not SqliteDatabase(self.url.set(database=str(path)))._migrated():  # noqa: SLF001 (ours)
            raise StoreUnwritable("what was made of it does not fit")

    def _migrated(self) -> bool:
        """Run the migrations; False when what they did is not in the main file alone.

        Raises:
            StoreError: The disk is full or fails; nothing was changed.
        """
        readers, writers = self.engines()
        try:
            with writers.begin() as conn:
                conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                migrations.upgrade(conn)
            return self.log_truncated(writers)
        except SQLAlchemyError as error:
            told = self.unwritable(error)
            if told is None:
                raise
            raise told from error
        finally:
            readers.dispose()
            writers.dispose()

    @contextmanager
    def transaction(self, conn: Connection, staged: Sequence[Path]) -> Iterator[None]:
        """Write, with files of staged rows attached; inside a transaction they could not be."""
        raw = _driver(conn)
        attached = []
        try:
            for number, path in enumerate(staged):
                raw.execute(f"ATTACH DATABASE ? AS staged_{number}", (str(path),))
                attached.append(number)
            with conn.begin():
                yield
        finally:
            for number in attached:
                raw.execute(f"DETACH DATABASE staged_{number}")

    def staged_joined(self, tables: Mapping[Path, Sequence[str]], into: Path) -> None:
        """Copy tables into one file, for which nothing is synced: it does not outlive the load."""
        into.unlink(missing_ok=True)
        with closing(sqlite_module().connect(into, isolation_level=None)) as raw:
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                raw.execute(f"PRAGMA {pragma}")
            for path, names in tables.items():
                raw.execute("ATTACH DATABASE ? AS staged", (str(path),))
                for name in names:
                    raw.execute(f"CREATE TABLE {name} AS SELECT * FROM staged.{name}")  # noqa: S608 (our names)
                raw.execute("DETACH DATABASE staged")

    def unreadable(self, error: SQLAlchemyError) -> StoreError | None:
        """Say why a question failed."""
        if isinstance(error, OperationalError) and str(error.orig) == "interrupted":
            return StoreUnreadable(f"it took longer than {self.deadline_s:g} s")
        if not isinstance(error, DatabaseError):
            return None
        return told_of(self._path, error.orig, READER_BUSY_MS) or StoreUnreadable(str(error.orig))

    def unwritable(self, error: SQLAlchemyError) -> StoreError | None:
        """Say why a change failed, where it is not a mistake of ours."""
        if not isinstance(error, DatabaseError):
            return None
        if isinstance(error, OperationalError) and is_disk_trouble(error.orig):
            return StoreUnwritable(str(error.orig))
        return told_of(self._path, error.orig, WRITER_BUSY_MS)

    def log_truncated(self, writers: Engine) -> bool:
        """Bring what was committed into the main file; False when it stays in the log."""
        try:
            with writers.connect() as conn:
                driver = _driver(conn)
                driver.execute(f"PRAGMA busy_timeout={LOG_BUSY_MS}")
                busy: int = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                driver.execute(f"PRAGMA busy_timeout={WRITER_BUSY_MS}")
        except (DatabaseError, sqlite_module().DatabaseError) as error:
            log.warning("the store's log was not brought over: %s", error)
            return False
        return busy == 0


_DAMAGED = ("disk image is malformed", "malformed database schema", "file is not a database")
_WRITER = (
    "synchronous=FULL",
    "cache_size=-12288",
    "journal_size_limit=67108864",
)


def _driver(conn: Connection) -> Any:  # noqa: ANN401 (a driver's)
    raw = conn.connection.driver_connection
    if raw is None:
        raise AssertionError("a live connection has a driver's")
    return raw


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
        conn.exec_driver_sql(begin if takes_the_lock(conn) else "BEGIN")


def _interrupted(engine: Engine, deadline_s: float) -> None:
    """Give up questions that take too long; rows that are streamed may take any time."""

    @event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401
        record.info["until"] = None

        def is_late() -> bool:
            until = record.info["until"]
            return until is not None and time.monotonic() > until

        dbapi_connection.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)

    @event.listens_for(engine, "before_cursor_execute")
    def on_execute(
        conn: Connection,
        _cursor: object,
        _sql: object,
        _given: object,
        context: Any,  # noqa: ANN401 (a dialect's)
        _many: object,
    ) -> None:
        streams = bool(context and context.execution_options.get("stream_results"))
        conn.info["until"] = None if streams else time.monotonic() + deadline_s


def refuse_no_file(path: Path) -> None:
    """Refuse a folder in a store's place, and a link that leads nowhere.

    Raises:
        StoreMisplaced: It is one. Where the disk of a linked store is missing it must not be made.
    """
    if not os.access(path.parent, os.X_OK):  # nothing can be seen, which others tell
        return
    if path.is_dir():
        raise StoreMisplaced(
            str(path),
            "a folder",
            "Name the store's file in TOLLBOARD_DATABASE_URL, or move it away",
        )
    if path.is_symlink() and not path.exists():
        raise StoreMisplaced(
            str(path),
            f"a link to {path.readlink()}, which is not there",
            "Mount the disk that it is on, or remove the link",
        )


def _check_rights(path: Path, rights: int) -> None:
    """Refuse a file that this user cannot reach, or lacks a right on; SQLite writes beside it."""
    path = path.absolute()
    above = ((folder, os.X_OK) for folder in reversed(path.parents[1:]))
    for place, needed in (*above, (path.parent, rights | os.X_OK), (path, rights)):
        if not os.path.lexists(place):
            continue
        if place != path and not place.is_dir():
            raise StoreMisplaced(str(place), "no folder", "Name another place for the store")
        if not os.access(place, needed):
            found = hindrance(place)
            raise StoreForbidden(str(place), found.why, found.action)


def _file_identity(url: URL) -> tuple[int, int] | None:
    """Return what tells a restored store from the one that was open; none where no file is."""
    path = sqlite_path(url)
    if path is None or not path.exists():
        return None
    found = path.stat()
    return found.st_dev, found.st_ino


def told_of(path: Path, error: BaseException | None, waited_ms: int) -> StoreError | None:
    """Return what the driver's words about a file mean: it is locked, or damaged; else none."""
    why = str(error)
    if "is locked" in why:
        return StoreBusy(waited_ms / 1000)
    return StoreDamaged(str(path), why) if any(words in why for words in _DAMAGED) else None


def check_file(path: Path) -> None:
    """Refuse what is not a store's SQLite file, without changing it.

    Raises:
        StoreForbidden: This user may not read it.
        StoreMissing: Nothing is there.
        StoreMisplaced: It is no file.
        NotOurStore: It is empty, no database, or another program's.
        StoreBusy: A process has it to itself.
        StoreUnwritable: The disk is full or fails: even to read it takes a little room.
    """
    refuse_no_file(path)
    _check_rights(path, os.R_OK)
    if not path.exists():
        raise StoreMissing(str(path))
    if path.stat().st_size == 0:
        raise NotOurStore(str(path), "the file is empty")
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite_module().connect(address, uri=True, timeout=LOOK_BUSY_MS / 1000)
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite_module().DatabaseError as error:
        if is_disk_trouble(error):
            raise StoreUnwritable(str(error)) from None
        told = told_of(path, error, LOOK_BUSY_MS)
        if isinstance(told, StoreBusy):
            raise told from None
        raise NotOurStore(str(path), str(error)) from None
    finally:
        connection.close()
    if found != APPLICATION_ID:
        raise NotOurStore(str(path), FOREIGN)
