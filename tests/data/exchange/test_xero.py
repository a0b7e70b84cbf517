"""Sales invoices in Xero's columns come in as invoices and payments."""

from datetime import date

import pytest

from data.domain.errors import ImportRefused
from data.domain.records import InvoiceStatus
from data.exchange.ledger import invoices_imported
from data.store.queries.invoices import invoice_named
from data.store.queries.payments import payment_entries

TEMPLATE = "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,*Quantity,*UnitAmount,TaxAmount"
EXPORT = (
    "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,Type,Status"
)
UNIT = 1_000_000


@pytest.fixture(autouse=True)
def known(kit):
    kit.customer("1", company="Analytical Ltd")
    kit.customer("9", company="Carrier", provider=True)


@pytest.fixture
def take(store, by):
    def taken(path, **options):
        with store.writing() as conn:
            return invoices_imported(conn, path, by, **options)

    return taken


def found(kit, number):
    invoice = kit.read(lambda conn: invoice_named(conn, number))
    assert invoice is not None
    return invoice


def test_lines_of_one_invoice_are_added_up(kit, take, csv_file):
    result = take(
        csv_file(
            TEMPLATE,
            "analytical ltd,INV-1,2026-05-01,2026-05-31,1.5,10.00,3.00",
            "Analytical Ltd,INV-1,2026-05-01,2026-05-31,1,5.00,1.00",
        )
    )

    assert result.added == 1
    assert found(kit, "INV-1").total_micros == 24 * UNIT
    assert [amount for _, _, amount in kit.lines(found(kit, "INV-1").id)] == [20 * UNIT, 4 * UNIT]


def test_an_export_brings_totals_states_and_payments_once(kit, take, csv_file):
    path = csv_file(
        EXPORT,
        "Analytical Ltd,INV-1,13/05/2026,12/06/2026,120,20,50,Sales invoice,Awaiting Payment",
        "1,INV-2,14/05/2026,13/06/2026,10,0,0,Sales invoice,Draft",
        "Analytical Ltd,INV-3,14/05/2026,13/06/2026,10,0,0,Sales invoice,Voided",
    )

    first, second = take(path), take(path)

    assert (first.added, second.unchanged) == (2, 2)
    assert first.notes == (
        "1 voided or deleted invoice left out",
        "1 payment entered, dated on the due date",
    )
    assert found(kit, "INV-1").outstanding_micros == 70 * UNIT
    assert found(kit, "INV-1").due_date == date(2026, 6, 12)
    assert found(kit, "INV-2").status is InvoiceStatus.DRAFT
    (payment,) = kit.read(payment_entries)
    assert (payment.paid_on, payment.amount_micros) == (date(2026, 6, 12), 50 * UNIT)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Nobody,A,2026-05-01,,10,0,0,,", "no customer has"),
        ("Carrier,A,2026-05-01,,10,0,0,,", "provider"),
        ("Analytical Ltd,,2026-05-01,,10,0,0,,", "InvoiceNumber is empty"),
        ("Analytical Ltd,A,01/05/2026,,10,0,0,,", "two days"),
        ("Analytical Ltd,A,2026-05-01,,-10,0,0,,", "below 0"),
        ("Analytical Ltd,A,2026-05-01,,10.001,0,0,,", "finer"),
        ("Analytical Ltd,A,2026-05-01,,10,0,0,Bill,", "no sales invoice"),
        ("Analytical Ltd,A,2026-05-01,,10,0,0,,Lost", "not known"),
        ("Analytical Ltd,A,2026-05-01,2026-04-30,10,0,0,,", "before the invoice's date"),
    ],
)
def test_an_invoice_that_cannot_be_taken_is_named_by_its_line(take, csv_file, row, reason):
    with pytest.raises(ImportRefused) as refused:
        take(csv_file(EXPORT, row))

    assert refused.value.refusals[0].line == 2
    assert reason in refused.value.refusals[0].reason


def test_another_currency_and_a_shared_name_are_refused(kit, take, csv_file):
    kit.customer("2", company="Analytical Ltd")
    path = csv_file(
        "ContactName,InvoiceNumber,InvoiceDate,Total,Currency",
        "1,A,2026-05-01,10,EUR",
        "Analytical Ltd,B,2026-05-01,10,USD",
        "2,C,2026-05-01,10,USD",
        "2,D,2026-05-01,€10,",
    )

    result = take(path, partial=True)

    assert result.added == 1
    reasons = [refusal.reason for refusal in result.refusals]
    assert "EUR" in reasons[0]
    assert "several customers" in reasons[1]
    assert "'€10' is in €, the books are in USD" in reasons[2]


def test_a_paid_invoice_of_which_the_file_says_no_amount_is_told(take, csv_file):
    result = take(
        csv_file(
            EXPORT,
            "Analytical Ltd,A,2026-05-01,2026-05-31,10,0,10,,Paid",
            "Analytical Ltd,B,2026-05-01,2026-05-31,30,0,,,Paid",
        )
    )

    assert result.notes[-1].startswith("1 invoice is marked paid and owes 30.00 here")
