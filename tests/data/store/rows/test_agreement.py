"""Every number of the page opens the rows that add up to exactly it."""

from dataclasses import asdict

import pytest

from data.domain.panels import Panel, Scope
from data.domain.periods import Period
from data.domain.row_pages import Tally
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Test
from data.domain.views import NarrowedTo
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.queries.rows.pages import row_page, row_tally
from tests.books import JUNE, MONTH, NOON


def tally(snapshot, panel: Panel, scope: Scope = Scope.ALL, **given) -> Tally:
    return row_tally(snapshot, RowRequest(panel=panel, scope=scope, **given), NOON)


@pytest.fixture(scope="module")
def page(snapshot):
    return dashboard(snapshot, NOON, DashboardQuestion())


def test_the_nine_tiles_open_their_rows(snapshot, page):
    tiles = page.tiles
    drafts = tally(snapshot, Panel.INVOICES, Scope.DRAFTS)
    unpaid = tally(snapshot, Panel.INVOICES, Scope.UNPAID)
    overdue = tally(snapshot, Panel.INVOICES, Scope.OVERDUE)
    newest = row_page(snapshot, RowRequest(panel=Panel.FILES, scope=Scope.ALL, end=1), NOON).rows[0]

    assert tally(snapshot, Panel.CUSTOMERS).count == tiles.customers.count
    assert tally(snapshot, Panel.CUSTOMERS, Scope.PROVIDERS).count == tiles.customers.providers
    assert tally(snapshot, Panel.FILES).total("stored_bytes") == tiles.disk.used_bytes
    assert drafts.count == tiles.draft_invoices.count
    assert drafts.total("total_micros") == tiles.draft_invoices.total_micros
    assert unpaid.count == tiles.unpaid_invoices.count
    assert unpaid.total("outstanding_micros") == tiles.unpaid_invoices.outstanding_micros
    assert overdue.count == tiles.unpaid_invoices.overdue_count
    assert overdue.total("outstanding_micros") == tiles.unpaid_invoices.overdue_micros
    assert tally(snapshot, Panel.FILES, Scope.SUCCESS).count == tiles.files_success.count
    with_rejections = tally(snapshot, Panel.FILES, Scope.WITH_REJECTIONS)
    assert with_rejections.count == tiles.files_success.with_rejections
    assert tally(snapshot, Panel.FILES, Scope.ERROR).count == tiles.files_error.count
    assert tally(snapshot, Panel.FILES, Scope.WAITING).count == tiles.files_waiting.count
    assert asdict(newest)["name"] == tiles.file_last.name
    assert tally(snapshot, Panel.TICKETS, Scope.OPEN).count == tiles.open_tickets.count


def test_the_buckets_of_ageing_open_their_invoices(snapshot, page):
    scopes = (Scope.NOT_DUE, Scope.DAYS_1_30, Scope.DAYS_31_60, Scope.DAYS_61_90, Scope.OVER_90)

    found = [tally(snapshot, Panel.INVOICES, scope).total("outstanding_micros") for scope in scopes]

    assert found == list(asdict(page.ageing).values())


def test_the_top_fives_open_their_invoices_and_payments(snapshot, page):
    invoiced = tally(snapshot, Panel.INVOICES, Scope.RECORDED, period=MONTH)
    received = tally(snapshot, Panel.PAYMENTS, Scope.RECEIVED, period=MONTH)

    assert page.period == MONTH
    assert invoiced.total("total_micros") == page.top_customers.total_micros
    assert received.total("amount_micros") == page.top_paying.total_micros
    for bar in page.top_customers.rows:
        only = ColumnFilter("custid", (Condition(Test.EQUALS, bar.custid),))
        opened = tally(snapshot, Panel.INVOICES, Scope.RECORDED, period=MONTH, filters=(only,))
        assert opened.total("total_micros") == bar.total_micros


def test_a_day_of_the_traffic_opens_calls_that_add_up_to_whatever_the_line_shows(snapshot, page):
    busy = [day for day in page.traffic if day.calls]

    assert {day.margin_micros is None for day in busy} == {True, False}
    for day in busy:
        opened = tally(snapshot, Panel.CALLS, period=Period(day.day, day.day))
        shown = opened.count, opened.total("talk_ms") // 1000, opened.total("charge_micros")
        assert shown == (day.calls, day.talk_s, day.charge_micros)
        told = {total.column: total.value for total in opened.totals}
        assert told.get("margin_micros") == day.margin_micros


def test_a_month_of_files_opens_them(snapshot, page):
    for month in page.files_by_month:
        period = Period(month.month, month.through)

        success = tally(snapshot, Panel.FILES, Scope.PROCESSED_SUCCESS, period=period)
        error = tally(snapshot, Panel.FILES, Scope.PROCESSED_ERROR, period=period)

        assert (success.count, error.count) == (month.success, month.error)


