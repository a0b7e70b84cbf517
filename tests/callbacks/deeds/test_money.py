from datetime import date

import pytest
from sqlalchemy import insert, update

from data.domain.errors import Refused
from data.domain.records import InvoiceStatus, MatchState, RateState
from data.store.queries.invoices import balance
from data.store.schema import charges, customer_charges, customers, invoices, payments, plans
from tests.factories import add_call, add_customer, add_file, add_invoice, add_payment, roll_up
from tests.ingesting import add_rates


@pytest.fixture
def acme(store):
    with store.writing() as conn:
        return add_customer(conn, "Acme", custid="A1", rate_table_id=add_rates(conn, "sell", p1=1))


@pytest.fixture
def drafts(store, acme):
    with store.writing() as conn:
        return [add_invoice(conn, acme, units, status=InvoiceStatus.DRAFT) for units in (1000, 204)]


@pytest.fixture
def recorded(store, acme):
    with store.writing() as conn:
        return add_invoice(conn, acme, 115.47)


def number_of(desk, invoice_id):
    return dict(desk.rows(invoices.c.id, invoices.c.number))[invoice_id]


def test_recording_names_the_sum_before_and_the_numbers_after(desk, drafts):
    question = desk.ask("record", *drafts)

    said = desk.do("record", *drafts)

    assert question.title == "Record 2 invoices, $1,204.00?"
    assert [fact.label for fact in question.facts] == ["Customer", "Invoices"]
    assert question.facts[1].value == ", ".join(f"D{draft}" for draft in drafts)
    assert said.startswith("Recorded 2 invoices, $1,204.00: ")
    assert set(desk.rows(invoices.c.status)) == {(InvoiceStatus.RECORDED,)}


def test_a_question_about_invoices_of_many_names_the_first_customers_and_invoices(desk, store):
    with store.writing() as conn:
        draft = InvoiceStatus.DRAFT
        ours = [
            add_invoice(conn, add_customer(conn, name, custid=name[0]), 5, status=draft)
            for name in ("Alba", "Beta", "Cora", "Dune", "Echo", "Fado")
        ]

    question = desk.ask("record", *ours)

    assert [(fact.label, fact.value) for fact in question.facts] == [
        ("6 customers", "Alba (A), Beta (B), Cora (C) and 3 more"),
        ("Invoices", ", ".join(f"D{number}" for number in ours[:5]) + " and 1 more"),
    ]


def test_deleting_speaks_of_drafts_and_is_not_asked_of_a_recorded_invoice(desk, drafts, recorded):
    assert desk.ask("delete", drafts[0]).title.startswith("Delete 1 draft, $")
    with pytest.raises(Refused, match="is recorded, so it is not deleted"):
        desk.ask("delete", drafts[0], recorded)


def test_deleted_drafts_are_gone(desk, drafts):
    assert desk.do("delete", drafts[0]).startswith("Deleted 1 draft, $")

    with pytest.raises(Refused, match="gone"):
        desk.ask("record", drafts[0])


def test_an_unpaid_invoice_goes_back_to_draft_and_a_paid_one_does_not(desk, recorded):
    desk.do("unrecord", recorded)
    desk.do("record", recorded)
    desk.do("pay", recorded, amount="1", day="2026-06-15")

    with pytest.raises(Refused):
        desk.do("unrecord", recorded)
    assert desk.log()[:2] == ["invoice_unrecorded", "invoice_recorded"]


def test_a_payment_proposes_what_is_outstanding_and_is_entered(desk, recorded):
    question = desk.ask("pay", recorded)
    proposed = {field.name: field.value for field in question.fields}

    said = desk.do("pay", recorded, **proposed | {"method": "card", "notes": "thanks"})

    assert question.title == "Enter a payment on 1 invoice, $115.47 outstanding"
    assert [fact.value for fact in question.facts] == ["Acme (A1)", number_of(desk, recorded)]
    assert said == f"Payment of $115.47 received: $115.47 on invoice {number_of(desk, recorded)}"
    entry = (payments.c.amount_micros, payments.c.paid_on, payments.c.method, payments.c.notes)
    assert desk.rows(*entry) == [(115_470_000, date(2026, 6, 15), "card", "thanks")]


