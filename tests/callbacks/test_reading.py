"""What a reader asks over plain routes: finding, documents; and what the address means."""

import json
from datetime import date, datetime

import pytest

from app import Outside, create_app
from callbacks.address import view_in
from callbacks.drill import Panels
from callbacks.refresh import view_answer
from callbacks.rows import opened_in, wishes_of
from callbacks.snapshots import Snapshots
from callbacks.worked import worked_answer
from data.domain.authorship import By
from data.domain.call_ids import CallId
from data.domain.records import FileStatus, InvoiceStatus, Role
from data.domain.views import AskedView
from data.store.writes.users import user_added
from layouts.blank import BLANK
from layouts.page import view_words
from tests.factories import (
    add_call,
    add_customer,
    add_file,
    add_invoice,
    add_source,
)

PASSWORD = "seven quiet herons"
OURS = {"Origin": "http://localhost"}
TODAY = date(2026, 6, 15)


@pytest.fixture
def acme(store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        other = add_customer(conn, "Beta", custid="B1")
        invoice = add_invoice(conn, acme, 40, number="INV-7")
        add_invoice(conn, other, 2)
        add_invoice(conn, other, 3, status=InvoiceStatus.DRAFT)
        source = add_source(conn)
        file = add_file(conn, source_id=source, name="north.csv")
        started = datetime.fromisoformat("2026-06-14T10:00:00+00:00")
        add_call(conn, file_id=file, started_at=started, call_key=5, customer_id=acme)
    return invoice


@pytest.fixture
def client(settings, store, now):
    def logged_in(role):
        email = f"{role}@example.com"
        with store.writing() as conn:
            user_added(conn, By("t", now), email=email, role=role, password=PASSWORD)
        app = create_app(settings, store, Outside(lambda: now, lambda: f"{role}-{'s' * 30}"))
        made = app.server.test_client()
        made.post("/login", data={"email": email, "password": PASSWORD}, headers=OURS)
        return made

    return logged_in


@pytest.mark.usefixtures("acme")
def test_one_box_finds_customers_invoices_files_and_calls_and_says_what_each_opens(client):
    viewer = client(Role.VIEWER)

    def opens(text):
        hits = viewer.get("/find", query_string={"q": text}).json["hits"]
        return [(hit["kind"], hit["opens"]["panel"]) for hit in hits]

    assert opens("acm") == [("customer", "customer:A1")]
    assert opens("INV-7")[0] == ("invoice", "invoice:1")
    assert opens("north.csv") == [("file", "file:1")]
    assert ("call", "day-calls:2026-06-14") in opens("555010")
    assert viewer.get("/find?q=a").status_code == 400


def test_of_many_customers_a_dozen_are_sent_and_the_exact_number_first(client, store):
    with store.writing() as conn:
        for number in range(40):
            add_customer(conn, f"Shop {number:02}", custid=f"S{number}")
    viewer = client(Role.VIEWER)

    def found(text):
        return viewer.get("/find/customers", query_string={"q": text}).json["customers"]

    assert len(found("")) == 12
    assert found("s1")[0] == {"custid": "S1", "company": "Shop 01"}
    assert found("nobody of that name") == []


@pytest.mark.parametrize("form", ["html", "pdf", "csv"])
def test_a_document_is_for_billing_and_not_for_a_viewer(client, acme, form):
    address = f"/invoice/{acme}.{form}"

    sent = client(Role.BILLING).get(address)

    assert sent.status_code == 200
    assert {"html": b"INV-7", "pdf": b"%PDF-", "csv": b"calling_number"}[form] in sent.data
    assert client(Role.VIEWER).get(address).status_code == 403


def test_a_document_runs_no_script(client, acme):
    sent = client(Role.BILLING).get(f"/invoice/{acme}.html")

    assert "sandbox" in sent.headers["Content-Security-Policy"]


@pytest.mark.parametrize("nobodys", [999, 2**31, 2**63 - 1, 2**63, 10**30])
def test_a_document_that_is_not_there_is_not_found_whatever_its_number(client, nobodys):
    assert client(Role.BILLING).get(f"/invoice/{nobodys}.pdf").status_code == 404


@pytest.mark.usefixtures("acme")
def test_the_customer_filter_governs_two_tiles_and_their_rows(store, now):
    snapshots, panels = Snapshots(store, lambda: now), Panels(store, lambda: now)

    def told(search):
        values, *_ = view_answer(snapshots, search, None)
        slots = view_words(BLANK, AskedView()).slots
        return {f"{slot.id}.{slot.prop}": value for slot, value in zip(slots, values, strict=True)}

    def rows(search):
        opened = panels.opened(search, Role.VIEWER)
        assert opened is not None
        return panels.rows(opened, {"startRow": 0, "endRow": 10})[1]

    assert told("")["unpaid-value.children"] == "$42.00"
    assert told("?customer=A1")["unpaid-value.children"] == "$40.00"
    assert told("?customer=A1")["customer-name.children"] == "Acme"
    assert told("?customer=B1")["drafts-value.children"] == "1"
    assert told("?customer=gone")["unpaid-value.children"] == "$0.00"
    assert rows("?panel=unpaid-invoices&customer=A1") == "$40.00 in 1 row"
    assert rows("?panel=unpaid-invoices&customer=gone") == "$0.00 in 0 rows"
    assert rows("?panel=overdue-invoices&customer=A1") == "$0.00 in 0 rows"
    assert rows("?panel=age-not-due&customer=A1") == "$42.00 in 2 rows"


def test_an_address_is_never_believed():
    assert view_in("?customer=" + "x" * 65).custid == ""
    assert view_in("?customer=%00").custid == ""
    assert opened_in("?panel=invoice:1%20or%201", TODAY) is None
    assert opened_in("?panel=invoice", TODAY) is None
    assert opened_in("?panel=day-calls:yesterday", TODAY) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('{"company":{"filterType":"text","type":"contains","filter":"a"}}', True),
        ('{"password_hash":{"filterType":"text","type":"contains","filter":"a"}}', False),
        ("[[[", False),
        ("[" * 3000, False),
        ('"text"', False),
    ],
)
def test_of_a_links_filter_only_what_the_panel_knows_is_applied(written, kept):
    opened = opened_in(f"?panel=unpaid-invoices&filter={written}", TODAY)

    assert opened is not None
    assert wishes_of(opened) == ({"filterModel": json.loads(written)} if kept else {})


