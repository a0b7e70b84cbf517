"""What the rows of an opening are asked for, from the page's address and the grid's wishes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from callbacks.address import given_in, view_in
from callbacks.rights import numbers_masked
from data.domain.errors import RequestRefused
from data.domain.panels import Within
from data.domain.periods import Period, last_three_months, months_after
from data.domain.row_payloads import requested
from data.domain.row_requests import RowRequest, in_calendar
from data.domain.views import NarrowedTo
from layouts.openings import CUSTOMER, OPENINGS, Dates, Opening

GRID_WISHES = ("startRow", "endRow", "filterModel", "sortModel")
LONGEST_SUBJECT = 200
LONGEST_WISH = 4_000


@dataclass(frozen=True)
class Opened:
    """What the page's address opens.

    Attributes:
        slug: Which number was clicked.
        opening: What its rows are.
        subject: Which one of them: an invoice's or a customer's number; empty: all.
        period: The dates that govern them; none: all time.
        custid: The number of the customer that they are narrowed to; empty: all.
        customer: That customer, once it was looked up.
        wishes: The filter and the order that the address names, as the grid's own models.
    """

    slug: str
    opening: Opening
    subject: str
    period: Period | None
    custid: str = ""
    customer: NarrowedTo | None = None
    wishes: tuple[str, str] = ("{}", "[]")

    @property
    def key(self) -> str:
        """What tells this opening from another one."""
        return f"{self.slug}|{self.subject}|{self.period}|{self.custid}"

    @property
    def address(self) -> str:
        """The opening and its subject, as the page's address names them."""
        return f"{self.slug}:{self.subject}" if self.subject else self.slug


def opened_in(search: str | None, today: date) -> Opened | None:
    """Return what an address opens; none where it names no panel that there is."""
    given, view = given_in(search), view_in(search)
    slug, _, subject = given.get("panel", "").partition(":")
    opening, subject = OPENINGS.get(slug), subject[:LONGEST_SUBJECT]
    if opening is None or (opening.needs_subject and not subject):
        return None
    if opening.subject in (Within.FILE, Within.INVOICE) and not _is_number(subject):
        return None
    period = _period(opening, subject, view.period.period(today), today)
    if period is None and opening.dates is not Dates.NONE:
        return None
    by_filter = view.custid if opening.by_customer else ""
    custid = subject if opening.subject == CUSTOMER and subject else by_filter
    wishes = given.get("filter", "{}"), given.get("sort", "[]")
    return Opened(slug, opening, subject, period, custid, wishes=wishes)


def _is_number(subject: str) -> bool:
    return subject.isascii() and subject.isdigit() and len(subject) < 16  # noqa: PLR2004 (a row's number)


def _period(opening: Opening, subject: str, asked: Period, today: date) -> Period | None:
    months = last_three_months(today)
    known = {Dates.PERIOD: asked, Dates.THREE_MONTHS: Period(months[0].first, months[-1].last)}
    if opening.dates not in (Dates.DAY, Dates.MONTH):
        return known.get(opening.dates)
    try:
        first = date.fromisoformat(subject if opening.dates is Dates.DAY else f"{subject}-01")
    except ValueError:
        return None
    if not in_calendar(first):
        return None
    one_month = Period(first, months_after(first, 1) - timedelta(days=1))
    return Period(first, first) if opening.dates is Dates.DAY else one_month


def wishes_of(opened: Opened) -> dict[str, Any]:
    """Return the filter and the order that an address names, as far as the panel knows them.

    What it does not know, or cannot read, is left out: a link never opens an error.
    """
    models: dict[str, Any] = {}
    for name, written, kind in zip(
        ("filterModel", "sortModel"), opened.wishes, (dict, list), strict=True
    ):
        try:
            model = json.loads(written[:LONGEST_WISH])
            row_request(opened, {name: model})
        except (ValueError, RecursionError, RequestRefused):
            continue
        if isinstance(model, kind) and model:
            models[name] = model
    return models


def row_request(opened: Opened, wishes: Mapping[str, Any]) -> RowRequest:
    """Return the checked request for an opening's rows; the grid only filters, sorts and pages.

    Raises:
        RequestRefused: Naming what is wrong with the wishes.
    """
    opening = opened.opening
    payload: dict[str, Any] = {name: wishes[name] for name in GRID_WISHES if name in wishes}
    payload |= {"panel": opening.panel.value, "scope": opening.scope.value}
    if opened.period is not None:
        payload |= {"from": opened.period.first.isoformat(), "to": opened.period.last.isoformat()}
    if opened.customer is not None:
        payload["customer_id"] = opened.customer.id
    if opened.subject and opening.subject in tuple(Within):
        payload[opening.subject] = int(opened.subject)
    elif opened.subject and opening.subject not in ("", CUSTOMER):
        own = {"filterType": "text", "type": "equals", "filter": opened.subject}
        payload["filterModel"] = {**(wishes.get("filterModel") or {}), opening.subject: own}
    return requested(payload, masked=numbers_masked())