def test_a_payment_of_more_says_what_of_it_is_on_account(desk, recorded):
    said = desk.do("pay", recorded, amount="500", day="2026-06-15")

    on_it = f"$115.47 on invoice {number_of(desk, recorded)}"
    assert said == f"Payment of $500.00 received: {on_it}, $384.53 on account"


def test_an_entry_that_says_what_one_before_does_names_it_and_a_form_sent_twice_does_not(
    desk, recorded
):
    typed = {"amount": "20", "day": "2026-06-15", "method": "card"}
    desk.form = "a form"
    first = desk.do("pay", recorded, **typed)
    sent_twice = desk.do("pay", recorded, **typed)
    desk.form = "another form"
    again = desk.do("pay", recorded, **typed)

    before, _ = sorted(number for (number,) in desk.rows(payments.c.id))
    assert sent_twice == first
    assert again.removeprefix(first).startswith(f". Entry {before} says the same: ")


def test_of_many_invoices_that_a_payment_went_to_the_first_are_named(desk, store, acme):
    with store.writing() as conn:
        owed = [add_invoice(conn, acme, 10) for _ in range(7)]

    said = desk.do("pay", *owed, amount="70", day="2026-06-15")

    named = ", ".join(f"$10.00 on invoice {number_of(desk, invoice)}" for invoice in owed[:4])
    assert said == f"Payment of $70.00 received: {named}, $30.00 on 3 more invoices"


def test_a_payment_is_one_customers_on_what_is_owed_and_an_amount(desk, store, drafts):
    with store.writing() as conn:
        ours = [add_invoice(conn, add_customer(conn, name), 5) for name in ("Beta", "Gamma")]

    with pytest.raises(Refused, match="one customer"):
        desk.ask("pay", *ours)
    with pytest.raises(Refused, match="Nothing is owed"):
        desk.ask("pay", drafts[0])
    for amount, why in (("much", "not an amount"), ("0", "above 0"), ("-5", "above 0")):
        with pytest.raises(Refused, match=why):
            desk.do("pay", ours[0], amount=amount, day="2026-06-15")
    with pytest.raises(Refused, match="day"):
        desk.do("pay", ours[0], amount="5", day="tomorrow")


def test_a_payment_is_reversed_and_both_entries_stay(desk, store, acme, recorded):
    with store.writing() as conn:
        entry = add_payment(conn, acme, 115.47, invoice_id=recorded)

    question = desk.ask("reverse", entry)
    told = desk.do("reverse", entry, why="cheque bounced", day="2026-06-15")

    assert told.endswith(f"which takes back $115.47 on invoice {number_of(desk, recorded)}")

    assert question.title == "Reverse the payment of $115.47?"
    assert {fact.label: fact.value for fact in question.facts}.items() >= {
        ("Customer", "Acme (A1)"),
        ("Went to", f"$115.47 on invoice {number_of(desk, recorded)}"),
    }
    assert sorted(desk.rows(payments.c.amount_micros)) == [(-115_470_000,), (115_470_000,)]
    with pytest.raises(Refused, match="reversed already"):
        desk.do("reverse", entry, why="", day="2026-06-15")


@pytest.fixture
def partly_paid(store, acme, recorded):
    """Two invoices of 145.47 together, of which 50 are paid; a third is nobody's question."""
    with store.writing() as conn:
        other = add_invoice(conn, acme, 30)
        add_invoice(conn, acme, 7)
        add_payment(conn, acme, 50, invoice_id=recorded)
    return recorded, other


def outstanding_micros(store, customer_id):
    with store.snapshot() as conn:
        return balance(conn, customer_id).outstanding_micros


