"""Every number of the page, clicked as a person clicks it, and what a refresh leaves alone."""

import os
from datetime import date, timedelta

import pytest
from dash.testing import errors
from dash.testing.wait import until
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select

from data.store.schema import calls, rates
from data.store.writes.versions import version_raised
from tests.books import NOON, TODAY, ZONE, write_books
from tests.factories import (
    Usage,
    add_call,
    add_customer,
    add_destination,
    add_file,
    add_invoice,
    add_payment,
    add_source,
    add_usage,
)

pytestmark = pytest.mark.browser

EVERY = bool(os.environ.get("TOLLBOARD_EVERY_STATE"))
"""`make accessibility` clicks every link; else every second: tests/callbacks opens them all."""
PLOTTED = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5"
ROWS = "document.querySelectorAll('#grid .ag-center-cols-container .ag-row[row-id]').length"
LATE = "pbx, late: 100%"
LINKS = """
const said = (place) => place.title || place.textContent;
const part = (slug, name) => document.getElementById(`${slug}-${name}`).textContent;
const numbers = (link) => {
  const within = (selector) => link.closest(selector);
  if (within('.tile') && link.matches('.open')) {
    const slug = within('.tile').id;
    const exact = document.getElementById(`${slug}-value`).title;
    const [value, unit] = [part(slug, 'value'), part(slug, 'unit')];
    return [exact || value, `${value} ${unit}`, unit];
  }
  if (within('.leak')) return [within('.leak').querySelector('b').textContent];
  const step = within('.step');
  if (step) return [link.textContent, step.querySelector('.money').textContent];
  if (within('.need')) return [within('.need').textContent.match(/^[\\d,]+|$/)[0] || '1'];
  if (within('.strip')) return [link.title.split(': ')[1]];
  return [said(link)];
};
const seen = new Set();
return [...document.querySelectorAll('#main [data-panel]')].flatMap((link, place) => {
  if (!link.dataset.panel || !link.getClientRects().length || link.closest('.top')) return [];
  link.dataset.place = place;
  const found = [link.dataset.panel, link.dataset.filter || '', numbers(link)];
  const known = JSON.stringify(found);
  if (seen.has(known) || link.closest('#file-last')) return [];
  seen.add(known);
  return [[place, ...found]];
});
"""
"""Where each link is, what it opens, cut how, and its numbers; the top 5s' rows are their bars'."""
BARS = """
const beside = (graph, point) =>
  document.getElementById(`${graph.id.replace(/-graph$/, '')}-${point}-value`);
return [...document.querySelectorAll('#main .dash-graph')].flatMap((graph) => {
  const plot = graph.querySelector('.js-plotly-plot');
  const drawn = [...plot.querySelectorAll('.barlayer .trace')];
  return plot.data.filter((trace) => trace.type === 'bar').flatMap((trace, curve) =>
    [...drawn[curve].querySelectorAll('.point path')].flatMap((path, point, { length }) => {
      if (point > 1 && point < length - 1) return [];
      const across = trace.orientation === 'h';
      const long = (across ? trace.x : trace.y)[point];
      if (!long || (across && curve === 0)) return [];
      const number = across ? beside(graph, point).textContent : String(long);
      const box = path.getBoundingClientRect();
      return [[box.left + box.width / 2, box.top + box.height / 2 + window.scrollY, [number]]];
    }));
});
"""
"""Where the middles of a chart's first two bars and its last are, and what each stands for."""
TRAFFIC = """
const plot = document.querySelector('#traffic-graph .js-plotly-plot');
const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
const [day, calls] = [plot.data[1].x[10], plot.data[1].y[10]];
const left = box.left + plot._fullLayout.xaxis.d2p(day);
return [left, box.top + box.height / 2 + window.scrollY, [String(calls)]];
"""
AGREES = """
const numbers = arguments[0];
const shown = new URLSearchParams(window.location.search);
const link = document.querySelector('#panel.show #export-csv');
if (!link) return false;
const rows = new URL(link.href).searchParams;
const same = rows.get('panel') === shown.get('panel');
if (!same || rows.has('filter') !== shown.has('filter')) return false;
const total = document.querySelector('#panel-total').textContent;
const parts = total.match(/^(?:(.+) in )?([\\d,]+) rows?(?:$|:)/);
if (!parts || (arguments[1] && shown.get('panel') !== arguments[1])) return false;
const told = [parts[1], parts[2], (parts[1] || '').split(' ')[0]];
return numbers.some((number) => told.includes(number));
"""
TOTAL = "return document.querySelector('#panel-total').textContent"


@pytest.fixture
def clock():
    return lambda: NOON


@pytest.fixture
def opened(page, store):
    with store.writing() as conn:
        write_books(conn)
        _more_than_five(conn)
        source = add_source(conn, LATE, expect_every_s=3600)
        for back in (0, 31, 62):
            add_file(conn, source_id=source, processed_at=NOON - timedelta(days=back, hours=5))
        _destinations(conn)
        version_raised(conn, NOON)
    page.log_in("/?refresh=0")
    page.wait_for(PLOTTED)
    return page


def _more_than_five(conn):
    """Customers enough for the rest to have a bar of its own."""
    for place in range(8):
        who = add_customer(conn, f"Number {place}")
        invoice = add_invoice(
            conn, who, 3 + place, invoice_date=TODAY, due_date=TODAY + timedelta(days=9)
        )
        add_payment(conn, who, 1 + place, invoice_id=invoice, paid_on=TODAY)


