import pytest

from data.domain.auth_codes import AuthField
from data.domain.call_ids import CallId
from data.domain.errors import Refused
from data.domain.records import FileStatus, MatchState, RateState
from data.store.schema import auth_codes, cdr_files, rates, tickets
from layouts.dialogs import Fact
from tests.factories import add_call, add_customer, add_file, add_source, add_ticket
from tests.ingesting import add_rates


@pytest.fixture
def call(store, now):
    with store.writing() as conn:
        add_customer(conn, "Acme", custid="A1")
        file_id = add_file(conn, loaded=1, source_id=add_source(conn))
        add_call(conn, file_id=file_id, started_at=now, call_key=7)
    return CallId(now, 7)


def test_failed_files_wait_again_or_are_dismissed_with_a_reason(desk, store):
    with store.writing() as conn:
        again, never = (add_file(conn, status=FileStatus.ERROR) for _ in range(2))

    desk.do("reprocess", again)
    with pytest.raises(Refused, match="reason"):
        desk.do("dismiss", never)
    desk.do("dismiss", never, why="sent by mistake")

    assert sorted(desk.rows(cdr_files.c.id, cdr_files.c.status, cdr_files.c.dismissed_why)) == [
        (again, FileStatus.WAITING, None),
        (never, FileStatus.ERROR, "sent by mistake"),
    ]
    desk.do("undismiss", never)
    assert desk.log() == ["file_requeued", "file_dismissed", "dismissal_undone"]


@pytest.mark.parametrize(
    ("deed", "of_one", "of_two"),
    [
        ("reprocess", "It waits for the next run of the ingest. What it", "They wait for the next"),
        ("dismiss", "It leaves the error tile", "They leave the error tile"),
        ("undismiss", "It counts as an error again until it is", "They count as errors again"),
        ("withdraw", "Its calls leave the totals; the file stays", "Their calls leave the totals;"),
        ("unwithdraw", "It waits for the next run", "They wait for the next run"),
        ("reprocess-all", "It waits for the next run", "They wait for the next run"),
    ],
)
def test_a_dialog_speaks_of_one_file_or_of_several(desk, store, deed, of_one, of_two):
    given = [] if deed.endswith("all") else [1]
    with store.writing() as conn:
        add_file(conn, status=FileStatus.ERROR)
    one = desk.ask(deed, *given)
    with store.writing() as conn:
        add_file(conn, status=FileStatus.ERROR)
    two = desk.ask(deed, *given, *(each + 1 for each in given))

    assert (one.text[: len(of_one)], two.text[: len(of_two)]) == (of_one, of_two)


def test_all_files_in_error_are_processed_again_at_once(desk, store):
    with store.writing() as conn:
        for _ in range(3):
            add_file(conn, status=FileStatus.ERROR)

    assert desk.ask("reprocess-all").title == "Process all 3 files in error again?"
    assert desk.do("reprocess-all") == "3 files waiting"
    assert set(desk.rows(cdr_files.c.status)) == {(FileStatus.WAITING,)}
    with pytest.raises(Refused, match="No file is in error"):
        desk.ask("reprocess-all")


@pytest.mark.usefixtures("call")
def test_a_file_is_withdrawn_and_taken_in_again(desk):
    question = desk.ask("withdraw", 1)
    assert question.title == "Withdraw 1 file, 1 call?"
    assert question.facts == (Fact("File", *desk.rows(cdr_files.c.name)[0]),)

    desk.do("withdraw", 1)
    assert [at is None for (at,) in desk.rows(cdr_files.c.withdrawn_at)] == [False]
    with pytest.raises(Refused, match="withdrawn already"):
        desk.do("withdraw", 1)
    desk.do("unwithdraw", 1)
    assert desk.rows(cdr_files.c.status, cdr_files.c.withdrawn_at) == [(FileStatus.WAITING, None)]


def test_tickets_are_opened_and_resolved(desk, store):
    with store.writing() as conn:
        known = add_ticket(conn)

    desk.do("open-ticket", subject="No calls since noon", priority="high", text="All silent")
    (number,) = desk.rows(tickets.c.id)[-1]
    assert desk.ask("resolve", number).facts == (Fact("Subject", "No calls since noon"),)
    desk.do("resolve", known)

    found = desk.rows(tickets.c.priority, tickets.c.text, tickets.c.resolved_at.is_(None))
    assert sorted(found) == [("high", "All silent", True), ("normal", "", False)]
    for subject, why in (
        (" ", "needs a subject"),
        ("x" * 201, "subject of a ticket has 201 characters; 200 are the most. Nothing was opened"),
        ("x\ny", "subject of a ticket has line breaks"),
    ):
        with pytest.raises(Refused, match=why):
            desk.do("open-ticket", subject=subject)
    with pytest.raises(Refused, match="text of a ticket has 4,001 characters; 4,000 are the most"):
        desk.do("open-ticket", subject="x", text="y" * 4_001)
    with pytest.raises(Refused, match="priority"):
        desk.do("open-ticket", subject="x", priority="whenever")


def test_an_unmatched_call_becomes_a_customers_and_its_file_waits_again(desk, call):
    chosen = {"customer": "acme", "field": AuthField.CALLING_NUMBER.value}

    first = desk.ask("assign", call)
    seen = desk.ask("assign", call, **chosen)
    said = desk.do("assign", call, **chosen, again="yes")

    assert (first.final, seen.final) == (False, True)
    assert seen.title == "Give 1 call to Acme?"
    assert seen.fields[0].label == "Process 1 file again, so that the calls move now"
    assert said == "1 call of Acme: 1 file waiting to be processed again"
    assert desk.rows(auth_codes.c.pattern) == [("+12025550100",)]
    assert desk.rows(cdr_files.c.status) == [(FileStatus.WAITING,)]


def test_a_role_that_sees_numbers_masked_sees_none_in_a_dialog(desk, call):
    desk.masked = True

    shown = f"{desk.ask('assign', call)} {desk.ask('assign', call, customer='A1')}"

    assert "***100" in shown
    assert "12025550100" not in shown
    assert "442079460100" not in shown
    with pytest.raises(Refused, match="masked"):
        desk.ask("decide", call)


def test_assigning_leaves_the_files_when_that_is_wanted(desk, call):
    said = desk.do("assign", call, customer="A1", field="CallingNumber")

    assert said.endswith("it moves when its file is processed again")
    assert desk.rows(cdr_files.c.status) == [(FileStatus.SUCCESS,)]


def test_nobody_no_call_and_an_ambiguous_name_are_refused(desk, store, call):
    with store.writing() as conn:
        add_customer(conn, "Twin", custid="T1")
        add_customer(conn, "Twin", custid="T2")

    with pytest.raises(Refused, match="no customer"):
        desk.do("assign", call, customer="nobody")
    with pytest.raises(Refused, match=r"T1, T2"):
        desk.do("assign", call, customer="twin")
    with pytest.raises(Refused, match="no call"):
        desk.do("assign", "nonsense", customer="A1")
    with pytest.raises(Refused, match="gone"):
        desk.ask("assign", "1-0000000000000002")


@pytest.mark.parametrize(
    ("number", "pattern"), [("02079460100", "44207"), ("118118", "118118"), ("0033199", "33199")]
)
def test_the_pattern_that_is_proposed_is_one_that_the_number_is_rated_by(
    desk, store, now, number, pattern
):
    with store.writing() as conn:
        add_rates(conn, "sell", p1=60_000)
        source = add_source(conn, country_code="44", international_prefix="00", trunk_prefix="0")
        file_id = add_file(conn, loaded=1, source_id=source)
        add_call(conn, file_id=file_id, started_at=now, call_key=7, called_number=number)

    question = desk.ask("add-rate", CallId(now, 7))

    assert {field.name: field.value for field in question.fields}["pattern"] == pattern


def test_a_rate_is_added_where_one_is_missing_and_the_file_waits(desk, store, now):
    with store.writing() as conn:
        table = add_rates(conn, "sell", p1=60_000)
        whose = add_customer(conn, "Acme", rate_table_id=table)
        file_id = add_file(conn, loaded=1, source_id=add_source(conn))
        add_call(
            conn,
            file_id=file_id,
            started_at=now,
            call_key=7,
            customer_id=whose,
            match_state=MatchState.MATCHED,
            rate_state=RateState.UNRATED,
        )
    call = CallId(now, 7)

    question = desk.ask("add-rate", call)
    proposed = {field.name: field.value for field in question.fields}
    said = desk.do("add-rate", call, **proposed | {"price": "0.05", "pattern": "44"})

    assert proposed["table"] == "sell"
    assert proposed["pattern"] == "44207"
    assert said == "1 rate added to sell: 1 file waiting"
    assert ("44", 50_000) in desk.rows(rates.c.pattern, rates.c.per_minute_micros)
    with pytest.raises(Refused, match="price"):
        desk.do("add-rate", call, **proposed | {"price": ""})
    with pytest.raises(Refused, match="no rate table"):
        desk.do("add-rate", call, **proposed | {"price": "1", "table": "none"})


def test_the_files_of_ticked_calls_are_processed_again(desk, call):
    assert desk.ask("reprocess-calls", call).button == "Process 1 file again"

    assert desk.do("reprocess-calls", call) == "1 file waiting"
    assert desk.rows(cdr_files.c.status) == [(FileStatus.WAITING,)]
