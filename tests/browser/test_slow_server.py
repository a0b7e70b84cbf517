"""A server slower than the page's timer: one request at a time, and the page stays current."""

from threading import Lock
from time import sleep

import pytest
from dash.testing.wait import until

from data.store.writes.versions import version_raised
from tests.factories import add_customer

pytestmark = pytest.mark.browser
PLOTTED = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5"
SLOW_S, ASKED = 2.5, 6
CALLBACKS = "/_dash-update-component"


class SlowServer:
    """Answers each callback late, and counts how many were asked at once."""

    def __init__(self, answers) -> None:
        self.answers, self.lock = answers, Lock()
        self.inside = self.most = self.asked = 0

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != CALLBACKS:
            return self.answers(environ, start_response)
        with self.lock:
            self.asked += 1
            self.inside += 1
            self.most = max(self.most, self.inside)
        sleep(SLOW_S)  # what a slow server does; the test itself waits for conditions
        try:
            return self.answers(environ, start_response)
        finally:
            with self.lock:
                self.inside -= 1


def test_a_server_slower_than_the_timer_has_one_request_in_flight_and_is_shown(page, now):
    page.log_in()
    page.wait_for(PLOTTED)
    slow = SlowServer(page.server.app)
    page.server.app = slow

    with page.store.writing() as conn:
        add_customer(conn, "Acme")
        version_raised(conn, now)
    page.wait_for_text("#customers-value", "1")
    until(lambda: slow.asked >= ASKED, 45)

    assert slow.most == 1
    assert page.console() == []
