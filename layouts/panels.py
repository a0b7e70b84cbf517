"""The panel: the rows behind a number, in a grid that pages on the server."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.columns import Column, ColumnKind
from data.domain.counting import counted
from data.domain.panel_rows import InvoicedUsageRow, InvoiceRow, PanelRow
from data.domain.panels import PANELS, Panel, Scope
from data.domain.row_pages import Tally
from layouts import ids, text
from layouts.cells import NUMBERS, Writing
from layouts.links import linked, ways
from layouts.notices import stopped
from layouts.openings import OPENINGS, Opening, family
from layouts.outcomes import outcome
from layouts.words import attrs

BLOCK_ROWS = 100
MOST_CONDITIONS = 6
"""Tests of one column: "Other" of a top 5 is everybody but five."""
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
    Panel.INVOICED_USAGE: "number company due_date calls invoiced_micros plan_micros paid_micros "
    "outstanding_micros overdue_micros",
    Panel.TICKETS: "subject priority opened_at text",
    Panel.REJECTIONS: "line reason raw file",
    Panel.REJECTION_REASONS: "reason lines files",
    Panel.INVOICE_LINES: "description from_day to_day calls billed_s amount_micros kind",
    Panel.ATTEMPTS: "started_at ended_at outcome error lines loaded rejected duplicate ignored",
    Panel.DUPLICATES: "line started_at calling_number called_number call_file call_line file",
    Panel.IGNORED: "line reason file",
    Panel.SOURCES: "name profile timezone files in_error last_received_at disabled_at",
    Panel.USERS: "email role created_at password_changed_at disabled_at",
    Panel.CHANGES: "at actor action subject before after",
}
"""The columns that are looked at first; the others follow, and nothing is left out."""
_WIDTHS = {
    ColumnKind.TEXT: (110, 240),
    ColumnKind.NUMBER: (92, 420),
    ColumnKind.MONEY: (100, 420),
    ColumnKind.SECONDS: (92, 420),
    ColumnKind.INSTANT: (180, 240),
    ColumnKind.DAY: (126, 160),
    ColumnKind.WORD: (92, 240),
    ColumnKind.FLAG: (92, 120),
}
"""Least and most of a column in pixels; in between it follows its rows and head (`widths.js`)."""
_WHOLE = frozenset({"custid", "number", "invoice", "calling_number", "called_number"})
"""Names that are told apart by their ends: like numbers and amounts they are never cut."""
_WIDE = {
    "raw": 520,
    "error": 640,
    "description": 340,
    "name": 220,
    "text": 320,
    "subject": 260,
    "email": 280,
    "after": 420,
    "before": 320,
}
"""What is read, not compared: it has its room whatever stands in it."""
_FITTED_AFTER = ("modelUpdated", "virtualColumnsChanged", "columnResized")
IN_PLANS = "plan_micros"
"""What included minutes cover of the calls not yet billed: it will not be billed."""
MS_PER_MINUTE = 60_000
FORMS = (("csv", "CSV"), ("xlsx", "XLSX"), ("machine", "Machine CSV"))


def grid_row(row: PanelRow, panel: Panel, writing: Writing, opened: str) -> dict[str, Any]:
    """Return a row as the grid shows it, named by its id, and where its cells lead."""
    cells = {
        column.name: writing.cell(column, getattr(row, column.name))
        for column in PANELS[panel].columns
        if column.name not in _HIDDEN
    }
    if isinstance(row, InvoiceRow | InvoicedUsageRow) and row.number is None:
        cells["number"] = f"D{row.id}"  # a draft is named, not numbered
    return cells | {"row_id": row.row_id, "ways": ways(row, panel, opened)}


def column_definitions(opening: Opening) -> list[dict[str, Any]]:
    """Return the grid's columns; what is reckoned after reading is neither sorted nor filtered."""
    plan = PANELS[opening.panel]
    leading = linked(opening.panel)
    first = (opening.first or _FIRST.get(opening.panel, "")).split()
    ordered = sorted(
        plan.columns,
        key=lambda column: first.index(column.name) if column.name in first else len(first),
    )
    return [
        {
            "field": column.name,
            "headerName": column.caption,
            "type": "rightAligned" if column.kind in NUMBERS else None,
            "sortable": column.name not in plan.fixed,
            "filter": False
            if column.name in plan.fixed
            else _FILTERS.get(column.kind, "agNumberColumnFilter"),
            "width": _widths(column)[0],
            "tooltipField": column.name if column.kind is ColumnKind.TEXT else None,
            "cellRenderer": "Way" if column.name in leading else None,
            "context": {"counted": column.name == opening.total, "widths": _widths(column)},
        }
        for column in ordered
        if column.name not in _HIDDEN
    ]


def _widths(column: Column) -> tuple[int, int]:
    if column.name in _WIDE:
        return (_WIDE[column.name],) * 2
    return _WIDTHS[ColumnKind.NUMBER if column.name in _WHOLE else column.kind]


