import pytest

from data.domain.records import FileStatus
from data.store.writes.versions import version_raised
from tests.browser.axe import violations
from tests.factories import add_customer, add_file, add_invoice, add_ticket

pytestmark = pytest.mark.browser

GRID = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row').length"


@pytest.fixture
def filled(store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        add_invoice(conn, acme, 12.5, invoice_date=now.date(), due_date=now.date())
        add_file(conn, status=FileStatus.ERROR, processed_at=now)
        add_ticket(conn, opened_at=now)
        version_raised(conn, now)


@pytest.mark.usefixtures("filled")
def test_the_page_as_it_is_served_and_a_panel_have_no_violation(page):
    page.log_in("/?theme=dark&panel=unpaid-invoices")
    page.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    page.wait_for(GRID)

    assert violations(page.driver) == []
