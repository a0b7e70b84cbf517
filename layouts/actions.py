"""What can be done from a panel, by role; each asks once, in a dialog that names the sum."""

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash.development.base_component import Component

from data.domain.panels import AGEING, Panel, Scope
from data.domain.people import includes
from data.domain.records import Role
from layouts import ids
from layouts.openings import Opening


@dataclass(frozen=True)
class Action:
    """One thing to do.

    Attributes:
        slug: Its name in callbacks.
        label: Its button.
        panel: Where it is offered.
        scopes: Of that panel's cuts, these; none: all.
        role: Who may do it, and everybody above.
        main: It is what its panel is mostly opened for.
    """

    slug: str
    label: str
    panel: Panel
    scopes: frozenset[Scope] = frozenset()
    role: Role = Role.BILLING
    main: bool = False


def _in(*scopes: Scope) -> frozenset[Scope]:
    return frozenset(scopes)


_DRAFTS = _in(Scope.DRAFTS, Scope.ALL)
_OWED = _in(Scope.ALL, Scope.RECORDED, Scope.UNPAID, Scope.OVERDUE, *AGEING)
_ERRORS = _in(Scope.ERROR, Scope.PROCESSED_ERROR)
_LOADED = _in(
    Scope.ALL,
    Scope.SUCCESS,
    Scope.WITH_REJECTIONS,
    Scope.PROCESSED,
    Scope.PROCESSED_SUCCESS,
)
_UNCLAIMED = _in(Scope.UNMATCHED, Scope.CONTESTED)
ACTIONS = (
    Action("bill-run", "Make drafts", Panel.INVOICES, _in(Scope.DRAFTS)),
    Action("record", "Record", Panel.INVOICES, _DRAFTS, main=True),
    Action("delete", "Delete drafts", Panel.INVOICES, _DRAFTS),
    Action("pay", "Enter payment", Panel.INVOICES, _OWED, main=True),
    Action("credit", "Credit note", Panel.INVOICES, _OWED),
    Action("write-off", "Write off", Panel.INVOICES, _OWED),
    Action("unrecord", "Back to draft", Panel.INVOICES, _OWED),
    Action("reverse", "Reverse", Panel.PAYMENTS, main=True),
    Action("reprocess", "Process again", Panel.FILES, _ERRORS | _LOADED, main=True),
    Action("reprocess-all", "Process all errors again", Panel.FILES, _in(Scope.ERROR)),
    Action("dismiss", "Dismiss", Panel.FILES, _ERRORS),
    Action("undismiss", "Back to the errors", Panel.FILES, _in(Scope.DISMISSED), main=True),
    Action("withdraw", "Withdraw", Panel.FILES, _LOADED),
    Action("unwithdraw", "Take in again", Panel.FILES, _in(Scope.WITHDRAWN), main=True),
    Action("assign", "Assign to customer", Panel.CALLS, _in(Scope.UNMATCHED), main=True),
    Action("decide", "Edit auth codes", Panel.CALLS, _UNCLAIMED),
    Action("add-rate", "Add a rate", Panel.CALLS, _in(Scope.UNRATED), main=True),
    Action("reprocess-calls", "Process their files again", Panel.CALLS),
    Action("bill-run", "Make drafts", Panel.CALLS, _in(Scope.UNBILLED), main=True),
    Action("add-customer", "Add customer", Panel.CUSTOMERS),
    Action("edit-customer", "Change", Panel.CUSTOMERS, main=True),
    Action("auth-codes", "Auth codes", Panel.CUSTOMERS),
    Action("apply", "Put money on account to invoices", Panel.CUSTOMERS),
    Action("refund", "Refund", Panel.CUSTOMERS),
    Action("delete-customer", "Delete", Panel.CUSTOMERS),
    Action("add-source", "Add source", Panel.SOURCES),
    Action("edit-source", "Change", Panel.SOURCES, main=True),
    Action("source-off", "Switch off", Panel.SOURCES),
    Action("source-on", "Switch on", Panel.SOURCES, _in(Scope.ALL)),
    Action("open-ticket", "Open a ticket", Panel.TICKETS),
    Action("resolve", "Resolve", Panel.TICKETS, _in(Scope.OPEN), main=True),
    Action("add-user", "Add a login", Panel.USERS, role=Role.ADMIN),
    Action("role", "Change role", Panel.USERS, role=Role.ADMIN, main=True),
    Action("reset-password", "New password", Panel.USERS, role=Role.ADMIN),
    Action("disable-user", "Shut out", Panel.USERS, role=Role.ADMIN),
)


def needed_role(slug: str) -> Role | None:
    """Return who may do an action; none where there is none of that name."""
    return next((one.role for one in ACTIONS if one.slug == slug), None)


def offered(opening: Opening, role: Role) -> list[Action]:
    """Return what a role may do in a panel, what it is mostly opened for first."""
    found = [
        one
        for one in ACTIONS
        if one.panel is opening.panel
        and (not one.scopes or opening.scope in one.scopes)
        and includes(role, one.role)
    ]
    return sorted(found, key=lambda one: not one.main)


def buttons(opening: Opening, role: Role) -> list[Component]:
    """Return the buttons of a panel."""
    return [
        dbc.Button(
            one.label,
            id=ids.act(one.slug),
            class_name="act main" if one.main else "act",
            size="sm",
            n_clicks=0,
        )
        for one in offered(opening, role)
    ]
