from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from data.domain.dashboard import Ageing, CustomerTotal
from data.domain.periods import Period
from data.domain.records import FileStatus, InvoiceStatus
from data.domain.tiles import LastFileTile
from data.domain.views import NarrowedTo
from data.store.queries.conditions import by_period
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.schema import duplicates_by_day, usage_by_customer
from data.store.writes.versions import version_raised
from tests.factories import (
    Usage,
    add_customer,
    add_destination,
    add_file,
    add_invoice,
    add_payment,
    add_source,
    add_ticket,
    add_usage,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
def shown(conn, now):
    def read(period=None, **asked):
        return dashboard(conn, now, DashboardQuestion(period=period, **asked))

    return read


def test_an_empty_store_shows_zeros_and_nothing_unknown(shown):
    page = shown()

    assert (page.tiles.unpaid_invoices.count, page.tiles.disk.used_bytes) == (0, 0)
    assert page.tiles.file_last == LastFileTile(None, None, None)
    assert (page.top_customers.rows, page.line_to_cash.lines, page.attention) == ((), 0, ())
    assert page.ratios.asr is None


def test_the_default_period_is_the_rolling_month_that_ends_today(shown):
    assert shown().period == Period(date(2026, 5, 16), date(2026, 6, 15))


def test_the_version_and_its_instant_come_with_the_snapshot(conn, shown, now):
    version_raised(conn, now - timedelta(hours=1))

    page = shown()

    assert page.data_version == 2
    assert page.changed_at == now - timedelta(hours=1)


def test_providers_are_customer_records_and_deleted_ones_are_none(conn, shown, now):
    add_customer(conn, "Acme")
    add_customer(conn, "Carrier", provider=True)
    add_customer(conn, "New", created_at=now)
    add_customer(conn, "Gone", deleted_at=now)

    tile = shown().tiles.customers

    assert (tile.count, tile.providers, tile.added) == (3, 1, 1)


def test_drafts_are_counted_apart_and_owe_nothing(conn, shown, now):
    acme = add_customer(conn, "Acme")
    add_invoice(conn, acme, 7, status=InvoiceStatus.DRAFT)
    add_invoice(conn, acme, 9, status=InvoiceStatus.DRAFT, deleted_at=now)

    tiles = shown().tiles

    assert (tiles.draft_invoices.count, tiles.draft_invoices.total_micros) == (1, 7_000_000)
    assert tiles.unpaid_invoices.count == 0


def test_unpaid_is_what_payments_and_their_reversals_leave(conn, shown):
    acme = add_customer(conn, "Acme")
    paid = add_invoice(conn, acme, 10)
    part = add_invoice(conn, acme, 20)
    add_payment(conn, acme, 10, invoice_id=paid)
    add_payment(conn, acme, 15, invoice_id=part)
    add_payment(conn, acme, -5, invoice_id=part, kind="reversal")
    add_invoice(conn, acme, 0)

    tile = shown().tiles.unpaid_invoices

    assert (tile.count, tile.outstanding_micros) == (1, 10_000_000)


def test_the_due_date_itself_is_not_due_and_buckets_count_whole_days_after_it(conn, shown):
    acme = add_customer(conn, "Acme")
    today = date(2026, 6, 15)
    for days, units in ((-1, 1), (0, 2), (1, 4), (30, 8), (31, 16), (60, 32), (61, 64), (91, 128)):
        add_invoice(conn, acme, units, due_date=today - timedelta(days=days))

    page = shown()

    assert page.ageing == Ageing(3_000_000, 12_000_000, 48_000_000, 64_000_000, 128_000_000)
    assert page.ageing.total == page.tiles.unpaid_invoices.outstanding_micros
    assert page.tiles.unpaid_invoices.overdue_micros == 252_000_000
    assert page.tiles.unpaid_invoices.overdue_count == 6


def test_a_file_stands_in_exactly_one_tile_and_dismissed_ones_in_none(conn, shown, now):
    add_file(conn, rejected=2, loaded=8)
    add_file(conn, processed_at=now - timedelta(hours=1))
    add_file(conn, status=FileStatus.ERROR)
    add_file(conn, status=FileStatus.ERROR, dismissed_at=now)
    add_file(conn, status=FileStatus.SUCCESS, withdrawn_at=now)
    add_file(conn, status=FileStatus.WAITING)
    add_file(conn, status=FileStatus.PROCESSING)

    tiles = shown().tiles

    assert (tiles.files_success.count, tiles.files_success.with_rejections) == (2, 1)
    assert tiles.files_success.last_24h == 1
    assert tiles.files_error.count == 1
    assert (tiles.files_waiting.count, tiles.files_waiting.processing) == (2, 1)
    assert tiles.disk.used_bytes == 7000


def test_the_last_file_is_the_newest_processed_whatever_its_outcome(conn, shown, now):
    add_file(conn)
    add_file(conn, name="broken.csv", status=FileStatus.ERROR, processed_at=now)

    assert shown().tiles.file_last == LastFileTile(now, "broken.csv", FileStatus.ERROR)


def test_open_tickets_are_those_not_resolved(conn, shown, now):
    add_ticket(conn)
    add_ticket(conn, resolved_at=now)

    assert shown().tiles.open_tickets.count == 1


def test_a_top_5_adds_up_and_ties_go_by_name(conn, shown):
    for company, units in (("Zeta", 5), ("Acme", 5), ("A", 9), ("B", 8), ("C", 7), ("D", 6)):
        add_invoice(conn, add_customer(conn, company, custid=company), units)

    top = shown(JUNE).top_customers

    assert [row.customer for row in top.rows] == ["A", "B", "C", "D", "Acme"]
    assert (top.other_count, top.other_micros, top.total_micros) == (1, 5_000_000, 40_000_000)


def test_drafts_providers_and_other_dates_never_rank(conn, shown):
    acme = add_customer(conn, "Acme", custid="ACME")
    carrier = add_customer(conn, "Carrier", provider=True)
    add_invoice(conn, acme, 1, invoice_date=JUNE.first)
    add_invoice(conn, acme, 2, invoice_date=JUNE.last)
    add_invoice(conn, acme, 4, invoice_date=date(2026, 5, 31))
    add_invoice(conn, acme, 8, status=InvoiceStatus.DRAFT)
    add_invoice(conn, carrier, 16)

    assert shown(JUNE).top_customers.rows == (CustomerTotal("ACME", "Acme", 3_000_000),)


def test_money_that_went_back_is_not_received_and_credit_notes_are_no_money(conn, shown):
    acme = add_customer(conn, "Acme", custid="ACME")
    payment = add_payment(conn, acme, 10)
    add_payment(conn, acme, 6)
    add_payment(conn, acme, -10, kind="reversal", reverses_id=payment)
    credit = add_payment(conn, acme, 3, kind="credit_note")
    add_payment(conn, acme, -3, kind="reversal", reverses_id=credit)

    assert shown(JUNE).top_paying.rows == (CustomerTotal("ACME", "Acme", 6_000_000),)


def test_a_files_month_is_that_of_its_first_processing(conn, shown, now):
    add_file(conn, first_processed_at=datetime(2026, 5, 10, tzinfo=UTC), processed_at=now)
    add_file(conn, first_processed_at=datetime(2026, 5, 20, tzinfo=UTC), status=FileStatus.ERROR)
    add_file(conn, first_processed_at=now)
    add_file(conn, first_processed_at=datetime(2026, 3, 31, tzinfo=UTC))

    months = shown().files_by_month

    assert [(month.month.month, month.success, month.error) for month in months] == [
        (4, 0, 0),
        (5, 1, 1),
        (6, 1, 0),
    ]
    assert months[1].to_same_day == 1
    assert months[2].through == date(2026, 6, 15)


def test_every_line_of_a_period_is_accounted_for(conn, shown):
    acme = add_customer(conn, "Acme")
    at = datetime(2026, 6, 3, tzinfo=UTC)
    add_file(conn, received_at=at, loaded=30, rejected=4, ignored=5, duplicate=2)
    add_file(conn, received_at=datetime(2026, 5, 31, 23, 59, tzinfo=UTC), rejected=99)
    add_usage(conn, Usage(date(2026, 6, 2), acme, calls=20), unrated=3)
    add_usage(conn, Usage(date(2026, 6, 2), calls=10, units=0), contested=4, unrated=7)
    conn.execute(duplicates_by_day.insert().values(day=date(2026, 6, 2), source_id=1, lines=2))

    way = shown(JUNE).line_to_cash

    assert way.lines == way.calls + way.duplicate + way.rejected + way.ignored == 41
    assert (way.calls, way.duplicate, way.rejected, way.ignored) == (30, 2, 4, 5)
    assert (way.matched, way.unmatched, way.contested) == (20, 6, 4)
    assert (way.unrated, way.priced) == (3, 17)


def test_the_money_of_a_period_goes_where_its_invoices_went(conn, shown):
    acme = add_customer(conn, "Acme")
    half_paid = add_invoice(conn, acme, 12, due_date=date(2026, 6, 14))
    add_payment(conn, acme, 6, invoice_id=half_paid)
    settled = add_invoice(conn, acme, 2)
    add_payment(conn, acme, 2, invoice_id=settled)
    draft = add_invoice(conn, acme, 1, status=InvoiceStatus.DRAFT)
    day = date(2026, 6, 2)
    add_usage(conn, Usage(day, acme, units=10, invoice_id=half_paid), plan_micros=2_000_000)
    add_usage(conn, Usage(day, acme, units=2, invoice_id=settled))
    add_usage(conn, Usage(day, acme, units=1, invoice_id=draft))
    add_usage(conn, Usage(day, acme, units=5))

    way = shown(JUNE).line_to_cash

    assert (way.charge, way.plan, way.invoiced, way.unbilled) == tuple(
        units * 1_000_000 for units in (18, 2, 10, 6)
    )
    assert (way.paid, way.outstanding, way.overdue) == (6_000_000, 4_000_000, 4_000_000)
    assert (way.invoiced_calls, way.paid_calls) == (20, 10)


def test_traffic_has_every_day_and_an_unknown_cost_makes_the_margin_unknown(conn, shown):
    acme = add_customer(conn, "Acme")
    add_usage(conn, Usage(date(2026, 6, 2), acme), cost_micros=400_000)
    add_usage(conn, Usage(date(2026, 6, 3), acme), cost_unknown=1)

    page = shown(JUNE)

    assert len(page.traffic) == 30
    assert page.traffic[1].margin_micros == 600_000
    assert page.traffic[2].margin_micros is None
    assert (page.ratios.asr, page.ratios.acd_s, page.ratios.ner) == (0.8, 60.0, 1.0)
    assert page.traffic_before[0].day == date(2026, 5, 1)
    assert page.calls_through == date(2026, 6, 3)


def test_destinations_rank_by_charge(conn, shown):
    for place, units in enumerate((3, 9, 5, 1, 2, 4)):
        add_destination(conn, date(2026, 6, 2), f"Place {place}", units)
    add_destination(conn, date(2026, 6, 2), "", 0)

    top = shown(JUNE).top_destinations

    assert [row.destination for row in top.rows] == [f"Place {place}" for place in (1, 2, 5, 0, 4)]
    assert (top.other_count, top.other_micros) == (1, 1_000_000)


def test_what_needs_a_person_is_told_and_a_clean_day_is_calm(conn, shown):
    acme = add_customer(conn, "Acme", custid="ACME")
    add_file(conn, status=FileStatus.ERROR)
    add_usage(conn, Usage(date(2026, 6, 2), calls=3, units=0))
    add_usage(conn, Usage(date(2026, 6, 2), acme), cost_micros=2_000_000, unrated=1)
    add_invoice(conn, acme, 5, number="INV-7", due_date=date(2026, 6, 13))

    told = [(item.kind, item.urgent, item.text) for item in shown().attention]

    assert told == [
        ("files_failed", True, "1 CDR file failed"),
        ("below_cost", True, "Acme is sold below cost"),
        ("unmatched", False, "3 calls match no customer"),
        ("unrated", False, "1 call has no rate"),
        ("overdue", False, "INV-7 is 2 days overdue"),
    ]


def test_spending_far_above_its_usual_is_told(conn, shown):
    acme = add_customer(conn, "Acme", custid="ACME")
    for day in range(1, 9):
        add_usage(conn, Usage(date(2026, 6, day), acme, units=2))
    add_usage(conn, Usage(date(2026, 6, 14), acme, units=700))

    assert [item.text for item in shown().attention] == ["Acme spends 175 times its usual"]


def test_a_source_is_late_after_its_declared_interval_or_three_of_its_usual_gaps(conn, shown, now):
    declared = add_source(conn, "declared", expect_every_s=3600)
    learned = add_source(conn, "learned")
    add_file(conn, source_id=declared, received_at=now - timedelta(minutes=61))
    for hours in range(2, 9):
        add_file(conn, source_id=learned, received_at=now - timedelta(hours=hours))

    page = shown()

    assert [rhythm.source for rhythm in page.late(now)] == ["declared"]
    late = page.late(now + timedelta(hours=1, seconds=1))
    assert [rhythm.source for rhythm in late] == ["declared", "learned"]


def test_narrowed_to_one_customer_the_period_and_the_invoice_tiles_follow(conn, shown):
    acme, other = add_customer(conn, "Acme"), add_customer(conn, "Other")
    for customer in (acme, other):
        add_invoice(conn, customer, 5)
        add_usage(conn, Usage(date(2026, 6, 2), customer))

    page = shown(JUNE, customer=NarrowedTo(acme, "", "Acme"))

    assert page.tiles.unpaid_invoices.count == 1
    assert page.tiles.customers.count == 2
    assert len(page.top_customers.rows) == 1
    assert (page.line_to_cash.lines, page.line_to_cash.calls) == (10, 10)


def test_the_tiles_equal_sql_written_by_hand(conn, shown):
    acme = add_customer(conn, "Acme")
    for units in (5, 6, 7):
        invoice = add_invoice(conn, acme, units, due_date=date(2026, 6, 10))
        add_payment(conn, acme, 5, invoice_id=invoice)
    add_file(conn, rejected=1)
    add_file(conn, status=FileStatus.WAITING)

    tiles = shown().tiles

    by_hand = conn.execute(
        text("""
        SELECT (SELECT count(*) FROM customers WHERE deleted_at IS NULL),
               (SELECT sum(stored_bytes) FROM cdr_files),
               (SELECT count(*) FROM invoices i WHERE status = 'RECORDED' AND total_micros >
                  (SELECT coalesce(sum(amount_micros), 0) FROM payment_allocations a
                   WHERE a.invoice_id = i.id)),
               (SELECT sum(total_micros) FROM invoices WHERE status = 'RECORDED')
                 - (SELECT sum(amount_micros) FROM payment_allocations),
               (SELECT count(*) FROM cdr_files WHERE status = 'success'),
               (SELECT count(*) FROM cdr_files WHERE status IN ('waiting', 'processing'))
        """)
    ).one()
    assert tuple(by_hand) == (
        tiles.customers.count,
        tiles.disk.used_bytes,
        tiles.unpaid_invoices.count,
        tiles.unpaid_invoices.outstanding_micros,
        tiles.files_success.count,
        tiles.files_waiting.count,
    )


@pytest.mark.sqlite
def test_a_months_sums_by_customer_read_the_months_days_and_not_an_index_of_all_days(conn):
    since = date(2026, 6, 1)
    whose = by_period(usage_by_customer.c.customer_id)
    query = (
        select(whose, func.sum(usage_by_customer.c.charge_micros))
        .where(usage_by_customer.c.day >= since)
        .group_by(whose)
    )

    shown = query.compile(conn, compile_kwargs={"literal_binds": True})
    plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {shown}").all()

    assert "SEARCH usage_by_customer USING PRIMARY KEY (day>?)" in plan[0][3]
