"""Calls: their invoice, far pages, free sorting up to a bound, and rows that have expired."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, insert, update

from data.domain.errors import RequestRefused
from data.domain.panel_rows import CallRow
from data.domain.panels import Panel, Scope
from data.domain.periods import Period
from data.domain.records import InvoiceStatus, RateState
from data.domain.row_requests import RowRequest, Sort
from data.store import schema
from data.store.queries.retention import CALLS_EXPIRED
from data.store.queries.rows import call_days, calls
from data.store.queries.rows.pages import row_page, row_stream, row_tally
from data.store.writes.settings import setting_kept
from tests.factories import (
    add_call,
    add_coverage,
    add_customer,
    add_file,
    add_invoice,
    roll_up,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


def asked(**given) -> RowRequest:
    return RowRequest(panel=Panel.CALLS, **{"period": JUNE, "end": 1_000, **given})


def call_rows(conn, now, **given) -> list[CallRow]:
    rows = row_page(conn, asked(**given), now).rows
    return [row for row in rows if isinstance(row, CallRow)]


@pytest.fixture
def in_tokyo(conn) -> None:
    conn.execute(update(schema.tenant).values(timezone="Asia/Tokyo"))


@pytest.mark.usefixtures("in_tokyo")
def test_a_call_is_on_the_invoice_of_its_customer_day_and_load(conn, now):
    who, other = add_customer(conn, "Acme"), add_customer(conn, "Beta")
    invoice = add_invoice(conn, who, 1, number="INV-7")
    add_coverage(conn, invoice, who, to_day=date(2026, 6, 10), after_version=2, upto_version=4)
    night = datetime(2026, 6, 10, 14, 59, tzinfo=UTC)  # 10 June, one minute before midnight
    paid = {"customer_id": who, "charge_micros": 1}
    add_call(conn, started_at=night, load_version=3, **paid)
    add_call(conn, started_at=night + timedelta(minutes=1), load_version=3, **paid)
    add_call(conn, started_at=night, load_version=2, **paid)
    add_call(conn, started_at=night, load_version=5, **paid)
    add_call(conn, started_at=night, load_version=3, customer_id=other, charge_micros=1)
    add_call(conn, started_at=night, load_version=3, customer_id=who)

    found = [row.invoice for row in sorted(call_rows(conn, now), key=lambda row: row.line)]

    assert found == ["INV-7", None, None, None, None, None]
    assert len(call_rows(conn, now, invoice_id=invoice, period=None)) == 1
    assert len(call_rows(conn, now, scope=Scope.UNBILLED)) == 4


def test_the_calls_of_a_clock_that_stood_wrong_cost_no_table_of_decades(conn, now):
    who = add_customer(conn, "Acme")
    invoice = add_invoice(conn, who, 1, number="INV-7")
    add_coverage(conn, invoice, who)
    wrong = [datetime(year, 1, 1, tzinfo=UTC) for year in (1990, 2099)]
    file_id = add_file(conn, loaded=3, first_call_at=wrong[0], last_call_at=wrong[1])
    for at in (*wrong, datetime(2026, 6, 10, 12, 0, tzinfo=UTC)):
        add_call(conn, file_id=file_id, started_at=at, customer_id=who, charge_micros=5)
    given = []
    event.listen(conn, "before_cursor_execute", lambda *call: given.append(len(call[3])))

    found = {row.invoice for row in call_rows(conn, now, file_id=file_id, period=None)}

    assert found == {"INV-7", None}
    assert max(given) < 200


def test_a_draft_leaves_its_calls_unbilled_and_a_deleted_one_frees_them(conn, now):
    who = add_customer(conn, "Acme")
    draft = add_invoice(conn, who, 1, status=InvoiceStatus.DRAFT)
    add_coverage(conn, draft, who)
    add_call(conn, customer_id=who, charge_micros=5)

    on_draft = call_rows(conn, now, scope=Scope.UNBILLED)
    conn.execute(update(schema.invoices).values(deleted_at=now))
    freed = call_rows(conn, now, scope=Scope.UNBILLED)

    assert [row.invoice_status for row in on_draft] == [InvoiceStatus.DRAFT]
    assert [row.invoice_id for row in freed] == [None]


def test_blocked_calls_are_shown_with_the_unrated(conn, now):
    who = add_customer(conn, "Acme")
    for state in RateState:
        add_call(conn, customer_id=who, rate_state=state)
    add_call(conn, rate_state=RateState.UNRATED)

    found = {row.rate_state for row in call_rows(conn, now, scope=Scope.UNRATED)}

    assert found == {RateState.UNRATED, RateState.BLOCKED}


@pytest.mark.usefixtures("in_tokyo")
@pytest.mark.parametrize("descending", [True, False], ids=["newest first", "oldest first"])
def test_a_far_page_begins_at_the_day_that_holds_it(conn, now, monkeypatch, descending):
    monkeypatch.setattr(calls, "NEAR", 0)
    for hours in range(0, 24 * 20, 5):
        add_call(conn, started_at=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hours))
    roll_up(conn, ZoneInfo("Asia/Tokyo"))
    sort = (Sort("started_at", descending),)
    everything = call_rows(conn, now, sort=sort)

    found = [call_rows(conn, now, sort=sort, start=start, end=start + 7) for start in range(99)]

    assert found == [everything[start : start + 7] for start in range(99)]


def test_too_many_calls_are_sorted_by_time_only(conn, now, monkeypatch):
    monkeypatch.setattr(calls, "MOST_SORTED", 2)
    for _ in range(3):
        add_call(conn)
    by_charge = asked(sort=(Sort("charge_micros"),))
    roll_up(conn)

    with pytest.raises(RequestRefused, match="3 calls are too many to sort"):
        row_page(conn, by_charge, now)
    with pytest.raises(RequestRefused, match="3 calls are too many to sort"):
        row_stream(conn, by_charge, now)
    assert len(call_rows(conn, now, sort=(Sort("started_at"),))) == 3


@pytest.mark.parametrize("after", ["x", "1-ff", "1' OR 1=1"])
def test_what_names_no_call_is_no_place_to_go_on_from(conn, now, after):
    add_call(conn)

    with pytest.raises(RequestRefused, match="names no call"):
        row_page(conn, asked(after=after), now)


def test_rows_after_a_call_need_the_order_of_time(conn, now):
    add_call(conn)
    request = asked(after="1-0000000000000000", sort=(Sort("line"),))

    with pytest.raises(RequestRefused, match="order of time"):
        row_page(conn, request, now)


def test_calls_whose_rows_expired_are_told_apart_from_those_that_are_there(conn, now):
    for day in (1, 1, 2, 3):
        add_call(conn, started_at=datetime(2026, 6, day, 9, tzinfo=UTC))
    roll_up(conn)
    gone = datetime(2026, 6, 2, tzinfo=UTC)
    conn.execute(delete(schema.call_rows).where(schema.call_rows.c.started_at < gone))
    setting_kept(conn, CALLS_EXPIRED, "2026-06-02")

    tally = row_tally(conn, asked(), now)

    assert (tally.count, tally.expired) == (2, 2)
    setting_kept(conn, CALLS_EXPIRED, "2026-07-01")
    conn.execute(delete(schema.call_rows))
    assert row_tally(conn, asked(), now).expired == 4


def test_a_store_without_calls_has_no_rows_and_no_totals(conn, now):
    page = row_page(conn, asked(), now)

    assert (page.rows, page.tally.count, page.tally.total("charge_micros")) == ((), 0, 0)
    assert row_page(conn, asked(period=None, file_id=9), now).tally.count == 0
    assert row_page(conn, asked(period=None, invoice_id=9), now).tally.count == 0


def test_what_the_plan_covers_is_no_unbilled_money(conn, now):
    who = add_customer(conn, "Acme")
    add_call(conn, customer_id=who, charge_micros=5_000)
    roll_up(conn)
    conn.execute(update(schema.usage_by_customer).values(plan_micros=2_000))

    tally = row_tally(conn, asked(scope=Scope.UNBILLED), now)

    assert (tally.total("charge_micros"), tally.total("plan_micros")) == (5_000, 2_000)


def test_days_lead_to_the_row_wanted():
    days = [(date(2026, 6, 3), 5), (date(2026, 6, 2), 1), (date(2026, 6, 1), 3)]

    assert call_days.anchor(days, 0) == call_days.Anchor(date(2026, 6, 3), 0)
    assert call_days.anchor(days, 5) == call_days.Anchor(date(2026, 6, 2), 0)
    assert call_days.anchor(days, 8) == call_days.Anchor(date(2026, 6, 1), 2)
    assert call_days.anchor(days, 9) is None


def test_a_call_shows_what_was_stamped_on_it(conn, now):
    who = add_customer(conn, "Acme", custid="1001")
    carrier = add_customer(conn, "Carrier", provider=True)
    conn.execute(insert(schema.rate_tables).values(id=1, name="A"))
    rate = {"id": 4, "rate_table_id": 1, "pattern": "4420", "destination": "London"}
    conn.execute(insert(schema.rates).values(rate))
    add_call(conn, customer_id=who, provider_id=carrier, rate_id=4, charge_micros=9, cost_micros=4)

    (row,) = call_rows(conn, now)

    assert (row.custid, row.company, row.provider) == ("1001", "Acme", "Carrier")
    assert (row.pattern, row.destination, row.margin_micros) == ("4420", "London", 5)


def test_the_calls_of_a_file_and_of_an_invoice_say_how_many_have_expired(conn, now):
    acme = add_customer(conn, "Acme")
    days = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 1, 2, 3)]
    span = {"first_call_at": days[0], "last_call_at": days[-1]}
    file = add_file(conn, loaded=4, **span)
    invoice = add_invoice(conn, acme, 1)
    for started_at in days:
        paid = {"customer_id": acme, "charge_micros": 1}
        add_call(conn, started_at=started_at, file_id=file, **paid)
    add_coverage(conn, invoice, acme)
    roll_up(conn)
    gone = datetime(2026, 6, 2, tzinfo=UTC)
    conn.execute(delete(schema.call_rows).where(schema.call_rows.c.started_at < gone))
    setting_kept(conn, CALLS_EXPIRED, "2026-06-02")

    of_file = row_tally(conn, RowRequest(panel=Panel.CALLS, file_id=file), now)
    of_invoice = row_tally(conn, RowRequest(panel=Panel.CALLS, invoice_id=invoice), now)

    assert (of_file.count, of_file.expired) == (2, 2)
    assert (of_invoice.count, of_invoice.expired) == (2, 2)
