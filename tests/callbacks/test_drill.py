from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from callbacks import drill
from callbacks.drill import Panels, panel_answer
from callbacks.exports import Exports
from callbacks.rows import opened_in, row_request
from callbacks.snapshots import Snapshots
from data.domain.panels import PANELS
from data.domain.periods import Period
from data.domain.records import FileStatus, InvoiceStatus, Role
from data.domain.views import AskedView
from data.exchange.exports import Export, ExportForm
from data.store.queries.rows.pages import row_tally
from layouts.empties import FILTERED, nothing
from layouts.openings import OPENINGS, Dates
from layouts.panels import column_definitions
from layouts.text import Money
from tests.factories import (
    add_customer,
    add_file,
    add_invoice,
    add_payment,
    add_ticket,
)

TODAY = date(2026, 6, 15)
FIRST_BLOCK = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}


@pytest.fixture
def panels(store, now):
    return Panels(store, lambda: now)


@pytest.fixture
def ask(panels):
    def asked(panel, wishes=FIRST_BLOCK, address=""):
        response, total, words, message, _facts, *links = panels.rows(
            panels.opened(f"?panel={panel}{address}", Role.ADMIN), wishes
        )
        return response, total, words, message, links

    return asked


@pytest.fixture
def filled(store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        beta = add_customer(conn, "=Beta", custid="B1")
        for late in (-1, 0, 5, 40, 70, 100):
            add_invoice(conn, acme, 10 + late, due_date=TODAY - timedelta(days=late))
        paid = add_invoice(conn, beta, 7)
        add_payment(conn, beta, 7, invoice_id=paid)
        add_invoice(conn, beta, 3, status=InvoiceStatus.DRAFT)
        add_file(conn, stored_bytes=1024)
        add_file(conn, status=FileStatus.ERROR, error="No profile recognises it.")
        add_file(conn, status=FileStatus.WAITING)
        add_ticket(conn, opened_at=now)


@pytest.mark.usefixtures("filled")
def test_every_tiles_panel_totals_the_number_that_is_clicked(ask, store, now):
    tiles = Snapshots(store, lambda: now).shown(AskedView()).dashboard.tiles
    money = Money("USD")

    counts = {
        "customers": tiles.customers.count,
        "files-success": tiles.files_success.count,
        "files-error": tiles.files_error.count,
        "files-waiting": tiles.files_waiting.count,
        "tickets": tiles.open_tickets.count,
    }
    for panel, count in counts.items():
        assert ask(panel)[0]["rowCount"] == count, panel
    unpaid = tiles.unpaid_invoices
    assert ask("unpaid-invoices")[1] == f"{money.exact(unpaid.outstanding_micros)} in 6 rows"
    assert ask("overdue-invoices")[1] == f"{money.exact(unpaid.overdue_micros)} in 4 rows"
    assert ask("draft-invoices")[1] == "$3.00 in 1 row"


@pytest.mark.usefixtures("filled")
def test_the_ages_of_what_is_owed_open_their_own_rows(ask, store, now):
    ageing = Snapshots(store, lambda: now).shown(AskedView()).dashboard.ageing
    wanted = {
        "age-not-due": ageing.not_due,
        "age-1-30": ageing.days_1_30,
        "age-31-60": ageing.days_31_60,
        "age-61-90": ageing.days_61_90,
        "age-over-90": ageing.over_90,
    }

    for panel, micros in wanted.items():
        assert ask(panel)[1].startswith(f"{Money('USD').exact(micros)} in ")


@pytest.mark.usefixtures("filled")
def test_a_bar_of_a_top_5_opens_that_customers_rows_in_its_period(ask):
    assert ask("top-customers:A1", address="&period=this-month")[0]["rowCount"] == 6
    assert ask("top-customers:B1", address="&period=this-month")[1] == "$7.00 in 1 row"
    assert ask("top-paying:B1", address="&period=this-month")[1] == "$7.00 in 1 row"
    assert ask("top-customers:A1", address="&from=2026-01-01&to=2026-01-31")[0]["rowCount"] == 0


@pytest.mark.usefixtures("filled")
def test_what_the_grid_filters_and_sorts_is_totalled_and_said(ask):
    wishes = FIRST_BLOCK | {
        "filterModel": {
            "company": {"filterType": "text", "type": "contains", "filter": "acm"},
            "total_micros": {"filterType": "number", "type": "greaterThan", "filter": 40},
        },
        "sortModel": [{"colId": "total_micros", "sort": "desc"}],
    }

    response, total, words, _, _ = ask("unpaid-invoices", wishes)

    assert [row["total_micros"] for row in response["rowData"]] == ["$110.00", "$80.00", "$50.00"]
    assert total == "$240.00 in 3 rows"
    assert "Acm" in words or "acm" in words
    nobody = {"company": {"filterType": "text", "type": "equals", "filter": "Nobody"}}
    assert ask("unpaid-invoices", FIRST_BLOCK | {"filterModel": nobody})[3] == FILTERED


@pytest.mark.parametrize(
    "wishes",
    [
        {"sortModel": [{"colId": "password_hash", "sort": "asc"}]},
        {"filterModel": {"1=1; --": {"filterType": "text", "type": "equals", "filter": "x"}}},
        {"startRow": -5},
        {"endRow": 10**9},
        {"filterModel": "x"},
    ],
)
def test_a_wish_that_no_grid_of_ours_makes_is_refused_in_words(ask, wishes):
    response, _, _, message, _ = ask("customers", FIRST_BLOCK | wishes)

    assert response == {"rowData": [], "rowCount": 0}
    assert message


def with_subject(slug):
    """An opening as an address names it, about something where it needs that."""
    opening = OPENINGS[slug]
    days = {Dates.DAY: ":2026-06-01", Dates.MONTH: ":2026-05"}
    return slug + days.get(opening.dates, ":1" if opening.needs_subject else "")


@pytest.mark.parametrize("slug", OPENINGS)
def test_every_opening_can_be_read(ask, slug):
    response, _, _, message, links = ask(with_subject(slug))

    assert (response["rowCount"], message) == (0, nothing(OPENINGS[slug], filtered=False))
    assert all(link.startswith("/export?") for link in links)


@pytest.mark.parametrize("slug", OPENINGS)
def test_every_opening_totals_and_narrows_by_columns_that_its_panel_has(slug):
    opening = OPENINGS[slug]
    plan = PANELS[opening.panel]

    assert not opening.total or opening.total in plan.totals
    named = not opening.subject or plan.column(opening.subject) is not None
    assert named or opening.subject in plan.within
    assert opening.scope in plan.scopes
    assert {one["field"] for one in column_definitions(opening)}


def test_a_panel_begins_with_what_it_is_opened_for():
    drafts, unpaid = (
        [one["headerName"] for one in column_definitions(OPENINGS[slug])][:5]
        for slug in ("draft-invoices", "unpaid-invoices")
    )

    assert "Out of date" in drafts
    assert {"Due date", "Out of date"} & set(unpaid) == {"Due date"}


def test_an_address_that_names_no_panel_opens_none_and_closes_an_open_one(panels):
    assert opened_in("?panel=nonsense", TODAY) is None
    assert opened_in("", TODAY) is None
    assert panel_answer(panels, None, "customers||None|", Role.VIEWER)[0] is False


def test_the_same_panel_is_not_opened_twice(panels):
    opened = opened_in("?panel=customers", TODAY)

    assert panel_answer(panels, opened, None, Role.VIEWER)[0] is True
    assert panel_answer(panels, opened, opened.key, Role.VIEWER)[0] is not True


def test_the_period_governs_a_panel_only_where_it_governs_the_number():
    june = "&from=2026-06-01&to=2026-06-30"

    assert opened_in(f"?panel=files-error{june}", TODAY).period is None
    assert opened_in(f"?panel=rejected{june}", TODAY).period == Period(
        date(2026, 6, 1), date(2026, 6, 30)
    )
    assert opened_in("?panel=unmatched-calls", TODAY).period == Period(date(2026, 4, 1), TODAY)


@pytest.mark.usefixtures("filled")
def test_an_export_holds_exactly_the_rows_shown_and_no_formula(store, settings, now):
    exports = Exports(store, lambda: now, settings.work_dir)
    opened = opened_in("?panel=customers", TODAY)
    assert opened is not None
    wanted = row_request(opened, FIRST_BLOCK)

    with exports.written(Export(wanted, ExportForm.XLSX)) as written:
        sheet = load_workbook(BytesIO(written.read())).worksheets[0]

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "Acme" in [cell.value for cell in cells]


def test_rows_of_a_panel_are_counted_once_per_data_version(panels, monkeypatch):
    counted = []

    def tallied(*asked):
        counted.append(asked)
        return row_tally(*asked)

    monkeypatch.setattr(drill, "row_tally", tallied)
    opened = opened_in("?panel=customers", TODAY)

    panels.rows(opened, FIRST_BLOCK)
    panels.rows(opened, FIRST_BLOCK | {"startRow": 100, "endRow": 200})

    assert len(counted) == 1


def test_the_present_is_the_clocks(panels):
    assert (
        panels.opened("?panel=rejected", Role.VIEWER).period.last
        == datetime(2026, 6, 15, tzinfo=UTC).date()
    )