def test_an_address_that_asks_to_explain_what_is_no_call_is_told_so(store):
    children, hidden, _ = worked_answer(store, "?panel=draft-invoices&row=D170", None)

    assert not hidden
    assert "'D170', which is no call" in str(children)


@pytest.mark.usefixtures("acme")
def test_the_price_of_the_call_that_the_address_names_is_worked_once(store):
    started = datetime.fromisoformat("2026-06-14T10:00:00+00:00")
    name = str(CallId(started, 5))

    children, hidden, shown = worked_answer(store, f"?panel=calls&row={name}", None)

    assert (hidden, shown) == (False, name)
    assert "Acme" in str(children)
    assert worked_answer(store, f"?panel=calls&row={name}", name)[2] is not name
    assert worked_answer(store, "?panel=calls", name) == ([], True, "")
    assert "There is no call 9:9" in str(worked_answer(store, "?panel=calls&row=9:9", None)[0])


@pytest.mark.usefixtures("acme")
def test_a_panel_about_one_thing_says_what_it_is(store, now):
    panels = Panels(store, lambda: now)

    def whole(search):
        opened = panels.opened(search, Role.VIEWER)
        assert opened is not None
        said = panels.about(opened)
        assert said is not None
        return said

    def facts(search):
        return whole(search)[:2]

    assert facts("?panel=invoice:1")[0] == "INV-7"
    assert "outstanding $40.00" in facts("?panel=invoice-calls:1")[1]
    assert facts("?panel=file:1")[0] == "north.csv"
    assert facts("?panel=customer:A1")[0] == "Acme"
    with store.writing() as conn:
        failed = add_file(conn, status=FileStatus.ERROR, error="It is empty. Ask for it again.")
    assert whole(f"?panel=file:{failed}").error == "It is empty. Ask for it again."
    assert facts("?panel=file:99") == ("not there", "It was deleted, or there never was one.")
    assert facts("?panel=customer:Z9")[0] == "not there"
