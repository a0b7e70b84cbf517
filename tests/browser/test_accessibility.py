from pathlib import Path

import pytest

from data.domain.records import FileStatus
from data.store.writes.versions import version_raised
from tests.factories import add_customer, add_file, add_invoice, add_ticket

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe-core-4.10.3" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRID = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row').length"


@pytest.fixture
def violations(page):
    def found():
        page.driver.execute_script(AXE.read_text(encoding="utf-8"))
        return page.driver.execute_async_script(
            "const [tags, done] = arguments;"
            "axe.run(document, {runOnly: tags}).then((result) => done(result.violations.map("
            "(one) => [one.id, one.nodes.map((node) => node.target.join(' '))])))",
            RULES,
        )

    return found


@pytest.fixture
def filled(store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        add_invoice(conn, acme, 12.5, invoice_date=now.date(), due_date=now.date())
        add_file(conn, status=FileStatus.ERROR, processed_at=now)
        add_ticket(conn, opened_at=now)
        version_raised(conn, now)


def test_the_login_has_no_violation(page, violations):
    page.driver.get(f"{page.url}/login")

    assert violations() == []


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_and_a_panel_have_no_violation(page, violations, theme):
    page.log_in(f"/?theme={theme}")
    page.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    assert violations() == []

    page.driver.get(f"{page.url}/?theme={theme}&panel=unpaid-invoices")
    page.wait_for(GRID)
    assert violations() == []
