from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context
from data.domain.authorship import By
from data.domain.records import Disposition, FileStatus, InvoiceStatus, RateState
from data.domain.retention import Expired, GivenUp, Hold
from data.retention import Keeping, expired, planned
from data.store.queries.retention import calls_expired_before
from data.store.schema import (
    audit_log,
    calls,
    cdr_files,
    customers,
    invoices,
    rejections,
    tenant,
    usage_by_customer,
)
from tests.factories import (
    add_call,
    add_coverage,
    add_customer,
    add_file,
    add_invoice,
    roll_up,
)

OLD = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY_AFTER = date(2026, 3, 3)
KEEP_30 = Keeping(archive_days=30, calls_days=30)
CHARGED = {"charge_micros": 10_000}
FREE = {"rate_state": RateState.NOT_NEEDED}


@pytest.fixture
def by(now):
    return By("operator", now)


@pytest.fixture
def acme(store):
    """A customer with an invoice over all its calls of March."""
    with store.writing() as conn:
        customer = add_customer(conn, "Acme", custid="1001")
        invoice = add_invoice(conn, customer, 1)
        days = {"from_day": date(2026, 3, 1), "to_day": date(2026, 3, 31)}
        add_coverage(conn, invoice, customer, **days)
    return customer


def loaded(store, *given):
    with store.writing() as conn:
        for one in given:
            add_call(conn, **one)
        conn.execute(usage_by_customer.delete())
        roll_up(conn)
        answered, unrated = usage_by_customer.c.answered, usage_by_customer.c.unrated
        conn.execute(usage_by_customer.update().values(rated=answered - unrated))


def left(store):
    with store.snapshot() as conn:
        return list(conn.execute(select(calls.c.started_at).order_by(calls.c.started_at)).scalars())


def usage(store):
    with store.snapshot() as conn:
        return conn.execute(select(usage_by_customer)).all()


def test_old_calls_on_a_recorded_invoice_go_and_their_sums_stay(store, settings, by, acme, now):
    invoiced = {"customer_id": acme, **CHARGED}
    recent = now - timedelta(days=3)
    loaded(store, {"started_at": OLD, **invoiced}, {"started_at": recent, **invoiced})
    before = usage(store)

    done = expired(store, KEEP_30, by, settings.archive_dir)

    assert done == Expired(DAY_AFTER, calls=1, files=0, files_bytes=0, hold=None)
    assert left(store) == [recent]
    assert usage(store) == before


def test_nothing_from_the_first_uninvoiced_day_on_goes(store, settings, by, acme):
    april = OLD + timedelta(days=35)  # after the invoice's days
    loaded(
        store,
        {"started_at": OLD, "customer_id": acme, **CHARGED},
        {"started_at": april, "customer_id": acme, **CHARGED},
        {"started_at": april + timedelta(days=1), "disposition": Disposition.BUSY, **FREE},
    )

    done = expired(store, KEEP_30, by, settings.archive_dir)

    assert done.hold == Hold(april.date(), uninvoiced=1, custids=("1001",))
    assert done.calls_before == DAY_AFTER
    assert left(store) == [april, april + timedelta(days=1)]


def test_a_deleted_customer_whose_calls_hold_is_named_as_deleted(store, settings, by, acme):
    with store.writing() as conn:
        conn.execute(update(customers).where(customers.c.id == acme).values(deleted_at=by.at))
    loaded(store, {"started_at": OLD + timedelta(days=35), "customer_id": acme, **CHARGED})

    hold = expired(store, KEEP_30, by, settings.archive_dir).hold

    assert hold is not None
    assert hold.custids == ("1001 (deleted; import it again to bill it)",)


def test_a_draft_settles_nothing(store, settings, by, acme):
    with store.writing() as conn:
        draft = add_invoice(conn, acme, 1, status=InvoiceStatus.DRAFT)
        conn.execute(update(tenant).values(billing_start=None))
        days = {"from_day": date(2026, 4, 1), "to_day": date(2026, 4, 30)}
        add_coverage(conn, draft, acme, **days)
    april = OLD + timedelta(days=35)
    loaded(store, {"started_at": april, "customer_id": acme, **CHARGED})

    assert expired(store, KEEP_30, by, settings.archive_dir).hold is not None
    assert left(store) == [april]


