import itertools
from datetime import date, timedelta

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from data.domain.periods import LONGEST_DAYS
from data.domain.records import FileStatus
from data.store.writes.versions import version_raised
from tests.browser.conftest import EMAIL
from tests.factories import Usage, add_customer, add_destination, add_file, add_invoice, add_usage

pytestmark = pytest.mark.browser

PLOTTED = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5"


def press(page, *keys):
    ActionChains(page.driver).send_keys(*keys).perform()


@pytest.fixture
def filled(store, now):
    today = now.date()
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        add_invoice(conn, acme, 12.5, invoice_date=today, due_date=today + timedelta(days=9))
        add_file(conn, name="first.csv", processed_at=now - timedelta(hours=2))
        for back in range(60):
            add_usage(conn, Usage(today - timedelta(days=back), acme, calls=10 + back % 7))
        add_destination(conn, today, "United Kingdom mobile", 3)
        version_raised(conn, now)
    return acme


@pytest.mark.usefixtures("filled")
def test_the_page_loads_with_its_figures_and_an_empty_console(page):
    page.log_in()

    page.wait_for(PLOTTED)
    assert page.text("#unpaid-value") == "$12.50"
    assert page.text("#file-last-time") == "2 h ago"
    assert page.text("#top-customers-0-name") == "Acme"
    page.wait_for("!document.querySelector('.status.stale')")
    assert page.console() == []


COUNTED = """
const [count, done] = arguments;
const plot = document.querySelector('#files-by-month-graph .js-plotly-plot');
Plotly.restyle(plot, { y: [[0, 0, count], [null, null, null], [0, 0, count]] }, [0, 1, 2])
  .then(() => done([...plot.querySelectorAll('.ytick text')].map((one) => one.textContent)));
"""


@pytest.mark.usefixtures("filled")
def test_files_are_counted_on_an_axis_of_whole_numbers_without_repeats(page):
    page.log_in("/?refresh=off")
    page.wait_for(PLOTTED)

    for count in (0, 1, 2, 3, 4, 5, 7, 10, 99, 1_234, 98_765):
        ticks = page.driver.execute_async_script(COUNTED, count)
        numbers = [int(tick.replace(",", "")) for tick in ticks]
        steps = {after - before for before, after in itertools.pairwise(numbers)}
        assert numbers[0] == 0
        assert len(steps) == 1
        assert min(steps) > 0
        assert max(numbers) > count / 2


@pytest.mark.usefixtures("filled")
def test_nothing_is_loaded_from_another_host(page):
    page.log_in()
    page.wait_for(PLOTTED)

    loaded = page.driver.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )

    assert [address for address in loaded if not address.startswith((page.url, "data:"))] == []
    assert not [address for address in loaded if "plotly.min.js" in address]


def test_a_change_in_the_store_reaches_the_page_without_a_reload(page, filled, now):
    page.log_in()
    page.wait_for(PLOTTED)
    page.driver.execute_script("window.unchanged = 'the same document'")

    with page.store.writing() as conn:
        add_invoice(
            conn, filled, 100, invoice_date=now.date(), due_date=now.date() + timedelta(days=9)
        )
        add_file(conn, name="late.csv", status=FileStatus.ERROR, processed_at=now)
        version_raised(conn, now)

    page.wait_for_text("#unpaid-value", "$113")
    page.wait_for_text("#top-customers-total", "$112.50")
    page.wait_for_text("#need-0-text", "1 CDR file failed")
    page.wait_for("document.querySelector('#files-error').classList.contains('is-bad')")
    assert page.driver.execute_script("return window.unchanged") == "the same document"
    assert page.console() == []


def test_an_empty_store_says_what_fills_it(page):
    page.log_in()

    page.wait_for("!document.querySelector('#page #welcome').hidden")
    assert page.text("#file-last-time") == "never"
    assert page.text("#files-success-value") == "0"
    assert page.console() == []


@pytest.mark.usefixtures("filled")
@pytest.mark.sqlite
def test_a_store_that_fails_greys_the_figures_and_its_return_clears_them(page, settings):
    page.log_in()
    page.wait_for(PLOTTED)
    path = settings.var / "tollboard.db"
    away = path.with_suffix(".away")

    path.rename(away)
    page.wait_for("document.querySelector('.status.stale')")
    page.wait_for("/There is no store/.test(document.querySelector('#notice-text').textContent)")
    assert page.text("#unpaid-value") == "$12.50"
    page.driver.execute_script("document.querySelector('#page #unpaid .open').click()")
    failed = "document.querySelector('#panel.show #panel-failed')"
    page.wait_for(f"{failed} && !{failed}.hidden && /no store/.test({failed}.textContent)")

    away.rename(path)
    page.wait_for("!document.querySelector('.status.stale')")
    page.wait_for("document.querySelector('#notice').hidden")
    row = "document.querySelector('#grid .ag-row[row-id]')"
    page.wait_for(f"{failed}.hidden && document.querySelector('#panel-total').textContent && {row}")

    path.rename(away)
    page.driver.execute_script("window.dash_ag_grid.getApi('grid').purgeInfiniteCache()")
    for _ in range(3):  # the grid stops asking where two requests were never answered
        page.wait_for(f"!{failed}.hidden")
        page.driver.execute_script(f"{failed}.querySelector('button').click()")
    page.wait_for(f"!{failed}.hidden")
    away.rename(path)
    page.wait_for(f"{failed}.hidden && {row}")


