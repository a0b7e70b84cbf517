import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By as Find
from selenium.webdriver.common.keys import Keys
from sqlalchemy import update

from data.store.schema import invoices, tenant
from data.store.writes.versions import version_raised
from tests.factories import (
    Usage,
    add_call,
    add_customer,
    add_file,
    add_invoice,
    add_source,
    add_usage,
)

pytestmark = pytest.mark.browser

TOTAL = "document.querySelector('#panel-total')?.textContent"
TITLE = "(document.querySelector('#panel .offcanvas-title') || {}).textContent"
ROWS = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row a.way').length"
PLOTTED = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5"


@pytest.fixture
def books(store, now):
    day = now.date()
    dates = {"invoice_date": day, "due_date": day + timedelta(days=9)}
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        beta = add_customer(conn, "Beta", custid="B1")
        add_invoice(conn, acme, 40, **dates)
        add_invoice(conn, acme, 10, **dates)
        add_invoice(conn, beta, 2, **dates)
        source = add_source(conn)
        file = add_file(conn, source_id=source, name="north.csv", processed_at=now)
        add_call(conn, file_id=file, started_at=now, customer_id=acme)
        add_usage(conn, Usage(day, acme, calls=1, units=0))
        version_raised(conn, now)


def press(page, *keys):
    ActionChains(page.driver).send_keys(*keys).perform()


def address_has(page, part):
    page.wait_for(f"window.location.search.includes({part!r})")


@pytest.mark.usefixtures("books")
def test_the_search_box_and_the_customer_filter_find_with_keys_alone(page):
    page.log_in()
    page.wait_for(PLOTTED)

    press(page, "/")
    press(page, "acm")
    page.wait_for("document.querySelector('#search-found [role=option]')")
    press(page, Keys.ENTER)
    page.wait_for(f"{TITLE} === 'Customer Acme' && {TOTAL} === '$50.00 in 2 rows'")
    press(page, Keys.ESCAPE)
    page.wait_for("!document.querySelector('#panel') && !window.location.search.includes('panel')")

    page.driver.find_element(Find.CSS_SELECTOR, ".menu.customer button").click()
    page.wait_for("document.activeElement.id === 'customer-search'")
    press(page, "b1")
    page.wait_for("document.querySelectorAll('#customer-found [role=option]').length === 1")
    press(page, Keys.ENTER)
    page.wait_for_text("#unpaid-value", "$2.00")
    page.wait_for_text("#top-customers-total", "$2.00")
    address_has(page, "customer=B1")
    page.driver.find_element(Find.CSS_SELECTOR, ".menu.customer button").click()
    page.wait_for("document.querySelector('#customer-all')?.offsetParent")
    page.driver.find_element(Find.ID, "customer-all").click()
    page.wait_for_text("#unpaid-value", "$52.00")

    assert page.console() == []


@pytest.mark.usefixtures("books")
def test_a_search_box_that_takes_others_place_gives_it_back_to_escape_and_to_tab(page):
    page.driver.set_window_size(1024, 800)
    page.log_in("/?refresh=off&period=this-month")
    page.wait_for("document.querySelector('.status.paused') && window.tollboard_search")
    marked = "a.dropdown-item[aria-current=true]"
    chosen = page.driver.execute_script(
        "return Array.from(document.querySelectorAll(arguments[0]), (one) => one.textContent)",
        marked,
    )
    assert chosen == ["This month", "off"]
    page.driver.execute_script(
        "document.querySelector('#drafts-value').closest('.tile').querySelector('.open').focus()"
    )

    press(page, "/")
    page.wait_for("document.activeElement.id === 'search'")
    assert covered(page) == []
    press(page, Keys.ESCAPE)
    page.wait_for("document.activeElement.matches('.tile .open')")
    assert not page.driver.find_element(Find.ID, "search").is_displayed()

    page.driver.find_element(Find.CSS_SELECTOR, "[data-search]").click()
    press(page, "ac")
    page.wait_for("document.querySelector('#search-found [role=option]')")
    press(page, Keys.TAB)
    page.wait_for("document.querySelector('#search-found').hidden")
    assert not page.driver.find_element(Find.ID, "search").is_displayed()
    assert page.console() == []


def covered(page):
    """Controls of the bar that the search box lies over."""
    return page.driver.execute_script(
        "const box = document.querySelector('#search').getBoundingClientRect();"
        "const others = Array.from(document.querySelectorAll('.top-bar .ctl:not(#search)'));"
        "return others.filter((one) => {"
        "  const it = one.getBoundingClientRect();"
        "  return it.width && it.left < box.right && it.right > box.left"
        "    && it.top < box.bottom && it.bottom > box.top;"
        "}).map((one) => one.textContent)"
    )


@pytest.mark.usefixtures("books")
def test_a_key_puts_tables_in_the_charts_place_and_they_lead_to_a_worked_price(page):
    page.log_in()
    page.wait_for(PLOTTED)

    press(page, "t")
    page.wait_for("document.querySelector('#top-customers-twin tbody a')?.textContent === 'Acme'")
    page.driver.execute_script("document.querySelector('#traffic-twin tr:last-child a').focus()")
    press(page, Keys.ENTER)
    page.wait_for(f"{TOTAL} === '1 row' && {ROWS} > 0")
    page.driver.find_element(Find.CSS_SELECTOR, "#grid .ag-cell[col-id=called_number]").click()
    press(page, Keys.ENTER)
    page.wait_for(
        "/Why this call has no price/.test(document.querySelector('.worked').textContent)"
    )
    address_has(page, "row=")
    press(page, Keys.ESCAPE)
    page.wait_for("!document.querySelector('#panel')")

    press(page, "?")
    page.wait_for("document.querySelector('#keys').open")
    page.driver.find_element(Find.ID, "keys-switch").click()
    press(page, Keys.ESCAPE)
    page.wait_for("!document.querySelector('#keys').open")
    press(page, "t")
    press(page, Keys.TAB)
    assert page.driver.execute_script("return !document.querySelector('#traffic-twin').hidden")
    assert page.console() == []


