"""The nine numbers, and the ageing of the one that is owed."""

from datetime import date, timedelta

from sqlalchemy import text

from data.domain.dashboard import Ageing
from data.domain.records import FileStatus, InvoiceStatus
from data.domain.tiles import LastFileTile
from tests.factories import (
    add_customer,
    add_file,
    add_invoice,
    add_payment,
    add_ticket,
)


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
