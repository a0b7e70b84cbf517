"""Reading the page's address: what is on the screen is in it, and nothing of it is believed."""

from urllib.parse import parse_qs

from data.domain.periods import AskedPeriod, asked_period
from data.domain.views import LONGEST_CUSTID, AskedView


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
    custid = given_in(search).get("customer", "").strip()
    plain = custid if custid.isprintable() and len(custid) <= LONGEST_CUSTID else ""
    return AskedView(period_in(search), plain)
