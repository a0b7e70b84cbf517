import io
from threading import Event

import pytest
from selenium.webdriver.common.by import By as Find
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select

from data.domain.records import InvoiceStatus
from data.store.schema import invoices
from data.store.writes.versions import version_raised
from tests.browsing import PATIENCE_S
from tests.factories import add_customer, add_invoice

pytestmark = pytest.mark.browser

GRID = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row').length"
OUTCOME = "document.querySelector('#outcome-text').textContent"


def tick_the_first_row(page):
    """Tick it as a person does: when the row is there with its words, and again if it was lost."""
    row = "document.querySelector('#grid .ag-row[row-index=\"0\"]')"
    page.wait_for(f"{GRID} && {row}.textContent.includes('Acme')")
    box = f"{row}.querySelector('input[type=checkbox]')"
    selected = "document.querySelector('#grid .ag-row-selected')"
    page.wait_for(f"{selected} || ({box} && {box}.click(), false)")


def press(page, label):
    button = (
        "Array.from(document.querySelectorAll('.actions .act'))"
        f".find((button) => button.textContent === {label!r} && !button.disabled)"
    )
    page.wait_for(button)
    page.driver.execute_script(f"{button}.click()")


def test_a_draft_is_recorded_and_paid_and_the_tiles_follow(page, store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        day = now.date()
        dates = {"invoice_date": day, "due_date": day}
        add_invoice(conn, acme, 40, status=InvoiceStatus.DRAFT, **dates)
        version_raised(conn, now)
    page.log_in("/?panel=draft-invoices")

    tick_the_first_row(page)
    press(page, "Record")
    asked = "document.querySelector('#ask-title').textContent"
    page.wait_for(f"document.querySelector('#ask-title') && {asked}.startsWith('Record 1 invoice')")
    page.driver.execute_script("document.querySelector('#ask-confirm').click()")
    page.wait_for(f"{OUTCOME}.startsWith('Recorded 1 invoice, $40.00: ')")
    page.wait_for_text("#drafts-value", "0")
    page.wait_for_text("#unpaid-value", "$40.00")

    page.driver.get(f"{page.url}/?panel=unpaid-invoices")
    tick_the_first_row(page)
    press(page, "Enter payment")
    amount = "document.querySelector('.ask .amount input')"
    page.wait_for(f"({amount} || {{}}).value === '40.00'")
    field = page.driver.find_element(Find.CSS_SELECTOR, ".ask .amount input")
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "100", Keys.ENTER)
    said = "$40.00 on invoice 1, $60.00 on account"
    page.wait_for(f"{OUTCOME} === 'Payment of $100.00 received: {said}'")
    page.wait_for_text("#unpaid-value", "$0.00")
    assert page.console() == []


def test_what_was_done_outlives_the_refresh_that_follows_until_it_is_dismissed(page, store, now):
    with store.writing() as conn:
        add_invoice(conn, add_customer(conn, "Acme"), 40, due_date=now.date())
        version_raised(conn, now)
    page.log_in("/?panel=unpaid-invoices")
    tick_the_first_row(page)
    press(page, "Write off")
    page.wait_for(
        "document.querySelector('.ask.show #ask-confirm')?.textContent === 'Write off $40.00'"
    )
    page.driver.execute_script("document.querySelector('#ask-confirm').click()")

    page.wait_for("document.querySelector('#panel-message').textContent")
    page.wait_for("document.querySelector('#panel-total').textContent === '$0.00 in 0 rows'")
    assert page.driver.execute_script(f"return {OUTCOME}").startswith("$40.00 written off: ")
    page.driver.find_element(Find.CSS_SELECTOR, "[data-dismiss]").click()
    page.wait_for(f"{OUTCOME} === '' && document.activeElement.matches('.act')")
    press(page, "Write off")
    page.wait_for(f"{OUTCOME} === 'Tick the rows first.'")  # what is gone is not ticked any more
    assert page.console() == []


class Held:
    """A server that keeps what confirms a dialog until it is let go."""

    def __init__(self, app):
        self._app, self.arrived, self.go = app, Event(), Event()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if b'"changedPropIds":["ask-confirm' in body:
            self.arrived.set()
            self.go.wait(PATIENCE_S)
        return self._app(environ, start_response)


def test_back_takes_the_dialog_along_and_what_was_under_way_is_said_where_one_is(page, store, now):
    with store.writing() as conn:
        draft = add_invoice(conn, add_customer(conn, "Acme"), 40, status=InvoiceStatus.DRAFT)
        version_raised(conn, now)
    held = page.server.app = Held(page.server.app)
    page.log_in()
    page.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    page.driver.execute_script("document.querySelector('#page #drafts .open').click()")
    tick_the_first_row(page)
    press(page, "Record")
    asked = "document.querySelector('.ask.show #ask-confirm')"
    page.wait_for(f"{asked}?.textContent.startsWith('Record 1 invoice')")

    page.driver.back()
    page.wait_for("!document.querySelector('.ask, #panel.show')")
    page.driver.forward()
    tick_the_first_row(page)
    assert not page.driver.execute_script(f"return {asked}")
    assert status_of(store, draft) == InvoiceStatus.DRAFT

    press(page, "Record")
    page.wait_for(asked)
    page.driver.execute_script(f"{asked}.click()")
    assert held.arrived.wait(PATIENCE_S)
    page.driver.back()
    page.wait_for("!document.querySelector('.ask, #panel.show')")
    held.go.set()
    page.wait_for(
        "document.querySelector('#uploads')?.textContent === 'Recorded 1 invoice, $40.00: 1'"
    )
    page.driver.find_element(Find.CSS_SELECTOR, "#uploads .dismiss").click()
    page.wait_for("document.querySelector('#uploads').textContent === ''")
    assert status_of(store, draft) == InvoiceStatus.RECORDED
    assert page.console() == []


def status_of(store, invoice):
    with store.snapshot() as conn:
        found = conn.execute(select(invoices.c.status).where(invoices.c.id == invoice))
        return found.scalar_one()


def test_a_file_dropped_on_the_page_ends_as_a_raised_number_without_a_reload(page, settings):
    page.log_in()
    page.wait_for_text("#files-waiting-value", "0")

    page.driver.execute_script(
        "const carried = new DataTransfer();"
        "carried.items.add(new File(['a,b\\n1,2\\n'], 'dropped.csv'));"
        "document.dispatchEvent(new DragEvent('drop', {dataTransfer: carried, bubbles: true,"
        " cancelable: true}))"
    )

    page.wait_for_text("#files-waiting-value", "1")
    assert (settings.inbox_dir / "dropped.csv").read_bytes() == b"a,b\n1,2\n"
    assert page.console() == []
