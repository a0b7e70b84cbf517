"""Tables and paragraphs of PDF documents, in one hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import LongTable, Paragraph, TableStyle

from data.documents.pdf_fonts import STRONG, TEXT, is_plain, marked
from data.documents.pdf_pages import INK, INK_2, INK_3, LINE

BODY_PT = 9
SMALL_PT = 7.5
_LEADING = 1.35
_PADDING = 4.5

Cell = str | Paragraph
Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]
"""What ReportLab's TableStyle is made of: what to do, from which cell, to which, and how."""


def style(
    size: float = BODY_PT, *, strong: bool = False, colour: Color = INK, right: bool = False
) -> ParagraphStyle:
    """Return how a paragraph is set."""
    return ParagraphStyle(
        "",
        fontName=STRONG if strong else TEXT,
        fontSize=size,
        leading=size * _LEADING,
        textColor=colour,
        alignment=TA_RIGHT if right else TA_LEFT,
        splitLongWords=1,
    )


def paragraph(text: str, how: ParagraphStyle) -> Paragraph:
    """Return text, its line breaks kept, in fonts that have its characters."""
    lines = (marked(line, how.fontName) for line in text.splitlines())
    return Paragraph("<br/>".join(lines), how)


@dataclass(frozen=True)
class Columns:
    """The columns of a table.

    Attributes:
        heads: Above each; repeated on every page.
        widths: Of each, in points.
        left: How many of the first ones are text, to the left; the others are numbers.
    """

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    left: int = 1


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        body: Cell by cell, as text.
        foot: The sums below, set strong.
        size: Of the type, in points.
    """

    body: Sequence[tuple[str, ...]]
    foot: Sequence[tuple[str, ...]] = field(default=())
    size: float = BODY_PT

    @property
    def air(self) -> float:
        """Above and below each row, in points; small type is for long lists, set closer."""
        return self.size * (0.45 if self.size >= BODY_PT else 0.22)


def table(columns: Columns, rows: Rows) -> LongTable:
    """Return a table that repeats its heads on every page and never cuts a row in two."""
    head = tuple(
        paragraph(text, style(SMALL_PT, colour=INK_3, right=index >= columns.left))
        for index, text in enumerate(columns.heads)
    )
    body = [_cells(row, columns, rows.size, font=TEXT) for row in rows.body]
    foot = [_cells(row, columns, rows.size, font=STRONG) for row in rows.foot]
    return LongTable(
        [head, *body, *foot],
        colWidths=columns.widths,
        repeatRows=1,
        style=_look(columns, rows, rows_below=len(foot)),
        hAlign="LEFT",
    )


def _cells(row: tuple[str, ...], columns: Columns, size: float, *, font: str) -> tuple[Cell, ...]:
    return tuple(_cell(text, column, columns, (font, size)) for column, text in enumerate(row))


def _cell(text: str, column: int, columns: Columns, how: tuple[str, float]) -> Cell:
    """Return plain text where it fits, which is quick, else a paragraph that wraps."""
    font, size = how
    room = columns.widths[column] - 2 * _PADDING
    if is_plain(text, font) and "\n" not in text and stringWidth(text, font, size) <= room:
        return text
    return paragraph(text, style(size, strong=font == STRONG, right=column >= columns.left))


def _look(columns: Columns, rows: Rows, *, rows_below: int) -> TableStyle:
    first_number = columns.left
    commands: list[Command] = [
        ("FONT", (0, 0), (-1, -1), TEXT, rows.size, rows.size * _LEADING),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("ALIGN", (first_number, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), rows.air),
        ("BOTTOMPADDING", (0, 0), (-1, -1), rows.air),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK_2),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
    ]
    if rows_below:
        commands += [
            ("FONTNAME", (0, -rows_below), (-1, -1), STRONG),
            ("LINEABOVE", (0, -rows_below), (-1, -rows_below), 0.8, INK_2),
            ("NOSPLIT", (0, -rows_below - 1), (-1, -1)),
        ]
    return TableStyle(commands)
