"""The page in a real Chromium (`tests.browsing`), logged in once a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from selenium.webdriver.common.by import By as Find

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.records import Role
from data.store.connect import Store
from data.store.writes.users import user_added
from tests.browsing import PATIENCE_S, gone

EMAIL, PASSWORD = "anna.miller@example.com", "seven quiet herons"
HOLDS = """
try {{ return Boolean({}) }}
catch (error) {{ if (error instanceof TypeError) return false; throw error }}
"""


class Page:
    """The page as a person has it before them."""

    def __init__(self, browser, store: Store, server, url: str) -> None:
        self.browser, self.store, self.server, self.url = browser, store, server, url
        self.driver = browser.driver

    def log_in(self, address: str = "/", email: str = EMAIL) -> None:
        self.driver.get(f"{self.url}{address}")
        self.driver.find_element(Find.NAME, "email").send_keys(email)
        self.driver.find_element(Find.NAME, "password").send_keys(PASSWORD)
        self.driver.find_element(Find.TAG_NAME, "button").click()
        self.browser.wait_for_element("#page")

    def leave(self) -> None:
        """End the session as a closed browser does: the page goes before what it is known by."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def text(self, selector: str):
        return self.driver.execute_script(
            "const found = document.querySelector(arguments[0]);"
            "return found ? found.textContent : null",
            f"#page {selector}",
        )

    def wait_for(self, script: str, timeout: float = PATIENCE_S) -> None:
        """Wait until a condition in the browser holds; one of what is not there yet does not."""
        from dash.testing.wait import until  # noqa: PLC0415 (needs selenium, as the plugin does)

        until(lambda: self.driver.execute_script(HOLDS.format(script)), timeout)

    def wait_for_text(self, selector: str, wanted: str, timeout: float = PATIENCE_S) -> None:
        found = f"(document.querySelector({f'#page {selector}'!r}) || {{}}).textContent"
        self.wait_for(f"{found} === {wanted!r}", timeout)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Let the server be out of the page's reach for a while."""
        conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        command = "Network.emulateNetworkConditions"
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd(command, {**conditions, "offline": True})
        yield
        self.driver.execute_cdp_cmd(command, {**conditions, "offline": False})

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture
def now() -> datetime:
    """The browser lives in the real present, so the store does too."""
    return datetime.now(UTC)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """What the server takes for the present."""
    return lambda: datetime.now(UTC)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"refresh_s": 1})


@pytest.fixture
def page(dash_br, web, settings, store, clock) -> Iterator[Page]:
    with store.writing() as conn:
        user_added(conn, By("t", clock()), email=EMAIL, role=Role.ADMIN, password=PASSWORD)
    secrets = (f"a random text of enough length {number}" for number in range(1000))
    app = create_app(settings, store, Outside(clock, lambda: next(secrets)))
    url = f"http://127.0.0.1:{web.server_port}"
    kept = {"origin": url, "storageTypes": "local_storage,session_storage,indexeddb"}
    dash_br.driver.execute_cdp_cmd("Storage.clearDataForOrigin", kept)
    web.app = app.server
    yield Page(dash_br, store, web, url)
    web.app = gone
