"""What many do at once has one effect, and the others are told; what the rules forbid is refused.

Sixteen at the same moment, each with a connection of its own, as sixteen requests have.
"""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import exc, func, select, update

from data.bill_run import deleted, drafted, recorded, unrecorded
from data.domain.authorship import By
from data.domain.balances import Payment
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.store.queries.invoices import balance, invoices_of
from data.store.schema import audit_log, invoice_lines, invoices, payments, usage_by_customer
from data.store.writes.payments import payment_received, payment_reversed

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
UNIT = 1_000_000
AT_ONCE = 16


def at_once(deed):
    """Do something sixteen times at once; return how many had an effect and what others heard."""
    ready, done, told = threading.Barrier(AT_ONCE), [], []

    def one():
        ready.wait()
        try:
            done.append(deed())
        except Refused as refusal:
            told.append(str(refusal))

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done), told


@pytest.fixture
def draft(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), 10 * UNIT)
    (made,) = drafted(store, JUNE_RUN, by)
    return made


def payment_of(customer_id, amount_micros):
    return Payment(customer_id=customer_id, paid_on=date(2026, 6, 15), amount_micros=amount_micros)


def reversal(store, by, payment_id):
    with store.writing() as conn:
        return payment_reversed(conn, payment_id, date(2026, 6, 16), by, why="twice")


def deeds(store, by, draft):
    """Return each deed with what must be there before it, and the word of the log for it."""

    def paid():
        recorded(store, [draft.name], by)
        payment = payment_of(draft.customer_id, UNIT)
        with store.writing() as conn:
            return payment_received(conn, payment, by)

    return {
        "record": (None, lambda _: recorded(store, [draft.name], by), "invoice_recorded"),
        "delete": (None, lambda _: deleted(store, [draft.name], by), "draft_deleted"),
        "unrecord": (
            lambda: recorded(store, [draft.name], by),
            lambda _: unrecorded(store, ["1"], by),
            "invoice_unrecorded",
        ),
        "reverse": (paid, lambda payment: reversal(store, by, payment), "payment_reversed"),
    }


@pytest.mark.parametrize("deed", ["record", "delete", "unrecord", "reverse"])
def test_sixteen_at_once_have_one_effect_and_fifteen_are_told(kit, store, by, draft, deed):
    before, act, word = deeds(store, by, draft)[deed]
    given = before() if before else None

    effects, told = at_once(lambda: act(given))

    assert effects == 1
    assert len(told) == AT_ONCE - 1
    assert all(each.endswith(".") for each in told)
    logged = select(func.count()).where(audit_log.c.action == word)
    assert kit.rows(logged) == [(1,)]


def test_one_form_that_arrives_sixteen_times_at_once_enters_one_payment(kit, store, by, draft):
    recorded(store, [draft.name], by)
    sent = replace(payment_of(draft.customer_id, UNIT), token="the form")

    def enter():
        with store.writing() as conn:
            return payment_received(conn, sent, by)

    assert at_once(enter) == (AT_ONCE, [])
    assert kit.rows(select(payments.c.amount_micros)) == [(UNIT,)]


def test_sixteen_bill_runs_at_once_bill_every_call_once(kit, store, by):
    for number in range(3):
        kit.usage(kit.customer(str(number)), (6, 3), 10 * UNIT)

    at_once(lambda: drafted(store, JUNE_RUN, by))

    assert kit.rows(select(func.count(), func.sum(invoices.c.total_micros))) == [(3, 30 * UNIT)]
    assert kit.unbilled() == 0
    assert kit.totals_hold()


STATES = ["draft", "deleted", "recorded", "paid"]
ALLOWED = {
    ("draft", "record"),
    ("draft", "delete"),
    ("recorded", "unrecord"),
}


@pytest.mark.parametrize("deed", ["record", "delete", "unrecord"])
@pytest.mark.parametrize("state", STATES)
def test_only_the_steps_of_the_rules_are_taken(store, by, draft, state, deed):
    name = draft.name
    if state == "deleted":
        deleted(store, [name], by)
    elif state in ("recorded", "paid"):
        (name,) = recorded(store, [name], by)
    if state == "paid":
        with store.writing() as conn:
            payment_received(conn, payment_of(draft.customer_id, UNIT), by)
    step = {"record": recorded, "delete": deleted, "unrecord": unrecorded}[deed]

    if (state, deed) in ALLOWED:
        step(store, [name], by)
    else:
        with pytest.raises(Refused):
            step(store, [name], by)


@pytest.mark.parametrize(
    "values",
    [
        {"number": None},
        {"deleted_at": "now"},
        {"total_micros": 1},
        {"status": "PAID"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_store_itself_refuses_a_recorded_invoice_that_cannot_be(store, by, draft, values):
    recorded(store, [draft.name], by)
    given = {name: by.at if value == "now" else value for name, value in values.items()}

    with pytest.raises(exc.IntegrityError), store.writing() as conn:
        conn.execute(update(invoices).values(**given))


def test_calls_that_come_late_leave_the_recorded_invoice_as_it_was(kit, store, by, draft):
    recorded(store, [draft.name], by)

    def as_printed():
        mine = invoice_lines.c.invoice_id == draft.id
        lines = kit.rows(select(invoice_lines).where(mine).order_by(invoice_lines.c.position))
        return lines, kit.rows(select(invoices).where(invoices.c.id == draft.id))

    before = as_printed()

    kit.usage(draft.customer_id, (6, 20), 3 * UNIT)
    july = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))
    (late,) = drafted(store, july, by)

    assert as_printed() == before
    assert [kind for kind, _, _ in kit.lines(late.id)] == ["late_usage"]
    assert late.total_micros == 3 * UNIT


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(), timedelta(hours=1)])
def test_a_clock_that_is_an_hour_off_moves_no_amount(kit, store, by, off):
    ada = kit.customer("1")
    kit.usage(ada, (6, 1), 10 * UNIT)
    kit.usage(ada, (6, 30), 5 * UNIT)
    kit.usage(ada, (7, 1), 7 * UNIT)
    skewed = By(by.actor, datetime(2026, 7, 1, 0, 30, tzinfo=UTC) + off)  # an hour moves its day

    (draft,) = drafted(store, JUNE_RUN, skewed)
    numbers = recorded(store, [draft.name], skewed)
    with store.writing() as conn:
        payment_received(conn, payment_of(ada, 4 * UNIT), skewed)

    assert numbers == ["1"]
    with store.snapshot() as conn:
        (invoice,) = invoices_of(conn, status=InvoiceStatus.RECORDED)
        owed = balance(conn, ada)
    assert (invoice.invoice_date, invoice.due_date) == (date(2026, 7, 1), date(2026, 7, 31))
    assert (invoice.total_micros, owed.outstanding_micros) == (15 * UNIT, 11 * UNIT)
    assert kit.rows(select(func.sum(payments.c.amount_micros))) == [(4 * UNIT,)]
    assert kit.rows(
        select(func.sum(usage_by_customer.c.charge_micros)).where(
            usage_by_customer.c.invoice_id == draft.id
        )
    ) == [(15 * UNIT,)]
