"""A person's data goes on request: from every table and every kept file; sums and invoices stay."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.domain.authorship import By
from data.domain.erasure import Eraser, forms_of, stand_in
from data.domain.errors import Refused
from data.domain.numbers import NumberPlan
from data.erasure import number_erased, person_erased
from data.store import schema
from data.store.schema import audit_log, calls, customers, rejections
from data.store.writes.source_settings import SourceSettings, source_added
from data.store.writes.upkeep import files_requeued
from tests.factories import add_call, add_customer, add_invoice, add_payment, add_ticket
from tests.ingesting import add_auth_code, add_rates, assert_books_balance, deliver, ingested, lines

PERSON, OTHER = "+15555550187", "+15555550101"
CONTENT = lines(1, dst=PERSON) + lines(2, dst=OTHER) + f"broken line of {PERSON}, of no use\n"


@pytest.fixture
def by(now):
    return By("admin@example.com", now)


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("calls.csv", content)
    return out.getvalue()


PACKED = {
    "calls.csv": str.encode,
    "calls.csv.gz": lambda text: gzip.compress(text.encode()),
    "calls.csv.bz2": lambda text: bz2.compress(text.encode()),
    "calls.csv.xz": lambda text: lzma.compress(text.encode()),
    "calls.zip": zipped,
}


def everything_kept(settings):
    """All bytes of the archive, unpacked."""
    found = b""
    for path in sorted(settings.archive_dir.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            for opener in (gzip.decompress, bz2.decompress, lzma.decompress):
                try:
                    raw = opener(raw)
                    break
                except (OSError, EOFError, lzma.LZMAError):
                    continue
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    raw = b"".join(archive.read(name) for name in archive.namelist())
            found += raw
    return found


def every_text(store):
    """All that the store holds, as one text."""
    with store.snapshot() as conn:
        tables = schema.metadata.sorted_tables
        return "\n".join(str(tuple(row)) for table in tables for row in conn.execute(select(table)))


@pytest.mark.parametrize("name", PACKED)
def test_a_number_is_gone_from_every_table_and_every_kept_file(store, settings, by, name):
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=600_000)
        customer = add_customer(conn, "Ada", rate_table_id=table, tel=PERSON)
        add_auth_code(conn, customer, "acc1")
        add_auth_code(conn, customer, PERSON, position=2)
        add_ticket(conn, f"No calls from {PERSON}")
    deliver(settings, name, PACKED[name](CONTENT))
    assert ingested(store, settings) == [(name, "success", 2, 1, 0, 0)]
    with store.snapshot() as conn:
        before = conn.execute(
            select(func.count(), func.sum(calls.c.charge_micros), func.sum(calls.c.talk_ms))
        ).one()

    dry = number_erased(store, [PERSON], by, settings.archive_dir, dry_run=True)
    assert PERSON.removeprefix("+").encode() in everything_kept(settings)
    done = number_erased(store, [PERSON], by, settings.archive_dir)

    assert dry.counts == done.counts
    assert done.counts["calls"] == done.counts["rejections"] == done.counts["kept files"] == 1
    assert "5550187" not in every_text(store)
    assert b"5550187" not in everything_kept(settings)
    assert OTHER.encode() in everything_kept(settings)
    with store.snapshot() as conn:
        assert_books_balance(conn)
        after = conn.execute(
            select(func.count(), func.sum(calls.c.charge_micros), func.sum(calls.c.talk_ms))
        ).one()
        assert after == before
        told = conn.execute(select(audit_log).where(audit_log.c.action == "erased")).one()
        raw = conn.execute(select(rejections.c.raw)).scalar_one()
    assert (told.actor, told.subject) == ("admin@example.com", "1 phone number(s)")
    assert raw == "broken line of +15555000000, of no use"
    assert number_erased(store, [PERSON], by, settings.archive_dir).counts == {"kept files": 0}


def test_a_copy_with_erased_numbers_is_not_processed_again_and_a_redelivery_changes_nothing(
    store, settings, by
):
    deliver(settings, "calls.csv", CONTENT)
    ingested(store, settings)
    number_erased(store, [PERSON], by, settings.archive_dir)

    with store.writing() as conn, pytest.raises(Refused, match="erased from the kept copy"):
        files_requeued(conn, [1], by)
    deliver(settings, "again.csv", CONTENT)
    assert ingested(store, settings)[0][1] == "repeated"
    assert "5550187" not in every_text(store)


def test_a_customer_without_invoices_leaves_a_number_and_nothing_else(store, by):
    with store.writing() as conn:
        person = {"first_name": "Ada", "street": "1 Mill Lane", "email": "ada@example.com"}
        add_customer(conn, "Ada Miller", custid="1001", **person)

    erased = person_erased(store, "1001", by)

    told = every_text(store)
    assert not any(word in told for word in ("Ada", "Mill Lane", "ada@"))
    assert "Erased customer 1001" in told
    assert not any("invoice" in what for what in erased.kept)


def test_an_issued_invoice_keeps_the_name_and_address_that_are_on_it(store, by):
    with store.writing() as conn:
        person = {"street": "1 Mill Lane", "email": "ada@example.com", "tel": PERSON}
        ada = add_customer(conn, "Ada Miller", custid="1001", **person)
        invoice = add_invoice(conn, ada, 5)
        add_payment(conn, ada, 5, invoice_id=invoice)

    erased = person_erased(store, "1001", by)

    with store.snapshot() as conn:
        row = conn.execute(select(customers)).one()
    assert (row.company, row.street, row.email, row.tel) == ("Ada Miller", "1 Mill Lane", "", "")
    assert row.deleted_at == by.at
    assert "tax law" in erased.kept[0]


def test_a_customer_who_owes_is_refused_and_kept_whole(store, by):
    with store.writing() as conn:
        ada = add_customer(conn, "Ada", custid="1001", email="ada@example.com")
        add_invoice(conn, ada, 5)

    with pytest.raises(Refused, match="draft or unpaid"):
        person_erased(store, "1001", by)
    assert "ada@example.com" in every_text(store)


def test_what_would_be_erased_of_a_customer_is_told_without_changing_anything(store, by):
    with store.writing() as conn:
        add_customer(conn, "Ada", custid="1001", email="ada@example.com")

    assert person_erased(store, "1001", by, dry_run=True).counts == {"customers": 1}
    assert "ada@example.com" in every_text(store)


@pytest.mark.parametrize("number", ["12345", "anna", "", "+44 20 7946 01a0"])
def test_what_is_no_persons_number_is_refused(store, settings, by, number):
    with pytest.raises(Refused, match="no phone number"):
        number_erased(store, [number], by, settings.archive_dir)


def test_a_number_is_found_as_each_source_dials_it():
    plans = [NumberPlan("44", "00", "0"), NumberPlan("1", "011", "1")]

    assert forms_of("+44 20 7946 0100", plans) == (
        "442079460100",
        "02079460100",
        "2079460100",
        "4402079460100",
        "011442079460100",
    )
    assert forms_of("+15555550187", plans) == ("15555550187", "5555550187", "01115555550187")


WRITTEN = {
    "+44 20 7946 0777": "+44 20 7900 0000",
    "0044 (20) 7946-0777": "0044 (20) 7900-0000",
    "+44 (0)20 7946 0777": "+44 (0)20 7900 0000",
    "020 7946 0777": "020 7900 0000",
    "020-7946-0777": "020-7900-0000",
    "(020) 7946.0777": "(020) 7900.0000",
    "020\u20117946\u00a00777": "020\u20117900\u00a00000",
    "020\u202f7946\u20090777": "020\u202f7900\u20090000",
    "020 \u2013 7946 0777": "020 \u2013 7900 0000",
    "442079460777": "442079000000",
}


@pytest.mark.parametrize(("written", "after"), WRITTEN.items(), ids=WRITTEN)
def test_a_number_is_erased_however_its_digits_are_set_apart(written, after):
    eraser = Eraser(forms_of("+442079460777", [NumberPlan("44", "00", "0")]))

    assert eraser.text(f"Ring {written}, please") == f"Ring {after}, please"
    for encoding in ("utf-8", "cp1252") if written.isascii() else ("utf-8",):
        assert eraser.raw(f"a,{written},b".encode(encoding)) == f"a,{after},b".encode(encoding)


@pytest.mark.parametrize(
    "text",
    ["1442079460777", "4420794607771", "+44 20 7946 07771", "44,20,7946,0777", "44\n2079460777"],
)
def test_another_number_that_holds_the_digits_stays(text):
    assert Eraser(["442079460777"]).text(text) == text


def test_only_rows_that_change_are_counted_and_none_keeps_a_written_number(store, settings, by):
    with store.writing() as conn:
        source_added(
            conn,
            "london",
            SourceSettings(country_code="44", international_prefix="00", trunk_prefix="0"),
            by,
        )
        for text in (*WRITTEN, "1442079460777", "of nobody"):
            add_ticket(conn, text)
        add_customer(conn, "Ada", tel="020 7946 0777")
        add_call(conn, called_number="020 7946 0777")

    dry = number_erased(store, ["+442079460777"], by, settings.archive_dir, dry_run=True)
    done = number_erased(store, ["+442079460777"], by, settings.archive_dir)

    assert dry.counts == done.counts
    assert done.counts == {"calls": 1, "tickets": len(WRITTEN), "customers": 1, "kept files": 0}
    told = every_text(store)
    assert "1442079460777" in told
    assert not any(written in told.replace("1442079460777", "") for written in WRITTEN)


@given(st.text(st.sampled_from("0123456789+, x"), max_size=60))
def test_erasing_leaves_no_whole_number_and_no_length_changed(text):
    eraser = Eraser(["15555550187"])
    padded = f"{text},15555550187,{text}"

    erased = eraser.text(padded)

    assert len(erased) == len(padded)
    assert eraser.raw(padded.encode()).decode() == erased
    assert eraser.text(erased) == erased
    assert ",15555000000," in erased or not text


def test_a_stand_in_keeps_the_place_and_loses_the_person():
    assert stand_in("442079460100") == "442079000000"
