"""Reading a delimited text file as rows that know their line."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from data.domain.errors import ImportRefused, RowRefusal
from data.system_refusals import refusal

DELIMITERS = ("\t", ";", ",", "|")
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How XLSX, ODS and every zip begin, and XLS. Source: APPNOTE 6.3.10, 4.3.7; MS-CFB, 2.2."""


class CellRefused(ValueError):
    """A cell cannot be taken; the message says what is wrong with it and what would be right."""


@dataclass(frozen=True)
class Row:
    """One record of a file.

    Attributes:
        line: 1-based physical line on which it begins.
        cells: Its texts by column name, stripped.
    """

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell; a column that the file lacks is empty."""
        return self.cells.get(column, "")


@dataclass
class Refusals:
    """The rows of one file that cannot be taken, as they are found."""

    rows: list[RowRefusal] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Note one row."""
        self.rows.append(RowRefusal(line, reason))

    def sorted(self) -> tuple[RowRefusal, ...]:
        """Return them by line, then reason."""
        return tuple(sorted(self.rows, key=lambda row: (row.line, row.reason)))


@dataclass(frozen=True)
class Imported:
    """What an import made of a file.

    Attributes:
        name: The file's name.
        added: Rows that are new to the store.
        changed: Rows that replaced what the store held.
        unchanged: Rows that the store held already.
        refusals: Rows that were left out, with reasons.
        notes: What a person should know: columns not used, defaults that were applied.
    """

    name: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: tuple[RowRefusal, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Tally:
    """How rows ended, while they are taken."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __len__(self) -> int:
        """Return how many rows were taken."""
        return self.added + self.changed + self.unchanged

    def count(self, outcome: str) -> None:
        """Count one row by its outcome."""
        setattr(self, outcome, getattr(self, outcome) + 1)


def file_text(path: Path) -> str:
    """Return a file's text, without its byte order mark.

    Raises:
        SystemRefused: It is not there, or cannot be read.
        ImportRefused: It is empty, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refusal(error, path) from None
    if content.startswith(WORKBOOK_MARKS):
        raise unusable(path.name, 1, "is a workbook or an archive, no text; save the sheet as CSV")
    encoding = BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise unusable(path.name, line, "is not UTF-8 text; save the file as UTF-8") from None
    if not text.strip():
        raise unusable(path.name, 1, "the file is empty")
    if "\0" in text:
        raise unusable(path.name, 1, "the file is not text")
    return text


def unusable(name: str, line: int, reason: str) -> ImportRefused:
    """Return the refusal of a whole file for what one line says."""
    return ImportRefused(name, [RowRefusal(line, reason)], partial_helps=False)


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with its first physical line; blank ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped
        line = reader.line_num + 1


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts the first line into most cells; a comma if none does."""
    first = text.lstrip("\r\n").splitlines()[0]
    return max(
        DELIMITERS, key=lambda mark: (len(next(csv.reader([first], delimiter=mark))), mark == ",")
    )


def table(
    path: Path,
    required: Sequence[str],
    refusals: Refusals,
    synonyms: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[str], list[Row]]:
    """Return the columns and rows of a CSV with a header; names are compared in lower case.

    Rows with too many or too few cells are refused, each by itself.

    Args:
        path: The file.
        required: Columns that it must have.
        refusals: Takes the rows that cannot be taken.
        synonyms: Other names that columns may have, and the name that they have here.

    Raises:
        ImportRefused: The file cannot be read, or lacks a required column.
    """
    text = file_text(path)
    found = records(text, delimiter_of(text))
    line, header = next(found)
    columns = [synonyms.get(name.lower(), name.lower()) for name in header]
    missing = [name for name in required if name not in columns]
    if missing:
        reason = f"the header lacks {', '.join(missing)}; it has {', '.join(columns)}"
        raise unusable(path.name, line, reason)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise unusable(path.name, line, f"the header names {', '.join(twice)} twice")
    return columns, list(rows(columns, found, refusals))


@dataclass(frozen=True)
class FileRows:
    """A CSV as it was read, before it is held against a store.

    Attributes:
        name: The file's.
        columns: Its columns.
        rows: Its rows.
        misread: Those that are no rows of its columns.
        partial: Leave rows out that cannot be taken.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]
    misread: tuple[RowRefusal, ...]
    partial: bool


def file_rows(
    path: Path,
    required: Sequence[str],
    synonyms: Mapping[str, str] = MappingProxyType({}),
    *,
    partial: bool,
) -> FileRows:
    """Return a CSV with a header, as `table` reads it.

    Raises:
        ImportRefused: The file cannot be read, or lacks a required column.
    """
    refusals = Refusals()
    columns, rows = table(path, required, refusals, synonyms)
    return FileRows(path.name, columns, rows, refusals.sorted(), partial)


def header_of(path: Path) -> list[str]:
    """Return the names of a CSV's columns in lower case.

    Raises:
        ImportRefused: The file cannot be read.
    """
    text = file_text(path)
    _, header = next(records(text, delimiter_of(text)))
    return [name.lower() for name in header]


def rows(
    columns: Sequence[str], found: Iterator[tuple[int, list[str]]], refusals: Refusals
) -> Iterator[Row]:
    """Give records as rows; those of another length are refused."""
    for line, cells in found:
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            refusals.add(line, f"has {len(cells)} columns, the header has {len(columns)}")
            continue
        yield Row(line, dict(zip(columns, cells, strict=True)))


def settled(name: str, refusals: Refusals, taken: Sized, *, partial: bool) -> None:
    """Refuse the file for its refused rows, unless the others shall be taken and there are any.

    Raises:
        ImportRefused: Naming every refused row.
    """
    if refusals.rows and (not partial or not taken):
        raise ImportRefused(name, refusals.sorted(), partial_helps=bool(taken))
