"""A working morning without a mouse: from the login to a recorded invoice."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from data.domain.records import InvoiceStatus
from data.store.writes.versions import version_raised
from tests.browser.conftest import EMAIL, PASSWORD
from tests.factories import add_customer, add_invoice
from tests.ingesting import NOW, deliver, ingested, lines

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement"
TICKED = "document.querySelectorAll('#grid .ag-row-selected').length === 1"
OUTCOME = "document.querySelector('#outcome-text').textContent"
TITLE = "(document.querySelector('.ask.show #ask-title') || {}).textContent"
MOST_STEPS = 25


@pytest.fixture
def clock():
    return lambda: NOW


@pytest.fixture
def morning(page, store, settings):
    """Calls of one number that nobody claims, and a draft."""
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        add_invoice(conn, acme, 40, status=InvoiceStatus.DRAFT)
        version_raised(conn, NOW)
    deliver(settings, "west.csv", lines(1, 2) + lines(3, src="+15555550177"))
    assert ingested(store, settings) == [("west.csv", "success", 3, 0, 0, 0)]
    page.driver.get(page.url)
    return page


def press(page, *keys):
    ActionChains(page.driver).send_keys(*keys).perform()


def walk(page, there, key=Keys.TAB, *, back=False):
    """Press a key until the focus is where it should be."""
    for _ in range(MOST_STEPS):
        if page.driver.execute_script(f"return Boolean({there})"):
            return
        chain = ActionChains(page.driver)
        (
            chain.key_down(Keys.SHIFT).send_keys(key).key_up(Keys.SHIFT)
            if back
            else chain.send_keys(key)
        ).perform()
    raise AssertionError(page.driver.execute_script(f"return {FOCUSED}.outerHTML.slice(0, 300)"))


def on(text):
    return f"{FOCUSED}.textContent === {text!r}"


def tick_the_first_row_and_go_to(page, label):
    page.wait_for("document.querySelector('#grid [row-index=\"0\"][row-id]')")
    walk(page, f"{FOCUSED}.closest('#grid .ag-header')")
    walk(page, f"{FOCUSED}.closest('#grid [row-index=\"0\"]')", Keys.ARROW_DOWN)
    press(page, Keys.SPACE)
    page.wait_for(TICKED)
    walk(page, on(label), back=True)
    press(page, Keys.ENTER)


def test_keys_alone_lead_from_the_login_to_an_assigned_call_and_a_recorded_invoice(
    morning, store, settings
):
    page = morning
    press(page, EMAIL, Keys.TAB, PASSWORD, Keys.ENTER)
    page.wait_for("document.querySelector('#page #needs')")

    walk(page, on("Assign"))
    press(page, Keys.ENTER)
    page.wait_for("document.querySelector('#panel-total')?.textContent === '3 rows'")
    tick_the_first_row_and_go_to(page, "Assign to customer")
    page.wait_for(f"({TITLE} || '').startsWith('Whose call is ')")
    walk(page, f"{FOCUSED}.closest('.ask') && {FOCUSED}.matches('input[list]')")
    press(page, "A1", Keys.ENTER)
    page.wait_for(f"({TITLE} || '').startsWith('Give 1 call to Acme')")
    walk(page, f"{FOCUSED}.id === 'ask-confirm'")
    press(page, Keys.ENTER)
    page.wait_for(f"{OUTCOME}.startsWith('1 call of Acme: 1 file waiting')")

    assert ingested(store, settings) == [("west.csv", "success", 3, 0, 0, 0)]
    page.wait_for("document.querySelector('#panel-total').textContent === '2 rows'")
    press(page, Keys.ESCAPE)
    page.wait_for(on("Assign"))

    walk(page, on("Unpaid invoices"))
    walk(page, on("Draft invoices"), Keys.ARROW_RIGHT)
    press(page, Keys.ENTER)
    page.wait_for("document.querySelector('#panel-total')?.textContent === '$40.00 in 1 row'")
    tick_the_first_row_and_go_to(page, "Record")
    page.wait_for(f"({TITLE} || '').startsWith('Record 1 invoice')")
    walk(page, f"{FOCUSED}.id === 'ask-confirm'")
    press(page, Keys.ENTER)
    page.wait_for(f"{OUTCOME}.startsWith('Recorded 1 invoice, $40.00: ')")
    page.wait_for_text("#unpaid-value", "$40.00")
    assert page.console() == []
