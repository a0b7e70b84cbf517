"""A workbook of rows, written as they come: texts are texts, never formulas."""

from collections.abc import Iterable, Sequence
from itertools import chain, count, islice
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from data.exchange.export_cells import Value

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its heading included. Source: ECMA-376; Excel's limits."""
LONGEST_CELL = 32_767
GUESSED = ("=", "#")
"""Texts that begin so would be taken for formulas and error codes. Source: openpyxl, Cell."""


def write_workbook(
    target: BinaryIO,
    *,
    heads: Sequence[str],
    rows: Iterable[Sequence[Value]],
    about: Iterable[Sequence[Value]],
) -> None:
    """Write rows on as many sheets as they need, and a sheet that states what they are."""
    book = Workbook(write_only=True)
    left = iter(rows)
    for number in count(1):
        first = next(left, None)
        if first is None and number > 1:
            break
        sheet = book.create_sheet("Rows" if number == 1 else f"Rows {number}")
        sheet.freeze_panes = "A2"
        here = () if first is None else chain((first,), islice(left, SHEET_ROWS - 2))
        _fill(sheet, chain((heads,), here))
    _fill(book.create_sheet("About"), about)
    book.save(target)


def _fill(sheet: WriteOnlyWorksheet, rows: Iterable[Sequence[Value]]) -> None:
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
    if not text.startswith(GUESSED):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
