"""What the page costs: on the demo's store and on the same reseller with 10,000,000 calls.

In headless Chromium, beside a bare Dash page with one graph and one grid in the same run: the nine
numbers at first paint, the time until the page is live, the bytes cold and warm. In this process: a
refresh that changes something, and one that changes nothing. Over HTTP: 100 viewers on 2 workers.
Usage: python -m bench.page [--times N] [--stores FOLDER] [--rounds N] [--viewers N] [--seconds N]
"""

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from bench.aims import Aim, p95, told
from bench.loading import Opened, cookies_set, opened, watched_browser
from bench.refreshing import Inside, refreshes
from bench.screenshots import free_port, served, until_it_answers
from bench.stores import WORKERS, demo, many_times, settings_of, surroundings
from bench.viewers import Viewer, watching
from data.opening import opened as opened_store
from data.store.schema import calls
from data.store.writes.versions import version_raised

KB, MB = 1_000, 1_000_000
TIMES = 201
"""How many times each call of the demo happens in the large store: above 10,000,000 calls."""
TILES = 9
TICK_S = 5.0
CHANGE_EVERY_S = 4.0


def main(given: argparse.Namespace) -> bool:
    """Make the stores, measure, print; return whether every aim was reached."""
    with tempfile.TemporaryDirectory(prefix="tollboard-bench-") as made:
        root = Path(given.stores or made)
        began = time.monotonic()
        small = demo(root / "demo")
        large = many_times(root / f"demo-{given.times}", small, given.times)
        print(f"stores made in {time.monotonic() - began:.0f} s")
        sizes = {var: stored_calls(var) for var in (small, large)}
        reached = [
            *(in_the_browser(var, sizes[var], given.rounds) for var in (small, large)),
            per_refresh(sizes, given.rounds * 10),
            with_viewers(large, given.viewers, given.seconds),
        ]
    return all(reached)


def stored_calls(var: Path) -> int:
    """Count the calls of a store."""
    store = opened_store(settings_of(var))
    with store.snapshot() as conn:
        count: int = conn.execute(select(func.count()).select_from(calls)).scalar_one()
    store.close()
    return count


# --- in the browser -----------------------------------------------------------------------------


def in_the_browser(var: Path, many: int, rounds: int) -> bool:
    """Open the page and the bare one in turns, cold and warm."""
    with served(surroundings(var)) as ours, bare() as yardstick, tempfile.TemporaryDirectory() as p:
        with closing(Viewer(ours)) as viewer:
            first_html = viewer.get("/").body.decode()
        with watched_browser(p) as driver:
            cookies_set(driver, ours, viewer.cookie)
            turns: Turns = {}
            for url in (ours, yardstick):
                opened(driver, url, cold=True)  # a server's first answers are no figure
                turns[url, True] = [opened(driver, url, cold=True) for _ in range(rounds)]
                turns[url, False] = [opened(driver, url, cold=False) for _ in range(rounds)]
    host = ours.removeprefix("http://")
    return told(
        f"In the browser, {many:,} calls, median of {rounds}",
        _browser_aims(turns, (ours, yardstick), first_html, host),
    )


Turns = dict[tuple[str, bool], list[Opened]]


def _browser_aims(turns: Turns, urls: tuple[str, str], first_html: str, host: str) -> Iterator[Aim]:
    ours, yardstick = urls
    cold, warm = turns[ours, True], turns[ours, False]
    painted = [_bare(number) for number in cold[0].numbers]
    first = _first_numbers(first_html)
    yield Aim("tiles without a number in the first HTML", TILES - len(first), 0)
    fewest = min(len(one.numbers) for one in (*cold, *warm))
    yield Aim("tiles without a number on the screen at first paint", TILES - fewest, 0)
    strange = sum(
        of_html not in on_screen for of_html, on_screen in zip(first, painted, strict=False)
    )
    yield Aim("numbers on the screen that are not those of the HTML", strange, 0)
    for name, is_cold in (("cold", True), ("warm", False)):
        of_ours, of_bare = _live(turns[ours, is_cold]), _live(turns[yardstick, is_cold])
        note = f"{of_ours:,.0f} ms; bare {of_bare:,.0f} ms"
        yield Aim(
            f"live, {name}, as many times the bare page's time", of_ours / of_bare, 1.3, "", note
        )
    paint = median(one.painted_ms for one in cold)
    bare_bytes = median(one.sent_bytes for one in turns[yardstick, True]) / MB
    note = f"first paint after {paint:,.0f} ms; bare page {bare_bytes:.2f} MB"
    yield Aim("transferred cold", max(one.sent_bytes for one in cold) / MB, 1.6, "MB", note)
    yield Aim("transferred warm", max(one.sent_bytes for one in warm) / KB, 40, "KB")
    others = {asked for one in (*cold, *warm) for asked in one.hosts} - {host}
    yield Aim("other hosts asked", len(others), 0, "", " ".join(sorted(others)))


