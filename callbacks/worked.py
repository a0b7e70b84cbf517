"""The worked price of the call that the address names, shown above the rows."""

from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.address import given_in
from callbacks.rights import needs, numbers_masked
from data.domain.errors import BillingError, StoreError
from data.domain.records import Role
from data.explain import explained, named_call, names_a_call
from data.store.connect import Store
from data.store.queries.tenant import the_tenant
from layouts import ids
from layouts.text import Money
from layouts.worked import price_worked, unexplained

LONGEST_NAME = 64


def worked_answer(store: Store, search: str | None, seen: str | None) -> tuple[Any, ...]:
    """Return the steps of a price, whether they are hidden, and which call they are of."""
    given = given_in(search)
    name = given.get("row", "")[:LONGEST_NAME] if "panel" in given else ""
    if name == (seen or ""):
        return (no_update,) * 3
    return ([], True, "") if not name else (_worked(store, name), False, name)


def _worked(store: Store, name: str) -> list[Any]:
    if not names_a_call(name):
        return unexplained(
            f"The address asks to explain {name!r}, which is no call: only calls have a price that "
            "can be worked out. To find a row, filter a column of this panel."
        )
    try:
        with store.snapshot() as conn:
            call = named_call(conn, name)
            worked = explained(conn, call, masked=numbers_masked())
            tenant = the_tenant(conn)
    except StoreError:
        raise
    except BillingError as error:
        return unexplained(str(error))
    return price_worked(worked, Money(tenant.currency, tenant.minor_digits))


def register(app: Dash, store: Store) -> None:
    """Show and hide the steps as the address says."""

    @app.callback(
        Output(ids.PANEL_DETAIL, "children"),
        Output(ids.PANEL_DETAIL, "hidden"),
        Output(ids.DETAIL_SHOWN, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.DETAIL_SHOWN, "data"),
        prevent_initial_call=True,
    )
    @needs(Role.VIEWER)
    def on_address(search: str | None, seen: str | None) -> tuple[Any, ...]:
        return worked_answer(store, search, seen)