SETTLED = {
    "credit": (
        "Enter a credit note on 2 invoices, $95.47 outstanding",
        "Credit note of $95.47 entered: $65.47 on invoice {}, $30.00 on invoice {}",
        "credit_note",
    ),
    "write-off": (
        "Write off $95.47 of 2 invoices?",
        "$95.47 written off: $65.47 on invoice {}, $30.00 on invoice {}",
        "write_off",
    ),
}


@pytest.mark.parametrize("slug", SETTLED)
def test_a_credit_note_or_write_off_comes_to_what_is_outstanding_and_settles_it(
    desk, store, acme, partly_paid, slug
):
    question = desk.ask(slug, *partly_paid)
    proposed = {field.name: field.value for field in question.fields}
    before = outstanding_micros(store, acme)

    told = desk.do(slug, *partly_paid, **proposed)

    title, said, kind = SETTLED[slug]
    numbers = [number_of(desk, invoice) for invoice in partly_paid]
    assert (question.title, told) == (title, said.format(*numbers))
    assert "outstanding" in question.text
    assert (kind, 95_470_000) in desk.rows(payments.c.kind, payments.c.amount_micros)
    assert before - outstanding_micros(store, acme) == 95_470_000
    for invoice in partly_paid:
        with pytest.raises(Refused, match="Nothing is owed"):
            desk.ask("pay", invoice)


@pytest.mark.parametrize("typed", ["1e1", "1_0", "\u0661", "1,5"])
def test_an_amount_is_typed_in_plain_digits(desk, store, acme, recorded, typed):
    with pytest.raises(Refused, match=r"write digits and one decimal point.* Nothing was changed"):
        desk.do("pay", recorded, amount=typed, day="2026-06-15")

    assert outstanding_micros(store, acme) == 115_470_000


def test_a_credit_note_of_less_leaves_the_rest_outstanding(desk, store, acme, recorded):
    proposed = {field.name: field.value for field in desk.ask("credit", recorded).fields}
    assert proposed["amount"] == "115.47"

    desk.do("credit", recorded, **proposed | {"amount": "15.40"})

    assert outstanding_micros(store, acme) == 100_070_000
    with pytest.raises(Refused, match=r"more than the 100\.07 that is outstanding"):
        desk.do("credit", recorded, **proposed)
    asked = desk.ask("credit", recorded)
    assert asked.title.endswith("on 1 invoice, $100.07 outstanding")
    assert asked.text.endswith("the invoice stays as it is.")


def test_money_on_account_goes_to_invoices_or_back(desk, store, acme):
    with store.writing() as conn:
        add_payment(conn, acme, 100)
    with pytest.raises(Refused, match="no money on account that could"):
        desk.ask("apply", acme)
    with store.writing() as conn:
        add_invoice(conn, acme, 30)

    assert desk.ask("apply", acme).button == "Put $30.00 to invoices"
    told = "$30.00 put to invoices: $70.00 stays on account, $0.00 is outstanding"
    assert desk.do("apply", acme) == told
    assert desk.ask("refund", acme).title == "Refund Acme, which has $70.00 on account"
    told = desk.do("refund", acme, amount="70", day="2026-06-15")
    assert told == "$70.00 refunded; $0.00 stays on account"
    with pytest.raises(Refused, match="nothing to refund"):
        desk.ask("refund", acme)


