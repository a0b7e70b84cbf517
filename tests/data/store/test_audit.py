from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from data.domain.records import Direction, Disposition, FileStatus, RateState
from data.store.queries.audit import file_differences, usage_differences
from data.store.queries.summary_audit import summary_differences
from data.store.schema import (
    call_rows,
    cdr_files,
    margin_by_customer,
    rate_tables,
    rates,
    tenant,
    usage_by_customer,
    usage_by_day,
    usage_by_destination,
)
from data.store.writes.settings import setting_kept
from data.store.writes.usage import DAY_SUMS, MARGIN_SUMS
from tests.factories import Usage, add_call, add_customer, add_file, add_source, add_usage
from tests.upgrading import upgraded

DAY = date(2026, 6, 10)
LATE_EVENING = datetime(2026, 6, 10, 1, 30, tzinfo=UTC)  # still the 9th in New York
COUNTED = ("talk_ms", "billed_s", "charge_micros")


def add_destination(conn, day, destination, number, *, answered=None):
    answered = number if answered is None else answered
    row = {
        "day": day,
        "destination": destination,
        "direction": Direction.OUTBOUND,
        "calls": number,
        "answered": answered,
        "talk_ms": answered * 60_000,
        "billed_s": answered * 60,
        "charge_micros": answered * 10_000,
        "cost_micros": 0,
    }
    conn.execute(insert(usage_by_destination).values(row))


@pytest.fixture
def audited_store(store):
    """Two calls of one customer in New York on 9 June, and one of nobody that was not answered."""
    with store.writing() as conn:
        conn.execute(update(tenant).values(timezone="America/New_York"))
        customer = add_customer(conn, "Acme")
        file_id = add_file(conn, source_id=add_source(conn), loaded=3, first_call_at=LATE_EVENING)
        conn.execute(insert(rate_tables).values(id=1, name="Standard"))
        conn.execute(
            insert(rates).values(id=1, rate_table_id=1, pattern="1", destination="United States")
        )
        common = {"started_at": LATE_EVENING, "file_id": file_id}
        rated = {"customer_id": customer, "rate_id": 1, "charge_micros": 10_000}
        for key in (1, 2):
            add_call(conn, call_key=key, **common, **rated)
        unanswered = {"disposition": Disposition.BUSY, "talk_ms": 9000, "billed_s": 0}
        add_call(conn, call_key=3, **common, **unanswered, rate_state=RateState.NOT_NEEDED)
        the_ninth = DAY - timedelta(days=1)
        source_id = conn.execute(select(cdr_files.c.source_id)).scalar_one()
        of_customer = Usage(the_ninth, customer, calls=2, answered=2, units=0.02)
        of_nobody = Usage(the_ninth, calls=1, answered=0, units=0)
        add_usage(conn, of_customer, source_id=source_id)
        add_usage(conn, of_nobody, source_id=source_id)
        add_destination(conn, the_ninth, "United States", 2)
        add_destination(conn, the_ninth, "", 1, answered=0)
    return store


def differences(store):
    with store.snapshot() as conn:
        return [*file_differences(conn), *usage_differences(conn)]


def test_a_store_whose_sums_are_those_of_its_rows_passes(audited_store):
    assert differences(audited_store) == []


@examples(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from([1, 2]), st.sampled_from(COUNTED), st.integers(0, 30))
def test_every_flipped_bit_in_an_amount_or_a_duration_is_found(audited_store, key, column, bit):
    cell, of_call = call_rows.c[column], call_rows.c.call_key == key
    with audited_store.writers.connect() as conn:
        value = conn.execute(select(cell).where(of_call)).scalar_one()
        conn.execute(update(call_rows).where(of_call).values({column: value ^ 1 << bit}))

        found = [*usage_differences(conn)]

        conn.rollback()
    assert len(found) == 2  # by customer, and by destination


def test_a_lost_call_is_found_in_its_file_and_its_day(audited_store):
    with audited_store.writing() as conn:
        conn.execute(call_rows.delete().where(call_rows.c.call_key == 3))

    found = differences(audited_store)

    assert [one.subject.split(" ")[0] for one in found] == ["loaded", "usage", "usage"]


def test_a_call_on_a_day_without_sums_is_found(audited_store):
    with audited_store.writing() as conn:
        add_call(conn, started_at=LATE_EVENING + timedelta(days=400))

    assert "calls on days that have sums" in [one.subject for one in differences(audited_store)]


def test_a_changed_sum_is_found(audited_store):
    with audited_store.writing() as conn:
        conn.execute(update(usage_by_customer).values(charge_micros=19_999))

    assert [one.kept[-2] for one in differences(audited_store)] == [19_999, 19_999]


@pytest.mark.parametrize(
    ("summary", "column"),
    [(usage_by_day, name) for name in DAY_SUMS] + [(margin_by_customer, n) for n in MARGIN_SUMS],
    ids=str,
)
def test_a_sum_of_sums_that_is_off_by_one_is_found(audited_store, summary, column):
    with audited_store.writing() as conn:
        assert [*summary_differences(conn)] == []

        conn.execute(update(summary).values({column: summary.c[column] + 1}))

        assert len([*summary_differences(conn)]) == 1


@pytest.mark.parametrize("summary", [usage_by_day, margin_by_customer], ids=str)
def test_a_sum_of_sums_that_is_lost_is_found(audited_store, summary):
    with audited_store.writing() as conn:
        conn.execute(summary.delete())

        assert len([*summary_differences(conn)]) == 1


def test_an_older_store_gets_its_sums_of_sums_with_the_upgrade(audited_store):
    with audited_store.writing() as conn:
        for summary in (usage_by_day, margin_by_customer):
            summary.drop(conn)
        upgraded(conn, "0005")

        assert [*summary_differences(conn)] == []
        assert conn.execute(select(usage_by_day.c.calls)).scalars().all() == [3]


def test_a_files_own_counts_are_compared_with_its_rows(audited_store):
    with audited_store.writing() as conn:
        add_file(conn, rejected=2, duplicate=1, ignored=1)
        add_file(conn, status=FileStatus.ERROR, rejected=2)

    assert [(one.kept, one.counted) for one in differences(audited_store)] == [
        ((2,), (0,)),
        ((1,), (0,)),
        ((1,), (0,)),
    ]


def test_expired_days_are_left_out(audited_store):
    with audited_store.writing() as conn:
        conn.execute(call_rows.delete())
        setting_kept(conn, "calls_expired_before", DAY.isoformat())

    assert differences(audited_store) == []
