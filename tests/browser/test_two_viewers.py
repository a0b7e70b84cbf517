import pytest
from selenium.webdriver import Chrome

from data.domain.authorship import By
from data.domain.records import Role
from data.store.queries.versions import newest_version
from data.store.writes.users import user_added
from tests.browser.conftest import PASSWORD, Page
from tests.browsing import options
from tests.ingesting import NOW, deliver, ingested, lines

pytestmark = pytest.mark.browser

SECOND = "ben.okafor@example.com"
WATCH = """
window.shown = null;
const watched = {childList: true, characterData: true, subtree: true};
new MutationObserver(() => { window.shown = window.shown ?? performance.now(); })
  .observe(document.querySelector('#files-success-value'), watched);
"""
ASKED = """
return performance.getEntriesByType('resource').filter((entry) =>
  entry.name.includes('/_dash-update-component')
  && entry.startTime > window.committed && entry.startTime < window.shown).length;
"""
"""How often the page asked between the commit and its showing: its tick, then its view."""


@pytest.fixture
def clock():
    return lambda: NOW


def test_two_logins_in_two_browsers_show_a_load_at_their_first_tick_after_its_commit(
    page, store, settings
):
    with store.writing() as conn:
        user_added(conn, By("t", NOW), email=SECOND, role=Role.VIEWER, password=PASSWORD)
    deliver(settings, "west.csv", lines(1, 2))
    with Chrome(options=options()) as driver:
        other = Page(page.browser, store, page.server, page.url)
        other.driver = driver
        viewers = (page, other)
        page.log_in()
        other.log_in(email=SECOND)
        for each in viewers:
            each.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
            each.driver.execute_script(WATCH)

        assert ingested(store, settings) == [("west.csv", "success", 2, 0, 0, 0)]
        for each in viewers:
            each.driver.execute_script("window.committed = performance.now()")

        for each in viewers:
            each.wait_for_text("#files-success-value", "1")
            assert each.driver.execute_script(ASKED) <= 2
        with store.snapshot() as conn:
            version = newest_version(conn).version
        for each in viewers:
            each.wait_for(f"window.tollboard.state().startsWith('{version}.')")
