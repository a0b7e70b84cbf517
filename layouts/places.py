"""Places in the page's HTML where Dash puts components of its own, once it runs.

The page is HTML that the server wrote: what Dash keeps of it costs time whenever anything on the
page changes. So Dash keeps only what needs it: charts, menus, the panel, dialogs.
"""

from copy import copy

from dash import html
from dash.development.base_component import Component


class Into(Component):
    """Puts its children into a place of the page instead of below Dash's own root (places.js)."""

    _children_props: list[str] = []  # noqa: RUF012 (as every Dash component declares it)
    _base_nodes = ["children"]  # noqa: RUF012
    _namespace = "tollboard_places"
    _type = "Into"
    _prop_names = ["children", "place"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names

    def __init__(self, children: Component, place: str) -> None:
        """Take what is put where.

        Args:
            children: What.
            place: The name of the place.
        """
        super().__init__(children=children, place=f"{place}-place")  # type: ignore[no-untyped-call]


def place(name: str, until_then: Component | None = None) -> Component:
    """Return a place; what stands in it before Dash runs has no ids, those come with the rest."""
    shown = [] if until_then is None else [_without_ids(until_then)]
    return html.Div(shown, id=f"{name}-place", className="place")


def _without_ids(tree: Component) -> Component:
    own = copy(tree)
    if hasattr(own, "id"):
        del own.id
    inside = getattr(own, "children", None)
    if isinstance(inside, Component):
        own.children = _without_ids(inside)
    elif isinstance(inside, list):
        parts = (_without_ids(part) if isinstance(part, Component) else part for part in inside)
        own.children = [*parts]
    return own
