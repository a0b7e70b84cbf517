"""Real tabs of one Chromium, left open: what they ask for, after a night's sleep too."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import update

from bench.faults.case import Case, Found, NotHere
from bench.faults.web import small_world
from bench.screenshots import browser, logged_in, served
from bench.stores import settings_of, surroundings
from data.opening import opened
from data.store.schema import sessions

EVERY_S = 10
"""The page's own pace, unless somebody chose another."""
LEAST_S = 0.95 * EVERY_S
WATCHED_S = 60.0
ASLEEP_S = 45.0
PATIENCE_S = 300
LIVE = "return /ago$/.test((document.querySelector('#status-text') || {}).textContent || '')"
CURRENT = "return !document.querySelector('#page .status.stale')"
ENDED = "return /session has ended/.test(document.querySelector('#notice-text').textContent)"
FORGET = "performance.clearResourceTimings(); performance.setResourceTimingBufferSize(5000)"
ASKED = """
return performance.getEntriesByType('resource')
  .filter((entry) => entry.name.includes('/_dash-update-component'))
  .map((entry) => (performance.timeOrigin + entry.startTime) / 1000)
"""


def tabs_left_open(root: Path, tabs: int) -> Found:
    """Open the page many times, each in a window that is seen; let them run, sleep, and wake."""
    var = small_world(root / "world")
    with served(surroundings(var)) as url, _chromium() as driver:
        began = time.monotonic()
        logged_in(driver, url)
        for _ in range(tabs - 1):
            driver.switch_to.new_window("window")
            driver.get(url)
        _each(driver, LIVE)
        opened_s = time.monotonic() - began
        awake = _asked_within(driver, lambda: time.sleep(WATCHED_S))
        woken = _asked_within(driver, lambda: _slept(driver))
        _each(driver, CURRENT)
        _sessions_ended(var)
        _each(driver, ENDED)
    return _judged(tabs, opened_s, awake, woken)


def _judged(
    tabs: int, opened_s: float, awake: list[list[float]], woken: list[list[float]]
) -> Found:
    """Hold what was asked for against the pace: once an interval, and once more on waking."""
    most = [max(map(len, asked)) for asked in (awake, woken)]
    allowed = [int(WATCHED_S / LEAST_S) + 1, int(WATCHED_S / LEAST_S) + 2]
    per_second = Counter(int(at) for asked in awake for at in asked)
    busiest = max(per_second.values(), default=0)
    wrong = [
        f"a tab asked {found} times in {WATCHED_S:.0f} s {when}, at most {bound}"
        for found, bound, when in zip(most, allowed, ("", "after sleep"), strict=True)
        if found > bound
    ]
    silent = sum(not asked for asked in awake)
    wrong += [f"{silent} tabs asked for nothing"] if silent else []
    return Found(
        f"{tabs} tabs live in {opened_s:.0f} s; at most {most[0]} requests of one in "
        f"{WATCHED_S:.0f} s, {most[1]} after {ASLEEP_S:.0f} s of sleep; {busiest} of all in the "
        "busiest second; each was current again, and told the end of its session",
        tuple(wrong),
    )


@contextmanager
def _chromium() -> Iterator[Chrome]:
    try:
        with browser() as driver:
            yield driver
    except WebDriverException as error:
        if "cannot find" in str(error).lower() or "unable to obtain" in str(error).lower():
            raise NotHere("Chromium and its driver") from error
        raise


def _each(driver: Chrome, holds: str) -> None:
    """Wait in every tab until something holds."""
    for handle in driver.window_handles:
        driver.switch_to.window(handle)
        WebDriverWait(driver, PATIENCE_S).until(lambda page: page.execute_script(holds))


def _asked_within(driver: Chrome, goes_by: Callable[[], None]) -> list[list[float]]:
    """Return when each tab asked for something while time went by."""
    for handle in driver.window_handles:
        driver.switch_to.window(handle)
        driver.execute_script(FORGET)
    began = time.time()
    goes_by()
    until = time.time()
    found = []
    for handle in driver.window_handles:
        driver.switch_to.window(handle)
        asked: list[float] = driver.execute_script(ASKED)
        found.append([at for at in asked if until - WATCHED_S <= at <= until and at >= began])
    return found


def _slept(driver: Chrome) -> None:
    """Stop every process of the browser for a while, as a machine's sleep does, and watch on."""
    above = psutil.Process(driver.service.process.pid)
    processes = above.children(recursive=True)
    for word in (signal.SIGSTOP, signal.SIGCONT):
        for process in processes:
            os.kill(process.pid, word)
        time.sleep(ASLEEP_S if word == signal.SIGSTOP else WATCHED_S)


def _sessions_ended(var: Path) -> None:
    store = opened(settings_of(var))
    with store.writing() as conn:
        conn.execute(update(sessions).values(expires_at=datetime.now(UTC)))
    store.close()


CASES = (
    Case(
        "O12",
        "50 tabs of one browser are left open, sleep with their machine, and outlive their session",
        "none asks more than once an interval, all are current after waking, each tells the end",
        tabs_left_open,
        full=50,
    ),
)