def grid(opening: Opening, models: Mapping[str, Any] | None = None) -> Component:
    """Return an empty grid for a panel, which asks for its first rows by itself.

    Args:
        opening: What its rows are.
        models: The filter and the order that it begins with: filterModel, sortModel.
    """
    given = models or {}
    return dag.AgGrid(
        id=ids.GRID,
        columnDefs=_sorted_by(column_definitions(opening), given.get("sortModel", [])),
        defaultColDef={
            "resizable": True,
            "floatingFilter": True,
            "suppressHeaderMenuButton": True,
            "filterParams": {
                "buttons": ["reset"],
                "debounceMs": 400,
                "maxNumConditions": MOST_CONDITIONS,
                "numAlwaysVisibleConditions": 1,
            },
        },
        rowModelType="infinite",
        getRowId="params.data.row_id",
        eventListeners={event: ["fitted(params)"] for event in _FITTED_AFTER},
        dashGridOptions={
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 20,
            "infiniteInitialRowCount": 14,
            "localeText": {"noRowsToShow": "Nothing here"},
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False},
            "rowHeight": 36,
            "headerHeight": 38,
            "tooltipShowDelay": 400,
            "theme": {"function": "themeQuartz"},
            # Not as properties: the grid would ask for all rows before it took the filter up.
            "initialState": {"filter": {"filterModel": given.get("filterModel", {})}},
            "suppressCellFocus": False,
            "tabToNextCell": {"function": "leave()"},
            "tabToNextHeader": {"function": "leave()"},
            "enableCellTextSelection": True,
        },
        className="rows",
        style={"height": "100%"},
    )


def _sorted_by(
    columns: list[dict[str, Any]], model: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    order = {entry["colId"]: (place, entry["sort"]) for place, entry in enumerate(model)}
    return [
        column | {"sortIndex": order[column["field"]][0], "sort": order[column["field"]][1]}
        if column["field"] in order
        else column
        for column in columns
    ]


def sides(slug: str, subject: str) -> list[Component]:
    """Return the ways to the other sides of what a panel shows; none where it has but one."""
    return [
        html.A(
            label,
            href=f"?panel={side}:{subject}" if subject else f"?panel={side}",
            **attrs(
                data_panel=f"{side}:{subject}" if subject else side,
                aria_current="true" if side == slug else "false",
            ),
        )
        for side, label in family(slug)
    ]


def panel() -> Component:
    """Return the panel, closed: heading, total, what is shown, exports, rows."""
    return dbc.Offcanvas(
        [
            html.Div(
                [
                    html.Div("", id=ids.PANEL_TOTAL, className="panel-total num"),
                    html.Div("", id=ids.PANEL_WORDS, className="panel-words"),
                    html.Div([], id=ids.PANEL_PAPERS, className="papers"),
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
            html.P("", id=ids.PANEL_FACTS, className="panel-facts"),
            html.Nav([], id=ids.PANEL_SIDES, className="sides", **attrs(aria_label="Sides")),
            stopped(ids.PANEL_STOPPED),
            html.Div([], id=ids.PANEL_ACTIONS, className="actions"),
            outcome(),
            html.Div("", id=ids.PANEL_MESSAGE, role="status", className="panel-message"),
            rows_failed(),
            html.Section([], id=ids.PANEL_DETAIL, className="worked", hidden=True),
            html.Div(grid(OPENINGS["files"]), id=ids.PANEL_ROWS, className="panel-rows"),
        ],
        id=ids.PANEL,
        title="",
        is_open=False,
        placement="end",
        class_name="panel",
    )


def rows_failed() -> Component:
    """Return what stands above the rows when they cannot be read; hidden while they can."""
    again = html.Button("Try again", type="button", className="retry", **attrs(data_retry="1"))
    return html.Div(
        [
            html.Span(className="icon warn", **attrs(aria_hidden="true")),
            html.Span(
                [
                    "These rows cannot be read now. ",
                    html.Span("", id=ids.PANEL_FAILED_TEXT),
                    " The panel fills itself when they can be read again.",
                ]
            ),
            again,
        ],
        id=ids.PANEL_FAILED,
        className="notice in-panel",
        role="alert",
        hidden=True,
    )


def total_said(opening: Opening, tally: Tally, money: text.Money) -> str:
    """Return the panel's total: the number that was clicked, and how many rows make it."""
    rows = counted(tally.count, "row")
    if not opening.total:
        return rows
    totals = {total.column: total.value for total in tally.totals}
    amount, plan = totals.get(opening.total), totals.get(IN_PLANS, 0)
    if amount is not None and plan and opening.scope is Scope.UNBILLED:
        parts = f"{money.exact(amount)} charged, {money.exact(plan)} of it in plans"
        return f"{money.exact(amount - plan)} in {rows}: {parts}"
    return f"{_amount_said(opening.total, amount, money)} in {rows}"


def _amount_said(column: str, amount: int | None, money: text.Money) -> str:
    if amount is None:
        return text.UNKNOWN
    if column == "talk_ms":
        return f"{text.count(amount // MS_PER_MINUTE)} min"
    if column.endswith("_bytes"):
        return " ".join(text.bytes_size(amount))
    if column.endswith("_micros"):
        return money.exact(amount)
    return f"{text.count(amount)} {column}"
