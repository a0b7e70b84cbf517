"""Invoices and payments of another system come in by CSV."""

from contextlib import nullcontext
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from data.domain.errors import ImportRefused
from data.domain.records import InvoiceStatus
from data.exchange.cells import due_day
from data.exchange.ledger import invoices_imported, payments_imported
from data.exchange.tables import CellRefused
from data.store.queries.invoices import balance, invoice_named
from data.store.queries.payments import payment_entries
from data.store.schema import payments

HEADER = "number,custid,invoice_date,due_date,total,tax,status"
UNIT = 1_000_000


@pytest.fixture(autouse=True)
def ada(kit):
    return kit.customer("1")


@pytest.fixture
def take(store, by):
    """Return a function that imports a file in a transaction of its own."""

    def taken(importer, path, **options):
        with store.writing() as conn:
            return importer(conn, path, by, **options)

    return taken


def found(kit, number):
    invoice = kit.read(lambda conn: invoice_named(conn, number))
    assert invoice is not None
    return invoice


def test_invoices_come_in_with_their_own_numbers(kit, take, csv_file, ada):
    path = csv_file(
        HEADER,
        "INV-7,1,2026-05-01,2026-05-31,115.47,15.47,RECORDED",
        "INV-8,1,2026-06-01,,20,,draft",
    )

    result = take(invoices_imported, path)

    assert result.added == 2
    assert (found(kit, "INV-7").total_micros, found(kit, "INV-7").external) == (115_470_000, True)
    assert found(kit, "INV-8").due_date == date(2026, 7, 1)
    assert found(kit, "INV-8").status is InvoiceStatus.DRAFT
    assert kit.lines(found(kit, "INV-7").id) == [
        ("external", "Invoice of another system", 100 * UNIT),
        ("tax", "Tax", 15_470_000),
    ]
    assert kit.read(lambda conn: balance(conn, ada)).balance_micros == 115_470_000


def test_the_same_invoices_again_change_nothing_and_other_words_change_them(kit, take, csv_file):
    path = csv_file(HEADER, "INV-7,1,2026-05-01,2026-05-31,100,,RECORDED")
    take(invoices_imported, path)
    version = kit.version()

    assert take(invoices_imported, path).unchanged == 1
    assert kit.version() == version

    corrected = csv_file(HEADER, "INV-7,1,2026-05-01,2026-05-31,90,,RECORDED")
    assert take(invoices_imported, corrected).changed == 1
    assert found(kit, "INV-7").total_micros == 90 * UNIT
    assert kit.totals_hold()


def test_refused_invoices_are_named_and_nothing_is_taken(kit, take, csv_file):
    kit.customer("9", provider=True)
    path = csv_file(
        HEADER,
        "A,1,2026-05-01,,100,,RECORDED",
        "B,404,2026-05-01,,100,,RECORDED",
        "C,9,2026-05-01,,100,,RECORDED",
        "D,1,May,,100,,RECORDED",
        "E,1,2026-05-01,,10.001,,RECORDED",
        "F,1,2026-05-01,,10,11,RECORDED",
        "G,1,2026-05-01,,10,,VOID",
        "A,1,2026-05-01,,10,,DRAFT",
        ",1,2026-05-01,,10,,DRAFT",
    )

    with pytest.raises(ImportRefused) as refused:
        take(invoices_imported, path)

    assert [row.line for row in refused.value.refusals] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert kit.read(lambda conn: invoice_named(conn, "A")) is None
    assert take(invoices_imported, path, partial=True).added == 1


def test_an_invoice_with_payments_keeps_its_customer_and_cannot_shrink_below_them(
    kit, take, csv_file
):
    kit.customer("2")
    take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,100,,RECORDED"))
    take(payments_imported, csv_file("invoice,date,amount", "A,2026-05-10,60"))

    for row, why in (
        ("A,1,2026-05-01,,59.99,,RECORDED", "60.00 paid on it"),
        ("A,1,2026-05-01,,100,,DRAFT", "has payments"),
        ("A,2,2026-05-01,,100,,RECORDED", "has payments"),
    ):
        with pytest.raises(ImportRefused, match=why):
            take(invoices_imported, csv_file(HEADER, row))
    assert take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,60,,RECORDED")).changed == 1


