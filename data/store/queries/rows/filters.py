"""Filters and orders of a request as expressions on columns that the panel itself names."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, and_, false, func, literal, or_, true

from data.domain.columns import Column, ColumnKind, word_text, word_type
from data.domain.panels import PanelPlan
from data.domain.periods import Period
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Sort, Test, Value

Columns = Mapping[str, ColumnElement[object]]
"""The expressions of a panel's columns by their names."""
_NEGATED = frozenset({Test.NOT_CONTAINS, Test.NOT_EQUAL})


def filtered(request: RowRequest, columns: Columns, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition that all filters of a request make together."""
    return and_(
        true(),
        *(_filter(request.plan, one, columns[one.column], zone) for one in request.filters),
    )


def _filter(
    plan: PanelPlan, wanted: ColumnFilter, expression: ColumnElement[object], zone: ZoneInfo
) -> ColumnElement[bool]:
    column = plan.column(wanted.column)
    if column is None:
        raise AssertionError("a request names only columns of its panel")
    parts = [_tested(plan, column, one, expression, zone) for one in wanted.conditions]
    return or_(false(), *parts) if wanted.any_of else and_(true(), *parts)


def _tested(
    plan: PanelPlan,
    column: Column,
    condition: Condition,
    expression: ColumnElement[object],
    zone: ZoneInfo,
) -> ColumnElement[bool]:
    """Return one test; what is blank passes tests that say what a value is not."""
    if condition.test in (Test.BLANK, Test.NOT_BLANK):
        empty = expression == "" if column.kind is ColumnKind.TEXT else false()
        blank = or_(expression.is_(None), empty)
        return blank if condition.test is Test.BLANK else ~blank
    if column.kind is ColumnKind.TEXT:
        positive = _text(expression, condition)
    elif column.kind in (ColumnKind.WORD, ColumnKind.FLAG):
        positive = _among_words(plan, column, condition, expression)
    elif column.kind is ColumnKind.INSTANT:
        positive = _instant(expression, condition, zone)
    else:
        positive = _ordered(expression, condition)
    if condition.test in _NEGATED:
        return or_(expression.is_(None), ~positive)
    return positive


def _text(expression: ColumnElement[object], condition: Condition) -> ColumnElement[bool]:
    """Return a test of text, whatever the case of its letters."""
    wanted = str(condition.value)
    if condition.test in (Test.EQUALS, Test.NOT_EQUAL):
        return func.lower(expression) == func.lower(wanted)
    if condition.test is Test.STARTS_WITH:
        return expression.istartswith(wanted, autoescape=True)
    if condition.test is Test.ENDS_WITH:
        return expression.iendswith(wanted, autoescape=True)
    return expression.icontains(wanted, autoescape=True)


def _among_words(
    plan: PanelPlan, column: Column, condition: Condition, expression: ColumnElement[object]
) -> ColumnElement[bool]:
    """Return a test of a word: whichever words pass it as text are looked for."""
    words = word_type(plan.row, column.name)
    values: list[object] = [False, True] if words is None else list(words)
    texts = column.words if words is None else [word_text(word) for word in words]
    passing = [
        value
        for value, text in zip(values, texts, strict=True)
        if _passes(text, condition.test, str(condition.value).lower())
    ]
    return expression.in_(passing)


def _passes(text: str, test: Test, wanted: str) -> bool:
    text = text.lower()
    if test in (Test.EQUALS, Test.NOT_EQUAL):
        return text == wanted
    if test is Test.STARTS_WITH:
        return text.startswith(wanted)
    if test is Test.ENDS_WITH:
        return text.endswith(wanted)
    return wanted in text


def _ordered(expression: ColumnElement[object], condition: Condition) -> ColumnElement[bool]:
    value, upto = _bound(condition.value), _bound(condition.upto)
    if condition.test is Test.IN_RANGE:
        return expression.between(value, upto)
    equal: ColumnElement[bool] = expression == value
    comparisons: dict[Test, ColumnElement[bool]] = {
        Test.LESS: expression < value,
        Test.LESS_OR_EQUAL: expression <= value,
        Test.GREATER: expression > value,
        Test.GREATER_OR_EQUAL: expression >= value,
    }
    return comparisons.get(condition.test, equal)


def _bound(value: Value | None) -> Any:  # noqa: ANN401 (a value, or SQL for one)
    """Return what a column is compared with: a number is wider than counts are on PostgreSQL."""
    return literal(value, BigInteger) if isinstance(value, int) else value


def _instant(
    expression: ColumnElement[object], condition: Condition, zone: ZoneInfo
) -> ColumnElement[bool]:
    """Return a test of an instant by whole days of the tenant's zone."""
    first = _as_day(condition.value)
    last = first if condition.upto is None else _as_day(condition.upto)
    if last < first:
        return false()
    start, end = Period(first, last).instants(zone)
    comparisons = {
        Test.LESS: expression < start,
        Test.LESS_OR_EQUAL: expression < end,
        Test.GREATER: expression >= end,
        Test.GREATER_OR_EQUAL: expression >= start,
    }
    return comparisons.get(condition.test, and_(expression >= start, expression < end))


def _as_day(value: Value | None) -> date:
    if not isinstance(value, date):
        raise TypeError("a request tests instants with days")
    return value


def ordered(request: RowRequest, columns: Columns) -> list[ColumnElement[object]]:
    """Return the order of a request, blanks last; it ends in the panel's unique key."""
    plan = request.plan
    wanted = request.sort or tuple(
        Sort(name.removeprefix("-"), descending=name.startswith("-")) for name in plan.order
    )
    descends = wanted[0].descending
    named = {sort.column for sort in wanted}
    rest = (Sort(name, descending=descends) for name in plan.key if name not in named)
    return [_order(plan, sort, columns[sort.column]) for sort in (*wanted, *rest)]


def _order(plan: PanelPlan, sort: Sort, expression: ColumnElement[object]) -> ColumnElement[object]:
    column = plan.column(sort.column)
    in_key = sort.column in plan.key
    by_letter = column is not None and column.kind is ColumnKind.TEXT and not in_key
    by = func.lower(expression) if by_letter else expression
    order = by.desc() if sort.descending else by.asc()
    return order if in_key else order.nulls_last()
