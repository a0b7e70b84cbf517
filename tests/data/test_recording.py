"""From a draft to a recorded invoice with its number, and back."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update

from data.bill_run import deleted, drafted, named, recorded, unrecorded
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from data.store.queries.invoices import balance, invoices_of
from data.store.schema import (
    audit_log,
    customers,
    invoice_coverage,
    invoices,
    plans,
)

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
JUNE_RUN = BillRun(date(2026, 7, 1), JUNE)
UNIT = 1_000_000


def test_recording_takes_the_next_numbers_and_debits_the_customer(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), 10 * UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    before = kit.read(lambda conn: balance(conn, ada)).balance_micros

    numbers = recorded(store, [draft.name], by)

    assert numbers == ["1"]
    assert before == 0
    assert kit.read(lambda conn: balance(conn, ada)).balance_micros == 10 * UNIT
    assert kit.read(lambda conn: named(conn, "1")).status is InvoiceStatus.RECORDED


def draft_of(kit, store, by, custid, day=(6, 3)):
    kit.usage(kit.customer(custid), day, UNIT)
    return drafted(store, JUNE_RUN, by)[-1]


def test_a_draft_of_what_became_a_provider_is_not_recorded_and_can_be_deleted(kit, store, by):
    draft = draft_of(kit, store, by, "1")
    with store.writing() as conn:
        conn.execute(update(customers).values(provider=True))

    with pytest.raises(Refused, match="of customer 1, a provider, and providers are never"):
        recorded(store, [draft.name], by)

    deleted(store, [draft.name], by)
    assert kit.read(lambda conn: named(conn, draft.name)).deleted


def test_an_invoice_taken_back_to_draft_gets_its_own_number_again(kit, store, by):
    names = [draft_of(kit, store, by, custid).name for custid in ("1", "2", "3")]
    recorded(store, names, by)

    unrecorded(store, ["2"], by)
    again = recorded(store, [names[1]], by)

    assert again == ["2"]


def test_the_number_of_a_deleted_draft_goes_to_the_next_invoice(kit, store, by):
    names = [draft_of(kit, store, by, custid).name for custid in ("1", "2", "3")]
    recorded(store, names, by)
    unrecorded(store, ["2"], by)
    deleted(store, [names[1]], by)

    (late,) = drafted(store, JUNE_RUN, by)

    assert recorded(store, [late.name], by) == ["2"]


def test_two_recorders_at_once_leave_no_gap_and_no_number_twice(kit, store, by):
    for custid in range(20):
        kit.usage(kit.customer(str(custid)), (6, 3), UNIT)
    names = [draft.name for draft in drafted(store, JUNE_RUN, by)]
    taken = []

    def record(some):
        for name in some:
            taken.extend(recorded(store, [name], by))

    threads = [threading.Thread(target=record, args=(names[start::2],)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(number) for number in taken) == list(range(1, 21))


def test_numbers_of_invoices_made_elsewhere_are_skipped(kit, store, by):
    other = kit.customer("9")
    kit.add(
        invoices,
        number="1",
        customer_id=other,
        status="RECORDED",
        external=True,
        invoice_date=date(2026, 1, 1),
        due_date=date(2026, 1, 31),
        net_micros=0,
        tax_micros=0,
        total_micros=0,
        created_at=by.at,
    )
    draft = draft_of(kit, store, by, "1")

    assert recorded(store, [draft.name], by) == ["2"]


def test_a_draft_named_twice_is_refused(kit, store, by):
    first = draft_of(kit, store, by, "1")

    with pytest.raises(Refused, match="named twice"):
        recorded(store, [first.name, first.name], by)


def test_a_failed_recording_takes_no_number(kit, store, by):
    first = draft_of(kit, store, by, "1")

    with pytest.raises(Refused, match="no invoice D999"):
        recorded(store, [first.name, "D999"], by)

    assert recorded(store, [first.name], by) == ["1"]


def test_deleting_a_draft_frees_its_calls_and_keeps_it_as_deleted(kit, store, by):
    ada = kit.customer("1")
    kit.usage(ada, (6, 3), UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    kit.usage(ada, (6, 3), 2 * UNIT)

    deleted(store, [draft.name], by)

    assert kit.unbilled() == 3 * UNIT
    assert kit.read(lambda conn: named(conn, draft.name)).deleted
    assert kit.read(invoices_of) == []
    assert kit.rows(select(func.count()).select_from(invoice_coverage)) == [(0,)]
    (again,) = drafted(store, JUNE_RUN, by)
    assert again.total_micros == 3 * UNIT


def test_a_plan_fee_of_a_deleted_draft_is_billed_again(kit, store, by):
    plan = kit.add(plans, name="Basic", monthly_fee_micros=UNIT)
    kit.customer("1", plan_id=plan)
    (draft,) = drafted(store, JUNE_RUN, by)
    deleted(store, [draft.name], by)

    (again,) = drafted(store, JUNE_RUN, by)

    assert again.total_micros == UNIT


def test_recorded_invoices_are_not_deleted_and_drafts_not_recorded_twice(kit, store, by):
    draft = draft_of(kit, store, by, "1")
    recorded(store, [draft.name], by)

    with pytest.raises(Refused, match="recorded already"):
        deleted(store, ["1"], by)
    with pytest.raises(Refused, match="recorded already"):
        recorded(store, ["1"], by)
    unrecorded(store, ["1"], by)
    with pytest.raises(Refused, match="draft already"):
        unrecorded(store, ["1"], by)
    deleted(store, [draft.name], by)
    with pytest.raises(Refused, match="was deleted"):
        recorded(store, [draft.name], by)


def test_a_draft_whose_calls_were_processed_again_must_be_drafted_again(kit, store, by):
    draft = draft_of(kit, store, by, "1")
    with store.writing() as conn:
        conn.execute(update(invoices).values(outdated=True))

    with pytest.raises(Refused, match="out of date"):
        recorded(store, [draft.name], by)


def test_every_step_is_in_the_audit_log(kit, store, by):
    draft = draft_of(kit, store, by, "1")
    recorded(store, [draft.name], by)
    unrecorded(store, ["1"], by)
    deleted(store, [draft.name], by)

    steps = kit.rows(select(audit_log.c.action).order_by(audit_log.c.id))

    assert [step for (step,) in steps] == [
        "invoice_drafted",
        "invoice_recorded",
        "invoice_unrecorded",
        "draft_deleted",
    ]
