"""What a column of rows holds, read from the type and the unit of a row's field."""

import types
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints


class ColumnKind(StrEnum):
    """What a column holds: how it is filtered, shown and exported."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    SECONDS = "seconds"
    INSTANT = "instant"
    DAY = "day"
    WORD = "word"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: The field of the row; its unit is in the name.
        kind: What it holds. Money and seconds are filtered in currency units and seconds,
            whatever the row keeps.
        caption: Its heading.
        scale: How many of the stored unit make one of the unit that people use.
        words: The words of an enumeration, yes and no of a flag; else none.
    """

    name: str
    kind: ColumnKind
    caption: str
    scale: int = 1
    words: tuple[str, ...] = ()


_UNITS = {
    "_micros": (ColumnKind.MONEY, 1_000_000),
    "_ms": (ColumnKind.SECONDS, 1_000),
    "_s": (ColumnKind.SECONDS, 1),
}
_SUFFIXES = ("_micros", "_ms", "_s", "_at", "_on", "_bytes")
_CAPTIONS = {
    "id": "No",
    "outdated": "Out of date",
    "custid": "Customer number",
    "company": "Customer",
    "vat": "VAT number",
    "sha256": "SHA-256",
    "paid_on": "Paid on",
    "from_day": "From",
    "to_day": "To",
    "stored_bytes": "Stored bytes",
    "raw": "Line as it stood",
}
YES_NO = ("no", "yes")
"""The words of a flag, by its value."""


def columns_of(row: type) -> tuple[Column, ...]:
    """Return the columns of a row's dataclass, in the order of its fields."""
    hints = get_type_hints(row)
    return tuple(_column(field.name, _plain(hints[field.name])) for field in fields(row))


def word_type(row: type, name: str) -> type[Enum] | None:
    """Return the enumeration of a row's field, or none when it is no word."""
    plain = _plain(get_type_hints(row)[name])
    return plain if issubclass(plain, Enum) else None


def _plain(hint: Any) -> type:  # noqa: ANN401 (a type hint has no narrower type)
    """Return the type behind an optional."""
    plain: type = hint
    if get_origin(hint) in (Union, types.UnionType):
        plain = next(part for part in get_args(hint) if part is not type(None))
    return plain


def _column(name: str, plain: type) -> Column:
    caption = _CAPTIONS.get(name) or _caption(name)
    if issubclass(plain, Enum):
        return Column(name, ColumnKind.WORD, caption, words=tuple(map(word_text, plain)))
    if plain is bool:
        return Column(name, ColumnKind.FLAG, caption, words=YES_NO)
    if plain is int:
        kind, scale = next(
            (unit for suffix, unit in _UNITS.items() if name.endswith(suffix)),
            (ColumnKind.NUMBER, 1),
        )
        return Column(name, kind, caption, scale)
    kinds: dict[type, ColumnKind] = {datetime: ColumnKind.INSTANT, date: ColumnKind.DAY}
    return Column(name, kinds.get(plain, ColumnKind.TEXT), caption)


def _caption(name: str) -> str:
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name.replace("_", " ").capitalize()


def word_text(word: Enum) -> str:
    """Return a word as people read it: its own text, or its name in lower case."""
    return word.value if isinstance(word.value, str) else word.name.lower()
