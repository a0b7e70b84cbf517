"""Customers come in by CSV, whole or not at all."""

import json
from datetime import date

import pytest
from sqlalchemy import func, insert, select

from data import bill_run
from data.domain.books import BillRun
from data.domain.customers import Customer
from data.domain.errors import ImportRefused
from data.domain.panels import Panel
from data.domain.periods import Period
from data.domain.row_requests import RowRequest
from data.exchange.customers import customers_given, customers_imported, customers_read
from data.exchange.exports import Export, ExportForm, csv_blocks
from data.exchange.tables import Imported
from data.store.queries.customers import customer, customers_by_custid
from data.store.queries.rates import active_rates
from data.store.schema import (
    audit_log,
    charges,
    customer_charges,
    data_version,
    plans,
    rate_tables,
    tax_categories,
)
from data.store.writes.rates import rate_table_named

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
CDR2CLOUD = (
    "custid,fname,lname,cname,street,street2,city,state,country,zip,tel,tel2,fax,email,email2,"
    "taxcategory,ratetable,plan,charge,vat"
)


def stored(conn, custid):
    found = customer(conn, custid)
    assert found is not None
    return found


def version(conn):
    return conn.execute(select(data_version.c.version)).scalar_one()


def test_every_column_of_cdr2cloud_is_taken(conn, by, csv_file):
    conn.execute(insert(tax_categories).values(id=3, name="Ontario"))
    conn.execute(insert(rate_tables).values(id=4, name="Retail"))
    conn.execute(insert(plans).values(id=5, name="Basic"))
    conn.execute(insert(charges).values(id=6, name="Line rental", amount_micros=5_000_000))
    path = csv_file(
        CDR2CLOUD,
        "1001,Ada,Byron,Analytical Ltd,1 Mill St,Unit 2,Guelph,ON,can,N1H 1A1,+15195550100,"
        "+15195550101,+15195550102,ada@example.com,pay@example.com,Ontario,Retail,Basic,"
        "Line rental,RT0001",
    )

    result = customers_imported(conn, path, by)

    assert result == Imported("file.csv", added=1)
    known = stored(conn, "1001")
    assert known == Customer(
        id=known.id,
        custid="1001",
        company="Analytical Ltd",
        first_name="Ada",
        last_name="Byron",
        street="1 Mill St",
        street2="Unit 2",
        city="Guelph",
        state="ON",
        country="CAN",
        zip="N1H 1A1",
        tel="+15195550100",
        tel2="+15195550101",
        fax="+15195550102",
        email="ada@example.com",
        email2="pay@example.com",
        vat="RT0001",
        tax_category_id=3,
        rate_table_id=4,
        plan_id=5,
    )
    borne = conn.execute(select(customer_charges.c.charge_id, customer_charges.c.customer_id))
    assert borne.all() == [(6, known.id)]


def test_a_subset_of_columns_changes_only_those(conn, by, csv_file):
    customers_imported(conn, csv_file("custid,cname,city,provider", "7,Seven,Bonn,yes"), by)

    result = customers_imported(conn, csv_file("custid,cname", "7,Seven GmbH"), by)

    assert (result.added, result.changed) == (0, 1)
    assert stored(conn, "7").company == "Seven GmbH"
    assert (stored(conn, "7").city, stored(conn, "7").provider) == ("Bonn", True)


def test_the_same_file_again_changes_nothing(conn, by, csv_file):
    path = csv_file("custid,cname", "1,One", "2,Two")
    customers_imported(conn, path, by)
    before = version(conn)

    assert customers_imported(conn, path, by) == Imported("file.csv", unchanged=2)
    assert version(conn) == before


def test_a_file_with_a_refused_row_changes_nothing_and_names_each(store, by, csv_file):
    path = csv_file(
        "custid,cname,country,taxcategory,provider",
        "1,One,CAN,,",
        ",Nobody,,,",
        "1,Once more,,,",
        "2,,,,",
        "3,Three,Canada,,",
        "4,Four,,Nowhere,",
        "5,Five,,,perhaps",
        "6,Six",
    )

    with pytest.raises(ImportRefused) as refused, store.writing() as conn:
        customers_imported(conn, path, by)

    assert [row.line for row in refused.value.refusals] == [3, 4, 5, 6, 7, 8, 9]
    reasons = " ".join(row.reason for row in refused.value.refusals)
    for word in ("custid ''", "line 2", "cname", "'Canada'", "'Nowhere'", "'perhaps'", "2 columns"):
        assert word in reasons
    with store.snapshot() as conn:
        assert customers_by_custid(conn) == {}


