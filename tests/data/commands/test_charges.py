"""Charges that customers bear: given once, listed, ended, taken back."""

import json

import pytest
from sqlalchemy import select

from data.domain.errors import Refused
from data.store.schema import audit_log

JUNE = ("--date", "2026-07-01", "--from", "2026-06-01", "--to", "2026-06-30")
JULY = ("--date", "2026-08-01", "--from", "2026-07-01", "--to", "2026-07-31")


@pytest.fixture
def rental(kit, says):
    """A monthly charge, and a customer to bear it; return the words that name both."""
    kit.customer("1")
    says("charges", "add", "Rental", "--amount", "30", "--every-months", "1")
    return "Rental", "1"


def test_a_charge_is_given_twice_only_where_that_is_said(rental, says, run):
    says("charges", "give", *rental, "--from", "2026-06-01", "--to", "2026-06-30")

    with pytest.raises(Refused, match=r"entry 1.*billed twice.*--again"):
        run("charges", "give", *rental, "--from", "2026-06-30")
    says("charges", "give", *rental, "--from", "2026-07-01")
    says("charges", "give", *rental, "--from", "2026-06-01", "--again")

    assert "60.00 in all" in says("invoices", "draft", *JUNE)
    listed = says("charges", "list", "--customer", "1").splitlines()
    assert [line.split() for line in listed[1:]] == [
        ["Rental", "30.00", "1", "1", "2026-06-01", "2026-06-30", "1"],
        ["Rental", "30.00", "1", "1", "2026-06-01", "3"],
        ["Rental", "30.00", "1", "1", "2026-07-01", "2"],
    ]


def test_a_charge_of_one_time_is_given_again_for_another_day(kit, says, run):
    kit.customer("1")
    says("charges", "add", "Visit", "--amount", "80")
    says("charges", "give", "Visit", "1", "--from", "2026-06-01")

    says("charges", "give", "Visit", "1", "--from", "2026-06-02")

    with pytest.raises(Refused, match="billed once"):
        run("charges", "end", "Visit", "1", "--on", "2026-06-30", "--entry", "1")
    assert "160.00 in all" in says("invoices", "draft", *JUNE)


@pytest.mark.usefixtures("rental")
def test_a_charge_that_nobody_bears_is_listed(says):
    assert says("charges", "list").splitlines()[1].split() == ["Rental", "30.00", "1"]


def test_an_ended_charge_is_billed_to_its_last_day_and_what_is_recorded_stays(rental, says):
    says("charges", "give", *rental, "--from", "2026-06-15")
    says("invoices", "draft", *JUNE)
    says("invoices", "record", "--all")
    says("invoices", "draft", *JULY)

    assert "to 2026-07-14" in says("charges", "end", *rental, "--on", "2026-07-14")

    assert "30.00" in says("invoices", "list", "--status", "RECORDED")
    says("invoices", "delete", "D2")
    assert "Nothing to bill" in says("invoices", "draft", *JULY)


def test_whom_a_discount_leaves_without_a_draft_is_named(kit, says):
    kit.usage(kit.customer("W2"), (6, 3), 1_800_000)
    says("charges", "add", "Rebate", "--amount", "-50")
    says("charges", "give", "Rebate", "W2", "--from", "2026-06-01")

    named = "1 customer below zero: W2 (-48.20 before tax)"
    assert f"left out: {named}" in says("invoices", "preflight", *JUNE)
    assert f"No draft for {named}. What is to be" in says("invoices", "draft", *JUNE)


def test_a_draft_is_out_of_date_where_its_charge_ended_before_and_only_there(rental, says, run):
    says("charges", "give", *rental, "--from", "2026-06-15")
    says("invoices", "draft", *JUNE)
    says("invoices", "draft", *JULY)

    says("charges", "end", *rental, "--on", "2026-06-30")

    says("invoices", "record", "D1")
    with pytest.raises(Refused, match="out of date: what it bills has changed"):
        run("invoices", "record", "D2")


def test_an_end_before_what_is_invoiced_names_the_invoice_that_stays(rental, says):
    says("charges", "give", *rental, "--from", "2026-05-15")
    says("invoices", "draft", *JUNE)
    says("invoices", "record", "--all")

    assert "invoice 1 bills it for 2026-06-15 and stays" in says(
        "charges", "end", *rental, "--on", "2026-05-31"
    )


def test_a_charge_cannot_end_before_it_begins_or_later_than_it_does(rental, says, run):
    says("charges", "give", *rental, "--from", "2026-06-15", "--to", "2026-07-31")

    with pytest.raises(Refused, match="charges withdraw"):
        run("charges", "end", *rental, "--on", "2026-06-14")
    for late in ("2026-07-31", "2026-08-31"):
        with pytest.raises(Refused, match="to 2026-07-31 already"):
            run("charges", "end", *rental, "--on", late)


def test_a_charge_given_by_mistake_is_taken_back_unless_it_is_recorded(rental, says, run):
    says("charges", "give", *rental, "--from", "2026-06-15")
    says("charges", "give", *rental, "--from", "2026-06-15", "--again")
    says("invoices", "draft", *JUNE)

    with pytest.raises(Refused, match=r"entry 1 from 2026-06-15 on, entry 2 .* --entry"):
        run("charges", "withdraw", *rental)
    says("charges", "withdraw", *rental, "--entry", "2")

    with pytest.raises(Refused, match="out of date"):
        run("invoices", "record", "D1")
    says("invoices", "delete", "D1")
    assert "30.00 in all" in says("invoices", "draft", *JUNE)
    says("invoices", "record", "D2")
    with pytest.raises(Refused, match="on invoice 1 and cannot be taken back"):
        run("charges", "withdraw", *rental)


def test_what_a_customer_does_not_bear_is_neither_ended_nor_taken_back(rental, run):
    for words in (("end", *rental, "--on", "2026-06-30"), ("withdraw", *rental)):
        with pytest.raises(Refused, match="does not bear 'Rental'"):
            run("charges", *words)


def test_giving_ending_and_taking_back_are_in_the_audit_log(rental, kit, says):
    says("charges", "give", *rental, "--from", "2026-06-15")
    says("charges", "end", *rental, "--on", "2026-07-31")
    says("charges", "withdraw", *rental)

    log = audit_log.c
    steps = kit.rows(select(log.action, log.subject, log.actor, log.before, log.after))

    given = {"charge": "Rental", "from_day": "2026-06-15", "to_day": None}
    ended = {**given, "to_day": "2026-07-31"}
    assert [
        (action, subject, actor, before and json.loads(before), after and json.loads(after))
        for action, subject, actor, before, after in steps[-3:]
    ] == [
        ("charge_borne", "customer 1", "analyst", None, given),
        ("charge_ended", "customer 1", "analyst", given, ended),
        ("charge_withdrawn", "customer 1", "analyst", ended, None),
    ]
