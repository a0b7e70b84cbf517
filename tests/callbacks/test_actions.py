from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from flask import Flask, g
from werkzeug.exceptions import BadRequest, Forbidden

from callbacks.actions import Actions, typed_in
from callbacks.deeds import DEEDS
from callbacks.visitors import Caller
from data.domain.records import InvoiceStatus, MatchState, RateState, Role
from data.store.schema import customers, invoices, payments, tickets
from layouts.actions import ACTIONS, needed_role, offered
from layouts.openings import OPENINGS
from tests.factories import add_call, add_customer, add_file, add_invoice, roll_up

OPEN, TITLE, BODY, BUTTON = range(4)
PROBLEM, PENDING, OUTCOME, LOOK = 7, 8, 9, 10


@pytest.fixture
def actions(store, settings, now):
    return Actions(store, lambda: now, lambda: "three quiet herons by night", settings.inbox_dir)


@pytest.fixture
def as_role():
    server = Flask("test")
    with server.test_request_context():

        def become(role):
            g.caller = Caller("anna@example.com", role)

        become(Role.BILLING)
        yield become


def proposed_in(answer):
    """What a dialog proposes, by field, as the browser would send it back."""
    parts = [part for top in answer[BODY] for part in top._traverse()]  # noqa: SLF001 (Dash's own walk)
    found = [part for part in parts if isinstance(getattr(part, "id", None), dict)]
    names = [part.id for part in found]
    return typed_in(names, [part.value for part in found])