@pytest.mark.usefixtures("books")
def test_a_copied_link_shows_the_same_filter_order_and_dates_in_a_new_session(page, now):
    only = {"company": {"filterType": "text", "type": "equals", "filter": "Acme"}}
    page.log_in(f"/?panel=unpaid-invoices&filter={quote(json.dumps(only))}")
    page.wait_for(f"{TOTAL} === '$50.00 in 2 rows'")

    by_total = "#grid .ag-header-cell[col-id=outstanding_micros] .ag-header-cell-label"
    page.driver.execute_script("document.querySelector(arguments[0]).click()", by_total)
    address_has(page, "outstanding_micros")
    first = "document.querySelector('#grid [row-index=\"0\"] [col-id=outstanding_micros]')"
    page.wait_for(f"{first} && {first}.textContent === '$10.00'")
    page.driver.execute_script(
        "document.querySelector('[data-copy=absolute], .links button').click()"
    )
    page.wait_for("document.querySelector('[data-copy=absolute]')")
    page.driver.execute_script("document.querySelector('[data-copy=absolute]').click()")
    page.wait_for("window.tollboard.copied")
    copied = page.driver.execute_script("return window.tollboard.copied")

    page.leave()
    page.log_in(copied.removeprefix(page.url))
    page.wait_for(f"{TOTAL} === '$50.00 in 2 rows'")
    page.wait_for(f"{first} && {first}.textContent === '$10.00'")
    assert page.text("#period-name") == "Dates"
    assert f"to={now.date()}" in copied
    assert page.console() == []


CUT = """
const done = arguments[0], api = window.dash_ag_grid.getApi("grid"), cut = new Set();
const columns = api.getAllGridColumns().filter((one) => one.getColDef().context);
const never = columns.filter((one) => one.getColDef().context.widths[1] >= 400);
const head = (id) => `#grid .ag-header-cell[col-id="${id}"] .ag-header-cell-text`;
const cell = (id) => `#grid .ag-row :is(.ag-cell[col-id="${id}"], [col-id="${id}"] .ag-cell-value)`;
const parts = [...columns.map((one) => head(one.getColId())),
  ...never.map((one) => cell(one.getColId()))].join();
const drawn = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
(async () => {
  for (let place = 0; place < columns.length + 4; place += 4) {
    api.ensureColumnVisible(columns[Math.min(place, columns.length - 1)], "start");
    await drawn();
    for (const one of document.querySelectorAll(parts))
      if (one.scrollWidth > one.clientWidth) cut.add(one.textContent);
  }
  done([...cut]);
})();
"""
SIGNED = """
const api = window.dash_ag_grid.getApi("grid");
const signed = ["number", "outstanding_micros"].map((colId) => ({ colId, sort: "desc" }));
api.applyColumnState({ state: signed });
api.setFilterModel({ custid: { filterType: "text", type: "contains", filter: "1" } });
"""
WIDTHS = "window.dash_ag_grid.getApi('grid').getAllGridColumns().map((one) => one.getActualWidth())"


@pytest.fixture
def vast(store, now):
    """An invoice of many digits, in a long currency, of a customer with a long number."""
    with store.writing() as conn:
        conn.execute(update(tenant).values(currency="CHF"))
        wealthy = add_customer(conn, "Wealthy", custid="CUSTOMER-2026-0001")
        due = {"invoice_date": now.date(), "due_date": now.date()}
        vast = add_invoice(conn, wealthy, 98_765_432.1, **due, number="INV-2026-0012")
        version_raised(conn, now)
    return vast


@pytest.mark.usefixtures("books")
def test_a_grid_cuts_no_amount_no_number_and_no_head_and_stays_as_wide_at_a_refresh(
    page, store, now, vast
):
    found = {}
    page.log_in("/?panel=unpaid-invoices")
    page.wait_for(f"{ROWS} > 3")
    found["wide"] = page.driver.execute_async_script(CUT)
    phone = {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    page.driver.refresh()
    page.wait_for(f"{ROWS} > 3")
    page.driver.execute_script(SIGNED)
    page.wait_for("/filter=.*&sort=/.test(window.location.search)")
    found["phone, signed"] = page.driver.execute_async_script(CUT)

    before = page.driver.execute_script(f"return {WIDTHS}")
    with store.writing() as conn:
        small = {"net_micros": 1_000_000, "total_micros": 1_000_000}
        conn.execute(update(invoices).where(invoices.c.id == vast).values(small))
        version_raised(conn, now)
    page.driver.execute_script("window.tollboard.refresh()")
    page.wait_for(f"/53.00 in/.test({TOTAL})")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert page.driver.execute_script(f"return {WIDTHS}") == before

    page.driver.get(f"{page.url}/?panel=draft-invoices")
    page.wait_for("/No drafts/.test(document.querySelector('#panel-message')?.textContent)")
    found["empty"] = page.driver.execute_async_script(CUT)
    assert {where: cut for where, cut in found.items() if cut} == {}
    assert page.console() == []
