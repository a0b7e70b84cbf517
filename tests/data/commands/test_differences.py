"""What recorded invoices say that today's rules would not: as a person asks for it."""

import csv
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.bill_run import drafted, recorded
from data.commands.context import Context
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.store.writes.rates import rates_imported
from ingest.run import run as ingest_run
from ingest.upkeep import requeueing
from tests import factories
from tests.ingesting import NOW, add_auth_code, add_rates, an_ingest, deliver, ingested, lines

BY = By("analyst", datetime(2026, 7, 1, 9, tzinfo=UTC))
JUNE = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))


@pytest.fixture
def says(settings):
    """Return a function that runs one command on a store that it opens itself."""

    def said(*words):
        given = Context(lambda: NOW, lambda: settings, "analyst")
        result = CliRunner().invoke(app, [str(word) for word in words], obj=given)
        assert result.exit_code == 0, result.output
        return result.output

    return said


@pytest.fixture(autouse=True)
def a_blocked_place(store, settings):
    """Two calls on invoice 1; calls there are blocked since, and the file was processed again."""
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=60_000)
        ada = factories.add_customer(conn, "=Ada", rate_table_id=table, custid="1001")
        add_auth_code(conn, ada, "acc1")
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    names = [each.name for each in drafted(store, JUNE, BY)]
    recorded(store, names, BY)
    with store.writing() as conn:
        rates_imported(conn, "Retail", [], BY, whole=True)
    ingest = an_ingest(store, settings)
    ingest_run(ingest, only=requeueing(ingest, [1], ""))


def test_differences_are_listed_with_what_they_come_to(says):
    output = says("invoices", "differences")

    heads, first, second, last = output.splitlines()
    assert first.split() == [
        *("1:1", "2026-06-10", "12:00:01", "+15555550101", "1", "1001"),
        *("0.06", "1001", "unrated", "-0.06"),
    ]
    assert heads.split()[:2] == ["call", "started"]
    assert second.startswith("1:2")
    assert last == "2 calls differ, -0.12 in all; 0 would have another customer or none"
    assert says("invoices", "differences", "--file", 9).startswith("No invoiced call differs")


def test_differences_go_to_a_csv_that_a_spreadsheet_opens_safely(says, tmp_path):
    path = tmp_path / "differences.csv"

    says("invoices", "differences", "--csv", path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 2
    assert found[0]["company"] == "'=Ada"
    assert (found[0]["charge"], found[0]["charge_now"], found[0]["difference"]) == (
        "0.06",
        "",
        "-0.06",
    )
