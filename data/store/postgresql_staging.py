"""Staged rows on their way to PostgreSQL: COPYed into temporary tables of the writer's connection.

A reader leaves a folder with one file per table in the CSV form of COPY. The rows are copied before
the write lock is taken, so that others wait for the merge only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from data.store.staged import staged_table

CHUNK_BYTES = 1 << 18


@contextmanager
def staged_copied(conn: Connection, staged: Sequence[Path]) -> Iterator[None]:
    """Let a connection see staged rows as `staged_0.calls_0` and so on, for a time."""
    raw = conn.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("a live connection has a driver's")
    files = [file for folder in staged for file in sorted(folder.glob("*.csv"))]
    if files:
        conn.execution_options(
            schema_translate_map={f"staged_{number}": "pg_temp" for number in range(len(staged))}
        )
    try:
        for file in files:
            _copied(raw, file)
        raw.commit()
        yield
    finally:
        if files and not raw.broken and not raw.closed:
            raw.rollback()
            for file in files:
                raw.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(_named(file)))
            raw.commit()


def _copied(raw: "psycopg.Connection[tuple[object, ...]]", file: Path) -> None:
    """Copy one file into a temporary table of its name."""
    table = staged_table(file.stem)
    made = CreateTable(table).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    raw.execute(str(made).encode())
    with (
        file.open("rb") as rows,
        raw.cursor() as cursor,
        cursor.copy(
            sql.SQL("COPY pg_temp.{} FROM STDIN (FORMAT csv)").format(_named(file))
        ) as copy,
    ):
        while chunk := rows.read(CHUNK_BYTES):
            copy.write(chunk)
    raw.execute(sql.SQL("ANALYZE pg_temp.{}").format(_named(file)))


def _named(file: Path) -> sql.Identifier:
    return sql.Identifier(file.stem)
