"""Where a person's numbers are: what an erasure has to change."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from data.domain.erasure import CONTACT, Eraser
from data.domain.numbers import BETWEEN
from data.store import schema
from data.store.schema import auth_codes, call_rows, cdr_files, sources

NUMBERS = ("calling_number", "called_number", "billing_number")
TEXTS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (schema.rejections, ("raw",)),
    (schema.tickets, ("subject", "text")),
    (schema.payments, ("notes",)),
    (schema.cdr_files, ("name", "error", "dismissed_why")),
    (schema.deliveries, ("name",)),
    (schema.file_attempts, ("error",)),
    (schema.customers, CONTACT),
    (schema.audit_log, ("subject", "before", "after")),
)
Keys = Sequence[tuple[object, ...]]


def places(conn: Connection, eraser: Eraser) -> Iterator[tuple[Table, Keys]]:
    """Give the tables that hold one of the numbers, each with the keys of its rows."""
    numbers = [form for digits in eraser.forms for form in (digits, f"+{digits}", f"00{digits}")]
    of_call = or_(*(_bare(call_rows.c[name]).in_(numbers) for name in NUMBERS))
    yield call_rows, _changed(conn, (call_rows, NUMBERS), of_call, eraser)
    for table, names in TEXTS:
        holds = (_bare(table.c[name]).contains(form) for name in names for form in eraser.forms)
        yield table, _changed(conn, (table, names), or_(*holds), eraser)
    of_code = _bare(auth_codes.c.pattern).in_(numbers)
    yield auth_codes, _changed(conn, (auth_codes, ("pattern",)), of_code, eraser)


def _bare(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a text without what people write between the digits of a number."""
    for each in BETWEEN:
        column = func.replace(column, each, "")
    return column


def _changed(
    conn: Connection,
    held: tuple[Table, Sequence[str]],
    condition: ColumnElement[bool],
    eraser: Eraser,
) -> Keys:
    """Return the keys of the rows that an erasure changes: others hold a longer number."""
    table, names = held
    key = tuple(table.primary_key.columns)
    query = (
        select(*key, *(table.c[name].label(f"text_{name}") for name in names))
        .where(condition)
        .order_by(*key)
    )
    return [
        tuple(row[: len(key)])
        for row in conn.execute(query)
        if any(text and eraser.text(text) != text for text in row[len(key) :])
    ]


def number_plans(conn: Connection) -> list[tuple[str, str, str]]:
    """Return how the sources write numbers, each way once."""
    s = sources.c
    plan = s.country_code, s.international_prefix, s.trunk_prefix
    return [(row[0], row[1], row[2]) for row in conn.execute(select(*plan).distinct())]


def kept_copies(conn: Connection) -> list[tuple[int, str]]:
    """Return the files of which a copy is kept, and where."""
    file = cdr_files.c
    query = (
        select(file.id, file.location)
        .where(file.location != "", file.expired_at.is_(None))
        .order_by(file.id)
    )
    return [(row[0], row[1]) for row in conn.execute(query)]


def erased_copy(conn: Connection, file_id: int) -> bool:
    """Tell whether numbers were erased from the kept copy of a file."""
    query = select(cdr_files.c.erased_at).where(cdr_files.c.id == file_id)
    return conn.execute(query).scalar_one_or_none() is not None