@pytest.mark.usefixtures("filled")
def test_a_server_that_is_gone_is_told_at_once_and_its_return_is_noticed(page):
    page.log_in("/?refresh=10")
    page.wait_for(PLOTTED)

    with page.offline():
        missed = "document.querySelector('.status.stale')"  # the first tick
        page.wait_for(missed, timeout=25)
        page.wait_for("/does not answer/.test(document.querySelector('#notice-text').textContent)")

    page.wait_for("!document.querySelector('.status.stale')", timeout=60)


@pytest.mark.usefixtures("filled")
def test_what_was_asked_for_while_the_server_was_gone_opens_at_once_and_is_filled_later(page):
    page.log_in("/?refresh=1")
    page.wait_for(PLOTTED)

    with page.offline():
        page.driver.execute_script("document.querySelector('[data-period=previous-month]').click()")
        page.driver.execute_script("document.querySelector('#page #unpaid .open').click()")
        title = "document.querySelector('#panel.show .offcanvas-title')?.textContent"
        page.wait_for(f"{title} === 'Unpaid invoices'", timeout=2)
        assert page.driver.execute_script("return document.querySelector('.panel-rows:empty')")
        failed = "document.querySelector('#panel-failed')"
        page.wait_for(f"!{failed}.hidden && /server is away/.test({failed}.textContent)")
        page.wait_for("document.querySelector('.status.stale')", timeout=60)

    page.wait_for(f"document.querySelector('#grid') && {failed}.hidden", timeout=60)
    page.wait_for_text("#period-name", "Previous calendar month")


@pytest.mark.usefixtures("filled")
def test_the_theme_follows_the_choice_and_survives_a_reload(page):
    page.log_in()
    page.wait_for(PLOTTED)
    ink = "getComputedStyle(document.querySelector('.traffic-graph .xtick text')).fill"
    light = page.driver.execute_script(f"return {ink}")

    page.driver.execute_script("document.querySelector('.icon.sun').closest('button').click()")
    page.wait_for("document.querySelector('[data-theme=dark]')")
    page.driver.execute_script("document.querySelector('[data-theme=dark]').click()")

    page.wait_for("document.documentElement.dataset.bsTheme === 'dark'")
    page.wait_for(f"{ink} !== {light!r}")
    page.driver.refresh()
    assert page.driver.execute_script("return document.documentElement.dataset.bsTheme") == "dark"
    page.wait_for(PLOTTED)
    page.wait_for("document.querySelector('[data-theme=dark][aria-current=true]')")
    assert page.console() == []


@pytest.mark.usefixtures("filled")
def test_the_period_is_in_the_address_and_governs_what_follows_it(page):
    page.log_in("/?period=previous-month")

    page.wait_for_text("#period-name", "Previous calendar month")
    page.wait_for("document.querySelector('#top-customers-empty').hidden === false")
    assert page.text("#unpaid-value") == "$12.50"

    page.driver.execute_script("document.querySelector('.period button').click()")
    page.wait_for("document.querySelector('[data-period=past-month]')")
    page.driver.execute_script("document.querySelector('[data-period=past-month]').click()")
    page.wait_for_text("#top-customers-total", "$12.50")
    assert page.driver.current_url == f"{page.url}/"
    assert page.console() == []


@pytest.mark.usefixtures("filled")
def test_dates_are_asked_for_up_to_the_longest_span_that_is_shown(page):
    page.log_in()
    page.driver.execute_script("document.querySelector('.period button').click()")
    page.wait_for("document.querySelector('#period-apply')")
    last = date(2026, 6, 15)

    def asked_for(days):
        first = last - timedelta(days=days - 1)
        page.driver.execute_script(
            "for (const [place, day] of [['first', arguments[0]], ['last', arguments[1]]])"
            "  document.getElementById(`period-${place}`).value = day;"
            "document.getElementById('period-apply').click()",
            *(first.isoformat(), last.isoformat()),
        )
        why = "return document.getElementById('period-last').validationMessage"
        return page.driver.execute_script(why), f"from={first}" in page.driver.current_url

    assert asked_for(LONGEST_DAYS + 1) == ("At most 10 years are shown at once.", False)
    assert asked_for(LONGEST_DAYS) == ("", True)


