import pytest
from selenium.webdriver import Chrome

from data.store.writes.versions import version_raised
from tests.browser.conftest import Page
from tests.browsing import options
from tests.factories import add_customer

pytestmark = pytest.mark.browser


def test_two_viewers_on_two_browsers_follow_a_change(page, store, now):
    with Chrome(options=options()) as driver:
        other = Page(page.browser, store, page.server, page.url)
        other.driver = driver
        page.log_in()
        driver.get(page.url)
        for cookie in page.driver.get_cookies():
            driver.add_cookie(cookie)
        driver.get(page.url)
        other.wait_for("document.querySelector('#page #customers-value')")
        with store.writing() as conn:
            add_customer(conn, "Beta")
            version_raised(conn, now)

        for each in (page, other):
            each.wait_for_text("#customers-value", "1")
