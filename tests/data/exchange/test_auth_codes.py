"""Auth codes come in by CSV, a customer's codes as one."""

import pytest
from sqlalchemy import select

from data.domain.errors import ImportRefused
from data.exchange.auth_codes import auth_codes_given, auth_codes_imported, auth_codes_read
from data.exchange.customers import customers_imported
from data.store.queries.customers import customer
from data.store.schema import auth_codes
from data.store.writes.customers import customer_deleted

HEADER = "custid,field,kind,pattern,operator,enabled"


@pytest.fixture(autouse=True)
def known(conn, by, csv_file):
    customers_imported(conn, csv_file("custid,cname", "1,One", "2,Two", name="c.csv"), by)


def codes(conn):
    table = auth_codes.c
    query = select(
        table.position, table.field, table.kind, table.pattern, table.operator, table.enabled
    ).order_by(table.customer_id, table.position)
    return [tuple(row) for row in conn.execute(query)]


def test_codes_keep_the_order_of_the_file(conn, by, csv_file):
    path = csv_file(
        HEADER,
        "1,IngressTrunk,equals,north,AND,1",
        r"1,CallingNumber,regex,\+1519555\d{4},NONE,true",
        "2,callednumber,,18005550100,,",
        "1,CallingNumber,prefix,+1416555,NONE,0",
    )

    result = auth_codes_imported(conn, path, by)

    assert result.added == 4
    assert codes(conn) == [
        (1, "IngressTrunk", "equals", "north", "AND", True),
        (2, "CallingNumber", "regex", r"\+1519555\d{4}", "NONE", True),
        (3, "CallingNumber", "prefix", "+1416555", "NONE", False),
        (1, "CalledNumber", "equals", "18005550100", "NONE", True),
    ]


def test_importing_again_replaces_the_codes_of_those_customers_only(conn, by, csv_file):
    auth_codes_imported(conn, csv_file(HEADER, "1,ToURI,equals,a,,", "2,ToURI,equals,b,,"), by)

    result = auth_codes_imported(conn, csv_file(HEADER, "1,ToURI,equals,c,,"), by)
    again = auth_codes_imported(conn, csv_file(HEADER, "1,ToURI,equals,c,,"), by)

    assert [code[3] for code in codes(conn)] == ["c", "b"]
    assert (result.added, again.added, again.unchanged) == (1, 0, 1)


def test_refused_rows_are_named_with_what_would_be_right(conn, by, csv_file):
    path = csv_file(
        HEADER,
        "9,ToURI,equals,a,,",
        "1,Colour,equals,a,,",
        "1,ToURI,like,a,,",
        "1,ToURI,regex,(,,",
        "1,ToURI,equals,,,",
        "1,ToURI,equals,a,XOR,",
    )

    with pytest.raises(ImportRefused) as refused:
        auth_codes_imported(conn, path, by)

    reasons = {row.line: row.reason for row in refused.value.refusals}
    assert "no customer '9'" in reasons[2]
    assert "CallingNumber" in reasons[3]
    assert "prefix" in reasons[4]
    assert "regular expression" in reasons[5]
    assert "empty" in reasons[6]
    assert "AND" in reasons[7]


def test_partial_never_takes_half_of_a_customers_codes(conn, by, csv_file):
    path = csv_file(
        HEADER,
        "1,IngressTrunk,equals,north,AND,1",
        "1,CallingNumber,regex,(,NONE,1",
        "2,ToURI,equals,a,,",
    )

    result = auth_codes_imported(conn, path, by, partial=True)

    assert [code[3] for code in codes(conn)] == ["a"]
    assert [row.line for row in result.refusals] == [2, 3]


def test_codes_of_a_customer_that_goes_while_its_file_is_read_are_refused(conn, by, csv_file):
    read = auth_codes_read(conn, csv_file(HEADER, "1,ToURI,equals,a,,", "2,ToURI,equals,b,,"))
    gone = customer(conn, "2")
    assert gone is not None
    customer_deleted(conn, gone, by)

    with pytest.raises(ImportRefused, match="line 3: there is no customer '2'"):
        auth_codes_given(conn, read, by)

    assert codes(conn) == []