@pytest.fixture
def drafts(store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        return [add_invoice(conn, acme, units, status=InvoiceStatus.DRAFT) for units in (1000, 204)]


def test_every_action_has_a_deed_and_is_offered_in_some_panel():
    reachable = {one.slug for opening in OPENINGS.values() for one in offered(opening, Role.ADMIN)}

    assert {one.slug for one in ACTIONS} == set(DEEDS) == reachable


def test_a_viewer_is_offered_nothing_and_people_are_the_administrators():
    assert [offered(opening, Role.VIEWER) for opening in OPENINGS.values()] == [[]] * len(OPENINGS)
    assert offered(OPENINGS["users"], Role.BILLING) == []
    assert OPENINGS["users"].role is OPENINGS["changes"].role is Role.ADMIN


@pytest.mark.usefixtures("as_role")
def test_an_action_asks_with_the_sum_and_does_it_once(desk, actions, drafts):
    ticked = [{"row_id": str(number)} for number in drafts]

    asked = actions.asked("record", ticked)
    done = actions.confirmed(asked[PENDING], {})
    again = actions.confirmed(asked[PENDING], {})

    assert asked[:2] == (True, "Record 2 invoices, $1,204.00?")
    assert asked[BUTTON] == "Record 2 invoices, $1,204.00"
    assert done[OPEN] is False
    assert done[OUTCOME].startswith("Recorded 2 invoices, $1,204.00: ")
    assert set(desk.rows(invoices.c.status)) == {(InvoiceStatus.RECORDED,)}
    assert "recorded" in again[PROBLEM]


@pytest.fixture
def asking_apart(store, settings, now):
    """Actions each of whose questions has a token of its own, as in the server."""
    numbers = count(1)
    return Actions(store, lambda: now, lambda: f"token {next(numbers)}", settings.inbox_dir)


@pytest.mark.usefixtures("as_role")
def test_a_double_click_enters_a_payment_once_and_a_second_dialog_another(
    desk, asking_apart, store
):
    with store.writing() as conn:
        owed = add_invoice(conn, add_customer(conn, "Acme", custid="A1"), 100)
    typed = {"amount": "10", "day": "2026-06-15", "method": "transfer", "notes": ""}

    asked = asking_apart.asked("pay", [{"row_id": str(owed)}])
    clicked = [asking_apart.confirmed(asked[PENDING], typed) for _ in range(2)]
    entered = desk.rows(payments.c.amount_micros)
    asked = asking_apart.asked("pay", [{"row_id": str(owed)}])
    asking_apart.confirmed(asked[PENDING], typed)

    (said,) = {answer[OUTCOME] for answer in clicked}
    assert said.startswith("Payment of $10.00 received: $10.00 on invoice ")
    assert entered == [(10_000_000,)]
    assert desk.rows(payments.c.amount_micros) == [(10_000_000,)] * 2


@pytest.mark.usefixtures("as_role")
def test_a_double_click_opens_a_ticket_once_and_a_second_dialog_another(desk, asking_apart):
    typed = {"subject": "No calls since noon", "text": "", "priority": "normal"}

    asked = asking_apart.asked("open-ticket", [])
    clicked = [asking_apart.confirmed(asked[PENDING], typed)[OUTCOME] for _ in range(2)]
    opened = desk.rows(tickets.c.id)
    asked = asking_apart.asked("open-ticket", [])
    asking_apart.confirmed(asked[PENDING], typed)

    assert opened == [(1,)]
    assert clicked == ["Ticket 1 is open"] * 2
    assert desk.rows(tickets.c.id) == [(1,), (2,)]


@pytest.fixture
def owed(store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        return [add_invoice(conn, acme, units) for units in (100, 30)]


def typed_with(**typed):
    return {"amount": "130", "day": "2026-06-14", "method": "card", "notes": ""} | typed


@pytest.mark.usefixtures("as_role")
def test_a_payment_on_what_was_paid_meanwhile_is_not_entered_but_asked_again(
    desk, asking_apart, owed
):
    rows = [{"row_id": str(invoice)} for invoice in owed]
    asked = asking_apart.asked("pay", rows)
    desk.do("pay", owed[0], amount="40", day="2026-06-15")

    again = asking_apart.confirmed(asked[PENDING], typed_with(amount="130.00", notes="bank"))
    entered = desk.rows(payments.c.amount_micros)
    proposed = proposed_in(again)
    done = asking_apart.confirmed(again[PENDING], proposed)

    assert again[OPEN] is True
    assert again[TITLE] == "Enter a payment on 2 invoices, $90.00 outstanding"
    assert "changed meanwhile" in again[PROBLEM]
    assert entered == [(40_000_000,)]
    assert proposed == {"amount": "90.00", "day": "2026-06-14", "method": "card", "notes": "bank"}
    assert done[OUTCOME].startswith("Payment of $90.00 received: $60.00 on invoice ")


def test_of_many_who_answer_the_same_question_at_once_one_pays_and_the_others_are_asked_again(
    desk, asking_apart, owed, as_role
):
    """Whoever waits for the write lock saw the invoice unpaid; they must look again behind it."""
    people = 6
    as_role(Role.BILLING)
    asked = [asking_apart.asked("pay", [{"row_id": str(owed[0])}]) for _ in range(people)]
    gate = Barrier(people)

    def answered(one):
        with Flask("test").test_request_context():
            g.caller = Caller("anna@example.com", Role.BILLING)
            gate.wait(timeout=30)
            return asking_apart.confirmed(one[PENDING], typed_with(amount="40"))

    with ThreadPoolExecutor(people) as crowd:
        answers = list(crowd.map(answered, asked))

    assert desk.rows(payments.c.amount_micros) == [(40_000_000,)]
    assert sorted(answer[OPEN] for answer in answers) == [False, *[True] * (people - 1)]


@pytest.mark.usefixtures("as_role")
def test_what_nothing_is_owed_on_any_more_is_refused_in_the_dialog(desk, asking_apart, owed):
    asked = asking_apart.asked("pay", [{"row_id": str(owed[0])}])
    desk.do("pay", owed[0], amount="100", day="2026-06-15")

    refused = asking_apart.confirmed(asked[PENDING], typed_with(amount="100"))

    assert "Nothing is owed" in refused[PROBLEM]
    assert desk.rows(payments.c.amount_micros) == [(100_000_000,)]


@pytest.mark.usefixtures("as_role")
def test_a_customer_whom_somebody_else_changed_meanwhile_is_not_written_over(desk, actions, store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
    asked = actions.asked("edit-customer", [{"row_id": str(acme)}])
    typed = asked[PENDING]["named"]["proposed"] | {"city": "Leeds"}
    desk.do("edit-customer", acme, **typed | {"city": "", "email": "new@example.com"})

    again = actions.confirmed(asked[PENDING], typed)
    proposed = proposed_in(again)
    actions.confirmed(again[PENDING], proposed)

    assert desk.rows(customers.c.email, customers.c.city) == [("new@example.com", "Leeds")]


@pytest.mark.usefixtures("as_role")
def test_a_bill_run_that_would_make_other_drafts_by_now_shows_them_first(desk, actions, store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        priced = {"match_state": MatchState.MATCHED, "rate_state": RateState.RATED}
        add_file(conn)
        add_call(conn, customer_id=acme, charge_micros=5_000_000, **priced)
        roll_up(conn)
    typed = {"from": "2026-06-01", "to": "2026-06-14", "date": "2026-06-15", "customers": ""}
    seen = actions.confirmed(actions.asked("bill-run", [])[PENDING], typed)
    desk.do("bill-run", **typed)

    again = actions.confirmed(seen[PENDING], {})

    assert (seen[TITLE], again[TITLE]) == ("Make 1 draft, $5.00?", "There is nothing to bill")
    assert "changed meanwhile" in again[PROBLEM]
    assert len(desk.rows(invoices.c.id)) == 1


@pytest.mark.usefixtures("as_role")
def test_a_question_in_two_steps_keeps_what_was_typed_and_does_nothing_before(actions):
    asked = actions.asked("bill-run", [])
    first, last = "2026-05-01", "2026-05-31"
    typed = {"from": first, "to": last, "date": "2026-06-15", "customers": ""}

    seen = actions.confirmed(asked[PENDING], typed)

    assert asked[PENDING]["final"] is False
    assert seen[OPEN] is True
    assert seen[PENDING]["final"] is True
    assert seen[PENDING]["typed"] == typed
    assert actions.confirmed(seen[PENDING], {})[OPEN] is False


@pytest.mark.usefixtures("as_role")
def test_what_cannot_be_asked_is_said_in_the_panel(actions):
    asked = actions.asked("record", [])

    assert asked[OPEN] is False
    assert asked[OUTCOME] == "Tick the rows first."
    assert "refused" in asked[LOOK]


@pytest.mark.usefixtures("as_role")
def test_a_refusal_stays_in_the_dialog(actions, store):
    with store.writing() as conn:
        file_id = add_file(conn, status="error")
    asked = actions.asked("dismiss", [{"row_id": str(file_id)}])

    refused = actions.confirmed(asked[PENDING], {"why": "  "})

    assert "reason" in refused[PROBLEM]
    assert refused[OPEN] is not False


@pytest.mark.parametrize("slug", sorted(DEEDS))
def test_a_role_below_its_own_is_refused_every_action(actions, as_role, slug):
    as_role(Role.BILLING if needed_role(slug) is Role.ADMIN else Role.VIEWER)

    with pytest.raises(Forbidden):
        actions.asked(slug, [])
    with pytest.raises(Forbidden):
        actions.confirmed({"action": slug, "rows": ["1"], "final": True}, {})


@pytest.mark.usefixtures("as_role")
@pytest.mark.parametrize("pending", [None, [], {}, {"action": "erase"}, {"action": ["record"]}])
def test_a_forged_action_is_a_bad_request(actions, pending):
    with pytest.raises(BadRequest):
        actions.confirmed(pending, {})


def test_of_what_a_browser_sends_only_texts_and_ticks_are_believed():
    names = [{"index": name} for name in ("a", "b", "c", "d", "e")]

    typed = typed_in(names, ["text", True, False, None, {"x": 1}])

    assert typed == {"a": "text", "b": "yes", "c": "", "d": "", "e": ""}
    assert typed_in("nonsense", None) == {}
    assert typed_in([{"index": "a"}], ["x" * 9_000]) == {"a": "x" * 4_000}
    assert typed_in([{"index": "a"}, {"index": "b"}], ["x\0", "\ud800"]) == {"a": "", "b": ""}
