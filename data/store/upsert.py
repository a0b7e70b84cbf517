"""The two statements that each database spells in its own dialect, though all know them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table
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


def added_up(
    conn: Connection, table: Table, sums: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows; one whose key is there already is added to it, sum by sum.

    The statement is SQLAlchemy's, the values go to the driver as they are: a large file moves ten
    thousand rows, and SQLAlchemy takes six times as long over each.

    Args:
        conn: A transaction that writes.
        table: The table.
        sums: Its columns that are added up.
        rows: Values by column, the same columns in each.
    """
    if not rows:
        return
    names, dialect = list(rows[0]), conn.dialect
    insert = _insert(conn, table)
    adding = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + insert.excluded[name] for name in sums},
    )
    statement = adding.compile(dialect=dialect, column_keys=names)
    names = statement.positiontup or names
    columns = [_bound(conn, table, name, [row[name] for row in rows]) for name in names]
    values: list[Any] = list(zip(*columns, strict=True))
    if not dialect.positional:
        values = [dict(zip(names, each, strict=True)) for each in values]
    conn.exec_driver_sql(str(statement), values)


def _bound(conn: Connection, table: Table, name: str, values: list[Any]) -> list[Any]:
    """Return values of a column as the driver takes them."""
    kind = table.c[name].type.dialect_impl(conn.dialect)
    bound: Callable[[Any], Any] | None = kind.bind_processor(conn.dialect)
    return values if bound is None else [bound(value) for value in values]


def _insert(conn: Connection, table: Table) -> sqlite.Insert:
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  heavy: only where it is used

        return postgresql.insert(table)  # type: ignore[return-value]  # same methods, no common type
    return sqlite.insert(table)
