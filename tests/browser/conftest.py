"""The page in a real Chromium: one of each for a process, as new for each test."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.common.by import By as Find
from werkzeug.serving import BaseWSGIServer, make_server

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.records import Role
from data.store.connect import Store
from data.store.writes.users import user_added

EMAIL, PASSWORD = "anna.miller@example.com", "seven quiet herons"
PATIENCE_S = 45
"""Longest wait for what must come: other tests, another browser even, may have the cores."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where no browser is, with the reason; in CI that is a failure, never a skip."""
    if CHROMIUM and shutil.which("chromedriver"):
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("Chromium or its driver is missing: install chromium-driver.")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="Chromium and chromedriver are not installed"))


def pytest_setup_options() -> Options:
    """Return what dash's own plugin starts Chromium with."""
    options, profile = Options(), tempfile.mkdtemp(prefix="tollboard-")
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    options.binary_location = CHROMIUM or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        "--window-size=1440,900",
        "--force-prefers-reduced-motion",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    return options


class Page:
    """The page as a person has it before them."""

    def __init__(self, browser, store: Store, server, url: str) -> None:
        self.browser, self.store, self.server, self.url = browser, store, server, url
        self.driver = browser.driver

    def log_in(self, address: str = "/") -> None:
        self.driver.get(f"{self.url}{address}")
        self.driver.find_element(Find.NAME, "email").send_keys(EMAIL)
        self.driver.find_element(Find.NAME, "password").send_keys(PASSWORD)
        self.driver.find_element(Find.TAG_NAME, "button").click()
        self.browser.wait_for_element("#page")

    def text(self, selector: str):
        return self.driver.execute_script(
            "const found = document.querySelector(arguments[0]);"
            "return found ? found.textContent : null",
            f"#page {selector}",
        )

    def wait_for(self, script: str, timeout: float = PATIENCE_S) -> None:
        """Wait until a condition in the browser holds."""
        from dash.testing.wait import until  # noqa: PLC0415 (needs selenium, as the plugin does)

        until(lambda: self.driver.execute_script(f"return Boolean({script})"), timeout)

    def wait_for_text(self, selector: str, wanted: str, timeout: float = PATIENCE_S) -> None:
        found = f"(document.querySelector({f'#page {selector}'!r}) || {{}}).textContent"
        self.wait_for(f"{found} === {wanted!r}", timeout)

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture
def now() -> datetime:
    """The browser lives in the real present, so the store does too."""
    return datetime.now(UTC)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"refresh_s": 1})


@pytest.fixture(scope="session")
def chromium(request, tmp_path_factory):
    """A browser for all tests of a process; to start one takes as long as many a test."""
    from dash.testing.browser import Browser  # noqa: PLC0415 (needs selenium, as the plugin does)

    options = request.config.hook.pytest_setup_options()
    kept = str(tmp_path_factory.mktemp("download"))
    with Browser("Chrome", options=options, download_path=kept, wait_timeout=PATIENCE_S) as browser:
        yield browser


@pytest.fixture
def dash_br(chromium):
    """That browser as if just started, but for files in its cache: a window, no cookie, no log."""
    driver = chromium.driver
    home = driver.current_window_handle
    driver.switch_to.new_window("window")
    yield chromium
    for handle in set(driver.window_handles) - {home}:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(home)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.get_log("browser")


@pytest.fixture(scope="session")
def web() -> Iterator[BaseWSGIServer]:
    """A server at one address, so that scripts are loaded and compiled once; pages come and go."""
    server = make_server("127.0.0.1", 0, gone, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def gone(_environ, start_response):
    """Answer for a page whose test is over."""
    start_response("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]


@pytest.fixture
def page(dash_br, web, settings, store, now) -> Iterator[Page]:
    with store.writing() as conn:
        user_added(conn, By("t", now), email=EMAIL, role=Role.ADMIN, password=PASSWORD)
    secrets = (f"a random text of enough length {number}" for number in range(1000))
    app = create_app(settings, store, Outside(lambda: datetime.now(UTC), lambda: next(secrets)))
    url = f"http://127.0.0.1:{web.server_port}"
    kept = {"origin": url, "storageTypes": "local_storage,session_storage,indexeddb"}
    dash_br.driver.execute_cdp_cmd("Storage.clearDataForOrigin", kept)
    web.app = app.server
    yield Page(dash_br, store, web, url)
    web.app = gone
