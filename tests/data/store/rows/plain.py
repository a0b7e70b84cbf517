"""The same filters and orders over rows in memory, written plainly: what the store must give."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from itertools import pairwise
from typing import Any

from data.domain.columns import YES_NO, word_text
from data.domain.row_requests import Condition, RowRequest, Test
from tests.books import ZONE

_Compare = Callable[[Any, Any], bool]
_TEXT: dict[Test, _Compare] = {
    Test.CONTAINS: lambda value, wanted: wanted in value,
    Test.STARTS_WITH: lambda value, wanted: value.startswith(wanted),
    Test.ENDS_WITH: lambda value, wanted: value.endswith(wanted),
}
_ORDER: dict[Test, _Compare] = {
    Test.EQUALS: lambda value, wanted: value == wanted,
    Test.LESS: lambda value, wanted: value < wanted,
    Test.LESS_OR_EQUAL: lambda value, wanted: value <= wanted,
    Test.GREATER: lambda value, wanted: value > wanted,
    Test.GREATER_OR_EQUAL: lambda value, wanted: value >= wanted,
}
_OPPOSITES = {Test.NOT_CONTAINS: Test.CONTAINS, Test.NOT_EQUAL: Test.EQUALS}


def passes(row, request: RowRequest) -> bool:
    return all(
        (any if one.any_of else all)(
            passes_test(getattr(row, one.column), condition) for condition in one.conditions
        )
        for one in request.filters
    )


def passes_test(value: object, condition: Condition) -> bool:
    test, wanted = condition.test, condition.value
    if test in (Test.BLANK, Test.NOT_BLANK):
        return (value is None or value == "") == (test is Test.BLANK)
    if test in _OPPOSITES:
        return not passes_test(value, Condition(_OPPOSITES[test], wanted))
    if value is None:
        return False
    shown = comparable(value)
    if isinstance(wanted, str):
        return {**_ORDER, **_TEXT}[test](ascii_lower(shown), ascii_lower(wanted))
    if test is Test.IN_RANGE:
        return bool(wanted <= shown <= condition.upto)
    return _ORDER[test](shown, wanted)


def comparable(value: object):
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, Enum):
        return word_text(value)
    if isinstance(value, datetime):
        return value.astimezone(ZONE).date()
    return value


def ascii_lower(text: str) -> str:
    """Lower case as the store knows it."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def is_ordered(rows, request: RowRequest) -> bool:
    """Tell whether neighbours are in the order asked for, blanks last."""
    return all(_before_or_tied(first, second, request) for first, second in pairwise(rows))


def _before_or_tied(first, second, request: RowRequest) -> bool:
    for sort in request.sort:
        a, b = (_key(getattr(row, sort.column)) for row in (first, second))
        if a == b:
            continue
        if None in (a, b):
            return b is None
        return bool(a > b if sort.descending else a < b)
    return True


def _key(value: object):
    if isinstance(value, str) and not isinstance(value, Enum):
        return ascii_lower(value)
    return value