@pytest.mark.parametrize("period", [JUNE, MONTH], ids=["June", "past month"])
def test_every_leak_from_line_to_cash_opens_its_rows(snapshot, period):
    leaks = dashboard(snapshot, NOON, DashboardQuestion(period=period)).line_to_cash
    unbilled = tally(snapshot, Panel.CALLS, Scope.UNBILLED, period=period)
    invoiced = tally(snapshot, Panel.INVOICED_USAGE, period=period)
    not_due = tally(snapshot, Panel.INVOICED_USAGE, Scope.NOT_DUE, period=period)
    overdue = tally(snapshot, Panel.INVOICED_USAGE, Scope.OVERDUE, period=period)

    assert tally(snapshot, Panel.REJECTIONS, period=period).count == leaks.rejected
    reasons = tally(snapshot, Panel.REJECTION_REASONS, period=period)
    assert reasons.total("lines") == leaks.rejected
    assert tally(snapshot, Panel.IGNORED, period=period).count == leaks.ignored
    assert tally(snapshot, Panel.DUPLICATES, period=period).count == leaks.duplicate
    calls = tally(snapshot, Panel.CALLS, period=period)
    assert (calls.count, calls.total("charge_micros")) == (leaks.calls, leaks.charge)
    assert calls.total("talk_ms") // 1_000 == leaks.talk_s
    assert tally(snapshot, Panel.CALLS, Scope.UNMATCHED, period=period).count == leaks.unmatched
    assert tally(snapshot, Panel.CALLS, Scope.CONTESTED, period=period).count == leaks.contested
    assert tally(snapshot, Panel.CALLS, Scope.UNRATED, period=period).count == leaks.unrated
    assert unbilled.total("charge_micros") - unbilled.total("plan_micros") == leaks.unbilled
    assert invoiced.total("invoiced_micros") == leaks.invoiced
    in_plan = tally(snapshot, Panel.INVOICED_USAGE, Scope.IN_PLAN, period=period)
    assert in_plan.total("plan_micros") == leaks.plan
    assert invoiced.total("calls") == leaks.invoiced_calls
    on_recorded = ColumnFilter("invoice_status", (Condition(Test.EQUALS, "RECORDED"),))
    on_invoices = tally(snapshot, Panel.CALLS, period=period, filters=(on_recorded,))
    assert on_invoices.count == leaks.invoiced_calls
    assert invoiced.total("paid_micros") == leaks.paid
    assert invoiced.total("outstanding_micros") == leaks.outstanding
    assert not_due.total("outstanding_micros") == leaks.outstanding - leaks.overdue
    assert overdue.total("overdue_micros") == leaks.overdue
    assert min(leaks.unmatched, leaks.contested, leaks.unrated, leaks.unbilled) > 0


def test_a_page_narrowed_to_a_customer_opens_that_customers_rows(snapshot):
    asked = DashboardQuestion(period=JUNE, customer=NarrowedTo(1, "", ""))
    page = dashboard(snapshot, NOON, asked)

    unpaid = tally(snapshot, Panel.INVOICES, Scope.UNPAID, customer_id=1)
    calls = tally(snapshot, Panel.CALLS, period=JUNE, customer_id=1)
    rejected = tally(snapshot, Panel.REJECTIONS, period=JUNE, customer_id=1)
    overdue = tally(snapshot, Panel.INVOICED_USAGE, Scope.OVERDUE, period=JUNE, customer_id=1)

    assert unpaid.total("outstanding_micros") == page.tiles.unpaid_invoices.outstanding_micros
    assert calls.count == page.line_to_cash.calls
    assert rejected.count == page.line_to_cash.rejected == 0
    assert overdue.total("overdue_micros") == page.line_to_cash.overdue > 0


def test_a_file_opens_its_own_lines(snapshot):
    assert tally(snapshot, Panel.REJECTIONS, file_id=1).count == 3
    assert tally(snapshot, Panel.REJECTION_REASONS, file_id=1).count == 2
    assert tally(snapshot, Panel.IGNORED, file_id=1).count == 1
    assert tally(snapshot, Panel.CALLS, file_id=1).count == 30
    assert tally(snapshot, Panel.ATTEMPTS, file_id=1).count == 1
    assert tally(snapshot, Panel.DELIVERIES, file_id=1).count == 2
    duplicates = row_page(snapshot, RowRequest(panel=Panel.DUPLICATES, file_id=1), NOON).rows
    assert [asdict(row)["call_line"] is not None for row in duplicates] == [True, False]