def test_a_bill_run_shows_first_what_it_would_make_and_leave_out(desk, store, acme):
    with store.writing() as conn:
        add_file(conn, loaded=2)
        priced = {
            "customer_id": acme,
            "match_state": MatchState.MATCHED,
            "rate_state": RateState.RATED,
        }
        add_call(conn, charge_micros=12_340_000, **priced)
        add_call(conn)
        add_file(conn, status="error")
        roll_up(conn)
    dates = {"from": "2026-06-01", "to": "2026-06-14", "date": "2026-06-15"}

    first = desk.ask("bill-run")
    seen = desk.ask("bill-run", **dates)
    made = desk.rows(invoices.c.id)
    said = desk.do("bill-run", **dates)

    assert (first.final, seen.final, made) == (False, True, [])
    assert seen.title == "Make 1 draft, $12.34?"
    left_out = {fact.label: fact.value for fact in seen.facts if fact.warning}
    assert left_out["Left out: calls to 2026-06-14 without a customer"] == "1"
    assert said == "1 draft made, $12.34"
    assert desk.do("bill-run", **dates) == "Nothing to bill: no draft was made."
    with store.writing() as conn:
        conn.execute(update(invoices).values(outdated=True))
    assert desk.do("bill-run", **dates).endswith(
        "made. Out of date: D1; delete them and make drafts again."
    )
    assert desk.ask("bill-run", **dates).facts[0].value == "D1"
    idle = desk.ask("bill-run", **dates)
    assert (idle.title, idle.button, idle.button_look) == (
        "There is nothing to bill",
        "Close",
        "act idle",
    )


def test_a_bill_run_names_whom_a_discount_leaves_without_a_draft(desk, store, acme):
    priced = {"match_state": MatchState.MATCHED, "rate_state": RateState.RATED}
    with store.writing() as conn:
        add_call(conn, customer_id=acme, charge_micros=1_500_000, **priced)
        roll_up(conn)
        conn.execute(insert(charges).values(id=1, name="R", amount_micros=-50_000_000))
        given = {"charge_id": 1, "from_day": date(2026, 6, 1)}
        conn.execute(insert(customer_charges).values(customer_id=acme, **given))
    dates = {"from": "2026-06-01", "to": "2026-06-14", "date": "2026-06-15"}

    seen, said = desk.ask("bill-run", **dates), desk.do("bill-run", **dates)

    assert [(fact.label, fact.value) for fact in seen.facts] == [
        ("Left out: below zero, before tax", "1 customer: A1 (-$48.50)")
    ]
    assert said == (
        "Nothing to bill: no draft was made. "
        "Below zero before tax, so no draft: 1 customer: A1 (-$48.50)."
    )


@pytest.mark.usefixtures("acme")
def test_the_question_of_a_bill_run_warns_of_what_looks_like_a_slip(desk, store):
    with store.writing() as conn:
        plan = conn.execute(
            insert(plans).values(name="P", monthly_fee_micros=1_000_000).returning(plans.c.id)
        ).scalar_one()
        conn.execute(update(customers).values(plan_id=plan))
    desk.do("bill-run", **{"from": "2026-04-01", "to": "2026-04-30", "date": "2026-05-01"})

    seen = desk.ask("bill-run", **{"from": "2026-06-01", "to": "2026-06-14", "date": "2026-06-15"})

    first = seen.facts[0]
    assert (first.label, first.warning) == ("Never billed: 2026-05-01 to 2026-05-31", True)
    assert first.value.startswith("1 customer on a plan: A1. Bill those days first")


def test_a_bill_run_of_unknown_customers_or_dates_is_refused(desk):
    dates = {"from": "2026-06-01", "to": "2026-06-14", "date": "2026-06-15"}

    with pytest.raises(Refused):
        desk.ask("bill-run", **dates, customers="nobody")
    with pytest.raises(Refused, match="before it begins"):
        desk.ask("bill-run", **dates | {"to": "2026-05-01"})
    with pytest.raises(Refused, match="first day"):
        desk.ask("bill-run", **dates | {"from": ""})


@pytest.mark.parametrize("slug", ["record", "pay", "reprocess", "resolve", "reverse", "refund"])
@pytest.mark.parametrize("rows", [(), ("1; DROP TABLE invoices",), ("-1",), ("9" * 40,), ("9",)])
def test_rows_that_are_none_are_refused_in_words(desk, slug, rows):
    with pytest.raises(Refused):
        desk.do(slug, *rows, amount="1", day="2026-06-15")
