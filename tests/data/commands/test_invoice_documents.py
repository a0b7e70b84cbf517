"""The commands that write what a customer gets."""

from datetime import date

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.bill_run import drafted
from data.commands.context import Context
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.periods import Period
from data.store.schema import charges, customer_charges

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))


@pytest.fixture
def run(settings, now):
    context = Context(lambda: now, lambda: settings, "operator")

    def invoke(*words):
        return CliRunner().invoke(app, ["invoices", *map(str, words)], obj=context)

    return invoke


@pytest.fixture
def draft(kit, store, by):
    rental = kit.add(charges, name="Line rental", amount_micros=30_000_000, every_months=1)
    ada = kit.customer("1")
    kit.add(customer_charges, customer_id=ada, charge_id=rental, from_day=date(2026, 6, 15))
    (made,) = drafted(store, JUNE_RUN, by)
    return made.name


def test_an_invoice_is_written_as_pdf_and_as_page(run, draft, tmp_path):
    pdf, html = tmp_path / "a.pdf", tmp_path / "a.html"

    done = run("show", draft, "--pdf", pdf, "--html", html)

    assert done.exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert f"Quotation {draft}" in html.read_text()
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.html", "a.pdf"]


def test_its_calls_are_written_as_csv(run, draft, tmp_path):
    csv = tmp_path / "calls.csv"

    assert run("calls", draft, "--csv", csv, "--machine").exit_code == 0
    assert csv.read_text().startswith("started,calling_number")


def test_nothing_is_written_unless_it_is_said_what(run, draft):
    refused = run("show", draft)

    assert refused.exit_code == 2
    assert "--pdf FILE" in refused.output


def test_an_unknown_invoice_writes_nothing(run, draft, tmp_path):
    failed = run("calls", f"{draft}0", "--csv", tmp_path / "calls.csv")

    assert isinstance(failed.exception, Refused)
    assert list(tmp_path.glob("calls*")) == []