def _live(loads: list[Opened]) -> float:
    return median(one.live_ms for one in loads)


def _first_numbers(first_html: str) -> list[str]:
    """Return what the nine tiles of an HTML say, without its marks and spaces."""
    tile = r'class="card tile[^"]*".*?class="val[^"]*">(.*?)</div>'
    places = re.findall(tile, first_html, re.DOTALL)
    texts = (_bare(unescape(re.sub(r"<[^>]+>", "", place))) for place in places)
    return [text for text in texts if text]


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@contextmanager
def bare() -> Iterator[str]:
    """Serve the bare page until it answers; stop it at the end."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)]) as server:
        try:
            until_it_answers(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


# --- per refresh --------------------------------------------------------------------------------


def per_refresh(sizes: dict[Path, int], rounds: int) -> bool:
    """Refresh over both stores in turns."""
    viewers = [Inside.of(var) for var in sizes]
    changed = refreshes(viewers, rounds, changed=True)
    unchanged = refreshes(viewers, rounds, changed=False)
    aims = []
    for many, moved, still in zip(sizes.values(), changed, unchanged, strict=True):
        of = f"{many:,} calls"
        aims += [
            Aim(f"a refresh that changes something, {of}", moved[0], 50, "ms"),
            Aim("  its bytes", moved[1] / KB, 40, "KB"),
            Aim(f"a refresh that changes nothing, {of}", still[0], 5, "ms"),
            Aim("  its bytes", still[1], 300, "B"),
        ]
    for name, found in (("something", changed), ("nothing", unchanged)):
        aims.append(
            Aim(
                f"changes {name}: large store's time over small one's",
                found[1][0] / found[0][0],
                1.2,
            )
        )
    return told(f"Per refresh, processor time, median of {rounds}", aims)


# --- many viewers -------------------------------------------------------------------------------


def with_viewers(var: Path, viewers: int, seconds: float) -> bool:
    """Let many viewers tick while the store changes every few seconds."""
    with served(surroundings(var)) as url, closing(Viewer(url)) as watcher:
        before = store_reads(watcher)
        with watching(url, viewers, TICK_S) as crowd, changing(var) as changes:
            time.sleep(seconds)
        reads = store_reads(watcher) - before
    most_reads = (len(changes) + 1) * WORKERS
    note = f"{len(crowd.answers):,} answers, {len(changes)} changes"
    return told(
        f"{viewers} viewers at {TICK_S:g} s for {seconds:g} s on {WORKERS} workers",
        [
            Aim("answers that failed", crowd.failed, 0, "", note),
            Aim("95 of 100 answers within", 1000 * p95(crowd.seconds), 250, "ms"),
            Aim("reads of the store, one per change and worker", reads, most_reads),
        ],
    )


def store_reads(viewer: Viewer) -> int:
    """Return how often the server's workers read all that the page shows, ever."""
    text = viewer.get("/metrics").body.decode()
    found = re.search(r"^tollboard_snapshot_seconds_count ([\d.e+]+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0


@contextmanager
def changing(var: Path) -> Iterator[list[datetime]]:
    """Change the store every few seconds while the body runs; gives the moments."""
    store, done, changes = opened_store(settings_of(var)), threading.Event(), list[datetime]()

    def change() -> None:
        while not done.wait(CHANGE_EVERY_S):
            now = datetime.now(UTC)
            with store.writing() as conn:
                version_raised(conn, now)
            changes.append(now)

    writer = threading.Thread(target=change, daemon=True)
    writer.start()
    try:
        yield changes
    finally:
        done.set()
        writer.join()
        store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--stores", help="a folder to keep the stores in, and to find them again")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    sys.exit(not main(parser.parse_args()))
