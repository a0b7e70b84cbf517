"""The two statements that each database spells in its own dialect, though all know them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.dialects import sqlite

_dialects: dict[str, Dialect] = {}
"""Of each database the first that was met: it compiles for all connections of its kind."""


def inserted_if_new(conn: Connection, table: Table, rows: "Select[tuple[object, ...]]") -> int:
    """Insert what a query gives, skipping rows whose key is there; return how many were new.

    The query's columns carry the table's names. It must have a WHERE clause: without one SQLite
    reads the conflict clause as a join.
    """
    names = list(rows.selected_columns.keys())
    result = conn.execute(
        _insert(conn.dialect, table).from_select(names, rows).on_conflict_do_nothing(),
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
    dialect = _dialects.setdefault(conn.dialect.name, conn.dialect)
    adding = _adding(dialect, table, tuple(sums), tuple(rows[0]))
    columns = [
        [bound(row[name]) for row in rows] if bound else [row[name] for row in rows]
        for name, bound in adding.columns
    ]
    values: list[Any] = list(zip(*columns, strict=True))
    if not dialect.positional:
        names = [name for name, _ in adding.columns]
        values = [dict(zip(names, each, strict=True)) for each in values]
    conn.exec_driver_sql(adding.statement, values)


@dataclass(frozen=True)
class _Adding:
    """A statement of `added_up`, and what turns each column's values into the driver's."""

    statement: str
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]


@lru_cache(maxsize=64)
def _adding(
    dialect: Dialect, table: Table, sums: tuple[str, ...], names: tuple[str, ...]
) -> _Adding:
    insert = _insert(dialect, table)
    adding = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + insert.excluded[name] for name in sums},
    )
    compiled = adding.compile(dialect=dialect, column_keys=list(names))
    kinds = {name: table.c[name].type.dialect_impl(dialect) for name in names}
    in_order = compiled.positiontup or names
    columns = [(name, kinds[name].bind_processor(dialect)) for name in in_order]
    return _Adding(str(compiled), columns)


def _insert(dialect: Dialect, table: Table) -> sqlite.Insert:
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  heavy: only where it is used

        return postgresql.insert(table)  # type: ignore[return-value]  # same methods, no common type
    return sqlite.insert(table)