def test_calls_of_nobody_are_given_up_only_when_told(store, settings, by):
    loaded(store, {"started_at": OLD})

    held = expired(store, KEEP_30, by, settings.archive_dir)
    assert held.hold == Hold(OLD.date(), unclaimed=1)
    assert left(store) == [OLD]

    expired(store, Keeping(None, 30, given_up=GivenUp(unclaimed=True)), by, settings.archive_dir)
    assert left(store) == []


def test_calls_from_before_the_billing_start_can_go(store, settings, by):
    with store.writing() as conn:
        customer = add_customer(conn, "New", billing_start=date(2026, 6, 1))
    loaded(store, {"started_at": OLD, "customer_id": customer, **CHARGED})

    expired(store, KEEP_30, by, settings.archive_dir)

    assert left(store) == []


def test_calls_without_a_charge_hold_nothing(store, settings, by, acme):
    free = {"rate_state": RateState.RATED, "charge_micros": 0}
    loaded(store, {"started_at": OLD + timedelta(days=35), "customer_id": acme, **free})

    assert expired(store, KEEP_30, by, settings.archive_dir).hold is None
    assert left(store) == []


@pytest.mark.parametrize(
    ("charge", "day_held"),
    [(2_499, None), (2_500, date(2026, 3, 2))],
    ids=["less than half a cent", "half a cent"],
)
@pytest.mark.usefixtures("acme")
def test_calls_that_bill_runs_left_as_too_little_for_an_invoice_hold_nothing(
    store, by, charge, day_held
):
    """Two calls of another customer on days that were billed."""
    with store.writing() as conn:
        other = add_customer(conn, "Other")
        days = {"from_day": date(2026, 3, 1), "to_day": date(2026, 3, 31)}
        conn.execute(update(invoices).values(**days))
    both = (OLD, OLD + timedelta(days=1))
    little = {"customer_id": other, "charge_micros": charge}
    loaded(store, *({"started_at": at, **little} for at in both))

    would = planned(store, KEEP_30, by)

    assert (would.hold and would.hold.day) == day_held
    assert would.calls == (2 if day_held is None else 0)


def test_too_little_waits_for_a_bill_run_like_any_charge(store, settings, by, acme):
    loaded(store, {"started_at": OLD, "customer_id": acme, "charge_micros": 1, "load_version": 99})

    assert expired(store, KEEP_30, by, settings.archive_dir).hold is not None


def test_unanswered_calls_hold_nothing(store, settings, by):
    loaded(store, {"started_at": OLD, "disposition": Disposition.NO_ANSWER, **FREE})

    assert expired(store, KEEP_30, by, settings.archive_dir).hold is None
    assert left(store) == []


def test_the_first_kept_day_is_remembered_and_never_goes_back(store, settings, by, acme):
    loaded(store, {"started_at": OLD, "customer_id": acme, **CHARGED})

    expired(store, KEEP_30, by, settings.archive_dir)
    expired(store, Keeping(None, 300), by, settings.archive_dir)

    with store.snapshot() as conn:
        assert calls_expired_before(conn) == DAY_AFTER


def test_what_would_go_is_told_without_changing_anything(store, by, acme):
    loaded(store, {"started_at": OLD, "customer_id": acme, **CHARGED})

    assert planned(store, KEEP_30, by).calls == 1
    assert left(store) == [OLD]


def archived(settings, conn, name, **given):
    path = settings.archive_dir / name
    path.write_text(name)
    at = given.pop("at", OLD)
    return add_file(conn, location=str(path), received_at=at, processed_at=at, **given)


def test_old_files_go_and_young_failed_and_unsettled_ones_stay(store, settings, by, acme, now):
    april = OLD + timedelta(days=35)
    with store.writing() as conn:
        old = archived(settings, conn, "old.csv", last_call_at=OLD)
        archived(settings, conn, "young.csv", at=now - timedelta(days=29))
        archived(settings, conn, "failed.csv", status=FileStatus.ERROR)
        archived(settings, conn, "dismissed.csv", status=FileStatus.ERROR, dismissed_at=OLD)
        archived(settings, conn, "unsettled.csv", last_call_at=april)
    loaded(store, {"started_at": april, "customer_id": acme, **CHARGED})

    done = expired(store, Keeping(30, None), by, settings.archive_dir)

    assert (done.files, done.files_bytes) == (2, 2000)
    assert sorted(path.name for path in settings.archive_dir.iterdir()) == [
        "failed.csv",
        "unsettled.csv",
        "young.csv",
    ]
    with store.snapshot() as conn:
        row = conn.execute(select(cdr_files).where(cdr_files.c.id == old)).one()
    assert (row.expired_at, row.stored_bytes) == (by.at, 0)


