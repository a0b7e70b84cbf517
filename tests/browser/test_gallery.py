import os
from threading import Thread

import pytest
from werkzeug.serving import make_server

from callbacks.gallery import gallery
from data.domain.panels import Panel
from layouts.gallery import PLAIN, STATES, of_panel
from layouts.openings import OPENINGS
from tests.browser.axe import OF_COLOURS, RULES, violations

pytestmark = pytest.mark.browser

EVERY = bool(os.environ.get("TOLLBOARD_EVERY_STATE"))
"""`make accessibility` looks at every state and panel; else at one of each kind."""
SOME = ("stale", "panel-error", "dialog-facts", "uploads")
PARTS = {"panel": "#panel", "dialog": ".ask", "uploads": "#uploads"}
PANELS = {opening.panel: slug for slug, opening in OPENINGS.items()}
SOME_PANELS = (Panel.FILES, Panel.CALLS)
DRAWN = (
    "document.querySelector('.page, main') && (!document.querySelector('#main')"
    " || document.querySelectorAll('#main .main-svg').length >= 5)"
)
BEFORE_DASH = "first-load"
"""The state in which no script of Dash's has run yet, so that there are no charts."""
ROWS = "document.querySelectorAll('#grid .ag-row').length >= 3"


@pytest.fixture
def look(dash_br):
    """Open a state; served from this process."""
    server = make_server("127.0.0.1", 0, gallery().server, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"

    def opened(path, ready):
        dash_br.driver.get(f"{base}{path}")
        dash_br.wait_for_element("body")
        until(dash_br, ready)
        return dash_br.driver

    yield opened
    server.shutdown()
    thread.join()
    server.server_close()


def until(browser, script):
    from dash.testing.wait import until as held  # noqa: PLC0415 (needs selenium, as the plugin does)

    held(lambda: browser.driver.execute_script(f"return Boolean({script})"), 45)


def in_both_themes(driver, within="document"):
    """What breaks WCAG 2.2 A or AA in either theme, by theme."""
    broken = {}
    for theme in ("light", "dark"):
        driver.execute_script(
            "for (const name of ['bsTheme', 'agThemeMode'])"
            " document.documentElement.dataset[name] = arguments[0]",
            theme,
        )
        rules = OF_COLOURS if theme == "dark" and not EVERY else RULES
        broken[theme] = violations(driver, within, rules)
    return {theme: found for theme, found in broken.items() if found}


CUT = (
    "return Array.from(document.querySelectorAll('#page .past'))"
    ".filter((one) => one.scrollWidth > one.clientWidth"
    " || Array.from(one.children).some((part) => part.scrollWidth > part.clientWidth + 1))"
    ".map((one) => one.textContent)"
)
ROOM = "return document.querySelector('#unpaid-spark').getBoundingClientRect().width"


def test_at_every_width_comparisons_are_whole_and_the_first_tile_has_its_line(look):
    driver = look("/?state=busy", DRAWN)
    sized = {"height": 900, "deviceScaleFactor": 1, "mobile": False}
    found = {}
    for width in (1440, 1024, 390):
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, **sized})
        found[width] = driver.execute_script(CUT), driver.execute_script(ROOM) > 50
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert found == {1440: ([], True), 1024: ([], True), 390: ([], True)}


def test_no_state_has_a_violation_in_either_theme(look):
    broken = {}
    for state in STATES:
        if EVERY or state.slug in SOME:
            ready = "document.querySelector('#page')" if state.slug == BEFORE_DASH else DRAWN
            driver = look(f"/?state={state.slug}", ready)
            part = PARTS.get(state.slug.partition("-")[0], "document")
            broken[state.slug] = in_both_themes(driver, part)
            assert driver.get_log("browser") == []
    for slug in PLAIN:
        broken[slug] = in_both_themes(look(f"/{slug}", "document.querySelector('main')"))

    assert {slug: found for slug, found in broken.items() if found} == {}


def test_no_panel_has_a_violation_in_either_theme(look):
    broken = {}
    for panel, slug in PANELS.items():
        if EVERY or panel in SOME_PANELS:
            driver = look(f"/?state={of_panel(slug)}", ROWS)
            broken[slug] = in_both_themes(driver, "#panel")

    assert {slug: found for slug, found in broken.items() if found} == {}
