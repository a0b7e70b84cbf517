from data.domain.columns import Column, ColumnKind, columns_of
from data.domain.panel_rows import CallRow, InvoiceRow


def test_a_column_knows_its_unit_from_the_name_of_its_field():
    found = {column.name: column for column in columns_of(CallRow)}

    assert found["charge_micros"] == Column(
        "charge_micros", ColumnKind.MONEY, "Charge", scale=1_000_000
    )
    assert found["talk_ms"] == Column("talk_ms", ColumnKind.SECONDS, "Talk", scale=1_000)
    assert found["billed_s"] == Column("billed_s", ColumnKind.SECONDS, "Billed")
    assert found["started_at"].kind is ColumnKind.INSTANT
    assert found["calling_number"] == Column("calling_number", ColumnKind.TEXT, "Calling number")


def test_words_and_flags_name_what_they_can_be():
    found = {column.name: column for column in columns_of(InvoiceRow)}

    assert found["status"] == Column(
        "status", ColumnKind.WORD, "Status", words=("DRAFT", "RECORDED")
    )
    assert found["outdated"].words == ("no", "yes")
    assert found["invoice_date"].kind is ColumnKind.DAY
