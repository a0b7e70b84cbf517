"""What needs a person now."""

from datetime import date, timedelta

from data.domain.records import FileStatus
from data.store.writes.retention import calls_kept_from
from tests.factories import (
    Usage,
    add_customer,
    add_file,
    add_invoice,
    add_source,
    add_usage,
)


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


def test_a_first_kept_day_that_is_not_past_is_told_as_calls_are_lost_by_it(conn, shown):
    calls_kept_from(conn, date(2026, 6, 14))
    assert shown().attention == ()

    calls_kept_from(conn, date(2026, 6, 15))

    (item,) = shown().attention
    assert (item.kind, item.urgent) == ("calls_ignored", True)
    assert item.text == "Calls before 2026-06-15 are ignored: retention's clock was ahead"


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
