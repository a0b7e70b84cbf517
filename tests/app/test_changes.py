"""A press asks, a confirmation does it: by whom, and with the password again after a while."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.domain.records import InvoiceStatus
from data.store.schema import invoices
from tests.factories import add_customer, add_invoice
from tests.posting import OURS, PASSWORD, confirm_body, give_password, press, send, tick


def test_a_press_asks_naming_the_sum_and_the_confirmation_does_it(biller, app, store):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)

    asked = press(biller, app, "record", [{"row_id": str(draft)}]).json["response"]
    confirm = confirm_body(app, asked["pending"]["data"])
    done = biller.post("/_dash-update-component", json=confirm, headers=OURS).json["response"]

    assert asked["ask-title"]["children"] == "Record 1 invoice, $5.00?"
    assert done["ask"]["is_open"] is False
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.RECORDED


def test_a_viewers_press_is_refused_and_changes_nothing(inside, app, store):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)

    pressed = press(inside, app, "record", [{"row_id": str(draft)}])
    confirm = confirm_body(app, {"action": "record", "rows": [str(draft)], "final": True})
    confirmed = inside.post("/_dash-update-component", json=confirm, headers=OURS)

    assert (pressed.status_code, confirmed.status_code) == (403, 403)
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.DRAFT


def test_a_change_long_after_the_login_waits_for_the_password(biller, app, store, clock, settings):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)
    asked = press(biller, app, "record", [{"row_id": str(draft)}]).json["response"]
    clock.now += timedelta(minutes=settings.password_again_min)

    body = confirm_body(app, asked["pending"]["data"])
    held = biller.post("/_dash-update-component", json=body, headers=OURS).json
    assert held["sideUpdate"] == {"confirm": {"is_open": True}}
    assert send(biller, "calls.csv", b"x").status_code == 403
    assert tick(biller, app, token=None).status_code == 200
    assert give_password(biller, app, "wrong")["confirm"]["is_open"] is True
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.DRAFT

    assert give_password(biller, app, PASSWORD)["confirm"]["is_open"] is False
    biller.post("/_dash-update-component", json=body, headers=OURS)
    with store.snapshot() as conn:
        assert conn.execute(select(invoices.c.status)).scalar_one() == InvoiceStatus.RECORDED


@pytest.mark.sqlite
def test_a_press_that_meets_a_lost_store_is_answered_where_it_was_pressed(
    biller, app, store, settings
):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 5, status=InvoiceStatus.DRAFT)
    rows = [{"row_id": str(draft)}]
    asked = press(biller, app, "record", rows).json["response"]
    path = settings.var / "tollboard.db"
    path.rename(path.with_suffix(".away"))

    pressed = press(biller, app, "record", rows).json["sideUpdate"]
    body = confirm_body(app, asked["pending"]["data"])
    confirmed = biller.post("/_dash-update-component", json=body, headers=OURS).json["sideUpdate"]

    assert pressed.keys() == {"outcome", "outcome-text"}
    assert "There is no store" in pressed["outcome-text"]["children"]
    assert confirmed.keys() == {"ask-problem"}
    assert confirmed["ask-problem"]["children"].endswith(
        "Look whether it was done before you do it again."
    )