def test_rejected_lines_lose_their_text_with_their_file_and_keep_their_reason(
    store, settings, by, now
):
    with store.writing() as conn:
        old = archived(settings, conn, "old.csv", last_call_at=OLD)
        young = archived(settings, conn, "young.csv", at=now)
        for file_id in (old, young):
            line = {"file_id": file_id, "line": 7, "reason": "bad_time", "raw": "2079460100,x"}
            conn.execute(rejections.insert().values(line))

    expired(store, Keeping(30, None), by, settings.archive_dir)

    with store.snapshot() as conn:
        found = conn.execute(select(rejections).order_by(rejections.c.file_id)).all()
    assert found == [
        (old, 7, "bad_time", "(expired with its file)"),
        (young, 7, "bad_time", "2079460100,x"),
    ]


def test_a_file_that_a_crash_left_behind_goes_with_the_next_run(store, settings, by):
    with store.writing() as conn:
        archived(settings, conn, "left.csv", expired_at=OLD)

    expired(store, Keeping(30, None), by, settings.archive_dir)

    assert list(settings.archive_dir.iterdir()) == []


def test_nothing_outside_the_archive_is_ever_deleted(store, settings, by, tmp_path):
    precious = tmp_path / "precious.csv"
    precious.write_text("mine")
    with store.writing() as conn:
        location = f"{settings.archive_dir}/../../precious.csv"
        add_file(conn, location=location, received_at=OLD, processed_at=OLD)

    expired(store, Keeping(30, None), by, settings.archive_dir)

    assert precious.exists()


def test_every_day_and_every_file_that_goes_is_in_the_audit_log(store, settings, by, acme):
    loaded(store, {"started_at": OLD, "customer_id": acme, **CHARGED})
    with store.writing() as conn:
        archived(settings, conn, "old.csv", last_call_at=OLD)

    expired(store, KEEP_30, by, settings.archive_dir)

    with store.snapshot() as conn:
        lines = conn.execute(select(audit_log.c.actor, audit_log.c.action)).all()
    assert lines == [("operator", "calls_expired"), ("operator", "archived_file_expired")]


def test_the_command_tells_what_went_and_what_holds(store, settings, now, acme):
    april = OLD + timedelta(days=35)
    every = (OLD, april, now - timedelta(days=20))
    loaded(store, *({"started_at": at, "customer_id": acme, **CHARGED} for at in every))
    store.close()
    context = Context(lambda: now, lambda: settings, "operator")

    would = CliRunner().invoke(app, ["retention", "--calls-days", "30", "--dry-run"], obj=context)
    did = CliRunner().invoke(app, ["retention", "--calls-days", "30"], obj=context)

    assert would.output.startswith("1 call and 0 archived files (0 bytes) would go.")
    assert did.output.startswith("1 call and 0 archived files (0 bytes) went.")
    assert "2026-04-06 on may go yet: that day has 1 call to invoice" in did.output
    assert did.output.endswith("Customers with such calls: 1001.\n")
    with store.snapshot() as conn:
        assert conn.execute(select(func.count()).select_from(calls)).scalar_one() == 2


def test_a_list_of_the_calls_on_an_invoice_says_how_many_are_gone(store, settings, by, acme, now):
    kept = OLD + timedelta(days=2)
    loaded(store, *({"started_at": at, "customer_id": acme, **CHARGED} for at in (OLD, kept)))
    with store.writing() as conn:
        conn.execute(usage_by_customer.update().values(invoice_id=1))
        invoice = conn.execute(select(invoices.c.number)).scalar_one()
    expired(store, Keeping(archive_days=30, calls_days=(now - kept).days), by, settings.archive_dir)
    given = Context(lambda: now, lambda: settings, "operator")
    csv, machine = settings.var / "calls.csv", settings.var / "machine.csv"
    words = ["invoices", "calls", str(invoice), "--csv"]

    people = CliRunner().invoke(app, [*words, str(csv)], obj=given)
    program = CliRunner().invoke(app, [*words, str(machine), "--machine"], obj=given)

    said = f"1 call of {invoice} is in no row: retention took it.\n"
    assert (people.stderr, program.stderr) == (said, said)
    assert csv.read_text().splitlines()[2:] == ["", '"Expired, in no row",1']
    assert len(machine.read_text().splitlines()) == 2
