"""Exports: exactly the rows that a panel shows, with the filter and the totals stated.

Three forms. CSV and XLSX are for people: local times, captions, and no cell that a spreadsheet
takes for a formula. The machine's CSV is for programs: every text as it is, because +44... is a
number and no formula, and nothing but a heading and rows.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data.domain.formulas import harmless
from data.domain.row_pages import Tally
from data.domain.row_requests import RowRequest
from data.domain.row_words import export_name
from data.exchange.export_cells import (
    Style,
    captions,
    machine_names,
    machine_texts,
    texts,
    values,
)
from data.exchange.export_statement import statement
from data.store.queries.rows.pages import RowStream, row_stream
from data.store.queries.tenant import the_tenant

BLOCK_CHARACTERS = 64 * 1024


class ExportForm(StrEnum):
    """Who an export is for, and so how it is written."""

    CSV = "csv"
    XLSX = "xlsx"
    MACHINE = "machine"


_ENDINGS = {
    ExportForm.CSV: ".csv",
    ExportForm.XLSX: ".xlsx",
    ExportForm.MACHINE: "-machine.csv",  # the two are told apart where both were downloaded
}


@dataclass(frozen=True)
class Export:
    """What to export.

    Attributes:
        request: Whose rows; its start and end are left aside.
        form: How they are written.
    """

    request: RowRequest
    form: ExportForm

    @property
    def file_name(self) -> str:
        """A name for the file, in plain letters."""
        return f"{export_name(self.request)}{_ENDINGS[self.form]}"

    @property
    def media_type(self) -> str:
        """What the file is, for a browser."""
        if self.form is ExportForm.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


def export_written(conn: Connection, export: Export, now: datetime, target: BinaryIO) -> Tally:
    """Write an export and return the tally of its rows.

    Everything is read in the caller's one snapshot, a block of rows in memory at a time. Write to
    a file rather than to a connection: a slow reader would hold the snapshot open.

    Args:
        conn: An open read transaction.
        export: What to export.
        now: The present, which says what is overdue and is stated.
        target: Where to; it must be seekable for XLSX.

    Raises:
        RequestRefused: The rows cannot be given in that order.
    """
    stream = row_stream(conn, export.request, now)
    if export.form is not ExportForm.XLSX:
        target.writelines(_csv_blocks(conn, export, stream, now))
        return stream.tally
    from data.exchange.export_workbook import write_workbook  # noqa: PLC0415  heavy

    style, plan = _style(conn), export.request.plan
    readers = values(plan, style)
    rows = ([read(row) for read in readers] for row in stream.rows)
    about = statement(conn, export.request, stream.tally, now)
    write_workbook(target, heads=captions(plan), rows=rows, about=about)
    return stream.tally


def csv_blocks(conn: Connection, export: Export, now: datetime) -> Iterator[bytes]:
    """Give a CSV export block by block, while the caller's snapshot lasts.

    Raises:
        RequestRefused: The rows cannot be given in that order.
    """
    return _csv_blocks(conn, export, row_stream(conn, export.request, now), now)


def _csv_blocks(
    conn: Connection, export: Export, stream: RowStream, now: datetime
) -> Iterator[bytes]:
    machine = export.form is ExportForm.MACHINE
    plan, style = export.request.plan, _style(conn)
    readers = machine_texts(plan, style) if machine else texts(plan, style)
    out = _Blocks(mark="" if machine else "\ufeff")  # spreadsheets know UTF-8 by the mark
    out.write(machine_names(plan) if machine else captions(plan))
    for row in stream.rows:
        cells = [read(row) for read in readers]
        out.write(cells if machine else [cell.replace("\0", "") for cell in cells])
        if out.full:
            yield out.taken()
    if not machine:
        out.write([])
        for line in statement(conn, export.request, stream.tally, now):
            out.write([harmless(cell) if isinstance(cell, str) else str(cell) for cell in line])
    yield out.taken()


class _Blocks:
    """CSV lines that are taken away as bytes, a block at a time."""

    def __init__(self, mark: str) -> None:
        self._buffer = io.StringIO(mark, newline="")
        self._buffer.seek(0, io.SEEK_END)
        self.write = csv.writer(self._buffer, lineterminator="\r\n").writerow

    @property
    def full(self) -> bool:
        """Whether a block's worth is there."""
        return self._buffer.tell() >= BLOCK_CHARACTERS

    def taken(self) -> bytes:
        """Return what is there, and begin anew."""
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode("utf-8", "backslashreplace")


def _style(conn: Connection) -> Style:
    tenant = the_tenant(conn)
    return Style(ZoneInfo(tenant.timezone), tenant.minor_digits)
