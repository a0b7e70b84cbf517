"""A page that is older than its server, its session, or its machine's sleep."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app import Outside, create_app
from data.domain.records import Role
from data.store.schema import sessions, users
from tests.browser.test_actions_by_hand import press, tick_the_first_row
from tests.factories import add_customer, add_invoice

pytestmark = pytest.mark.browser

NOTICE = "document.querySelector('#notice-text').textContent"
BUTTON = "document.querySelector('#notice-retry')"
COUNTED = """
window.posted = 0;
const plain = window.fetch;
window.fetch = (address, ...more) => {
  if (String(address).includes("_dash-update-component")) window.posted += 1;
  return plain(address, ...more);
};
"""
SLEPT = """
const now = Date.now, night = 9 * 3600 * 1000;
Date.now = () => now() + night;
window.posted = 0;
"""
AWAKE = "document.dispatchEvent(new Event('visibilitychange'))"


def test_a_page_of_an_earlier_release_says_so_and_reloads_into_the_new_one(page, settings, store):
    page.log_in("/?theme=dark")
    page.wait_for("!document.querySelector('.status.stale')")
    first = page.driver.execute_script("return document.documentElement.dataset.release")
    upgraded = create_app(settings, store, Outside(lambda: datetime.now(UTC), lambda: "x" * 40))
    upgraded.release = "of another release"

    page.server.app = upgraded.server
    page.wait_for(
        f"{NOTICE} === 'Tollboard was brought up to date. Reload this page to have the new one.'"
    )
    assert page.text("#notice-retry") == "Reload"
    assert first

    page.driver.execute_script(f"{BUTTON}.click()")
    page.wait_for("document.documentElement.dataset.release === 'of another release'")
    page.wait_for("document.querySelector('#page .status:not(.stale)')")
    page.wait_for("document.querySelector('#notice').hidden")
    assert "theme=dark" in page.driver.current_url
    assert page.console() == []


def test_a_page_that_slept_asks_once_and_one_whose_session_ended_leads_to_the_login(
    page, store, now
):
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTED})
    page.log_in()
    page.wait_for("window.posted > 3 && !document.querySelector('.status.stale')")

    page.driver.execute_script(SLEPT + AWAKE)
    page.wait_for("window.posted > 0 && !document.querySelector('.status.stale')")
    page.driver.execute_script("window.posted = 0; window.from = performance.now()")
    page.wait_for("performance.now() - window.from > 4000")
    asked, seconds = page.driver.execute_script(
        "return [window.posted, (performance.now() - window.from) / 1000]"
    )
    assert asked <= seconds / 0.95 + 1

    with store.writing() as conn:
        conn.execute(update(sessions).values(expires_at=now))
    page.wait_for(
        f"{NOTICE}.endsWith('Your session has ended. Reload this page to sign in again.')"
    )
    page.driver.execute_script(f"{BUTTON}.click()")
    page.wait_for("document.querySelector('input[name=password]')")


IN_DIALOG = "document.querySelector('.ask.show #ask-problem').textContent"
STOPPED = "document.querySelector('.ask.show #ask-stopped:not([hidden])')"
CONFIRM = "document.querySelector('#ask-confirm').click()"


def test_what_stops_a_payment_is_said_in_its_dialog_with_the_way_out(page, store, now):
    with store.writing() as conn:
        add_invoice(conn, add_customer(conn, "Acme"), 40, due_date=now.date())
    page.log_in("/?panel=unpaid-invoices&refresh=off")
    ask_for_a_payment(page)

    with page.offline():
        page.driver.execute_script(CONFIRM)
        page.wait_for(f"{IN_DIALOG}.startsWith('The server did not answer. It is not known')")
        page.wait_for(f"/does not answer/.test({STOPPED}?.textContent)")
    page.driver.execute_script(f"{STOPPED}.querySelector('button').click()")
    page.wait_for(f"!{STOPPED} && !document.querySelector('#ask-confirm').disabled")

    is_now(page, Role.VIEWER)
    page.driver.execute_script(CONFIRM)
    page.wait_for(f"{IN_DIALOG} === 'Your role may not do that. Nothing was done.'")
    is_now(page, Role.ADMIN)
    messages = page.console()
    assert len(messages) == 2
    assert all("Failed to load resource" in message for message in messages)

    with store.writing() as conn:
        conn.execute(update(sessions).values(expires_at=now))
    page.driver.execute_script(CONFIRM)
    page.wait_for(f"/session has ended/.test({STOPPED}?.textContent)")
    page.wait_for(f"{IN_DIALOG} === 'Nothing was done.'")
    page.driver.execute_script("document.querySelector('#ask-cancel').click()")
    in_panel = "document.querySelector('#panel.show #panel-stopped:not([hidden]) button')"
    page.wait_for(f"!document.querySelector('.ask.show') && {in_panel}.textContent === 'Reload'")
    (message,) = page.console()
    assert "401" in message
    page.driver.execute_script(f"{in_panel}.click()")
    page.wait_for("document.querySelector('input[name=password]')")


def ask_for_a_payment(page):
    tick_the_first_row(page)
    press(page, "Enter payment")
    page.wait_for("document.querySelector('.ask.show .amount input')?.value === '40.00'")


def is_now(page, role):
    with page.store.writing() as conn:
        conn.execute(update(users).values(role=role))