def test_payments_reduce_what_is_outstanding_and_the_rest_is_on_account(kit, take, csv_file, ada):
    take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,100,,RECORDED"))
    path = csv_file(
        "invoice,date,amount,method,notes", "A,2026-05-10,60,transfer,part", "A,2026-05-20,50,,"
    )

    result = take(payments_imported, path)

    assert result.added == 2
    owed = kit.read(lambda conn: balance(conn, ada))
    assert (owed.outstanding_micros, owed.on_account_micros) == (0, 10 * UNIT)


def test_payments_are_taken_once_but_equal_ones_of_a_file_are_several(kit, take, csv_file):
    take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,100,,RECORDED"))
    once = csv_file("invoice,date,amount", "A,2026-05-10,60", name="once.csv")
    thrice = csv_file("invoice,date,amount", *["A,2026-05-10,60"] * 3, name="thrice.csv")

    assert take(payments_imported, once).added == 1
    assert take(payments_imported, thrice).added == 2
    assert take(payments_imported, thrice).unchanged == 3
    assert len(kit.read(payment_entries)) == 3


def test_refused_payments_are_named(kit, take, csv_file):
    take(
        invoices_imported,
        csv_file(HEADER, "A,1,2026-05-01,,100,,RECORDED", "B,1,2026-05-01,,100,,DRAFT"),
    )
    path = csv_file(
        "invoice,date,amount",
        "A,2026-05-10,1",
        "X,2026-05-10,1",
        "B,2026-05-10,1",
        "A,2026-05-10,-1",
        "A,soon,1",
        "A,2026-05-10,0.001",
        "A,2026-05-10,1e1",
        "A,2026-05-10,\u0661",
        "A,2027-01-01,1",
        "A,1026-01-01,1",
        "A,2026-05-10,€1",
        "A,2026-05-10,EUR 1",
    )

    with pytest.raises(ImportRefused) as refused:
        take(payments_imported, path)

    assert [row.line for row in refused.value.refusals] == [*range(3, 14)]
    assert kit.rows(select(payments)) == []


def test_an_invoice_without_payments_may_go_back_to_draft_and_to_another_customer(
    kit, take, csv_file
):
    other = kit.customer("2")
    take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,100,,RECORDED"))

    assert take(invoices_imported, csv_file(HEADER, "A,2,2026-05-01,,40,,DRAFT")).changed == 1

    assert (found(kit, "A").customer_id, found(kit, "A").total_micros) == (other, 40 * UNIT)


def test_invoices_that_are_marked_paid_and_owe_here_are_told(take, csv_file):
    path = csv_file(
        HEADER,
        "A,1,2026-05-01,,100,,Paid",
        "B,1,2026-05-01,,50,,PAID",
        "C,1,2026-05-01,,7,,sent",
        "D,1,2026-05-01,,0,,paid",
    )

    (note,) = take(invoices_imported, path).notes
    assert note.startswith("2 invoices are marked paid and owe 150.00 here: what was paid comes by")
    take(payments_imported, csv_file("invoice,date,amount", "A,2026-05-10,100", name="paid.csv"))
    assert [note[:35] for note in take(invoices_imported, path).notes] == [
        "1 invoice is marked paid and owes 5"
    ]
    take(payments_imported, csv_file("invoice,date,amount", "B,2026-05-10,50", name="paid.csv"))
    assert take(invoices_imported, path).notes == ()


def test_a_word_that_is_no_status_is_refused_with_those_that_are(take, csv_file):
    with pytest.raises(ImportRefused, match=r"'VOID' is none of .*, draft, .*paid.*, recorded, "):
        take(invoices_imported, csv_file(HEADER, "A,1,2026-05-01,,10,,VOID"))


@given(date_=st.dates(), due=st.dates())
@example(date_=date(2026, 5, 1), due=date(2026, 5, 1))
def test_an_invoice_is_not_due_before_its_date(date_, due):
    refused = pytest.raises(CellRefused, match="is before the invoice's date")

    with refused if due < date_ else nullcontext():
        assert due_day(due.isoformat(), "due_date", date_) == due


def test_an_invoice_that_is_due_before_its_date_is_refused_by_its_line(take, csv_file):
    path = csv_file(
        HEADER, "A,1,2026-05-01,2026-05-01,10,,sent", "B,1,2026-05-01,2026-04-30,10,,sent"
    )

    assert [row.line for row in take(invoices_imported, path, partial=True).refusals] == [3]