def test_partial_takes_the_others_and_still_names_the_refused(conn, by, csv_file):
    path = csv_file("custid,cname", "1,One", ",Nobody")

    result = customers_imported(conn, path, by, partial=True)

    assert result.added == 1
    assert [row.line for row in result.refusals] == [3]


def test_partial_without_any_row_to_take_is_refused(conn, by, csv_file):
    with pytest.raises(ImportRefused):
        customers_imported(conn, csv_file("custid,cname", ",Nobody"), by, partial=True)


def test_a_rate_table_that_is_not_there_yet_is_made_empty_and_said(conn, by, csv_file):
    path = csv_file("custid,cname,ratetable", "1,One,Retail", "2,Two,Retail")

    result = customers_imported(conn, path, by)

    table = stored(conn, "1").rate_table_id
    assert stored(conn, "2").rate_table_id == table
    assert active_rates(conn, table) == []
    assert "'Retail' is new" in result.notes[0]


def test_a_customer_of_a_table_whose_name_is_nearly_anothers_is_refused(conn, by, csv_file):
    customers_imported(conn, csv_file("custid,cname,ratetable", "1,One,Retail"), by)

    with pytest.raises(ImportRefused, match="'retail' is not known, but 'Retail' is"):
        customers_imported(conn, csv_file("custid,cname,ratetable", "2,Two,retail"), by)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["cname", "One"], "lacks custid"),
        (["custid,cname,cname", "1,One,Two"], "twice"),
        (["", ""], "empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_whole(conn, by, csv_file, lines, reason):
    with pytest.raises(ImportRefused, match=reason):
        customers_imported(conn, csv_file(*lines), by, partial=True)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (f"1002,{'x' * 201},York", "cname has 201 characters; 200 are the most"),
        ('1002,"Acme\nLtd",York', "cname has line breaks; write it on one line"),
        (f"1002,Acme,{'y' * 3_000}", "city has 3,000 characters; 200 are the most"),
        ('1002,Acme,"York\u2028UK"', "city has line breaks; write it on one line"),
    ],
)
def test_a_text_that_is_no_line_of_a_list_is_refused_by_itself(conn, by, csv_file, cells, reason):
    path = csv_file("custid,cname,city", f"1001,{'z' * 200},Leeds", cells)

    result = customers_imported(conn, path, by, partial=True)

    assert (result.added, [(row.line, row.reason) for row in result.refusals]) == (1, [(3, reason)])


