"""The daily summary's figures as a workbook: numbers as numbers, texts never as formulas."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.documents.summary_text import needs_of
from data.domain.dashboard import Dashboard, LineToCash, TopCustomers
from data.domain.money import MICROS_PER_UNIT
from data.domain.tiles import Tiles

Value = str | int | Decimal | date | datetime | None
Row = Sequence[Value]
HEAD = Font(bold=True)
WIDTHS = (34, 22, 22, 22, 22)


def summary_workbook(seen: Dashboard) -> bytes:
    """Return the figures of a summary as an XLSX file, one sheet for each part."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Tollboard"
    book.properties.created = book.properties.modified = seen.as_of.replace(tzinfo=None)
    zone = ZoneInfo(seen.timezone)
    needs = [(need.text, need.action, "yes" if need.urgent else "no") for need in needs_of(seen)]
    months = [(month.month, month.success, month.error) for month in seen.files_by_month]
    for title, heads, rows in (
        ("Nine numbers", ("Number", "Value", "Unit"), _numbers(seen.tiles, seen.currency, zone)),
        ("Attention", ("What", "What to do", "Urgent"), needs),
        ("Amount owing", ("Days overdue", seen.currency), _owing(seen)),
        ("Line to cash", ("Step", "Value", "Unit"), _cash(seen.line_to_cash, seen.currency)),
        ("Top customers", ("Customer", "Number", seen.currency), _top(seen.top_customers)),
        ("Top paying", ("Customer", "Number", seen.currency), _top(seen.top_paying)),
        ("CDR files by month", ("Month", "Success", "Error"), months),
    ):
        _fill(book.create_sheet(title), heads, rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, heads: Row, rows: Iterable[Row]) -> None:
    for index, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    for number, row in enumerate((heads, *rows), start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            _write(cell, value)
            if number == 1:
                cell.font = HEAD


def _write(cell: Cell | MergedCell, value: Value) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # a text that begins with = would be taken for a formula
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0.00####"


def _numbers(tiles: Tiles, currency: str, zone: ZoneInfo) -> list[Row]:
    """Return the nine numbers and their second lines, exact."""
    last = tiles.file_last
    return [
        ("Customer records", tiles.customers.count, "records"),
        ("of which providers", tiles.customers.providers, "records"),
        ("Disk space used", tiles.disk.used_bytes, "bytes"),
        ("Disk space allotted", tiles.disk.allotted_bytes, "bytes"),
        ("Draft invoices", tiles.draft_invoices.count, "invoices"),
        ("Draft invoices, value", _units(tiles.draft_invoices.total_micros), currency),
        ("Unpaid invoices", tiles.unpaid_invoices.count, "invoices"),
        (
            "Unpaid invoices, outstanding",
            _units(tiles.unpaid_invoices.outstanding_micros),
            currency,
        ),
        ("of which overdue", _units(tiles.unpaid_invoices.overdue_micros), currency),
        ("CDR files: success", tiles.files_success.count, "files"),
        ("CDR files: error", tiles.files_error.count, "files"),
        ("CDR files: waiting", tiles.files_waiting.count, "files"),
        ("CDR file: last", _local(last.processed_at, zone), zone.key),
        ("CDR file: last, name", last.name, str(last.outcome or "")),
        ("Open help tickets", tiles.open_tickets.count, "tickets"),
    ]


def _owing(seen: Dashboard) -> list[Row]:
    owing = seen.ageing
    return [
        ("Not due", _units(owing.not_due)),
        ("1-30", _units(owing.days_1_30)),
        ("31-60", _units(owing.days_31_60)),
        ("61-90", _units(owing.days_61_90)),
        ("Over 90", _units(owing.over_90)),
        ("Total", _units(owing.total)),
    ]


def _cash(way: LineToCash, currency: str) -> list[Row]:
    counts = ("lines", "rejected", "duplicate", "ignored", "calls", "unmatched", "contested")
    money = ("charge", "plan", "invoiced", "unbilled", "paid", "outstanding", "overdue")
    return [
        ("from", way.period.first, ""),
        ("to", way.period.last, ""),
        *((name, getattr(way, name), "lines or calls") for name in (*counts, "unrated")),
        *((name, _units(getattr(way, name)), currency) for name in money),
    ]


def _top(top: TopCustomers) -> list[Row]:
    rows: list[Row] = [(row.customer, row.custid, _units(row.total_micros)) for row in top.rows]
    return [
        *rows,
        ("Other", top.other_count, _units(top.other_micros)),
        ("Total", None, _units(top.total_micros)),
    ]


def _units(amount_micros: int) -> Decimal:
    return Decimal(amount_micros) / MICROS_PER_UNIT


def _local(value: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return an instant on a zone's clocks; a workbook's cells know no zones."""
    return None if value is None else value.astimezone(zone).replace(tzinfo=None, microsecond=0)
