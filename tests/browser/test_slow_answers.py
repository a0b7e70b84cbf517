"""What a day at the page takes: a server that answers slowly."""

import io
from threading import Event, Lock

import pytest
from selenium.webdriver.common.by import By as Find

from data.store.writes.versions import version_raised
from tests.factories import add_customer

pytestmark = pytest.mark.browser


class Slow:
    """A server whose ticks take longer than the timer's interval, and how many were out at once."""

    def __init__(self, app, seconds):
        self._app, self._seconds, self._lock = app, seconds, Lock()
        self.out = self.most = self.answered = 0

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if b"..read.data" not in body:
            return self._app(environ, start_response)
        with self._lock:
            self.out += 1
            self.most = max(self.most, self.out)
        Event().wait(self._seconds)  # what is tested is slowness itself
        try:
            return self._app(environ, start_response)
        finally:
            with self._lock:
                self.out, self.answered = self.out - 1, self.answered + 1


def test_an_answer_that_takes_5_s_with_a_2_s_timer_neither_freezes_nor_piles_up(page, store, now):
    page.log_in("/?refresh=2")
    page.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    slow = page.server.app = Slow(page.server.app, 5)
    with store.writing() as conn:
        add_customer(conn, "Beta")
        version_raised(conn, now)

    page.wait_for("!document.querySelector('#refreshing').hidden")
    page.driver.find_element(Find.CSS_SELECTOR, "#customers .what").click()
    page.wait_for("document.querySelector('.definition')")
    page.wait_for_text("#customers-value", "1")
    page.wait_for("document.querySelector('#refreshing').hidden")

    assert slow.answered >= 1
    assert slow.most == 1
