"""What the rows of an opening are asked for, from the page's address and the grid's wishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from callbacks.rights import numbers_masked
from data.domain.periods import Period, asked_period, last_three_months
from data.domain.row_payloads import requested
from data.domain.row_requests import RowRequest
from layouts.openings import OPENINGS, Dates, Opening

GRID_WISHES = ("startRow", "endRow", "filterModel", "sortModel")


@dataclass(frozen=True)
class Opened:
    """What the page's address opens.

    Attributes:
        slug: Which number was clicked.
        opening: What its rows are.
        subject: Which one of them: an invoice's or a customer's number; empty: all.
        period: The dates that govern them; none: all time.
    """

    slug: str
    opening: Opening
    subject: str
    period: Period | None

    @property
    def key(self) -> str:
        """What tells this opening from another one."""
        return f"{self.slug}|{self.subject}|{self.period}"


def opened_in(search: str | None, today: date) -> Opened | None:
    """Return what an address opens; none where it names no panel that there is."""
    given = {name: values[-1] for name, values in parse_qs((search or "").lstrip("?")).items()}
    slug, _, subject = given.get("panel", "").partition(":")
    opening = OPENINGS.get(slug)
    if opening is None:
        return None
    asked = asked_period(
        preset=given.get("period", ""), first=given.get("from", ""), last=given.get("to", "")
    )
    period = None
    if opening.dates is Dates.PERIOD:
        period = asked.period(today)
    elif opening.dates is Dates.THREE_MONTHS:
        months = last_three_months(today)
        period = Period(months[0].first, months[-1].last)
    return Opened(slug, opening, subject, period)


def row_request(opened: Opened, wishes: Mapping[str, Any]) -> RowRequest:
    """Return the checked request for an opening's rows; the grid only filters, sorts and pages.

    Raises:
        RequestRefused: Naming what is wrong with the wishes.
    """
    payload: dict[str, Any] = {name: wishes[name] for name in GRID_WISHES if name in wishes}
    payload |= {"panel": opened.opening.panel.value, "scope": opened.opening.scope.value}
    if opened.period is not None:
        payload |= {"from": opened.period.first.isoformat(), "to": opened.period.last.isoformat()}
    if opened.subject and opened.opening.subject:
        own = {"filterType": "text", "type": "equals", "filter": opened.subject}
        payload["filterModel"] = {
            **(wishes.get("filterModel") or {}),
            opened.opening.subject: own,
        }
    return requested(payload, masked=numbers_masked())
