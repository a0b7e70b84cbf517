"""The two statements that each database spells in its own dialect, though all know them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Insert, Select, Table
from sqlalchemy.dialects import sqlite


def inserted_if_new(conn: Connection, table: Table, rows: "Select[tuple[object, ...]]") -> int:
    """Insert what a query gives, skipping rows whose key is there; return how many were new.

    The query's columns carry the table's names. It must have a WHERE clause: without one SQLite
    reads the conflict clause as a join.
    """
    names = list(rows.selected_columns.keys())
    result = conn.execute(
        _insert(conn, table).from_select(names, rows).on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},
    )
    return int(result.rowcount)


def added_up(conn: Connection, table: Table, sums: Sequence[str]) -> Insert:
    """Return an insert that adds to the sums of a row whose key is there already."""
    insert = _insert(conn, table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + insert.excluded[name] for name in sums},
    )


def _insert(conn: Connection, table: Table) -> sqlite.Insert:
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  heavy: only where it is used

        return postgresql.insert(table)  # type: ignore[return-value]  # same methods, no common type
    return sqlite.insert(table)
