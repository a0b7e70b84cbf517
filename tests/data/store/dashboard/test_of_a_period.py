"""What follows the period: the top 5s, months of files, lines to cash, traffic, destinations."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from data.domain.dashboard import CustomerTotal
from data.domain.periods import Period
from data.domain.records import FileStatus, InvoiceStatus
from data.store.queries.conditions import by_period
from data.store.schema import duplicates_by_day, usage_by_customer
from tests.factories import (
    Usage,
    add_customer,
    add_destination,
    add_file,
    add_invoice,
    add_payment,
    add_usage,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


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


def test_who_paid_nothing_in_the_end_is_not_among_those_who_paid(conn, shown):
    add_payment(conn, add_customer(conn, "Acme", custid="ACME"), 6)
    beta = add_customer(conn, "Beta")
    payment = add_payment(conn, beta, 10)
    add_payment(conn, beta, -10, kind="reversal", reverses_id=payment)

    paying = shown(JUNE).top_paying

    assert (len(paying.rows), paying.other_count, paying.other_micros) == (1, 0, 0)


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
