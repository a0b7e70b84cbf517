"""A store's SQLite file as a file: looked over, and copied while it is in use.

Beside connect.py the one place that speaks SQLite's own words.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from data.domain.errors import CopyUnwritable, StoreBusy, StoreDamaged, StoreInUse
from data.store.disk import is_disk_trouble
from data.store.revisions import known_revisions, stored_revision
from data.store.schema import cdr_files, data_version
from data.store.sqlite_engine import LOOK_BUSY_MS, check_file, sqlite_module, told_of

MOST_PROBLEMS = 10
SIDE_FILES = ("-wal", "-shm")


@dataclass(frozen=True)
class Condition:
    """What a look into a store's file found.

    Attributes:
        revision: Its schema; none where it could not be read.
        version: Its data version; 0 before the first change.
        changed_at: When its data last changed.
        size_bytes: How large it is.
        problems: What is damaged, for a person; empty for a sound store.
    """

    revision: str | None
    version: int
    changed_at: datetime | None
    size_bytes: int
    problems: tuple[str, ...]

    @property
    def data(self) -> str:
        """Its data version and when that was, in words."""
        if self.changed_at is None:
            return f"version {self.version}"
        return f"version {self.version} of {self.changed_at:%Y-%m-%d %H:%M:%S} UTC"


def condition(path: Path) -> Condition:
    """Look a store's file over without changing it: pages, schema, balance of every CDR file.

    Raises:
        StoreMissing: Nothing is there.
        NotOurStore: It is empty, no database, or another program's.
        StoreBusy: A process has it to itself.
    """
    check_file(path)
    engine = _read_only(path)
    size_bytes = path.stat().st_size
    try:
        with engine.connect() as conn:
            return _looked_over(conn, size_bytes)
    except DBAPIError as error:
        told = told_of(path, error.orig, LOOK_BUSY_MS)
        if isinstance(told, StoreBusy):
            raise told from None
        return Condition(None, 0, None, size_bytes, (str(error.orig),))
    finally:
        engine.dispose()


def _looked_over(conn: Connection, size_bytes: int) -> Condition:
    problems = page_problems(conn)
    revision = stored_revision(conn)
    if revision not in known_revisions():
        return Condition(revision, 0, None, size_bytes, (*problems, f"unknown schema {revision}"))
    problems += _balance_problems(conn)
    stamp = conn.execute(select(data_version.c.version, data_version.c.changed_at)).first()
    version, changed_at = stamp or (0, None)
    return Condition(revision, version, changed_at, size_bytes, tuple(problems))


def page_problems(conn: Connection) -> list[str]:
    """Return what SQLite's own check of its pages finds, at most ten findings."""
    found = conn.exec_driver_sql(f"PRAGMA quick_check({MOST_PROBLEMS})").scalars().all()
    return [line for line in found if line != "ok"]


def _balance_problems(conn: Connection) -> list[str]:
    c = cdr_files.c
    unbalanced = conn.execute(
        select(func.count()).where(c.lines != c.loaded + c.rejected + c.duplicate + c.ignored)
    ).scalar_one()
    return [f"{unbalanced} CDR file(s) do not balance"] if unbalanced else []


def _read_only(path: Path) -> Engine:
    address = f"{path.absolute().as_uri()}?mode=ro"
    module = sqlite_module()
    return create_engine(
        "sqlite://",
        module=module,
        poolclass=NullPool,
        creator=lambda: module.connect(address, uri=True, check_same_thread=False),
    )


def copied(source: Any, target: Path, mode: int = 0o600) -> None:  # noqa: ANN401 (a driver's)
    """Copy what a connection sees into a new file of one piece, as it stands at one instant.

    In one step, so that a writer cannot make the copy begin again; writers go on meanwhile.

    Raises:
        CopyUnwritable: There is no room; nothing stays of it.
        StoreDamaged: The copy could not be made; nothing stays of it.
    """
    module = sqlite_module()
    target.touch(mode=mode)
    try:
        with closing(module.connect(str(target))) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable from anywhere
        synced(target)
    except (module.Error, OSError) as error:
        for side in ("-journal", *SIDE_FILES, ""):
            target.with_name(target.name + side).unlink(missing_ok=True)
        if isinstance(error, OSError) or is_disk_trouble(error):
            raise CopyUnwritable(str(target), str(error)) from error
        raise StoreDamaged(str(target), f"it could not be written ({error})") from error


def put_back(source: Any, store: Any, path: Path) -> None:  # noqa: ANN401 (a driver's connections)
    """Copy over a store that is held alone, in one transaction: all of it or nothing.

    Raises:
        CopyUnwritable: There is no room.
    """
    try:
        source.backup(store)
    except sqlite_module().Error as error:
        if not is_disk_trouble(error):
            raise
        raise CopyUnwritable(str(path), str(error)) from error


@contextmanager
def held_alone(path: Path) -> Iterator[Any]:
    """Give the driver's connection to a store that no other process has open.

    Raises:
        StoreInUse: Another process has it open.
    """
    module = sqlite_module()
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = module.connect(address, uri=True, isolation_level=None, timeout=1)
    with closing(connection):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except module.OperationalError as error:
            raise StoreInUse(str(path)) from error
        connection.execute("ROLLBACK")  # the mode keeps the lock until the connection closes
        yield connection


@contextmanager
def opened_read_only(path: Path) -> Iterator[Any]:
    """Give the driver's connection to a store's file that is only read."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite_module().connect(address, uri=True)) as connection:
        yield connection


def set_aside(path: Path, aside: Path) -> None:
    """Move a store's file away with its side files, so that no log is replayed elsewhere."""
    for side in (*SIDE_FILES, ""):
        found = path.with_name(path.name + side)
        if found.exists():
            found.rename(aside.with_name(aside.name + side))


def synced(path: Path) -> None:
    """Make a file and its name survive a loss of power."""
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(place, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
