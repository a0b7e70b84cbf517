"""Components as plain HTML, so that the page is on the screen before any script runs."""

from html import escape

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

_VOID = frozenset({"br", "hr", "img", "input", "meta", "link"})
_RENAMED = {
    "className": "class",
    "class_name": "class",
    "htmlFor": "for",
    "dateTime": "datetime",
    "tabIndex": "tabindex",
    "autoComplete": "autocomplete",
    "autoFocus": "autofocus",
    "maxLength": "maxlength",
    "method": "method",
}
_BOOTSTRAP: dict[str, tuple[str, str]] = {
    "Card": ("div", "card"),
    "CardBody": ("div", "card-body"),
    "Container": ("div", "container-fluid"),
    "Button": ("button", "btn"),
    "Input": ("input", "form-control"),
    "Alert": ("div", "alert"),
}
_OWN = frozenset({"children", "style", "n_clicks", "fluid", "color"})


def markup(tree: object) -> str:
    """Return what a tree of html and a few Bootstrap components looks like.

    Raises:
        TypeError: A component that has no plain form, as a graph.
    """
    if tree is None or tree is False:
        return ""
    if isinstance(tree, (list, tuple)):
        return "".join(markup(part) for part in tree)
    if not isinstance(tree, Component):
        return escape(str(tree))
    tag, bootstrap_class = _tag(tree)
    opening = f"<{tag}{_attributes(tree, bootstrap_class)}>"
    if tag in _VOID:
        return opening
    return f"{opening}{markup(getattr(tree, 'children', None))}</{tag}>"


def _tag(component: Component) -> tuple[str, str]:
    name = type(component).__name__
    if type(component).__module__.startswith(html.__name__):
        return name.lower(), ""
    if type(component).__module__.startswith(dbc.__name__) and name in _BOOTSTRAP:
        return _BOOTSTRAP[name]
    raise TypeError(f"{name} has no plain form")


def _attributes(component: Component, bootstrap_class: str) -> str:
    given = dict(component.to_plotly_json()["props"])  # type: ignore[no-untyped-call]
    own = f"{given.pop('className', '')} {given.pop('class_name', '')}"
    classes = dict.fromkeys(f"{bootstrap_class} {own}".split())
    pairs = {"class": " ".join(classes)} if classes else {}
    if "style" in given:
        pairs["style"] = ";".join(f"{_kebab(key)}:{value}" for key, value in given["style"].items())
    for name, value in given.items():
        if name in _OWN or value is None or value is False:
            continue
        pairs[_RENAMED.get(name, name)] = "" if value is True else str(value)
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs.items())


def _kebab(name: str) -> str:
    if name.startswith("--"):
        return name
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
