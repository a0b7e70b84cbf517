"""Auth codes as a person lists them, keeps them in a file and brings them back."""

import pytest

from data.domain.errors import Refused

ROWS = [
    "1001,IngressTrunk,equals,north,AND,1",
    r'1001,CallingNumber,regex,"\+1519555\d{2,4}",NONE,0',
    '1002,FromURI,equals,"say ""ada""",NONE,1',
]
HEADER = "custid,field,kind,pattern,operator,enabled"


@pytest.fixture(autouse=True)
def known(says, csv_file):
    """Two customers with codes, which the file names the other way round."""
    says("customers", "import", csv_file("custid,cname", "1001,Acme", "1002,Beta"))
    says("auth-codes", "import", csv_file(HEADER, ROWS[2], *ROWS[:2]))


def test_auth_codes_are_listed_by_customer_in_the_order_in_which_they_are_read(says):
    listed = [line.split() for line in says("auth-codes", "list").splitlines()]

    assert listed == [
        HEADER.split(","),
        ["1001", "IngressTrunk", "equals", "north", "AND", "yes"],
        ["1001", "CallingNumber", "regex", r"\+1519555\d{2,4}", "NONE", "no"],
        ["1002", "FromURI", "equals", "say", '"ada"', "NONE", "yes"],
    ]
    assert len(says("auth-codes", "list", "--customer", "1002").splitlines()) == 2


def test_printed_auth_codes_are_a_file_that_brings_them_back(says, csv_file):
    printed = says("auth-codes", "export")

    assert printed.splitlines() == [HEADER, *ROWS]
    changed = [line.replace(",0", ",1") for line in printed.splitlines()]
    assert "0 added, 0 changed, 3 unchanged" in says(
        "auth-codes", "import", csv_file(*printed.splitlines())
    )
    assert "2 added, 0 changed, 1 unchanged" in says("auth-codes", "import", csv_file(*changed))


def test_codes_of_a_customer_that_there_is_not_are_refused(run):
    with pytest.raises(Refused, match="no customer 1003"):
        run("auth-codes", "list", "--customer", "1003")
