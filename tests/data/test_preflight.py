"""Before a bill run: what it would make, what it leaves out, what changed since the last one."""

from datetime import date

from sqlalchemy import update

from data.bill_run import drafted, foreseen
from data.domain.bill_runs import BelowZero
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.preflight import Billing, LeftOut, Moved
from data.store.schema import cdr_files, charges, customer_charges, tenant

UNIT = 1_000_000
JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
JULY_RUN = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))


def test_what_is_left_out_is_counted_and_named(kit, now):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), UNIT, calls=5, unrated=2)
    kit.usage(0, (6, 3), 0, calls=7, contested=3, rated=0)
    kit.usage(0, (7, 3), 0, calls=9, rated=0)
    for number, status in enumerate(("error", "waiting", "success")):
        kit.add(
            cdr_files,
            name=f"{number}.csv",
            sha256=str(number) * 64,
            stored_bytes=1,
            location="x",
            status=status,
            received_at=now,
        )

    found = kit.read(lambda conn: foreseen(conn, JUNE_RUN))

    assert found.left_out == LeftOut(JUNE_RUN.period.last, 4, 3, 2, ("1",), 1, 1)
    assert (found.count, found.total_micros, found.previous) == (1, UNIT, None)


def test_who_gets_no_invoice_for_a_discount_is_named_and_who_has_nothing_to_bill_is_not(kit):
    rebate = kit.add(charges, name="Rebate", amount_micros=-5 * UNIT, every_months=0)
    for custid, calls in (("1", 2), ("2", 7), ("3", 0)):
        customer = kit.customer(custid)
        kit.usage(customer, (6, 3), calls * UNIT)
        if calls:
            kit.add(
                customer_charges, customer_id=customer, charge_id=rebate, from_day=date(2026, 6, 1)
            )

    found = kit.read(lambda conn: foreseen(conn, JUNE_RUN))

    assert found.below_zero == (BelowZero("1", -3 * UNIT),)
    assert (found.count, found.total_micros) == (1, 2 * UNIT)


def test_what_is_left_out_is_counted_over_the_days_that_the_run_takes(kit, store):
    ada = kit.customer("1")
    for month, calls in ((4, 8), (5, 4), (6, 2), (7, 1)):
        kit.usage(ada, (month, 3), 0, calls=calls, unrated=calls)
        kit.usage(0, (month, 3), 0, calls=10 * calls, rated=0)

    def counted():
        out = kit.read(lambda conn: foreseen(conn, JUNE_RUN)).left_out
        return out.unmatched, out.unrated

    assert counted() == (140, 14)
    with store.writing() as conn:
        conn.execute(update(tenant).values(billing_start=date(2026, 5, 1)))
    assert counted() == (60, 6)


def test_a_run_is_compared_with_the_period_before(kit, store, by):
    for custid, june, july in (("1", 10, 4), ("2", 5, 5), ("3", 7, 0)):
        customer = kit.customer(custid)
        kit.usage(customer, (6, 3), june * UNIT)
        kit.usage(customer, (7, 3), july * UNIT)
    drafted(store, JUNE_RUN, by)
    kit.usage(1, (6, 3), UNIT)

    found = kit.read(lambda conn: foreseen(conn, JULY_RUN))

    assert (found.previous, found.previous_count) == (JUNE_RUN.period, 3)
    assert (found.previous_micros, found.total_micros) == (22 * UNIT, 10 * UNIT)
    assert found.late_micros == UNIT
    assert found.missing == (Billing("3", 7 * UNIT),)
    assert found.moved == (Moved("1", 10 * UNIT, 5 * UNIT),)


def test_looking_changes_nothing(kit, store):
    kit.usage(kit.customer("1"), (6, 3), UNIT)
    before = kit.version()

    kit.read(lambda conn: foreseen(conn, JUNE_RUN))

    assert kit.version() == before
    assert kit.unbilled() == UNIT
    assert store.url.database
