"""Making typed rows from what the store gives."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select

from data.domain.columns import word_type
from data.domain.panel_rows import PanelRow
from data.domain.panels import PANELS, Panel

BLOCK = 2_000
"""Rows that are in memory at a time while all are read."""


@cache
def _words(panel: Panel) -> tuple[tuple[str, type[StrEnum]], ...]:
    """Return the columns that the store keeps as text and the domain knows as words."""
    plan = PANELS[panel]
    found = ((column.name, word_type(plan.row, column.name)) for column in plan.columns)
    return tuple(
        (name, word) for name, word in found if word is not None and issubclass(word, StrEnum)
    )


def built(panel: Panel, values: RowMapping) -> PanelRow:
    """Return one typed row; the values are named as its fields."""
    given: dict[str, Any] = {str(name): value for name, value in values.items()}
    for name, word in _words(panel):
        if given[name] is not None:
            given[name] = word(str(given[name]))
    return PANELS[panel].row(**given)


def read_in_blocks(
    conn: Connection, panel: Panel, query: Select[*tuple[object, ...]]
) -> Iterator[PanelRow]:
    """Give the rows of a query one by one; only a block of them is in memory."""
    options = {"stream_results": True, "yield_per": BLOCK}
    with conn.execute(query, execution_options=options) as result:
        for row in result.mappings():
            yield built(panel, row)