def _destinations(conn):
    priced = conn.execute(
        select(calls.c.started_at, rates.c.destination, calls.c.charge_micros).join(
            rates, rates.c.id == calls.c.rate_id
        )
    )
    sums: dict[tuple[date, str], int] = {}
    for call in priced:
        key = call.started_at.astimezone(ZONE).date(), call.destination
        sums[key] = sums.get(key, 0) + call.charge_micros
    for (day, destination), micros in sums.items():
        add_destination(conn, day, destination, micros / 1_000_000)


def told_otherwise(page, numbers, panel=""):
    """What the open panel's total says in place of the numbers that were clicked; nothing: them."""
    try:
        until(lambda: page.driver.execute_script(AGREES, numbers, panel), 10)
    except errors.TestingTimeoutError:
        return page.driver.execute_script(TOTAL)
    return None


def clicked(page, left, top):
    """Click a point of the page with the mouse, scrolled to."""
    page.driver.execute_script("window.scrollTo(0, arguments[0] - 400)", top)
    down = top - page.driver.execute_script("return window.scrollY")
    point = {"x": left, "y": down, "button": "left", "clickCount": 1}
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, **point})


def closed(page):
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    page.wait_for("!document.querySelector('#panel, .offcanvas-backdrop')")


def links_that_disagree(page):
    wrong: dict[object, object] = {}
    links = page.driver.execute_script(LINKS)
    for place, panel, cut, numbers in links if EVERY else links[::2]:
        page.driver.execute_script(f"document.querySelector('[data-place=\"{place}\"]').click()")
        told = told_otherwise(page, numbers, panel)
        wrong |= {(panel, cut): (numbers, told)} if told else {}
    assert len(links) > 30
    return wrong


def bars_that_disagree(page):
    """Click bars with the mouse; the panel of the one before lets the click through."""
    wrong: dict[object, object] = {}
    bars = page.driver.execute_script(BARS)
    page.driver.execute_script(
        "document.head.appendChild(document.createElement('style')).textContent ="
        " '.offcanvas, .offcanvas-backdrop { pointer-events: none }'"
    )
    for left, top, numbers in [*bars, page.driver.execute_script(TRAFFIC)]:
        clicked(page, left, top)
        told = told_otherwise(page, numbers)
        wrong |= {(left, top): (numbers, told)} if told else {}
    assert len(bars) > 8
    return wrong


def look_at_the_middle(page):
    """Zoom the traffic, scroll the page, open the calls, scroll them, stand on one."""
    plot = "document.querySelector('#traffic-graph .js-plotly-plot')"
    page.driver.execute_script(f"Plotly.relayout({plot}, {{'xaxis.range': {WEEK!r}}})")
    page.driver.execute_script("window.scrollTo(0, 500)")
    page.driver.execute_script("document.querySelector('#flow-calls').click()")
    grid = "window.dash_ag_grid.getApi('grid')"
    page.wait_for(f"{ROWS} > 10 && {grid}.getDisplayedRowCount() > 35")
    page.driver.execute_script(
        f"{grid}.ensureIndexVisible(20, 'middle'); {grid}.setFocusedCell(20, 'called_number')"
    )
    page.wait_for("document.activeElement.closest('[row-index=\"20\"]')?.textContent")
    page.wait_for("document.querySelector('#grid .ag-body-viewport').scrollTop > 0")


LOOKED_AT = """
const plot = document.querySelector('#traffic-graph .js-plotly-plot');
const at = document.activeElement;
return {
  zoom: plot.layout.xaxis.range.map((edge) => String(edge).slice(0, 10)),
  page: window.scrollY,
  panel: document.querySelector('#panel .offcanvas-title').textContent,
  rows: document.querySelector('#grid .ag-body-viewport').scrollTop,
  focus: [at.closest('.ag-row').getAttribute('row-index'), at.getAttribute('col-id')],
};
"""
WEEK = [str(TODAY - timedelta(days=9)), str(TODAY - timedelta(days=2))]


def a_change_comes(page, store):
    """Change the store, and wait until the page and its open panel show it."""
    with store.writing() as conn:
        add_customer(conn, "Came later")
        add_usage(conn, Usage(TODAY, calls=1, answered=1, units=0, source_id=2))
        add_call(conn, started_at=NOON - timedelta(hours=1))
        version_raised(conn, NOON)
    page.driver.execute_script("window.tollboard.refresh()")
    page.wait_for_text("#customers-value", "15")
    page.wait_for(
        "document.querySelector('#traffic-graph .js-plotly-plot').data[2].y.join() === '1'"
    )
    page.wait_for("document.querySelector('#panel-total').textContent === '40 rows'")


def test_every_number_opens_its_rows_and_a_refresh_leaves_the_view_alone(opened, store):
    assert links_that_disagree(opened) == {}
    first = "document.querySelector('#grid [row-index=\"0\"] [col-id=name]')"
    opened.driver.execute_script("document.querySelector('#file-last .open').click()")
    newest = opened.driver.execute_script("return document.querySelector('#file-last-sub').title")
    opened.wait_for(f"({first} || {{}}).textContent && {newest!r}.includes({first}.textContent)")
    closed(opened)

    assert bars_that_disagree(opened) == {}
    closed(opened)

    look_at_the_middle(opened)
    before = opened.driver.execute_script(LOOKED_AT)
    a_change_comes(opened, store)
    assert opened.driver.execute_script(LOOKED_AT) == before
    assert before["zoom"] == WEEK
    assert min(before["page"], before["rows"]) > 0
    assert opened.console() == []
