"""The snapshot as a whole: its period, its version, and what one customer narrows."""

from datetime import date, timedelta

from data.domain.periods import Period
from data.domain.tiles import LastFileTile
from data.domain.views import NarrowedTo
from data.store.writes.versions import version_raised
from tests.factories import (
    Usage,
    add_customer,
    add_invoice,
    add_usage,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


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
