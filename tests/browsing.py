"""A real Chromium and a server for pages: one of each for a process, as new for each test."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

PATIENCE_S = 45
"""Longest wait for what must come: other tests, another browser even, may have the cores."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--force-prefers-reduced-motion",
    "--process-per-site",  # with HOME: what a page compiled is there for the next test's
)
WINDOW = (1440, 900)
HOME = "/home-of-the-tests"
"""A page of the same site that stays open, and so does the process that renders both."""


def left_out_without_a_browser(items: list[pytest.Item]) -> None:
    """Skip where no browser is, with the reason; in CI that is a failure, never a skip."""
    needing = [item for item in items if item.get_closest_marker("browser")]
    if not needing or (CHROMIUM and shutil.which("chromedriver")):
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("Chromium or its driver is missing: install chromium-driver.")
    for item in needing:
        item.add_marker(pytest.mark.skip(reason="Chromium and chromedriver are not installed"))


def options() -> Any:
    """Return what Chromium is started with, a profile of its own among it."""
    from selenium.webdriver.chrome.options import Options  # noqa: PLC0415 (few tests need it)

    profile = tempfile.mkdtemp(prefix="tollboard-")
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    chosen = Options()
    chosen.binary_location = CHROMIUM or ""
    window = "--window-size={},{}".format(*WINDOW)
    for argument in (*ARGUMENTS, window, f"--user-data-dir={profile}"):
        chosen.add_argument(argument)
    return chosen


@pytest.fixture(scope="session")
def chromium(tmp_path_factory, web):
    """A browser for all tests of a process; to start one takes as long as many a test."""
    from dash.testing.browser import Browser  # noqa: PLC0415 (few tests need it)

    kept = str(tmp_path_factory.mktemp("download"))
    started = [options()]
    with Browser("Chrome", options=started, download_path=kept, wait_timeout=PATIENCE_S) as browser:
        browser.driver.get(f"http://127.0.0.1:{web.server_port}{HOME}")
        yield browser


@pytest.fixture
def dash_br(chromium):
    """That browser as if just started, but for files in its cache: a tab, no cookie, no log."""
    driver = chromium.driver
    home = driver.current_window_handle
    driver.set_window_size(*WINDOW)
    driver.switch_to.new_window("tab")
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


def gone(environ, start_response):
    """Answer for a page whose test is over, or with the browser's home."""
    if environ["PATH_INFO"] == HOME:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<link rel=icon href=data:,>"]
    start_response("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]
