"""A comma in an amount is what the file proves that it is; else the amount is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import ImportRefused
from data.exchange.cells import amount
from data.exchange.decimal_marks import decimal_marks, row_pointed
from data.exchange.ledger import invoices_imported, payments_imported
from data.exchange.rates import rate_file
from data.exchange.tables import CellRefused, Refusals, Row
from data.store.queries.invoices import invoice_named

SWAPPED = str.maketrans(".,", ",.")
STYLES = ("1250.5", "1,250.5", "1250,5", "1.250,5")
HALF = {"1250.5": "0.5", "1,250.5": "0.5", "1250,5": "0,5", "1.250,5": "0,5"}
CDR2CLOUD = "44|UK|60|6|0|{}||||||||||0|0||0|".replace("|", "\t")
XERO = "ContactName,InvoiceNumber,InvoiceDate,Quantity,UnitAmount,Status"


def written(value, style):
    text = f"{value:,f}" if style in ("1,250.5", "1.250,5") else f"{value:f}"
    return text.translate(SWAPPED) if "0,5" in HALF[style] else text


def read(cells):
    """Return the micros of each cell of a column, None where it is refused."""
    rows = [Row(line, {"price": cell}) for line, cell in enumerate(cells, 2)]
    marks = decimal_marks("deck.csv", rows, ["price"])
    found: list[int | None] = []
    for row in rows:
        try:
            found.append(amount(row_pointed(row, marks)["price"], "price"))
        except CellRefused:
            found.append(None)
    return found


values = st.lists(
    st.integers(0, 6).flatmap(lambda places: st.decimals(0, 999_999, places=places)), min_size=1
)


@given(values=values, style=st.sampled_from(STYLES))
def test_amounts_are_what_was_written_where_one_of_them_proves_the_mark(values, style):
    cells = [written(value, style) for value in values]

    assert read([HALF[style], *cells]) == [500_000, *(int(value * 10**6) for value in values)]


@given(values=values, style=st.sampled_from(STYLES[:3]))
def test_amounts_that_prove_no_mark_are_refused_and_never_another_amount(values, style):
    cells = [written(value, style) for value in values]

    for value, found in zip(values, read(cells), strict=True):
        assert found in (None, int(value * Decimal(10**6)))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("cells", "prices"),
    [
        pytest.param(["0,050", "0,125", "1,250"], [50_000, 125_000, 1_250_000], id="0, begins"),
        pytest.param(["12,50", "1.250", "1.250,75"], [12.5e6, 1250e6, 1250.75e6], id="point"),
        pytest.param(["1,234.56", "1,250"], [1234.56e6, 1250e6], id="decimal point"),
        pytest.param(["1,234,567", "1,250"], None, id="beyond the most"),
        pytest.param(["1.250", "0.05"], [1_250_000, 50_000], id="no comma"),
    ],
)
def test_a_deck_is_read_alike_whatever_cuts_it(csv_file, delimiter, cells, prices):
    lines = [f'4{number}{delimiter}"{cell}"' for number, cell in enumerate(cells)]
    refusals = Refusals()

    found = rate_file(csv_file(f"code{delimiter}rate", *lines), refusals, currency="USD")

    if prices is None:
        assert [row.line for row in refusals.rows] == [2]
    else:
        assert refusals.rows == []
        assert [rate.per_minute_micros for rate in found.rates] == prices


@pytest.mark.parametrize("cells", [["1,250"], ["1,250", "1.250", "7"]])
def test_a_number_that_can_be_two_is_refused_with_what_to_write(csv_file, cells):
    lines = [f"4{number};{cell}" for number, cell in enumerate(cells)]
    refusals = Refusals()

    rate_file(csv_file("code;rate", *lines), refusals, currency="USD")

    assert [row.line for row in refusals.rows] == [2, 3][: len(cells)]
    for row in refusals.rows:
        assert "can be 1.250 or 1250; write the one that is meant" in row.reason


def test_another_column_leaves_a_number_uncertain_that_its_own_does_not_prove(csv_file):
    refusals = Refusals()

    rate_file(
        csv_file("code;rate;setup fee", "44;0,05;1.250", "33;0,05;1,250"), refusals, currency="USD"
    )

    assert [row.line for row in refusals.rows] == [2, 3]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("code;rate", "44;0,05", "33;1,250.00"),
        ("code;rate;setup fee", "44;0,05;", "33;;0.10"),
        (None, CDR2CLOUD.format("0,05"), CDR2CLOUD.format("0.06")),
    ],
)
def test_a_deck_with_both_marks_is_refused_whole(csv_file, header, first, second):
    lines = [line for line in (header, first, second) if line]

    with pytest.raises(ImportRefused, match=r"0,05.*decimal comma.*decimal point") as refused:
        rate_file(csv_file(*lines), Refusals(), currency="USD")

    assert [row.line for row in refused.value.refusals] == [len(lines)]
    assert "--partial" not in str(refused.value)


def test_invoices_and_payments_have_the_same_rule(kit, store, by, csv_file):
    kit.customer("1")

    def take(importer, *lines):
        with store.writing() as conn:
            return importer(conn, csv_file(*lines), by)

    header = "number;custid;invoice_date;total;tax"
    with pytest.raises(ImportRefused, match=r"line 2.*1,250.*can be"):
        take(invoices_imported, header, "A;1;2026-05-01;1,250;0")
    take(invoices_imported, header, "A;1;2026-05-01;1,250;0", "B;1;2026-05-01;0,50;0")
    take(invoices_imported, header.replace(";", ","), 'C,1,2026-05-01,"$1.250,00","0,250"')
    with pytest.raises(ImportRefused, match=r"amount '1,250' can be"):
        take(payments_imported, "invoice,date,amount", 'A,2026-05-02,"1,250"')
    take(payments_imported, "invoice,date,amount", 'A,2026-05-02,"0,250"')

    totals = {}
    for number in "ABC":
        invoice = kit.read(lambda conn, number=number: invoice_named(conn, number))
        totals[number] = (invoice.total_micros, invoice.paid_micros)
    assert totals == {"A": (1_250_000, 250_000), "B": (500_000, 0), "C": (1_250_000_000, 0)}


def test_xeros_files_have_the_same_rule(kit, store, by, csv_file):
    kit.customer("1")
    lines = [XERO, '1,A,2026-05-01,"1,5","1.250,00",']
    with store.writing() as conn:
        invoices_imported(conn, csv_file(*lines), by)

    invoice = kit.read(lambda conn: invoice_named(conn, "A"))

    assert invoice.total_micros == 1_875_000_000
    with store.writing() as conn, pytest.raises(ImportRefused, match=r"can be 1\.000 or 1000"):
        invoices_imported(conn, csv_file(XERO, '1,B,2026-05-01,"1,000",2,'), by)
