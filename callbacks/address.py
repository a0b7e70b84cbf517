"""Reading the page's address: what is on the screen is in it, and nothing of it is believed."""

from urllib.parse import parse_qs

from data.domain.periods import AskedPeriod, asked_period
from data.domain.views import LONGEST_CUSTID, MEASURES, AskedView

LONGEST_TABLES = 200


def given_in(search: str | None) -> dict[str, str]:
    """Return what an address gives, by name; of several values the last."""
    return {name: values[-1] for name, values in parse_qs((search or "").lstrip("?")).items()}


def period_in(search: str | None) -> AskedPeriod:
    """Return the period that an address asks for."""
    given = given_in(search)
    return asked_period(
        preset=given.get("period", ""), first=given.get("from", ""), last=given.get("to", "")
    )


def view_in(search: str | None) -> AskedView:
    """Return the view that an address asks for; a number that no customer can have means all."""
    given = given_in(search)
    custid, measure = given.get("customer", "").strip(), given.get("measure", "")
    plain = custid if custid.isprintable() and len(custid) <= LONGEST_CUSTID else ""
    return AskedView(period_in(search), plain, measure if measure in MEASURES else MEASURES[0])


def tables_in(search: str | None) -> str:
    """Return the charts that an address shows as tables: `all`, names apart by commas, or none."""
    return given_in(search).get("tables", "")[:LONGEST_TABLES]
