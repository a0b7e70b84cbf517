"""A page opened in headless Chromium: when it painted, when it was live, what came by wire."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE_S = 60
SETTLES_S = 1.0
"""After a page is live, what it still asks for is waited for this long."""
CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1440,900",
)
LIVE = """
  const graphs = [...document.querySelectorAll('.dash-graph')];
  const ticks = (document.querySelector('#status-text') || { textContent: '' }).textContent;
  return graphs.length > 0 && graphs.every((graph) => graph.querySelector('.main-svg'))
    && (/ago$/.test(ticks) || document.querySelector('.ag-row'));
"""
WATCH = f"""
(() => {{
  const seen = window.__bench = {{}};
  const numbers = () => [...document.querySelectorAll('#page .tile .val')]
    .filter((place) => {{
      const box = place.getBoundingClientRect();
      return place.innerText.trim() && box.height > 0 && box.top < window.innerHeight;
    }}).map((place) => place.innerText.trim());
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {{
    if (entry.name === 'first-contentful-paint') {{
      seen.paint = entry.startTime; seen.numbers = numbers();
    }}
  }})).observe({{ type: 'paint', buffered: true }});
  const isLive = () => {{ {LIVE} }};
  const look = () => {{
    if (isLive()) seen.live = performance.now(); else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})();
"""


@dataclass(frozen=True)
class Opened:
    """A page, opened once.

    Attributes:
        painted_ms: First contentful paint, from the start of the navigation.
        live_ms: When every chart was drawn and the timer ran (on the bare page: the grid had rows).
        numbers: The tiles' figures that were visible at first paint.
        sent_bytes: What came over the wire, heads included.
        hosts: Whom the page asked.
    """

    painted_ms: float
    live_ms: float
    numbers: tuple[str, ...]
    sent_bytes: int
    hosts: frozenset[str]


@contextmanager
def watched_browser(profile: str) -> Iterator[Chrome]:
    """Give a headless Chromium that notes what it loads."""
    options = Options()
    for argument in (*CHROMIUM, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = Chrome(options=options)
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        yield driver
    finally:
        driver.quit()


def cookies_set(driver: Chrome, url: str, cookies: str) -> None:
    """Give the browser a session that was opened elsewhere."""
    for pair in cookies.split("; "):
        name, _, value = pair.partition("=")
        cookie = {"name": name, "value": value, "url": url}
        driver.execute_cdp_cmd("Network.setCookie", cookie)


def opened(driver: Chrome, url: str, *, cold: bool) -> Opened:
    """Open an address, with an empty cache or with what the last visit left."""
    driver.get("about:blank")
    if cold:
        driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get_log("performance")
    driver.get(url)
    WebDriverWait(driver, PATIENCE_S, poll_frequency=0.1).until(
        lambda page: page.execute_script("return (window.__bench || {}).live !== undefined")
    )
    time.sleep(SETTLES_S)
    seen = driver.execute_script("return window.__bench")
    sent_bytes, hosts = _wire(driver)
    numbers = tuple(seen.get("numbers", ()))
    return Opened(seen.get("paint", float("nan")), seen["live"], numbers, sent_bytes, hosts)


def _wire(driver: Chrome) -> tuple[int, frozenset[str]]:
    """Return the bytes that came since the log was last read, and from whom."""
    sent_bytes, hosts = 0, set()
    for line in driver.get_log("performance"):
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.loadingFinished":
            sent_bytes += int(message["params"]["encodedDataLength"])
        elif message["method"] == "Network.requestWillBeSent":
            asked = urlsplit(message["params"]["request"]["url"])
            if asked.scheme in ("http", "https", "ws", "wss"):
                hosts.add(asked.netloc)
    return sent_bytes, frozenset(hosts)
