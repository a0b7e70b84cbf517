"""Where a reader of a CDR file puts its rows: an SQLite file of its own, beside the store.

Arrow goes into SQLite in C, without a Python object per value. The file is a scratch pad: it is
not synced, and is deleted with its folder.
"""

from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc

_SCRATCH = ("synchronous=OFF", "journal_mode=OFF", "locking_mode=EXCLUSIVE", "page_size=32768")


class Staging:
    """A staging file, open for appending; nobody else opens it before it is closed."""

    def __init__(self, path: Path) -> None:
        """Make or open the file."""
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
