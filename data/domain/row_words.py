"""A request for rows in words: what an export states, and its file's name."""

from datetime import date

from data.domain.columns import Column, ColumnKind
from data.domain.money import decimal_units
from data.domain.panels import Scope
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Test, Value

_TESTS = {
    Test.CONTAINS: "contains",
    Test.NOT_CONTAINS: "does not contain",
    Test.STARTS_WITH: "begins with",
    Test.ENDS_WITH: "ends with",
    Test.EQUALS: "is",
    Test.NOT_EQUAL: "is not",
    Test.LESS: "is less than",
    Test.LESS_OR_EQUAL: "is at most",
    Test.GREATER: "is more than",
    Test.GREATER_OR_EQUAL: "is at least",
    Test.IN_RANGE: "is from",
    Test.BLANK: "is blank",
    Test.NOT_BLANK: "is not blank",
}
_DAY_TESTS = {
    Test.LESS: "is before",
    Test.LESS_OR_EQUAL: "is not after",
    Test.GREATER: "is after",
    Test.GREATER_OR_EQUAL: "is not before",
}


def in_words(request: RowRequest) -> tuple[str, ...]:
    """Return what a request asks for, one statement each: the cut first, the order last."""
    what = str(request.panel).replace("_", " ").capitalize()
    cut = "" if request.scope is Scope.ALL else f", {str(request.scope).replace('_', ' ')}"
    words = [f"{what}{cut}"]
    if request.period is not None:
        words.append(f"From {request.period.first} to {request.period.last}, both included")
    for name in ("customer_id", "file_id", "invoice_id"):
        number = getattr(request, name)
        if number is not None:
            words.append(f"Of {name.removesuffix('_id')} no {number}")
    return (*words, *wish_words(request))


def wish_words(request: RowRequest) -> tuple[str, ...]:
    """Return the filters of a request and its order, one statement each."""
    words = [_filter(request, one) for one in request.filters]
    if request.sort:
        words.append(f"Sorted by {', '.join(_sorts(request))}")
    return tuple(words)


def export_name(request: RowRequest) -> str:
    """Return a file name without its ending: panel, cut and days, in plain letters."""
    parts = [str(request.panel)]
    if request.scope is not Scope.ALL:
        parts.append(str(request.scope))
    if request.period is not None:
        parts += [str(request.period.first), str(request.period.last)]
    return "-".join(part.replace("_", "-") for part in parts)


def _column(request: RowRequest, name: str) -> Column:
    column = request.plan.column(name)
    if column is None:
        raise AssertionError("a request names only columns of its panel")
    return column


def _filter(request: RowRequest, wanted: ColumnFilter) -> str:
    column = _column(request, wanted.column)
    joint = " or " if wanted.any_of else " and "
    return f"{column.caption} {joint.join(_test(column, one) for one in wanted.conditions)}"


def _test(column: Column, condition: Condition) -> str:
    words = _TESTS[condition.test]
    if column.kind in (ColumnKind.DAY, ColumnKind.INSTANT):
        words = _DAY_TESTS.get(condition.test, words)
    if condition.value is None:
        return words
    text = f"{words} {_value(column, condition.value)}"
    if condition.upto is None:
        return text
    return f"{text} to {_value(column, condition.upto)}"


def _value(column: Column, value: Value) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, date):
        return value.isoformat()
    if column.kind is ColumnKind.MONEY:
        return decimal_units(value)
    return f"{value / column.scale:g}" if column.scale > 1 else str(value)


def _sorts(request: RowRequest) -> list[str]:
    return [
        f"{_column(request, sort.column).caption.lower()}{', descending' * sort.descending}"
        for sort in request.sort
    ]
