"""Which mark begins the decimals in a file's amounts: a point or a comma, as its cells prove it.

Nothing but the cells tells: not the mark that cuts the file into columns, and not how large prices
usually are.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from data.exchange.tables import CellRefused, Row, unusable

POINT = "."
COMMA = ","
UNPROVED = ""
BLANKS = str.maketrans("", "", " \u00a0")
_SWAPPED = str.maketrans(".,", ",.")
_NUMBER = re.compile(r"[^\d.,]*([\d.,]+)[^\d.,]*", re.ASCII)
_TWO_WAYS = re.compile(r"[+-]?([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_DECIMAL_POINT = re.compile(
    r"[+-]?(\d*\.\d+|[1-9]\d{0,2}(,\d{3})+\.\d*|[1-9]\d{0,2}(,\d{3}){2,})", re.ASCII
)
"""One point, or marks of thousands that only a comma can be: 12.50, 1,234.56, 1,234,567."""


def decimal_marks(file: str, rows: Sequence[Row], columns: Collection[str]) -> dict[str, str]:
    """Return which mark begins the decimals in each column of amounts; none where no comma stands.

    A column is read as one of its cells proves it: 12,50 and 0,050 have a decimal comma, 1,234.56
    and 0.05 a decimal point. A column of which no cell does is unproved where its own 1,250 can be
    two amounts, or where the file has decimal commas elsewhere.

    Raises:
        ImportRefused: Cells prove both.
    """
    if not any("," in row[column] for row in rows for column in columns):
        return {}
    proofs: dict[str, tuple[Row, str]] = {}
    marks: dict[str, str] = {}
    unproved: set[str] = set()
    for row in rows:
        for column in columns:
            text = _bare(row[column])
            mark = _proved(text)
            if mark != UNPROVED:
                proofs.setdefault(mark, (row, column))
                marks.setdefault(column, mark)
            elif "," in text:
                unproved.add(column)
    if len(proofs) > 1:
        raise unusable(file, *_both(proofs))
    default = UNPROVED if COMMA in proofs else POINT
    return {
        column: marks.get(column, UNPROVED if column in unproved else default) for column in columns
    }


def row_pointed(row: Row, marks: Mapping[str, str]) -> Row:
    """Return a row whose amounts have a decimal point and no marks of thousands.

    Args:
        row: Its amounts stand without a currency.
        marks: What `decimal_marks` found.

    Raises:
        CellRefused: One of them can be two amounts.
    """
    if not marks:
        return row
    pointed = {column: _pointed(row[column], column, mark) for column, mark in marks.items()}
    return Row(row.line, {**row.cells, **{name: text for name, text in pointed.items() if text}})


def _bare(text: str) -> str:
    """Return the number of a cell without what stands around it; what is none, as it is."""
    bare = text.translate(BLANKS)
    match = _NUMBER.fullmatch(bare)
    return match[1] if match else bare


def _proved(bare: str) -> str:
    if _TWO_WAYS.fullmatch(bare):
        return UNPROVED
    if _DECIMAL_POINT.fullmatch(bare):
        return POINT
    return COMMA if _DECIMAL_POINT.fullmatch(bare.translate(_SWAPPED)) else UNPROVED


def _both(proofs: Mapping[str, tuple[Row, str]]) -> tuple[int, str]:
    """Return the line and the words of a file that proves both."""
    (comma_row, comma), (point_row, point) = proofs[COMMA], proofs[POINT]
    return max(comma_row.line, point_row.line), (
        f"{comma} {comma_row[comma]!r} on line {comma_row.line} has a decimal comma, {point} "
        f"{point_row[point]!r} on line {point_row.line} a decimal point; write all with a point"
    )


def _pointed(text: str, column: str, mark: str) -> str:
    bare = text.translate(BLANKS)
    match = _TWO_WAYS.fullmatch(bare)
    mark = _proved(bare) or mark
    if match and mark == UNPROVED:
        raise CellRefused(
            f"{column} {text!r} can be {match[1]}.{match[2]} or {match[1]}{match[2]}; write the "
            "one that is meant, with a point before decimals and no mark of thousands"
        )
    plain = bare.translate(_SWAPPED) if mark == COMMA else bare
    return plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
