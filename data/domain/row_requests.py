"""What a panel is asked for: filters, order, range and cut, checked against its columns."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.domain.columns import Column, ColumnKind
from data.domain.errors import RequestRefused
from data.domain.masking import hides_number
from data.domain.panels import PANELS, Panel, PanelPlan, Scope, Within
from data.domain.periods import Period

MOST_ROWS = 1_000
"""Rows of one page of a panel."""
LAST_ROW = 100_000_000
LONGEST_PERIOD_DAYS = 3_660
MOST_SORTS = 4
MOST_TESTS = 20
LONGEST_TEXT = 200
LARGEST_NUMBER = 2**62
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Test(StrEnum):
    """How a value is compared; the words are the grid's own."""

    __test__ = False  # pytest takes what is named Test for a test

    CONTAINS = "contains"
    NOT_CONTAINS = "notContains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    EQUALS = "equals"
    NOT_EQUAL = "notEqual"
    LESS = "lessThan"
    LESS_OR_EQUAL = "lessThanOrEqual"
    GREATER = "greaterThan"
    GREATER_OR_EQUAL = "greaterThanOrEqual"
    IN_RANGE = "inRange"
    BLANK = "blank"
    NOT_BLANK = "notBlank"


_ALWAYS = frozenset({Test.BLANK, Test.NOT_BLANK})
TEXT_TESTS = _ALWAYS | {
    Test.CONTAINS,
    Test.NOT_CONTAINS,
    Test.STARTS_WITH,
    Test.ENDS_WITH,
    Test.EQUALS,
    Test.NOT_EQUAL,
}
ORDER_TESTS = _ALWAYS | {
    Test.EQUALS,
    Test.NOT_EQUAL,
    Test.LESS,
    Test.LESS_OR_EQUAL,
    Test.GREATER,
    Test.GREATER_OR_EQUAL,
    Test.IN_RANGE,
}
_TEXTS = frozenset({ColumnKind.TEXT, ColumnKind.WORD, ColumnKind.FLAG})
_DAYS = frozenset({ColumnKind.INSTANT, ColumnKind.DAY})

Value = str | int | date


@dataclass(frozen=True)
class Condition:
    """One test of a column.

    Attributes:
        test: How to compare.
        value: With what: a text; a whole number of the stored unit; or a day of the tenant's
            zone, which for an instant means all of that day. None for blank and not blank.
        upto: The other end of a range, inclusive; else none.
    """

    test: Test
    value: Value | None = None
    upto: Value | None = None


@dataclass(frozen=True)
class ColumnFilter:
    """The tests of one column.

    Attributes:
        column: Its name.
        conditions: At least one.
        any_of: One that holds is enough; else all must.
    """

    column: str
    conditions: tuple[Condition, ...]
    any_of: bool = False


@dataclass(frozen=True)
class Sort:
    """One column of the order; blanks come last either way."""

    column: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class RowRequest:
    """Which rows of which panel, in which order; one that exists can be answered.

    Attributes:
        panel: Whose rows.
        scope: The cut that the number clicked on counts.
        filters: All of them must hold.
        sort: The order; none: the panel's own. Rows that tie follow in a fixed order.
        start: The first row wanted, from 0.
        end: The row after the last one wanted.
        period: Days that govern the cut, where they do.
        customer_id: The customer that the page is narrowed to.
        file_id: The file that the rows belong to.
        invoice_id: The invoice that the rows belong to.
        after: For calls in the order of time: the row before the first one wanted (its row_id),
            which spares counting up to `start`.
        masked: Phone numbers are masked, and neither filtered nor sorted by: who asks may not see
            them.
    """

    panel: Panel
    scope: Scope = Scope.ALL
    filters: tuple[ColumnFilter, ...] = ()
    sort: tuple[Sort, ...] = ()
    start: int = 0
    end: int = 100
    period: Period | None = None
    customer_id: int | None = None
    file_id: int | None = None
    invoice_id: int | None = None
    after: str | None = None
    masked: bool = False

    @property
    def plan(self) -> PanelPlan:
        """What the panel can be asked for."""
        return PANELS[self.panel]

    def __post_init__(self) -> None:
        """Refuse what the panel cannot answer.

        Raises:
            RequestRefused: Naming what is wrong.
        """
        _check_range(self)
        _check_cut(self)
        for sort in self.sort:
            _column(self.plan, sort.column)
        if len(self.sort) > MOST_SORTS:
            raise RequestRefused(f"rows are sorted by at most {MOST_SORTS} columns")
        if sum(len(one.conditions) for one in self.filters) > MOST_TESTS:
            raise RequestRefused(f"at most {MOST_TESTS} filters apply at once")
        if self.masked:
            _check_hidden(self)
        for one in self.filters:
            _check_filter(_column(self.plan, one.column), one)


