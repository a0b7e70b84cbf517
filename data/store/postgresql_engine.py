"""A store on PostgreSQL: the same promises as on SQLite, kept by a server across a network.

A reader's transaction is one REPEATABLE READ READ ONLY snapshot. Writers queue at an advisory lock,
as at BEGIN IMMEDIATE, and then read what is committed (READ COMMITTED): under a stricter level
their snapshot would be older than the lock.
"""

import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import Loader
from psycopg.pq import ConnStatus
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy import Integer as AnyInteger
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeEngine

from data.domain.errors import (
    NotOurStore,
    OutcomeUnknown,
    StoreBusy,
    StoreConflict,
    StoreCrowded,
    StoreError,
    StoreMissing,
    StoreRefused,
    StoreUnreachable,
    StoreUnreadable,
    StoreUnwritable,
)
from data.domain.staging import COPIED
from data.store import migrations
from data.store.lock import takes_the_lock
from data.store.postgresql_staging import staged_copied
from data.store.types import Integer

log = logging.getLogger(__name__)

ONE_WRITER = 0x70_11_B0_A2
"""The advisory lock that the one writer of a database holds."""
OLDEST_SERVER = 13  # pg_current_xact_id
POOL_SIZE = 5
POOL_WAIT_S = 2
WRITER_WAIT_S = 60
WRITER_WAIT_BEFORE_PEOPLE_S = 10
IDLE_S = 600
IDLE_BEFORE_PEOPLE_S = 60
ANSWER_S = 1800
"""Longest silence of a server while a command waits: its statements are long, but not endless."""
ANSWER_GRACE_S = 3
"""Seconds after its own deadline in which a server must have told that it gave up."""
CONNECTING: Mapping[str, int | str] = {
    "application_name": "tollboard",
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A cut network is noticed in about ten seconds; libpq's defaults wait for ever."""
OUTCOME_ASKED = 10
OUTCOME_EVERY_S = 0.5

_BUSY = frozenset({"55P03"})
_CONFLICT = frozenset({"40001", "40P01"})
_FULL = frozenset({"53100"})
_CANCELLED = frozenset({"57014"})
_GONE = frozenset({"57P01", "57P02", "57P03", "53300"})
_NO_DATABASE = "3D000"
T = TypeVar("T")


class _Whole(Loader):
    """Sums of big integers come as numeric; the store has whole numbers only."""

    def load(self, data: Any) -> int:  # noqa: ANN401 (the driver's buffer)
        return int(bytes(data))


class _WholeNumber(AnyInteger):
    """A value that is compared with a column of whole numbers is a big integer.

    A number beyond the column's is then found nowhere, as on SQLite, where the driver's own cast
    has the server refuse the statement.
    """

    __visit_name__ = "BIGINT"
    render_bind_cast = True


class _Patient(psycopg.Connection[Any]):
    """A connection that does not wait for ever for a server that is there and says nothing."""

    answer_s: float = ANSWER_S

    def wait(self, gen: PQGen[T], *args: Any, **kwargs: Any) -> T:  # noqa: ANN401 (as inherited)
        """Wait for an answer, and hang up when none comes."""
        kwargs.setdefault("timeout", self.answer_s)
        try:
            return super().wait(gen, *args, **kwargs)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and self.pgconn.status == ConnStatus.OK:
                self.close()
                raise psycopg.OperationalError(
                    f"the server said nothing for {self.answer_s:g} s"
                ) from error
            raise


@dataclass(frozen=True)
class PostgresqlDatabase:
    """A store's database on a PostgreSQL server (`data.store.connect.Database`).

    Attributes:
        url: Which.
        deadline_s: Longest a statement may take, where people wait for it; 0: any time.
    """

    url: URL
    deadline_s: float = 0

    @property
    def staged_suffix(self) -> str:
        """How the names of staged rows end."""
        return COPIED

    def engines(self) -> tuple[Engine, Engine]:
        """Return engines for readers and writers."""
        readers = self._engine("REPEATABLE READ", read_only=True)
        writers = self._engine("READ COMMITTED", read_only=False)

        @event.listens_for(writers, "begin")
        def on_begin(conn: Connection) -> None:
            if not takes_the_lock(conn):
                return
            conn.info["xid"] = conn.exec_driver_sql(
                f"SELECT pg_advisory_xact_lock({ONE_WRITER}), pg_current_xact_id()::text"
            ).one()[1]

        return readers, writers

    def _engine(self, isolation: str, *, read_only: bool) -> Engine:
        given = {key: value for key, value in CONNECTING.items() if key not in self.url.query}
        engine = create_engine(
            self.url.set(drivername="postgresql+psycopg"),
            connect_args=given,
            isolation_level=isolation,
            execution_options={"postgresql_readonly": read_only},
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=POOL_WAIT_S,
        )
        wide: Mapping[type[TypeEngine[Any]], type[TypeEngine[Any]]] = {Integer: _WholeNumber}
        engine.dialect.colspecs = {**engine.dialect.colspecs, **wide}

        @event.listens_for(engine, "do_connect")
        def on_connecting(
            _dialect: object, _record: object, args: list[Any], kwargs: dict[str, Any]
        ) -> _Patient:
            connection = _Patient.connect(*args, **kwargs)
            connection.adapters.register_loader("numeric", _Whole)
            if self.deadline_s:
                connection.answer_s = self.deadline_s + ANSWER_GRACE_S
            limits = self._limits()
            each = ", ".join(f"set_config('{name}', %s, false)" for name in limits)
            connection.execute(f"SELECT {each}".encode(), list(limits.values()))
            connection.commit()
            return connection

        return engine

    def _limits(self) -> dict[str, str]:
        """Return the server's own limits for a connection."""
        before_people = self.deadline_s > 0
        return {
            "statement_timeout": f"{self.deadline_s:g}s",
            "lock_timeout": f"{self._writer_wait_s}s",
            "idle_in_transaction_session_timeout": (
                f"{IDLE_BEFORE_PEOPLE_S if before_people else IDLE_S}s"
            ),
            "jit": "off",  # compiling costs more than the page's short questions
        }

    @property
    def _writer_wait_s(self) -> int:
        return WRITER_WAIT_BEFORE_PEOPLE_S if self.deadline_s else WRITER_WAIT_S

    @property
    def _name(self) -> str:
        return f"database {self.url.database} on {self.url.host or 'this machine'}"

    def checked(self, readers: Engine) -> None:
        """Refuse a database that is not there, is empty, or is another program's."""
        try:
            with readers.connect() as conn:
                tables = self._tables(conn)
        except SQLAlchemyError as error:
            raise self.unreadable(error) or error from error
        if not tables:
            raise StoreMissing(self._name)

    def _tables(self, conn: Connection) -> set[str]:
        """Return the tables that are there: none, or a store's.

        Raises:
            NotOurStore: The database is not one for a store.
        """
        version, encoding = conn.exec_driver_sql(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding')"
        ).one()
        names = conn.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        tables = set(names.scalars())
        if version < OLDEST_SERVER:
            raise NotOurStore(self._name, f"PostgreSQL {version} is older than {OLDEST_SERVER}")
        if encoding != "UTF8":
            raise NotOurStore(
                self._name,
                f"its encoding is {encoding}; make one with createdb --encoding=UTF8 "
                "--template=template0",
            )
        if tables and not {"cdr_files", "alembic_version"} <= tables:
            raise NotOurStore(self._name, "it holds the tables of another program")
        return tables

    def seen(self) -> None:
        """Leave it to the pool, which looks at a connection before it gives it out."""

    def upgraded(self) -> None:
        """Bring the schema to this version's, in one transaction."""
        _, writers = self.engines()
        try:
            with writers.begin() as conn:
                self._tables(conn)
                migrations.upgrade(conn)
        except SQLAlchemyError as error:
            raise self.unwritable(error) or error from error
        finally:
            writers.dispose()

    @contextmanager
    def transaction(self, conn: Connection, staged: Sequence[Path]) -> Iterator[None]:
        """Write, with staged rows copied beside the store before the lock is taken."""
        with staged_copied(conn, staged):
            transaction = conn.begin()
            xid: str = conn.info["xid"]
            try:
                yield
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                if not error.connection_invalidated or not self._has_committed(xid):
                    raise

    def _has_committed(self, xid: str) -> bool:
        """Tell whether a transaction whose answer was lost took place.

        Raises:
            OutcomeUnknown: The server cannot be asked.
        """
        readers, _ = self.engines()
        try:
            for _ in range(OUTCOME_ASKED):
                status = _status(readers, xid)
                if status in ("committed", "aborted"):
                    log.warning("the connection was lost in a commit, which was %s", status)
                    return status == "committed"
                time.sleep(OUTCOME_EVERY_S)
        finally:
            readers.dispose()
        raise OutcomeUnknown(self._name)

    def staged_joined(self, tables: Mapping[Path, Sequence[str]], into: Path) -> None:
        """Link files of tables into one folder."""
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        for path, names in tables.items():
            for name in names:
                (into / f"{name}.csv").hardlink_to(path / f"{name}.csv")

    def unreadable(self, error: SQLAlchemyError) -> StoreError | None:
        """Say why a question failed."""
        told = self._told(error)
        if told is None and isinstance(error, DBAPIError) and _is_cancelled(error):
            return StoreUnreadable(f"it took longer than {self.deadline_s:g} s")
        return told

    def unwritable(self, error: SQLAlchemyError) -> StoreError | None:
        """Say why a change failed, where it is not a mistake of ours."""
        told = self._told(error)
        if told is None and isinstance(error, DBAPIError) and _is_cancelled(error):
            return StoreBusy(self.deadline_s)
        return told

    def _told(self, error: SQLAlchemyError) -> StoreError | None:
        if isinstance(error, PoolTimeout):
            return StoreCrowded(2 * POOL_SIZE, POOL_WAIT_S)
        if not isinstance(error, DBAPIError) or not isinstance(error.orig, psycopg.Error):
            return None
        state = error.orig.sqlstate or ""
        if state in _BUSY:
            return StoreBusy(self._writer_wait_s)
        if state in _CONFLICT:
            return StoreConflict()
        if state in _FULL:
            return StoreUnwritable(_reason(str(error.orig)))
        return self._of_connection(error, error.orig)

    def _of_connection(self, error: DBAPIError, said: psycopg.Error) -> StoreError | None:
        """Say why the server was not reached, or does not let us in."""
        state, text = said.sqlstate or "", str(said)
        if state == _NO_DATABASE or ("database" in text and "does not exist" in text):
            return StoreMissing(self._name)
        if state in _GONE or state.startswith("08") or error.connection_invalidated:
            return StoreUnreachable(self._name, _reason(text))
        if state.startswith(("28", "42501")) or "authentication failed" in text:
            return StoreRefused(self._name, _reason(text))
        if isinstance(said, psycopg.OperationalError) and not state:
            return StoreUnreachable(self._name, _reason(text))
        return None

    def log_truncated(self, writers: Engine) -> bool:
        """Leave the log to the server."""
        del writers
        return True


def _is_cancelled(error: DBAPIError) -> bool:
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate in _CANCELLED


def _status(engine: Engine, xid: str) -> str | None:
    """Return how a transaction ended; none while it goes on, or while nobody can be asked."""
    try:
        with engine.connect() as conn:
            found: str | None = conn.exec_driver_sql(
                "SELECT pg_xact_status(%s::text::xid8)", (xid,)
            ).scalar_one()
    except SQLAlchemyError:
        return None
    return found


def _reason(text: str) -> str:
    """Return the server's own words without addresses, which are not for everybody."""
    last = [line for line in text.splitlines() if line.strip()][:1]
    return last[0].rpartition("failed: ")[2].strip().rstrip(".") if last else "no answer"
