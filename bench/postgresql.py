"""A PostgreSQL server of the tests' own: a fresh cluster in a folder, and a database per test."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from data.store.revisions import newest_revision
from data.store.schema import metadata

ON_POSTGRESQL = os.environ.get("TOLLBOARD_TEST_STORE") == "postgresql"
"""Whether the tests' stores are on PostgreSQL."""
NOBODY = "nobody"
MOST_CONNECTIONS = 200
FOUNDED = ("tenant", "data_version")
"""The tables that are not empty in a store just founded."""
_numbers = count(1)
_running: list["Cluster"] = []


def binaries() -> Path | None:
    """Return the folder of the newest server on this machine; none where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


@dataclass
class Cluster:
    """A server of our own, which may be stopped and started.

    Attributes:
        folder: Of its data.
        binaries: Of its programs.
        port: On 127.0.0.1.
    """

    folder: Path
    binaries: Path
    port: int

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://tollboard@127.0.0.1:{self.port}/{database}"

    def through(self, url: str, port: int) -> str:
        """Return the address of a database through something at another port."""
        return make_url(url).set(port=port).render_as_string(hide_password=False)

    def until(self, question: str) -> None:
        """Wait until a number is not 0."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            while conn.execute(question.encode()).fetchone() == (0,):
                time.sleep(0.02)

    def admin(self, statement: str) -> None:
        """Carry out a statement outside any store."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute(statement.encode())

    def control(self, *words: str) -> None:
        """Call pg_ctl as a user that may run a server."""
        log = self.folder / "log"
        command = [self.binaries / "pg_ctl", "-D", self.folder, "-w", "-l", log, *words]
        _as_nobody(*command)

    def restarted(self) -> None:
        """Restart as after a crash: whatever was in flight is gone."""
        self.control("-m", "immediate", "restart")

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.admin(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)


class Stores:
    """Databases with a store just founded; one that is given back is emptied and given again."""

    def __init__(self, server: Cluster, founding: Callable[[str], None]) -> None:
        """Take the server, and what founds a store in an empty database of it."""
        self._server, self._founding = server, founding
        self._free: list[str] = []

    def take(self) -> str:
        """Return the address of a store that nobody else has."""
        if self._free:
            return self._free.pop()
        url = self._server.database()
        self._founding(url)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("CREATE SCHEMA pristine")
            for name in FOUNDED:
                conn.execute(f"CREATE TABLE pristine.{name} AS TABLE {name}")
        return url

    def give_back(self, url: str) -> None:
        """Empty a store for the next test; one whose schema was touched is left alone."""
        with psycopg.connect(url, autocommit=True) as conn:
            found = conn.execute("SELECT version_num FROM alembic_version").fetchall()
            if found == [(newest_revision(),)]:
                for table in reversed(metadata.sorted_tables):
                    named = sql.Identifier(table.name)
                    conn.execute(sql.SQL("DELETE FROM {}").format(named))
                    if table.autoincrement_column is not None:
                        conn.execute(f"SELECT setval('{table.name}_id_seq', 1, false)")
                for name in FOUNDED:
                    named = sql.Identifier(name)
                    conn.execute(sql.SQL("INSERT INTO {0} TABLE pristine.{0}").format(named))
                self._free.append(url)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Give a fresh server, gone afterwards; within another such block, that block's."""
    if _running:
        yield _running[0]
        return
    with _started() as made:
        _running.append(made)
        try:
            yield made
        finally:
            _running.clear()


@contextmanager
def _started() -> Iterator[Cluster]:
    found = binaries()
    if found is None:
        raise FileNotFoundError("there is no PostgreSQL server: apt-get install postgresql")
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own in it
    place = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="tollboard-pg-", dir=place) as name:
        home, folder = Path(name), Path(name) / "data"
        if os.geteuid() == 0:
            shutil.chown(home, NOBODY)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        initdb = [found / "initdb", "-D", folder, "-U", "tollboard", "-N", "-E", "UTF8"]
        _as_nobody(*initdb, "--locale=C", "-A", "trust")
        options = f"-c max_connections={MOST_CONNECTIONS} -c unix_socket_directories={home}"
        made = Cluster(folder, found, port)
        made.control("-o", f"{options} -p {port} -h 127.0.0.1", "start")
        try:
            yield made
        finally:
            made.control("-m", "immediate", "stop")


def _as_nobody(*command: object) -> None:
    as_root = os.geteuid() == 0
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=NOBODY if as_root else None,
        extra_groups=[] if as_root else None,
    )
