"""Auth codes from CSV: custid, field, kind, pattern, operator, enabled."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator
from data.domain.authorship import By
from data.domain.customers import Customer
from data.domain.errors import RowRefusal
from data.exchange.cells import yes
from data.exchange.tables import CellRefused, FileRows, Imported, Refusals, Row, file_rows, settled
from data.store.queries.customers import customers_by_custid
from data.store.queries.versions import newest_version
from data.store.writes.auth_codes import auth_codes_replaced

Word = TypeVar("Word", bound=StrEnum)
COLUMNS = ("custid", "field", "kind", "pattern", "operator", "enabled")


@dataclass(frozen=True)
class CodesRead:
    """What a file says of auth codes, as the store's customers were known when it was read.

    Attributes:
        file: Its rows.
        codes: By customer id, in order.
        refused: Its rows that cannot be taken.
        version: The data version of the store that it was held against.
    """

    file: FileRows
    codes: Mapping[int, Sequence[AuthCode]]
    refused: tuple[RowRefusal, ...]
    version: int


def auth_codes_imported(conn: Connection, path: Path, by: By, *, partial: bool = False) -> Imported:
    """Take auth codes from a file, all within one transaction.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    return auth_codes_given(conn, auth_codes_read(conn, path, partial=partial), by)


def auth_codes_read(conn: Connection, path: Path, *, partial: bool = False) -> CodesRead:
    """Read auth codes from a file; a long one takes a while, and a snapshot is enough for it.

    The codes of a customer with a refused row stay as they were even when partial is asked for,
    because a group of codes without one of them could claim other calls.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    return _held(conn, file_rows(path, ("custid", "field", "pattern"), partial=partial))


def auth_codes_given(conn: Connection, read: CodesRead, by: By) -> Imported:
    """Replace all codes of each customer that a file names.

    Raises:
        ImportRefused: The data changed since it was read, and a row cannot be taken any more.
    """
    if newest_version(conn).version != read.version:
        read = _held(conn, read.file)
    _, written = auth_codes_replaced(conn, read.codes, by)
    unchanged = sum(len(of_customer) for of_customer in read.codes.values()) - written
    return Imported(read.file.name, written, 0, unchanged, read.refused)


def _held(conn: Connection, file: FileRows) -> CodesRead:
    refusals = Refusals(list(file.misread))
    codes, broken = _codes(file.rows, customers_by_custid(conn), refusals)
    named = {refusal.line for refusal in refusals.rows}
    for row in file.rows:
        line = broken.get(row["custid"])
        if line is not None and row.line not in named:
            refusals.add(row.line, f"line {line} of the same customer cannot be taken")
    settled(file.name, refusals, codes, partial=file.partial)
    return CodesRead(file, codes, refusals.sorted(), newest_version(conn).version)


def _codes(
    rows: Sequence[Row], known: Mapping[str, Customer], refusals: Refusals
) -> tuple[dict[int, list[AuthCode]], dict[str, int]]:
    """Return the codes by customer id, and for customers with a refused row its line."""
    codes: dict[str, list[AuthCode]] = {}
    broken: dict[str, int] = {}
    for row in rows:
        try:
            if row["custid"] not in known:
                raise CellRefused(  # noqa: TRY301 (a refusal like those of the other cells)
                    f"there is no customer {row['custid']!r}; import customers first"
                )
            codes.setdefault(row["custid"], []).append(auth_code(row))
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
            broken.setdefault(row["custid"], row.line)
    whole = {
        known[custid].id: of_customer
        for custid, of_customer in codes.items()
        if custid not in broken
    }
    return whole, broken


def code_cells(
    customers: Iterable[Customer], codes: Mapping[int, Sequence[AuthCode]]
) -> list[tuple[str, ...]]:
    """Return what a file says of the codes of customers, a row of `COLUMNS` for each."""
    return [
        (whose.custid, code.field, code.kind, code.pattern, code.operator, str(int(code.enabled)))
        for whose in customers
        for code in codes.get(whose.id, ())
    ]


def auth_codes_text(cells: Iterable[Sequence[str]]) -> str:
    """Return codes as the text of a file; imported as it is, it changes nothing."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([COLUMNS, *cells])
    return written.getvalue()


def auth_code(row: Row) -> AuthCode:
    """Return the code of a row.

    Raises:
        CellRefused: Naming the cell that cannot be taken.
    """
    kind = _word(AuthKind, row["kind"] or AuthKind.EQUALS, "kind")
    pattern = row["pattern"]
    if not pattern:
        raise CellRefused("pattern is empty; it would match nothing or everything")
    if kind is AuthKind.REGEX:
        _compiled(pattern)
    return AuthCode(
        field=_word(AuthField, row["field"], "field"),
        kind=kind,
        pattern=pattern,
        operator=_word(AuthOperator, row["operator"] or AuthOperator.NONE, "operator"),
        enabled=yes(row["enabled"] or "1", "enabled"),
    )


def _compiled(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise CellRefused(f"pattern {pattern!r} is not a regular expression: {error}") from None


@cache
def _by_name(words: type[Word]) -> dict[str, Word]:
    return {word.value.lower(): word for word in words}


def _word(words: type[Word], text: str, what: str) -> Word:
    by_name: dict[str, Word] = _by_name(words)
    if text.lower() not in by_name:
        raise CellRefused(f"{what} {text!r} is not one of {', '.join(words)}")
    return by_name[text.lower()]