def _check_hidden(request: RowRequest) -> None:
    asked = [*(one.column for one in request.filters), *(one.column for one in request.sort)]
    hidden = [name for name in asked if hides_number(name)]
    if hidden:
        raise RequestRefused(
            f"phone numbers are masked for your role: rows are not found by {hidden[0]}"
        )


def _column(plan: PanelPlan, name: str) -> Column:
    column = plan.column(name)
    if column is None:
        raise RequestRefused(f"there is no column {name[:40]!r} in this panel")
    if name in plan.fixed:
        raise RequestRefused(f"{name} is reckoned after reading: it is neither filtered nor sorted")
    return column


def _check_range(request: RowRequest) -> None:
    if not 0 <= request.start < request.end <= LAST_ROW:
        raise RequestRefused("rows are asked for from 0 on, the end after the start")
    if request.end - request.start > MOST_ROWS:
        raise RequestRefused(f"at most {MOST_ROWS} rows are given at once")
    period = request.period
    if period is not None:
        _check_period(period)
    for within in (Within.CUSTOMER, Within.FILE, Within.INVOICE):
        number = getattr(request, within)
        if number is not None and not 0 < number < LARGEST_NUMBER:
            raise RequestRefused(f"{within} must be a positive number")


def _check_period(period: Period) -> None:
    if (period.last - period.first).days >= LONGEST_PERIOD_DAYS:
        raise RequestRefused(f"a period has at most {LONGEST_PERIOD_DAYS} days")
    if not (in_calendar(period.first) and in_calendar(period.last)):
        raise RequestRefused(f"a period lies between {FIRST_YEAR} and {LAST_YEAR}")


def in_calendar(day: date) -> bool:
    """Tell whether a day is one that every zone's arithmetic can hold."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _check_cut(request: RowRequest) -> None:
    plan = request.plan
    if request.scope not in plan.scopes:
        raise RequestRefused(f"{request.panel} has no cut {request.scope}")
    given = {within for within in Within if getattr(request, within) is not None}
    foreign = given - plan.within
    if foreign:
        raise RequestRefused(f"{request.panel} is not narrowed by {', '.join(sorted(foreign))}")
    if plan.required and not given & plan.required:
        raise RequestRefused(f"{request.panel} needs {' or '.join(sorted(plan.required))}")
    if request.scope in plan.period_scopes and Within.PERIOD not in given:
        raise RequestRefused(f"{request.panel}, {request.scope}, needs a period")


def _check_filter(column: Column, wanted: ColumnFilter) -> None:
    if not wanted.conditions:
        raise RequestRefused(f"the filter of {column.name} tests nothing")
    allowed = TEXT_TESTS if column.kind in _TEXTS else ORDER_TESTS
    for condition in wanted.conditions:
        if condition.test not in allowed:
            raise RequestRefused(f"{column.name} is not filtered by {condition.test}")
        if condition.test not in _ALWAYS:
            _check_value(column, condition.value)
        if condition.test is Test.IN_RANGE:
            _check_value(column, condition.upto)
        elif condition.upto is not None:
            raise RequestRefused(f"the filter of {column.name} has a second end and no range")


def _check_value(column: Column, value: Value | None) -> None:
    if column.kind in _TEXTS:
        good = isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and storable(value)
        wanted = f"a text of 1 to {LONGEST_TEXT} characters"
    elif column.kind in _DAYS:
        good = type(value) is date and in_calendar(value)
        wanted = "a day"
    else:
        good = type(value) is int and abs(value) < LARGEST_NUMBER
        wanted = "a number"
    if not good:
        raise RequestRefused(f"the filter of {column.name} needs {wanted}")


def storable(text: str) -> bool:
    """Tell whether a store can take a text: no NUL, no half of a surrogate pair."""
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
