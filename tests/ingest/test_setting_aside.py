"""A file is withdrawn, dismissed, or replaced by a corrected one; and what of it is undone."""

from functools import partial

import pytest
from sqlalchemy import func, select

from data.domain.errors import Refused
from data.domain.records import InvoiceStatus
from data.store import schema
from data.store.queries.files import cdr_file
from data.store.schema import calls, cdr_files
from ingest.run import run
from ingest.upkeep import dismissal, replacement, requeueing, withdrawal
from tests.ingesting import (
    NOW,
    a_customer,
    again,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    put_on_invoice,
    rows,
)


@pytest.fixture
def customer(store):
    with store.writing() as conn:
        return a_customer(conn)


@pytest.mark.usefixtures("customer")
def test_withdrawing_unloads_and_can_be_undone(store, settings):
    deliver(settings, "a.csv", lines(1, 2) + '"broken\n')
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    withdrawal(ingest, 1, undo=False)

    with store.snapshot() as conn:
        assert rows(conn, calls) == []
        assert rows(conn, schema.usage_by_customer) == []
        assert cdr_file(conn, 1).withdrawn_at == NOW
        assert_books_balance(conn)
    assert again(store, settings, status="success").files == []
    withdrawal(ingest, 1, undo=True)
    assert ingested(store, settings) == [("a.csv", "success", 2, 1, 0, 0)]
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_what_is_on_a_recorded_invoice_cannot_be_withdrawn(store, settings, customer):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    put_on_invoice(store, customer, InvoiceStatus.RECORDED)

    with pytest.raises(Refused, match="2 calls of file 1 are on recorded invoices"):
        withdrawal(an_ingest(store, settings), 1, undo=False)

    with store.snapshot() as conn:
        assert len(rows(conn, calls)) == 2
        assert_books_balance(conn)


@pytest.mark.parametrize("undo", [True, False])
def test_withdrawing_what_is_not_there_is_refused(store, settings, undo):
    with pytest.raises(Refused, match="no file 9"):
        withdrawal(an_ingest(store, settings), 9, undo=undo)


@pytest.mark.parametrize("undo", [True, False])
@pytest.mark.parametrize("act", [withdrawal, partial(dismissal, why="so")])
def test_of_several_files_all_are_set_aside_and_brought_back_or_none(store, settings, act, undo):
    loaded = act is withdrawal
    deliver(settings, "a.csv", lines(1) if loaded else b"colour;weight\nred;12\n")
    ingested(store, settings)
    ingest = an_ingest(store, settings)
    if undo:
        act(ingest, 1, undo=False)
    with store.snapshot() as conn:
        before = rows(conn, cdr_files)

    with pytest.raises(Refused, match="99"):
        act(ingest, 1, 99, undo=undo)

    with store.snapshot() as conn:
        assert rows(conn, cdr_files) == before


def test_undoing_what_was_not_done_is_refused(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    with pytest.raises(Refused, match="was not withdrawn"):
        withdrawal(ingest, 1, undo=True)
    with pytest.raises(Refused, match="was not dismissed"):
        dismissal(ingest, 1, why="", undo=True)


@pytest.mark.usefixtures("customer")
def test_when_the_owner_of_a_call_goes_the_next_copy_takes_it_over(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    deliver(settings, "b.csv", lines(1, 2, 3))
    ingested(store, settings)
    deliver(settings, "c.csv", lines(2, 3, 4))
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    withdrawal(ingest, 1, undo=False)
    run(ingest)

    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line") == [(2, 1), (2, 2), (2, 3), (3, 3)]
        assert rows(conn, cdr_files, "id", "loaded", "duplicate") == [
            (1, 0, 0),
            (2, 3, 0),
            (3, 1, 2),
        ]
        assert_books_balance(conn)


def test_a_dismissed_file_leaves_the_errors_and_comes_back(store, settings):
    deliver(settings, "a.csv", b"colour;weight\nred;12\n")
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    with pytest.raises(Refused, match="reason"):
        dismissal(ingest, 1, why=" ", undo=False)
    dismissal(ingest, 1, why="sent again", undo=False)

    with store.snapshot() as conn:
        assert rows(conn, cdr_files, "dismissed_why") == [("sent again",)]
        assert conn.execute(select(func.count()).select_from(cdr_files)).scalar_one() == 1
    assert again(store, settings, status="error").files == []
    dismissal(ingest, 1, why="", undo=True)
    with store.snapshot() as conn:
        assert cdr_file(conn, 1).dismissed_at is None


def test_what_an_operator_does_to_files_is_in_the_audit_log(store, settings):
    deliver(settings, "a.csv", lines(1))
    deliver(settings, "b.csv", b"colour;weight\nred;12\n")
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    withdrawal(ingest, 1, undo=False)
    withdrawal(ingest, 1, undo=True)
    dismissal(ingest, 2, why="sent again", undo=False)
    dismissal(ingest, 2, why="", undo=True)
    requeueing(ingest, [2], "")

    with store.snapshot() as conn:
        assert [row[1] for row in rows(conn, schema.audit_log, "id", "action")] == [
            "file_withdrawn",
            "withdrawal_undone",
            "file_dismissed",
            "dismissal_undone",
            "file_requeued",
        ]


def test_only_errors_can_be_dismissed(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)

    with pytest.raises(Refused, match="not in error"):
        dismissal(an_ingest(store, settings), 1, why="so", undo=False)


def test_a_corrected_file_replaces_an_earlier_one(store, settings):
    deliver(settings, "a.csv", lines(1, 2) + line(3, talk_s=10))
    ingested(store, settings)
    deliver(settings, "a-corrected.csv", lines(1, 2) + line(3, talk_s=20))
    ingested(store, settings)
    ingest = an_ingest(store, settings)

    report = run(ingest, only=replacement(ingest, 2, of=1))

    assert [each.counts.loaded for each in report.files] == [3]
    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id", "line", "talk_ms") == [
            (2, 1, 60_000),
            (2, 2, 60_000),
            (2, 3, 20_000),
        ]
        assert rows(conn, cdr_files, "id", "replaces_id", "loaded") == [(1, None, 0), (2, 1, 3)]
        assert_books_balance(conn)


def test_what_is_not_there_cannot_be_replaced(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)

    with pytest.raises(Refused, match="File 9 is not there"):
        replacement(an_ingest(store, settings), 1, of=9)
    with pytest.raises(Refused, match="File 1 is not there"):
        replacement(an_ingest(store, settings), 1, of=1)