@pytest.mark.usefixtures("filled")
def test_a_paused_page_asks_for_nothing_until_it_is_told_to(page, now):
    page.log_in("/?refresh=0")
    page.wait_for("document.querySelector('.status.paused')")
    with page.store.writing() as conn:
        add_customer(conn, "Beta")
        version_raised(conn, now)

    page.wait_for(
        "parseInt((document.querySelector('#status-text').textContent"
        ".match(/(\\d+) s/) || [])[1]) >= 3"
    )
    assert page.text("#customers-value") == "1"
    page.driver.execute_script("document.querySelector('#status').closest('button').click()")
    page.wait_for("document.querySelector('#refresh-now')")
    page.driver.execute_script("document.querySelector('#refresh-now').click()")
    page.wait_for_text("#customers-value", "2")


def test_a_tile_opens_its_rows_and_escape_gives_the_focus_back(page, filled, now):
    page.log_in()
    page.wait_for(PLOTTED)

    page.driver.execute_script("document.querySelector('#page #unpaid .open').click()")
    page.wait_for("document.querySelectorAll('#grid .ag-center-cols-container .ag-row').length")
    total = "document.querySelector('#panel-total').textContent"
    page.wait_for(f"{total} === '$12.50 in 1 row'")

    with page.store.writing() as conn:
        day = now.date()
        add_invoice(conn, filled, 100, invoice_date=day, due_date=day + timedelta(days=9))
        version_raised(conn, now)
    page.wait_for(f"{total} === '$112.50 in 2 rows'")

    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait_for("!document.querySelector('#panel')")
    assert page.driver.current_url == f"{page.url}/"
    focused = page.driver.execute_script("return document.activeElement.textContent")
    assert focused == "Unpaid invoices"
    assert page.console() == []


@pytest.mark.usefixtures("filled")
def test_a_copied_link_opens_the_same_panel_in_a_new_session(page):
    page.log_in("/?period=this-month&panel=top-customers")

    page.wait_for("document.querySelector('#panel-total').textContent === '$12.50 in 1 row'")
    href = page.driver.execute_script("return document.querySelector('#export-csv').href")
    assert "panel=top-customers" in href


@pytest.mark.usefixtures("filled")
def test_what_the_strip_does_not_hold_is_shown_at_a_key_and_stays_text(page):
    page.log_in("/?refresh=0")
    page.wait_for("document.querySelector('.status.paused')")
    rest = '[["need", "<b>east</b> is 3 h late", "Source", "sources:east"]]'
    page.driver.execute_script(
        "const button = document.querySelector('#needs-rest');"
        "for (const part of [button, button.parentElement]) part.hidden = false;"
        "button.dataset.rest = arguments[0]; button.focus();",
        rest,
    )
    page.wait_for_text("#needs-rest", "and 1 more")

    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.wait_for_text("#needs-rest", "Show fewer")
    assert page.text(".need.more > span:not(.icon)") == "<b>east</b> is 3 h late"
    page.driver.execute_script("document.querySelector('.need.more .do').click()")
    page.wait_for("document.querySelector('#panel.show')")

    assert page.driver.current_url.endswith("panel=sources%3Aeast")
    assert page.console() == []


@pytest.mark.usefixtures("filled")
def test_a_phone_shows_the_amounts_that_make_a_total_without_a_scroll(page):
    narrow = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    page.log_in("/?panel=unpaid-invoices")

    amount = "document.querySelector('#grid .ag-row [col-id=outstanding_micros]')"
    page.wait_for(f"{amount} && {amount}.textContent === '$12.50'")
    page.wait_for(f"{amount}.getBoundingClientRect().right <= 390")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert page.console() == []


CHOOSES = """
HTMLInputElement.prototype.click = function () {
  const chosen = new DataTransfer();
  chosen.items.add(new File(["a,b"], "from-a-phone.csv"));
  this.files = chosen.files;
  this.onchange();
};
"""
"""What a person does in the dialog of the system, which no driver reaches."""


def test_a_phone_uploads_a_file_from_the_menu_with_keys_alone(page, settings):
    narrow = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    page.log_in("/?refresh=off")
    page.wait_for("document.querySelector('[title=\"" + EMAIL + "\"]')")
    page.driver.execute_script(CHOOSES)

    page.driver.execute_script(
        "document.querySelector('[title=\"" + EMAIL + "\"]').closest('button').focus()"
    )
    press(page, Keys.ENTER)
    page.wait_for("document.querySelector('.upload-of-phones')?.offsetParent")
    press(page, Keys.ARROW_DOWN)
    page.wait_for("document.activeElement.matches('.upload-of-phones')")
    press(page, Keys.ENTER)

    page.wait_for("/received, waiting/.test(document.querySelector('#uploads').textContent)")
    assert (settings.inbox_dir / "from-a-phone.csv").read_bytes() == b"a,b"
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert (
        page.driver.execute_script(
            "return getComputedStyle(document.querySelector('.upload-of-phones')).display"
        )
        == "none"
    )
    assert page.console() == []
