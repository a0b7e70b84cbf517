"""The words of the page: what a refresh changes, as texts by id and property, never as trees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from dash.development.base_component import Component


class Slot(NamedTuple):
    """Where a word goes."""

    id: str
    prop: str


class Word(NamedTuple):
    """One text, class, link or style of a component."""

    slot: Slot
    value: object


@dataclass(frozen=True)
class Words:
    """The words of a part of the page: always the same slots in the same order."""

    all: tuple[Word, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Where each goes."""
        return tuple(word.slot for word in self.all)

    @property
    def values(self) -> list[object]:
        """What a refresh sends."""
        return [word.value for word in self.all]

    def __add__(self, other: "Words") -> "Words":
        """Join the words of two parts."""
        return Words(self.all + other.all)

    def put(self, kind: type[Component], component_id: str, **fixed: Any) -> Component:  # noqa: ANN401 (a component's own properties)
        """Make the component of an id with the words that are its own.

        Raises:
            KeyError: No word goes there.
        """
        return kind(id=component_id, **fixed, **self._by_id[component_id])

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for (component_id, prop), value in self.all:
            found.setdefault(component_id, {})[prop] = value
        return found


def words(*parts: tuple[str, Mapping[str, object]]) -> Words:
    """Make words from pairs of an id and its properties."""
    return Words(
        tuple(
            Word(Slot(part, prop), value) for part, props in parts for prop, value in props.items()
        )
    )


def joined(parts: Iterable[Words]) -> Words:
    """Join the words of many parts."""
    return Words(tuple(word for part in parts for word in part.all))


def attrs(**given: str) -> dict[str, Any]:
    """Return aria- and data- attributes, whose names Python cannot spell: aria_label="x"."""
    return {name.replace("_", "-"): value for name, value in given.items()}
