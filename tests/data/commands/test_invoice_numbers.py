"""Every number is accounted for."""

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from data.__main__ import app
from data.bill_run import deleted, drafted, recorded, unrecorded
from data.commands.context import Context
from data.domain.errors import Refused
from data.store.schema import tenant
from tests.data.conftest import JUNE_RUN, UNIT


@pytest.fixture
def says(kit, store, by, settings, now):
    """Three recorded invoices, and what the command says of their numbers."""
    for number in range(3):
        kit.usage(kit.customer(str(number)), (6, 3), UNIT)
    recorded(store, [draft.name for draft in drafted(store, JUNE_RUN, by)], by)

    def said():
        given = Context(lambda: now, lambda: settings, "analyst")
        result = CliRunner().invoke(app, ["invoices", "numbers"], obj=given)
        if isinstance(result.exception, Refused):
            raise result.exception
        return result.output.splitlines()

    return said


def test_numbers_on_recorded_invoices_have_no_gap(says):
    assert says() == [
        "3 numbers are on recorded invoices, from 1",
        "the next new number is 4",
        "none is missing",
    ]


def test_numbers_taken_back_are_named_with_where_they_are(says, store, by):
    unrecorded(store, ["1", "2"], by)
    deleted(store, ["2"], by)

    assert says() == [
        "1 number is on a recorded invoice, from 3",
        "  1: on draft D1, taken back",
        "  2: free, its draft was deleted; the next invoice recorded takes it",
        "the next new number is 4",
        "none is missing",
    ]


def test_numbers_that_are_nowhere_are_told(says, store):
    with store.writing() as conn:
        conn.execute(update(tenant).values(next_invoice_number=6))

    with pytest.raises(Refused, match="2 numbers are nowhere: 4, 5"):
        says()
