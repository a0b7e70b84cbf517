"""Reading what a browser asks of a panel: the one place where such a payload is believed.

The form is AG Grid's `getRowsRequest` (startRow, endRow, filterModel, sortModel) with what the
page knows beside it: panel, scope, from, to, customer_id, file_id, invoice_id, after. Further
keys are ignored; names of columns are looked up, never passed on.

Source: AG Grid, "Simple Filters", filter models of text, number and date filters.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from data.domain.columns import Column, ColumnKind
from data.domain.errors import RequestRefused
from data.domain.panels import PANELS, Panel, PanelPlan, Scope
from data.domain.periods import Period
from data.domain.row_requests import (
    LARGEST_NUMBER,
    MOST_SORTS,
    MOST_TESTS,
    ColumnFilter,
    Condition,
    RowRequest,
    Sort,
    Test,
    Value,
)

PAGE_ROWS = 100
LONGEST_ID = 64
_DAY_LENGTH = len("2026-06-15")
_MIDNIGHT = ("", " 00:00:00", "T00:00:00", "T00:00:00.000Z")
_FORMS = {
    ColumnKind.TEXT: "text",
    ColumnKind.WORD: "text",
    ColumnKind.FLAG: "text",
    ColumnKind.INSTANT: "date",
    ColumnKind.DAY: "date",
}
W = TypeVar("W", bound=StrEnum)


def requested(payload: object, *, masked: bool = False) -> RowRequest:
    """Return the request that a payload makes, checked in full; who asks says if it is masked.

    Raises:
        RequestRefused: Naming the part that is wrong; nothing was read from the store.
    """
    asked = _mapping(payload, "the request")
    panel = _word(Panel, asked.get("panel"), "panel")
    plan = PANELS[panel]
    start = _whole(asked.get("startRow", 0), "startRow")
    return RowRequest(
        panel=panel,
        scope=_word(Scope, asked.get("scope") or Scope.ALL, "scope"),
        filters=_filters(plan, asked.get("filterModel")),
        sort=_sorts(plan, asked.get("sortModel")),
        start=start,
        end=_whole(asked.get("endRow", start + PAGE_ROWS), "endRow"),
        period=_period(asked.get("from"), asked.get("to")),
        customer_id=_number_or_none(asked, "customer_id"),
        file_id=_number_or_none(asked, "file_id"),
        invoice_id=_number_or_none(asked, "invoice_id"),
        after=_text_or_none(asked.get("after"), "after"),
        masked=masked,
    )


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise RequestRefused(f"{what} must be an object with names")
    return value


def _list(value: object, what: str, most: int) -> Sequence[object]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise RequestRefused(f"{what} must be a list of at most {most}")
    return value


def _word(words: type[W], value: object, what: str) -> W:
    if isinstance(value, str) and value in {word.value for word in words}:
        return words(value)
    raise RequestRefused(f"{what} {str(value)[:40]!r} is not known")


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestRefused(f"{what} must be a whole number")
    return value


def _number_or_none(asked: Mapping[str, object], name: str) -> int | None:
    value = asked.get(name)
    return None if value is None else _whole(value, name)


def _text_or_none(value: object, what: str) -> str | None:
    if value is None or (isinstance(value, str) and 0 < len(value) <= LONGEST_ID):
        return value
    raise RequestRefused(f"{what} must be the row_id of a row")


def _day(value: object, what: str) -> date:
    """Return a day written as a date, or as a date at midnight, as the grid sends it."""
    if isinstance(value, str) and value[_DAY_LENGTH:] in _MIDNIGHT:
        try:
            return date.fromisoformat(value[:_DAY_LENGTH])
        except ValueError:
            pass
    raise RequestRefused(f"{what} must be a day such as 2026-06-15")


def _period(first: object, last: object) -> Period | None:
    if first is None and last is None:
        return None
    try:
        return Period(_day(first, "from"), _day(last, "to"))
    except ValueError as error:
        raise RequestRefused(str(error)) from None


def _sorts(plan: PanelPlan, model: object) -> tuple[Sort, ...]:
    sorts = []
    for entry in _list(model or (), "sortModel", MOST_SORTS):
        one = _mapping(entry, "an entry of sortModel")
        direction = one.get("sort")
        if direction not in ("asc", "desc"):
            raise RequestRefused("a column is sorted asc or desc")
        column = _known(plan, one.get("colId"))
        sorts.append(Sort(column.name, descending=direction == "desc"))
    return tuple(sorts)


def _filters(plan: PanelPlan, model: object) -> tuple[ColumnFilter, ...]:
    entries = _mapping(model or {}, "filterModel")
    return tuple(_filter(_known(plan, name), entry) for name, entry in entries.items())


def _known(plan: PanelPlan, name: object) -> Column:
    column = plan.column(name) if isinstance(name, str) else None
    if column is None:
        raise RequestRefused(f"there is no column {str(name)[:40]!r} in this panel")
    return column


def _filter(column: Column, model: object) -> ColumnFilter:
    entry = _mapping(model, f"the filter of {column.name}")
    if "operator" not in entry:
        return ColumnFilter(column.name, (_condition(column, entry),))
    operator = entry["operator"]
    if operator not in ("AND", "OR"):
        raise RequestRefused(f"the filter of {column.name} joins its tests with AND or OR")
    parts = _list(entry.get("conditions"), f"the filter of {column.name}", MOST_TESTS)
    conditions = tuple(_condition(column, _mapping(part, "a test")) for part in parts)
    return ColumnFilter(column.name, conditions, any_of=operator == "OR")


def _condition(column: Column, entry: Mapping[str, object]) -> Condition:
    form = _FORMS.get(column.kind, "number")
    if entry.get("filterType", form) != form:
        raise RequestRefused(f"{column.name} takes a {form} filter")
    test = _word(Test, entry.get("type"), f"the test of {column.name}")
    if test in (Test.BLANK, Test.NOT_BLANK):
        return Condition(test)
    low, high = ("dateFrom", "dateTo") if form == "date" else ("filter", "filterTo")
    upto = _value(column, form, entry.get(high)) if test is Test.IN_RANGE else None
    return Condition(test, _value(column, form, entry.get(low)), upto)


def _value(column: Column, form: str, value: object) -> Value:
    if form == "date":
        return _day(value, f"the filter of {column.name}")
    if form == "text":
        if not isinstance(value, str):
            raise RequestRefused(f"the filter of {column.name} needs a text")
        return value
    return _scaled(column, value)


def _scaled(column: Column, value: object) -> int:
    """Return a number of the unit people use as whole stored units, exactly."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestRefused(f"the filter of {column.name} needs a number")
    if not math.isfinite(value) or abs(value) >= LARGEST_NUMBER:
        raise RequestRefused(f"the filter of {column.name} needs a smaller number")
    scaled = Decimal(str(value)) * column.scale
    if scaled != scaled.to_integral_value():
        raise RequestRefused(f"the filter of {column.name} is finer than what is stored")
    return int(scaled)
