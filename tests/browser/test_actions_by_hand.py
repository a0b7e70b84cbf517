import pytest

from data.domain.records import InvoiceStatus
from data.store.writes.versions import version_raised
from tests.factories import add_customer, add_invoice

pytestmark = pytest.mark.browser

GRID = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row').length"
MESSAGE = "document.querySelector('#panel-message').textContent"


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
    page.wait_for(f"{MESSAGE}.startsWith('1 invoice recorded')")
    page.wait_for_text("#drafts-value", "0")
    page.wait_for_text("#unpaid-value", "$40.00")

    page.driver.get(f"{page.url}/?panel=unpaid-invoices")
    tick_the_first_row(page)
    press(page, "Enter payment")
    page.wait_for("(document.querySelector('.ask .amount input') || {}).value === '40.00'")
    page.driver.execute_script("document.querySelector('#ask-confirm').click()")
    page.wait_for(f"{MESSAGE}.startsWith('$40.00 received')")
    page.wait_for_text("#unpaid-value", "$0.00")
    assert page.console() == []


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
