"""The panel: the rows behind a number, in a grid that pages on the server."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.columns import YES_NO, Column, ColumnKind, word_text
from data.domain.panel_rows import PanelRow
from data.domain.panels import PANELS, Panel
from data.domain.row_pages import Tally
from layouts import ids, text
from layouts.openings import Opening
from layouts.words import attrs

BLOCK_ROWS = 100
_NUMBERS = (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.SECONDS)
_FILTERS = {
    ColumnKind.TEXT: "agTextColumnFilter",
    ColumnKind.WORD: "agTextColumnFilter",
    ColumnKind.FLAG: "agTextColumnFilter",
    ColumnKind.INSTANT: "agDateColumnFilter",
    ColumnKind.DAY: "agDateColumnFilter",
}
_HIDDEN = frozenset(
    {"customer_id", "file_id", "invoice_id", "rate_id", "call_key", "first_name", "last_name"}
)
_FIRST = {
    Panel.INVOICES: "number company custid invoice_date due_date total_micros paid_micros "
    "outstanding_micros status",
    Panel.CUSTOMERS: "custid company provider outstanding_micros overdue_micros balance_micros "
    "rate_table plan auth_codes",
    Panel.FILES: "name source status processed_at lines loaded rejected duplicate ignored error",
    Panel.CALLS: "started_at calling_number called_number company talk_ms charge_micros "
    "destination disposition direction match_state rate_state",
    Panel.PAYMENTS: "paid_on company custid amount_micros allocated_micros kind method",
    Panel.INVOICED_USAGE: "number company due_date calls invoiced_micros paid_micros "
    "outstanding_micros overdue_micros",
    Panel.TICKETS: "subject priority opened_at text",
    Panel.REJECTIONS: "file line reason raw",
    Panel.SOURCES: "name profile timezone files in_error last_received_at disabled_at",
    Panel.USERS: "email role created_at password_changed_at disabled_at",
    Panel.CHANGES: "at actor action subject before after",
}
"""The columns that are looked at first; the others follow, and nothing is left out."""
_WIDTHS = {
    ColumnKind.TEXT: 170,
    ColumnKind.NUMBER: 110,
    ColumnKind.MONEY: 130,
    ColumnKind.SECONDS: 110,
    ColumnKind.INSTANT: 180,
    ColumnKind.DAY: 120,
    ColumnKind.WORD: 120,
    ColumnKind.FLAG: 100,
}
_WIDE = {
    "company": 220,
    "raw": 520,
    "error": 360,
    "name": 220,
    "text": 320,
    "subject": 260,
    "email": 280,
    "after": 420,
    "before": 320,
}
FORMS = (("csv", "CSV"), ("xlsx", "XLSX"), ("machine", "Machine CSV"))


@dataclass(frozen=True)
class Writing:
    """How the cells of a grid are written: the tenant's zone and currency."""

    zone: ZoneInfo
    money: text.Money

    def cell(self, column: Column, value: Any) -> str:  # noqa: ANN401 (a row's value)
        """Return what stands in a cell; an unknown value is a dash."""
        if value is None:
            return text.UNKNOWN if column.kind in _NUMBERS else ""
        if column.kind is ColumnKind.MONEY:
            return self.money.exact(value)
        if column.kind is ColumnKind.SECONDS:
            return text.duration(value / column.scale)
        if column.kind is ColumnKind.NUMBER:
            return text.count(value) if column.name not in ("id", "line") else str(value)
        return self._words(column, value)

    def _words(self, column: Column, value: Any) -> str:  # noqa: ANN401 (a row's value)
        if column.kind is ColumnKind.FLAG:
            return YES_NO[value]
        if isinstance(value, Enum):
            return word_text(value)
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, date):
            return value.isoformat()
        return str(value)


def grid_row(row: PanelRow, panel: Panel, writing: Writing) -> dict[str, str]:
    """Return a row as the grid shows it, named by its id."""
    cells = {
        column.name: writing.cell(column, getattr(row, column.name))
        for column in PANELS[panel].columns
        if column.name not in _HIDDEN
    }
    return cells | {"row_id": row.row_id}


def column_definitions(panel: Panel) -> list[dict[str, Any]]:
    """Return the grid's columns; what is reckoned after reading is neither sorted nor filtered."""
    plan = PANELS[panel]
    first = _FIRST.get(panel, "").split()
    ordered = sorted(
        plan.columns,
        key=lambda column: first.index(column.name) if column.name in first else len(first),
    )
    return [
        {
            "field": column.name,
            "headerName": column.caption,
            "type": "rightAligned" if column.kind in _NUMBERS else None,
            "sortable": column.name not in plan.fixed,
            "filter": False
            if column.name in plan.fixed
            else _FILTERS.get(column.kind, "agNumberColumnFilter"),
            "width": _WIDE.get(column.name, _WIDTHS[column.kind]),
            "tooltipField": column.name if column.name in _WIDE else None,
        }
        for column in ordered
        if column.name not in _HIDDEN
    ]


def grid(panel: Panel) -> Component:
    """Return an empty grid for a panel, which asks for its first rows by itself."""
    return dag.AgGrid(
        id=ids.GRID,
        columnDefs=column_definitions(panel),
        defaultColDef={
            "resizable": True,
            "floatingFilter": True,
            "suppressHeaderMenuButton": True,
            "filterParams": {"buttons": ["reset"], "debounceMs": 400, "maxNumConditions": 2},
        },
        rowModelType="infinite",
        getRowId="params.data.row_id",
        dashGridOptions={
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 20,
            "infiniteInitialRowCount": 1,
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False},
            "rowHeight": 36,
            "headerHeight": 38,
            "tooltipShowDelay": 400,
            "theme": {"function": "themeQuartz"},
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
        },
        className="rows",
        style={"height": "100%"},
    )


def panel() -> Component:
    """Return the panel, closed: heading, total, what is shown, exports, rows."""
    return dbc.Offcanvas(
        [
            html.Div(
                [
                    html.Div("", id=ids.PANEL_TOTAL, className="panel-total num"),
                    html.Div("", id=ids.PANEL_WORDS, className="panel-words"),
                    html.Div(
                        [
                            html.Span("Export"),
                            *(
                                html.A(name, id=ids.export(form), href="#", **attrs(download=""))
                                for form, name in FORMS
                            ),
                        ],
                        className="exports",
                    ),
                ],
                className="panel-head",
            ),
            html.Div([], id=ids.PANEL_ACTIONS, className="actions"),
            html.Div("", id=ids.PANEL_MESSAGE, role="status", className="panel-message"),
            html.Div(grid(Panel.FILES), id=ids.PANEL_ROWS, className="panel-rows"),
        ],
        id=ids.PANEL,
        title="",
        is_open=False,
        placement="end",
        class_name="panel",
    )


def total_said(opening: Opening, tally: Tally, money: text.Money) -> str:
    """Return the panel's total: the number that was clicked, and how many rows make it."""
    rows = text.plural(tally.count, "row")
    if not opening.total:
        return rows
    amount = tally.total(opening.total)
    if opening.total.endswith("_bytes"):
        return f"{' '.join(text.bytes_size(amount))} in {rows}"
    return f"{money.exact(amount)} in {rows}"
