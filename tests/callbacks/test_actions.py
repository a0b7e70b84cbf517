import pytest
from sqlalchemy import select

from callbacks.deeds import DEEDS, Wish
from callbacks.upload import plain_name
from data.domain.authorship import By
from data.domain.call_ids import CallId
from data.domain.errors import Refused
from data.domain.records import FileStatus, InvoiceStatus, Role
from data.store.schema import audit_log, auth_codes, cdr_files, invoices, payments, tickets
from layouts.actions import ACTIONS, offered
from layouts.openings import OPENINGS
from tests.factories import add_call, add_customer, add_file, add_invoice, add_ticket


@pytest.fixture
def wish(now):
    def made(*rows, typed=""):
        return Wish(tuple(str(row) for row in rows), typed, By("anna@example.com", now))

    return made


def ask(store, slug, wanted):
    with store.snapshot() as conn:
        return DEEDS[slug].asked(conn, wanted)


def rows_of(store, *columns):
    with store.snapshot() as conn:
        return conn.execute(select(*columns)).all()


def actions_in_the_log(store):
    return [row.action for row in rows_of(store, audit_log.c.action)]


@pytest.fixture
def drafts(store):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        return [add_invoice(conn, acme, units, status=InvoiceStatus.DRAFT) for units in (1000, 204)]


def test_every_action_has_a_deed_and_is_offered_where_there_is_a_panel():
    assert {one.slug for one in ACTIONS} == set(DEEDS)
    assert {panel for one in ACTIONS for panel in one.panels} <= set(OPENINGS)


def test_a_viewer_is_offered_nothing():
    for panel in OPENINGS:
        assert offered(panel, Role.VIEWER) == []


def test_recording_names_the_sum_before_and_the_numbers_after(store, wish, drafts):
    question = ask(store, "record", wish(*drafts))

    said = DEEDS["record"].done(store, wish(*drafts))

    assert question.title == "Record 2 invoices, $1,204.00?"
    assert said.startswith("2 invoices recorded: ")
    assert {row.status for row in rows_of(store, invoices.c.status)} == {InvoiceStatus.RECORDED}


def test_a_draft_is_recorded_once_however_often_it_is_asked(store, wish, drafts):
    DEEDS["record"].done(store, wish(*drafts))

    with pytest.raises(Refused):
        DEEDS["record"].done(store, wish(*drafts))


def test_deleted_drafts_are_gone(store, wish, drafts):
    DEEDS["delete"].done(store, wish(drafts[0]))

    with pytest.raises(Refused):
        DEEDS["record"].done(store, wish(drafts[0]))


@pytest.mark.parametrize("slug", ["record", "pay", "reprocess", "resolve"])
@pytest.mark.parametrize("rows", [(), ("1; DROP TABLE invoices",), ("-1",), ("9" * 40,)])
def test_rows_that_are_none_are_refused_in_words(store, wish, slug, rows):
    with pytest.raises(Refused):
        ask(store, slug, wish(*rows))


def test_a_payment_proposes_what_is_outstanding_and_is_entered(store, wish):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        invoice = add_invoice(conn, acme, 115.47)

    question = ask(store, "pay", wish(invoice))
    said = DEEDS["pay"].done(store, wish(invoice, typed=question.value))

    assert question.value == "115.47"
    assert said == "$115.47 received"
    assert rows_of(store, payments.c.amount_micros) == [(115_470_000,)]


def test_a_payment_is_one_customers_and_an_amount(store, wish):
    with store.writing() as conn:
        ours = [add_invoice(conn, add_customer(conn, name), 5) for name in ("Acme", "Beta")]

    with pytest.raises(Refused, match="one customer"):
        ask(store, "pay", wish(*ours))
    with pytest.raises(Refused, match="not an amount"):
        DEEDS["pay"].done(store, wish(ours[0], typed="much"))


def test_failed_files_wait_again_or_are_dismissed_with_a_reason(store, wish):
    with store.writing() as conn:
        again, never = (add_file(conn, status=FileStatus.ERROR) for _ in range(2))

    DEEDS["reprocess"].done(store, wish(again))
    with pytest.raises(Refused, match="reason"):
        DEEDS["dismiss"].done(store, wish(never))
    DEEDS["dismiss"].done(store, wish(never, typed="sent by mistake"))

    found = rows_of(store, cdr_files.c.status, cdr_files.c.dismissed_why)
    assert sorted(tuple(row) for row in found) == [
        (FileStatus.ERROR, "sent by mistake"),
        (FileStatus.WAITING, None),
    ] or {row.status for row in found} == {FileStatus.ERROR, FileStatus.WAITING}
    assert actions_in_the_log(store) == ["file_requeued", "file_dismissed"]


def test_tickets_are_opened_and_resolved(store, wish):
    with store.writing() as conn:
        known = add_ticket(conn)

    DEEDS["open-ticket"].done(store, wish(typed="No calls since noon"))
    DEEDS["resolve"].done(store, wish(known))

    assert [row.resolved_at is None for row in rows_of(store, tickets.c.resolved_at)] == [
        False,
        True,
    ]


def test_an_unmatched_call_becomes_a_customers_and_its_file_waits_again(store, wish, now):
    with store.writing() as conn:
        add_customer(conn, "Acme", custid="A1")
        file_id = add_file(conn, loaded=1)
        add_call(conn, file_id=file_id, started_at=now, call_key=7)
    call = CallId(now, 7)

    said = DEEDS["assign"].done(store, wish(call, typed="A1"))

    assert said.startswith("1 call of Acme: 1 file waiting")
    assert len(rows_of(store, auth_codes.c.pattern)) == 1
    assert rows_of(store, cdr_files.c.status) == [(FileStatus.WAITING,)]


def test_nobody_and_no_call_are_refused(store, wish):
    with pytest.raises(Refused, match="no customer"):
        DEEDS["assign"].done(store, wish("1-2", typed="nobody"))
    with store.writing() as conn:
        add_customer(conn, "Acme", custid="A1")
    with pytest.raises(Refused, match="no call"):
        DEEDS["assign"].done(store, wish("nonsense", typed="A1"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Master.csv", "Master.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\cdr.csv", "cdr.csv"),
        (".htaccess", "htaccess"),
        ("a\nb\0c.csv", "a_b_c.csv"),
        ("x" * 300, "x" * 120),
    ],
)
def test_an_uploaded_name_stays_in_the_inbox(given, kept):
    assert plain_name(given) == kept


@pytest.mark.parametrize("given", ["", "..", "/", "  "])
def test_an_uploaded_file_needs_a_name(given):
    with pytest.raises(Refused):
        plain_name(given)