@pytest.mark.parametrize("begin", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_is_refused_with_what_to_save_it_as(conn, by, tmp_path, begin):
    path = tmp_path / "customers.xlsx"
    path.write_bytes(begin + bytes(range(256)))

    with pytest.raises(ImportRefused, match="save the sheet as CSV"):
        customers_imported(conn, path, by)


def test_an_export_for_machines_is_taken_in_again_and_a_masked_number_is_not(
    conn, by, csv_file, tmp_path
):
    conn.execute(insert(tax_categories).values(id=3, name="Ontario"))
    conn.execute(insert(rate_tables).values(id=4, name="Retail"))
    first = csv_file(
        "custid,cname,fname,lname,street,city,country,tel,email,taxcategory,ratetable,provider",
        "1001,Acme,Ada,Byron,1 Mill St,Guelph,CAN,+15195550100,a@example.com,Ontario,Retail,0",
        "1002,Carrier,,,,,,,,,Retail,1",
    )
    customers_imported(conn, first, by)
    before = customers_by_custid(conn)
    exported = tmp_path / "customers-machine.csv"
    wanted = Export(RowRequest(panel=Panel.CUSTOMERS), ExportForm.MACHINE)
    exported.write_bytes(b"".join(csv_blocks(conn, wanted, by.at)))

    again = customers_imported(conn, exported, by)

    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert customers_by_custid(conn) == before
    text = exported.read_text("utf-8")
    exported.write_text(text.replace("Acme", "Acme Ltd").replace("+15195550", "***"), "utf-8")
    with pytest.raises(ImportRefused, match="tel is masked"):
        customers_imported(conn, exported, by)
    exported.write_text(text.replace("Acme", "Acme Ltd"), "utf-8")
    assert customers_imported(conn, exported, by).changed == 1
    assert stored(conn, "1001").street == "1 Mill St"


def test_bytes_that_are_not_utf_8_are_refused_with_their_line(conn, by, csv_file):
    path = csv_file("custid,cname", "1,One", "2,Zwölf", encoding="latin-1")

    with pytest.raises(ImportRefused, match="line 3: is not UTF-8"):
        customers_imported(conn, path, by)


def test_a_byte_order_mark_semicolons_and_quoted_lines_are_read(conn, by, csv_file):
    path = csv_file(
        "custid;cname;street", '1;"One; Two";"1 Mill St', 'Guelph"', "2;Two;", encoding="utf-8-sig"
    )

    customers_imported(conn, path, by)

    assert stored(conn, "1").company == "One; Two"
    assert stored(conn, "1").street == "1 Mill St\nGuelph"


def test_each_change_is_in_the_audit_log(conn, by, csv_file):
    customers_imported(conn, csv_file("custid,cname,city", "1,One,Bonn"), by)
    customers_imported(conn, csv_file("custid,cname,city", "1,One,Ulm"), by)

    rows = conn.execute(select(audit_log).order_by(audit_log.c.id)).all()

    assert [(row.action, row.subject, row.actor) for row in rows] == [
        ("customer_added", "customer 1", "analyst@example.com"),
        ("customer_changed", "customer 1", "analyst@example.com"),
    ]
    assert (json.loads(rows[1].before), json.loads(rows[1].after)) == (
        {"city": "Bonn"},
        {"city": "Ulm"},
    )


def test_columns_that_are_not_used_are_named(conn, by, csv_file):
    result = customers_imported(conn, csv_file("custid,cname,colour", "1,One,red"), by)

    assert result.notes == ("columns not used: colour",)
    assert conn.execute(select(func.count()).select_from(audit_log)).scalar_one() == 1


def test_what_changed_since_a_file_was_read_is_looked_at_again(store, by, csv_file):
    path = csv_file("custid,cname,ratetable", "1001,Acme,Retail", "1002,Beta,")
    with store.snapshot() as conn:
        read = customers_read(conn, path)
    with store.writing() as conn:
        retail = rate_table_named(conn, "Retail", by)
        customers_imported(conn, csv_file("custid,cname,city", "1002,Beta,York", name="o.csv"), by)

    with store.writing() as conn:
        told = customers_given(conn, read, by)

    assert (told.added, told.changed, told.unchanged, told.notes) == (1, 0, 1, ())
    with store.snapshot() as conn:
        found = customers_by_custid(conn)
    assert found["1001"].rate_table_id == retail
    assert found["1002"].city == "York"


def test_a_customer_with_open_invoices_does_not_become_a_provider(kit, store, by, csv_file):
    drafted = kit.customer("1")
    kit.usage(drafted, (6, 3), 5_000_000)
    kit.customer("2")
    kit.customer("9", provider=True)
    (draft,) = bill_run.drafted(store, JUNE_RUN, by)
    path = csv_file("custid,cname,provider", "1,One,1", "2,Two,1", "9,Nine,1")

    def take(**options):
        with store.writing() as conn:
            return customers_imported(conn, path, by, **options)

    with pytest.raises(ImportRefused, match=r"line 2: .*has draft or unpaid invoices.*never invo"):
        take()
    assert (take(partial=True).changed, stored_provider(store, "1")) == (2, False)
    (number,) = bill_run.recorded(store, [draft.name], by)
    with pytest.raises(ImportRefused, match="unpaid invoices"):
        take()
    bill_run.unrecorded(store, [number], by)
    bill_run.deleted(store, [number], by)

    assert (take().changed, stored_provider(store, "1")) == (1, True)


def stored_provider(store, custid):
    with store.snapshot() as conn:
        return stored(conn, custid).provider
