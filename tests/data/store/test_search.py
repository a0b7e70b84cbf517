"""One box finds customers, invoices, files, auth codes and calls."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from data.domain.call_ids import CallId
from data.domain.errors import RequestRefused
from data.domain.search import HitKind, number_digits
from data.store import schema
from data.store.queries import search
from data.store.queries.search import findings
from tests.factories import add_call, add_customer, add_file, add_invoice, add_source

START = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


def found(conn, text: str) -> list[tuple[HitKind, str]]:
    return [(hit.kind, hit.title) for hit in findings(conn, text).hits]


def add_code(conn, customer_id: int, kind: str, pattern: str, position: int = 1) -> None:
    row = {"customer_id": customer_id, "position": position, "field": "CallingNumber"}
    conn.execute(insert(schema.auth_codes).values(row | {"kind": kind, "pattern": pattern}))


def test_a_name_finds_its_customer_exact_ones_first(conn):
    for name in ("Best Acme", "Acme & Sons", "ACME", "Other"):
        add_customer(conn, name)
    add_customer(conn, "Acme gone", deleted_at=START)

    assert [title for _, title in found(conn, "acme")] == ["ACME", "Acme & Sons", "Best Acme"]


def test_a_customer_number_an_invoice_and_a_file_are_found(conn):
    who = add_customer(conn, "Acme", custid="X-77")
    add_invoice(conn, who, 1, number="INV-77")
    add_file(conn, name="night-77.csv", source_id=add_source(conn))

    assert found(conn, "-77") == [
        (HitKind.CUSTOMER, "Acme"),
        (HitKind.INVOICE, "INV-77"),
        (HitKind.FILE, "night-77.csv"),
    ]


def test_a_number_finds_its_calls_and_the_codes_that_claim_it(conn):
    who = add_customer(conn, "Acme")
    add_code(conn, who, "prefix", "+1202555")
    add_code(conn, who, "equals", "+12025550100", position=2)
    add_call(conn, started_at=START, calling_number="+12025550100", called_number="A")
    add_call(conn, started_at=START + timedelta(hours=1), called_number="+12025550100")
    add_call(conn, billing_number="12025550100", calling_number="B", called_number="C")
    add_call(conn, calling_number="+12025550199")

    newest_first = [(HitKind.CALL, "+12025550100"), (HitKind.CALL, "C"), (HitKind.CALL, "A")]
    assert found(conn, "+1 (202) 555-0100") == newest_first
    assert [title for _, title in found(conn, "+12025550100")[:2]] == ["+12025550100", "+1202555"]


def test_a_call_is_found_by_its_name(conn):
    add_call(conn, started_at=START, call_key=-5, called_number="+442079460111")

    (hit,) = findings(conn, str(CallId(START, -5))).hits

    assert (hit.kind, hit.title, hit.at) == (HitKind.CALL, "+442079460111", START)


def test_calls_are_looked_at_back_to_a_bound_that_is_told(conn, monkeypatch):
    monkeypatch.setattr(search, "CALLS_LOOKED_AT", 2)
    for hours in range(3):
        add_call(conn, started_at=START + timedelta(hours=hours), called_number=f"+4420{hours}")

    result = findings(conn, "+4420")

    assert [hit.title for hit in result.hits] == ["+44202", "+44201"]
    assert result.calls_since == START + timedelta(hours=1)


def test_no_kind_fills_the_whole_list(conn):
    for n in range(20):
        add_customer(conn, f"Acme {n:02}")

    assert len(found(conn, "acme")) == search.MOST_OF_A_KIND


@pytest.mark.parametrize("text", ["", " ", "x", "x" * 101, "a\0b", "\ud800\ud800"])
def test_what_cannot_be_looked_for_is_refused(conn, text):
    with pytest.raises(RequestRefused, match="Search for"):
        findings(conn, text)


@pytest.mark.parametrize("text", ["%%", "__", "' OR 1=1 --", "\\\\", '"; DROP TABLE calls; --'])
def test_wildcards_and_sql_are_only_letters(conn, text):
    add_customer(conn, "Acme")
    add_call(conn)

    assert found(conn, text) == []


def test_digits_of_a_number_are_told_from_words():
    assert number_digits("+44 20-7946") == "44207946"
    assert number_digits("12") is None
    assert number_digits("INV-104") is None
    assert number_digits("٤٤٢٠") is None
