from datetime import date

import pytest

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.records import InvoiceStatus, Role
from data.store.schema import auth_codes, customers, sources, users
from data.store.writes.users import user_added
from tests.factories import add_customer, add_invoice
from tests.ingesting import add_auth_code, add_rates


@pytest.fixture
def acme(store):
    with store.writing() as conn:
        made = add_customer(conn, "Acme", custid="A1", rate_table_id=add_rates(conn, "sell", p1=1))
        add_auth_code(conn, made, "acc1")
    return made


def proposed(question):
    return {field.name: field.value for field in question.fields}


def test_a_customer_is_changed_by_the_rules_of_the_import(desk, acme):
    form = proposed(desk.ask("edit-customer", acme))
    new = form | {"cname": "Acme Ltd", "country": "gbr", "billing_start": "2026-01-01"}

    assert form["ratetable"] == "sell"
    assert desk.do("edit-customer", acme, **new) == "Acme Ltd changed"
    kept = (customers.c.custid, customers.c.company, customers.c.country, customers.c.billing_start)
    assert desk.rows(*kept) == [("A1", "Acme Ltd", "GBR", date(2026, 1, 1))]
    assert desk.log() == ["customer_changed"]
    assert "nothing was changed" in desk.do("edit-customer", acme, **new)
    with pytest.raises(Refused, match="Country"):
        desk.do("edit-customer", acme, **new | {"country": "Britain"})
    with pytest.raises(Refused, match="Company"):
        desk.do("edit-customer", acme, **new | {"cname": ""})
    with pytest.raises(Refused, match="Company has 3,000 characters; 200 are the most"):
        desk.do("edit-customer", acme, **new | {"cname": "x" * 3_000})
    with pytest.raises(Refused, match="First name has line breaks"):
        desk.do("edit-customer", acme, **new | {"fname": "Ada\nByron"})
    with pytest.raises(Refused, match="rate table"):
        desk.do("edit-customer", acme, **new | {"ratetable": "free calls"})


def test_a_customer_with_a_draft_is_not_ticked_as_a_carrier(desk, store, acme):
    with store.writing() as conn:
        add_invoice(conn, acme, 5, status="DRAFT")

    form = proposed(desk.ask("edit-customer", acme))

    with pytest.raises(Refused, match="A1 has draft or unpaid invoices"):
        desk.do("edit-customer", acme, **form | {"provider": "yes"})


def test_a_number_cannot_be_changed_from_the_form(desk, acme):
    form = proposed(desk.ask("edit-customer", acme))

    desk.do("edit-customer", acme, **form | {"custid": "B2", "city": "Leeds"})

    assert desk.rows(customers.c.custid, customers.c.city) == [("A1", "Leeds")]


def test_a_customer_is_added_once_and_deleted_unless_it_owes(desk, store):
    form = proposed(desk.ask("add-customer"))
    desk.do("add-customer", **form | {"custid": "B1", "cname": "Beta"})
    with pytest.raises(Refused, match="already"):
        desk.do("add-customer", **form | {"custid": "B1", "cname": "Other"})
    ((beta,),) = desk.rows(customers.c.id)
    with store.writing() as conn:
        draft = add_invoice(conn, beta, 5, status=InvoiceStatus.DRAFT)

    with pytest.raises(Refused, match="draft or unpaid"):
        desk.do("delete-customer", beta)
    desk.do("delete", draft)
    assert desk.ask("delete-customer", beta).grave
    assert desk.do("delete-customer", beta) == "Beta deleted"


def test_auth_codes_are_edited_as_one_list(desk, acme):
    form = proposed(desk.ask("auth-codes", acme))
    assert form["pattern-0"] == "acc1"
    assert form["pattern-1"] == ""

    new = form | {"pattern-1": "acc2", "field-1": "IngressTrunk", "enabled-1": ""}
    assert desk.do("auth-codes", acme, **new) == "Acme has 2 auth codes now"
    kept = (auth_codes.c.position, auth_codes.c.pattern, auth_codes.c.enabled)
    assert sorted(desk.rows(*kept)) == [(1, "acc1", True), (2, "acc2", False)]

    desk.do("auth-codes", acme, **new | {"pattern-0": ""})
    assert desk.rows(auth_codes.c.position, auth_codes.c.pattern) == [(1, "acc2")]
    assert desk.log() == ["auth_codes_replaced"] * 2
    broken = {"pattern-0": "(", "kind-0": "regex"}
    with pytest.raises(Refused, match=r"Code 1: .*regular expression"):
        desk.do("auth-codes", acme, **form | broken)


@pytest.mark.usefixtures("acme")
def test_the_codes_of_a_customer_are_found_by_name_where_two_claim_a_call(desk):
    assert desk.ask("decide", "1-2").final is False
    form = proposed(desk.ask("decide", "1-2", customer="Acme"))

    assert form["pattern-0"] == "acc1"
    said = desk.do("decide", "1-2", customer="Acme", **form | {"enabled-0": ""})
    assert said == "Acme has 1 auth code now"


def test_a_source_is_added_with_its_folder_changed_and_switched(desk, settings):
    form = proposed(desk.ask("add-source"))
    said = {"name": "london", "timezone": "Europe/London", "every": "15m", "country_code": "44"}

    desk.do("add-source", **form | said)
    ((number,),) = desk.rows(sources.c.id)
    again = proposed(desk.ask("edit-source", number))
    desk.do("edit-source", number, **again | {"trunk_prefix": "0"})
    desk.do("source-off", number)

    assert (settings.inbox_dir / "london").is_dir()
    assert again["every"] == "15m"
    kept = (sources.c.timezone, sources.c.expect_every_s, sources.c.trunk_prefix)
    assert desk.rows(*kept) == [("Europe/London", 900, "0")]
    assert [at is None for (at,) in desk.rows(sources.c.disabled_at)] == [False]
    desk.do("source-on", number)
    with pytest.raises(Refused, match="already"):
        desk.do("source-on", number)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../etc"},
        {"timezone": "Mars/Base"},
        {"country_code": "+44"},
        {"every": "often"},
    ],
)
def test_a_source_that_makes_no_sense_is_refused(desk, wrong):
    with pytest.raises(Refused, match="Nothing was"):
        desk.do("add-source", **{"name": "london"} | wrong)

    assert desk.rows(sources.c.id) == []


def test_people_get_logins_roles_passwords_and_are_shut_out(desk, store, now):
    with store.writing() as conn:
        user_added(
            conn, By("t", now), email="boss@example.com", role=Role.ADMIN, password="x9 long words"
        )

    said = desk.do("add-user", email="Bea@example.com", role="billing")
    number = dict(desk.rows(users.c.email, users.c.id))
    bea, boss = number["bea@example.com"], number["boss@example.com"]
    desk.do("role", bea, role="viewer")
    reset = desk.do("reset-password", bea)
    desk.do("disable-user", bea)

    assert said.endswith("Password, shown once: three quiet herons b")
    assert reset.endswith("three quiet herons b")
    assert desk.log()[1:] == ["user_added", "role_changed", "password_changed", "user_disabled"]
    with pytest.raises(Refused, match="last administrator"):
        desk.do("role", boss, role="viewer")
    with pytest.raises(Refused, match="role"):
        desk.do("role", bea, role="owner")
