"""What can be done from a panel, by role; each asks once, in a dialog that names the sum."""

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.records import Role
from layouts import ids


@dataclass(frozen=True)
class Action:
    """One thing to do.

    Attributes:
        slug: Its name in callbacks.
        label: Its button.
        role: Who may do it, and everybody above.
        panels: Where it is offered: openings by slug.
        field: The label of what must be typed; empty: nothing.
        on_rows: It is done to ticked rows.
    """

    slug: str
    label: str
    role: Role
    panels: tuple[str, ...]
    field: str = ""
    on_rows: bool = True


_UNPAID = (
    "unpaid-invoices",
    "overdue-invoices",
    "age-not-due",
    "age-1-30",
    "age-31-60",
    "age-61-90",
    "age-over-90",
)
_FILES = ("files", "files-success", "files-error", "files-processed")
ACTIONS = (
    Action("record", "Record", Role.BILLING, ("draft-invoices",)),
    Action("delete", "Delete drafts", Role.BILLING, ("draft-invoices",)),
    Action("pay", "Enter payment", Role.BILLING, _UNPAID, "Amount received"),
    Action("unrecord", "Back to draft", Role.BILLING, _UNPAID),
    Action("reprocess", "Process again", Role.BILLING, _FILES),
    Action("dismiss", "Dismiss", Role.BILLING, ("files-error",), "Reason"),
    Action(
        "assign",
        "Assign to customer",
        Role.BILLING,
        ("unmatched", "unmatched-calls"),
        "Customer number",
    ),
    Action("resolve", "Resolve", Role.BILLING, ("tickets",)),
    Action("open-ticket", "Open a ticket", Role.BILLING, ("tickets",), "Subject", on_rows=False),
)


def action(slug: str) -> Action | None:
    """Return an action by its name."""
    return next((one for one in ACTIONS if one.slug == slug), None)


def offered(panel: str, role: Role) -> list[Action]:
    """Return what a role may do in a panel, in order."""
    order = (Role.VIEWER, Role.BILLING, Role.ADMIN)
    return [
        one for one in ACTIONS if panel in one.panels and order.index(role) >= order.index(one.role)
    ]


def buttons(panel: str, role: Role) -> list[Component]:
    """Return the buttons of a panel."""
    return [
        dbc.Button(one.label, id=ids.act(one.slug), class_name="act", size="sm", n_clicks=0)
        for one in offered(panel, role)
    ]


def dialog() -> Component:
    """Return the dialog that asks once, closed."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("", id=ids.ASK_TITLE)),
            dbc.ModalBody(
                [
                    html.P("", id=ids.ASK_TEXT),
                    html.Label(
                        [
                            html.Span("", id=ids.ASK_LABEL),
                            dbc.Input(id=ids.ASK_INPUT, type="text", value="", maxLength=200),
                        ],
                        id=ids.ASK_FIELD,
                        hidden=True,
                    ),
                    html.P("", id=ids.ASK_PROBLEM, role="alert", className="problem"),
                ]
            ),
            dbc.ModalFooter(
                [
                    dbc.Button("Cancel", id=ids.ASK_CANCEL, class_name="ghost", n_clicks=0),
                    dbc.Button("", id=ids.ASK_CONFIRM, class_name="act", n_clicks=0),
                ]
            ),
        ],
        id=ids.ASK,
        is_open=False,
        centered=True,
        class_name="ask",
    )
