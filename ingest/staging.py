"""Where a reader of a CDR file puts its rows: a scratch pad of its own, beside the store.

Arrow goes out in C, without a Python object per value: into an SQLite file that the store attaches,
or into files that it COPYs. Nothing is synced, and all is deleted with its folder.
"""

import shutil
from pathlib import Path
from typing import Any, Protocol

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.domain.staging import COPIED

_SCRATCH = ("synchronous=OFF", "journal_mode=OFF", "locking_mode=EXCLUSIVE", "page_size=32768")
_NUL, _REPLACED = "\0", "\ufffd"


class Staging(Protocol):
    """A place for staged rows, open for appending; nobody else opens it before it is closed."""

    def append(self, table: str, rows: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        """Append an Arrow table to a table, made when it is not there yet."""

    def close(self) -> None:
        """Let it go."""


def staging(path: Path) -> Staging:
    """Make a place for staged rows, of the kind that its name tells."""
    return CopiedStaging(path) if path.suffix == COPIED else SqliteStaging(path)


class SqliteStaging:
    """Rows in an SQLite file."""

    def __init__(self, path: Path) -> None:
        """Make the file, empty even where an earlier one could not be removed."""
        path.unlink(missing_ok=True)
        self._connection = adbc.connect(str(path), autocommit=True)
        self._cursor = self._connection.cursor()
        for pragma in _SCRATCH:
            self._cursor.execute(f"PRAGMA {pragma}")
        self._cursor.execute("BEGIN")

    def append(self, table: str, rows: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        """Append an Arrow table to a table, made when it is not there yet."""
        self._cursor.adbc_ingest(table, rows, mode="create_append")

    def close(self) -> None:
        """Commit and let the file go."""
        self._cursor.execute("COMMIT")
        self._cursor.close()
        self._connection.close()


class CopiedStaging:
    """Rows in a folder with a file per table, in the CSV form of PostgreSQL's COPY."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, empty even where an earlier one could not be removed."""
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        self._folder = folder

    def append(self, table: str, rows: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        """Append an Arrow table to a table's file: no quotes are NULL, quotes are text."""
        with (self._folder / f"{table}.csv").open("ab") as file:
            csv.write_csv(_without_nul(rows), file, csv.WriteOptions(include_header=False))

    def close(self) -> None:
        """Leave the files where they are."""


def _without_nul(rows: Any) -> Any:  # noqa: ANN401 (pyarrow has no types)
    """Return rows whose texts PostgreSQL can hold."""
    for number, column in enumerate(rows.columns):
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        if is_text and pc.any(pc.match_substring(column, _NUL)).as_py():
            replaced = pc.replace_substring(column, _NUL, _REPLACED)
            rows = rows.set_column(number, rows.field(number), replaced)
    return rows
