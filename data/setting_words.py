"""What each setting takes, in words, for whoever gave it something else."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

EXAMPLES = {"currency": "EUR", "disk_allotment": "50000000000"}
"""Where the default says too little."""


def taken(name: str, field: FieldInfo) -> str:
    """Return what a setting takes, with an example."""
    default = "" if field.default is None else str(field.default)
    example = EXAMPLES.get(name) or (default.lower() if default in ("True", "False") else default)
    as_example = f", as {example}" if example else ""
    return f"{_kind(name, field)}{as_example}"


def _kind(name: str, field: FieldInfo) -> str:
    if name == "currency":
        return "the three capital letters of a currency (ISO 4217)"
    kind = _plain(field.annotation)
    if get_origin(kind) is Literal:
        words = [word for word in get_args(kind) if word]
        return f"one of {', '.join(words)}" + (", or nothing" if "" in get_args(kind) else "")
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        return f"{'a whole number' if kind is int else 'a number'}{_bounds(field)}"
    return "a text"


def _bounds(field: FieldInfo) -> str:
    least, most = (
        next((getattr(each, edge) for each in field.metadata if hasattr(each, edge)), None)
        for edge in ("ge", "le")
    )
    if most is None:
        return "" if least is None else f" of {least} or more"
    return f" from {least} to {most}"


def _plain(annotation: Any) -> Any:  # noqa: ANN401 (a type hint has no narrower type)
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation
