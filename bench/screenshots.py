"""Pictures of the page for docs/screenshots: the demo, wide and narrow, and every made-up state.

Makes a demo and an empty store in a temporary folder, serves each as `make run` does, logs in with
a real Chromium and takes the whole page; the states come from the gallery.
Usage: python -m bench.screenshots [FOLDER] [--states]
"""

import argparse
import base64
import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import make_server

from callbacks.gallery import gallery
from layouts.gallery import PLAIN, STATES, of_panel
from layouts.openings import OPENINGS

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
EMAIL, PASSWORD = "analyst@example.com", "twelve quiet lanterns"
ADD_USER = ("-m", "data", "user", "add", "--role", "admin", "--password-stdin")
STARTS_WITHIN_S = 60
SETTLES_S = 3
TALLEST_PX = 6_000
CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--lang=en-GB",
)


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the width of the window, and the system's colour scheme."""

    name: str
    width_px: int
    scheme: str


OF_THE_DEMO = (
    Shot("light-1440", 1440, "light"),
    Shot("dark-1440", 1440, "dark"),
    Shot("light-390", 390, "light"),
    Shot("dark-390", 390, "dark"),
)
OF_AN_EMPTY_STORE = (Shot("empty-1440", 1440, "light"),)


def main(folder: Path, *, only_states: bool) -> None:
    """Take every picture, or those of the made-up states alone."""
    folder.mkdir(parents=True, exist_ok=True)
    of_the_gallery(folder)
    if only_states:
        return
    with tempfile.TemporaryDirectory() as made:
        of_a_store(Path(made) / "demo", ["-m", "ingest", "demo"], OF_THE_DEMO, folder)
        of_a_store(Path(made) / "empty", ["-m", "data", "migrate"], OF_AN_EMPTY_STORE, folder)


def of_the_gallery(folder: Path) -> None:
    """Take every state and every panel of the gallery, light and dark in turn."""
    server = make_server("127.0.0.1", 0, gallery().server, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    panels = {opening.panel: slug for slug, opening in OPENINGS.items()}
    shown = [
        *((f"state-{state.slug}", f"/?state={state.slug}") for state in STATES),
        *((f"panel-{panel}", f"/?state={of_panel(slug)}") for panel, slug in panels.items()),
        *((f"page-{slug}", f"/{slug}") for slug in PLAIN),
    ]
    with browser() as driver:
        for place, (name, path) in enumerate(shown):
            scheme = ("light", "dark")[place % 2]
            resized(driver, 1440, 900)
            dressed(driver, scheme)
            driver.get(f"http://127.0.0.1:{server.server_port}{path}")
            WebDriverWait(driver, STARTS_WITHIN_S).until(
                lambda page: page.execute_script(
                    "return Boolean(document.querySelector('.page, main'))"
                )
            )
            time.sleep(SETTLES_S / 2)  # charts and rows are drawn without telling anybody
            kept_small(base64.b64decode(driver.get_screenshot_as_base64()), folder / f"{name}.png")
    server.shutdown()
    thread.join()


def kept_small(picture: bytes, path: Path) -> None:
    """Write a picture in 256 colours, which is enough for a page of few."""
    with Image.open(io.BytesIO(picture)) as whole:
        whole.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def of_a_store(var: Path, making: list[str], shots: tuple[Shot, ...], folder: Path) -> None:
    """Make a store with a command, serve it, and take pictures of it."""
    surroundings = os.environ | {
        "TOLLBOARD_VAR": str(var),
        "TOLLBOARD_PORT": str(free_port()),
        "TOLLBOARD_WORKERS": "1",
    }
    subprocess.run([sys.executable, *making], env=surroundings, check=True)
    subprocess.run(
        [
            sys.executable,
            *["-m", "data", "user", "add", "--role", "admin", "--password-stdin"],
            EMAIL,
        ],
        env=surroundings,
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
    )
    with served(surroundings) as url, browser() as driver:
        logged_in(driver, url)
        for shot in shots:
            taken(driver, url, shot, folder / f"{shot.name}.png")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served(surroundings: dict[str, str], program: Sequence[str] = ("app.py",)) -> Iterator[str]:
    """Serve the page as `make run` does, until it answers; stop it at the end."""
    url = f"http://127.0.0.1:{surroundings['TOLLBOARD_PORT']}"
    with subprocess.Popen([sys.executable, *program], env=surroundings) as server:
        try:
            until_it_answers(f"{url}/healthz")
            yield url
        finally:
            server.terminate()


def until_it_answers(url: str) -> None:
    """Wait for a page to answer 200."""
    last = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < last:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (ours, on loopback)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(url)


@contextmanager
def browser() -> Iterator[Chrome]:
    """Give a headless Chromium that keeps to itself."""
    with tempfile.TemporaryDirectory() as profile:
        options = Options()
        for argument in (*CHROMIUM, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        driver = Chrome(options=options)
        try:
            yield driver
        finally:
            driver.quit()


def logged_in(driver: Chrome, url: str) -> None:
    """Log in through the form."""
    driver.get(f"{url}/login")
    driver.find_element(By.NAME, "email").send_keys(EMAIL)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "form [type=submit]").click()
    WebDriverWait(driver, STARTS_WITHIN_S).until(lambda page: "/login" not in page.current_url)


def taken(driver: Chrome, url: str, shot: Shot, path: Path) -> None:
    """Take the whole page, as tall as it is."""
    dressed(driver, shot.scheme)
    resized(driver, shot.width_px, 900)
    driver.get(url)
    WebDriverWait(driver, STARTS_WITHIN_S).until(
        lambda page: page.execute_script(
            "const plots = [...document.querySelectorAll('.dash-graph')];"
            "return plots.length > 0 && plots.every(plot => plot.querySelector('.main-svg'))"
        )
    )
    time.sleep(SETTLES_S)  # a picture for people: let every chart and font come
    height_px = int(driver.execute_script("return document.documentElement.scrollHeight"))
    resized(driver, shot.width_px, min(height_px, TALLEST_PX))
    time.sleep(SETTLES_S)
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    kept_small(base64.b64decode(picture), path)
    print(f"{path.name}: {shot.width_px} x {height_px} px, {path.stat().st_size // 1024} kB")


def resized(driver: Chrome, width_px: int, height_px: int) -> None:
    """Give the window a size, whatever the screen."""
    size = {"width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def dressed(driver: Chrome, scheme: str) -> None:
    """Give the system a colour scheme."""
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--states", action="store_true", help="only the made-up states")
    given = parser.parse_args()
    main(given.folder, only_states=given.states)
