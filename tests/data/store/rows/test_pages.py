"""Whatever is filtered and sorted: the pages together are the whole result, each row once."""

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from data.domain.columns import Column, ColumnKind
from data.domain.panel_rows import CustomerRow
from data.domain.panels import PANELS, Panel, PanelPlan, Scope, Within
from data.domain.periods import Period
from data.domain.records import Disposition
from data.domain.row_requests import (
    ORDER_TESTS,
    TEXT_TESTS,
    ColumnFilter,
    Condition,
    RowRequest,
    Sort,
    Test,
    Value,
)
from data.store import schema
from data.store.queries.rows.pages import row_page, row_stream
from tests.books import JUNE, NOON
from tests.data.store.rows.plain import is_ordered, passes
from tests.factories import add_ticket

SUMMER = Period(date(2026, 5, 1), date(2026, 7, 31))
WITHIN: dict[Within, Any] = {Within.PERIOD: SUMMER, Within.FILE: 1, Within.INVOICE: 9}
MORE_THAN_A_COUNT = (ColumnFilter("lines", (Condition(Test.GREATER, 2**31),)),)
texts = st.sampled_from(
    ["a", "A", "ACME", "%", "_", "0%", "\\", "'", "ö", "l", "no", "out", "uk", "1", "2026", "E"]
) | st.text(string.printable, min_size=1, max_size=3)


def conditions(column: Column) -> st.SearchStrategy[Condition]:
    if column.kind in (ColumnKind.TEXT, ColumnKind.WORD, ColumnKind.FLAG):
        known = st.sampled_from(column.words) if column.words else texts
        return st.builds(Condition, st.sampled_from(sorted(TEXT_TESTS)), texts | known)
    if column.kind in (ColumnKind.INSTANT, ColumnKind.DAY):
        values: st.SearchStrategy[Value] = st.dates(date(2026, 5, 15), date(2026, 7, 5))
    else:
        values = st.integers(-5, 70) | st.sampled_from([1_000, 7_000_000, 2**31, 2**62 - 1])
    tests = st.sampled_from(sorted(ORDER_TESTS - {Test.IN_RANGE}))
    ranges = st.builds(Condition, st.just(Test.IN_RANGE), values, values)
    return st.builds(Condition, tests, values) | ranges


def filters(plan: PanelPlan) -> st.SearchStrategy[ColumnFilter]:
    return st.sampled_from(_filterable(plan)).flatmap(
        lambda column: st.builds(
            ColumnFilter,
            st.just(column.name),
            st.lists(conditions(column), min_size=1, max_size=2).map(tuple),
            st.booleans(),
        )
    )


def _filterable(plan: PanelPlan) -> list[Column]:
    return [column for column in plan.columns if column.name not in plan.fixed]


def sorts(plan: PanelPlan) -> st.SearchStrategy[tuple[Sort, ...]]:
    names = st.sampled_from([column.name for column in _filterable(plan)])
    return st.lists(st.builds(Sort, names, st.booleans()), max_size=2).map(tuple)


@st.composite
def requests(draw) -> RowRequest:
    panel = draw(st.sampled_from(Panel))
    plan = PANELS[panel]
    scope = draw(st.sampled_from(plan.scopes))
    given = {draw(st.sampled_from(sorted(plan.required)))} if plan.required else set()
    given |= {Within.PERIOD} if scope in plan.period_scopes else set()
    return RowRequest(
        panel=panel,
        scope=scope,
        filters=tuple(draw(st.lists(filters(plan), max_size=2))),
        sort=draw(sorts(plan)),
        **{within: WITHIN[within] for within in given},
    )


def whole(request: RowRequest, **changed) -> RowRequest:
    return RowRequest(
        panel=request.panel,
        scope=request.scope,
        period=request.period,
        file_id=request.file_id,
        invoice_id=request.invoice_id,
        **{"end": 1_000, **changed},
    )


def added(row, column: str) -> int:
    """What a row adds to a total: only answered calls have talk time."""
    if column == "talk_ms" and row.disposition != Disposition.ANSWERED:
        return 0
    return getattr(row, column) or 0


def costs_unknown(row) -> bool:
    return getattr(row, "charge_micros", None) is not None and row.cost_micros is None


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(requests(), st.integers(4, 30))
@example(RowRequest(panel=Panel.CALLS, scope=Scope.UNMATCHED, file_id=1), 4)  # none has a price
@example(RowRequest(panel=Panel.REJECTION_REASONS, filters=MORE_THAN_A_COUNT, period=SUMMER), 4)
def test_pages_together_are_the_whole_result_and_nothing_twice(snapshot, request_, size):
    everything = row_page(snapshot, whole(request_), NOON).rows
    expected = [row for row in everything if passes(row, request_)]

    pages: list[Any] = []
    tallies = []
    for start in range(0, max(1, len(expected)), size):
        asked = whole(
            request_, filters=request_.filters, sort=request_.sort, start=start, end=start + size
        )
        page = row_page(snapshot, asked, NOON)
        pages += page.rows
        tallies.append(page.tally)

    ids = [row.row_id for row in pages]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {row.row_id for row in expected}
    assert is_ordered(pages, request_)
    for tally in tallies:
        assert tally.count == len(expected)
        for total in (one for one in tally.totals if one.column != "plan_micros"):
            assert total.value == sum(added(row, total.column) for row in expected)
        told = {total.column for total in tally.totals} - {"plan_micros"}
        unknown = {"margin_micros"} if any(map(costs_unknown, expected)) else set()
        assert told == {*request_.plan.totals} - unknown - {"plan_micros"}
    assert list(row_stream(snapshot, request_, NOON).rows) == pages


@pytest.mark.parametrize("descending", [True, False], ids=["newest first", "oldest first"])
@pytest.mark.parametrize("scope", [Scope.ALL, Scope.UNMATCHED, Scope.CONTESTED, Scope.UNRATED])
def test_a_page_of_calls_follows_the_row_before_it(snapshot, scope, descending):
    request = RowRequest(
        panel=Panel.CALLS,
        scope=scope,
        sort=(Sort("started_at", descending),),
        period=SUMMER,
        end=1_000,
    )
    rows = row_page(snapshot, request, NOON).rows

    for place, row in enumerate(rows):
        following = RowRequest(
            panel=Panel.CALLS,
            scope=scope,
            sort=request.sort,
            period=SUMMER,
            start=place + 1,
            end=place + 3,
            after=row.row_id,
        )
        assert row_page(snapshot, following, NOON).rows == rows[place + 1 : place + 3]


def test_a_known_tally_is_not_counted_again(snapshot):
    request = RowRequest(panel=Panel.CALLS, period=JUNE)
    tally = row_page(snapshot, request, NOON).tally

    page = row_page(snapshot, request, NOON, tally)

    assert page.tally is tally


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition(Test.EQUALS, date(2026, 6, 10)), [2]),
        (Condition(Test.NOT_EQUAL, date(2026, 6, 10)), [1, 3]),
        (Condition(Test.LESS, date(2026, 6, 10)), [1]),
        (Condition(Test.LESS_OR_EQUAL, date(2026, 6, 10)), [1, 2]),
        (Condition(Test.GREATER, date(2026, 6, 10)), [3]),
        (Condition(Test.GREATER_OR_EQUAL, date(2026, 6, 10)), [2, 3]),
        (Condition(Test.IN_RANGE, date(2026, 6, 9), date(2026, 6, 10)), [1, 2]),
        (Condition(Test.IN_RANGE, date(2026, 6, 10), date(2026, 6, 9)), []),
    ],
    ids=lambda value: value.test if isinstance(value, Condition) else "",
)
def test_the_day_of_an_instant_is_the_tenants(conn, now, condition, found):
    conn.execute(update(schema.tenant).values(timezone="America/New_York"))
    midnight = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)  # in New York, as the tenth begins
    second = timedelta(seconds=1)
    for at in (midnight - second, midnight, midnight + timedelta(days=1)):
        add_ticket(conn, opened_at=at)
    one = ColumnFilter("opened_at", (condition,))
    request = RowRequest(panel=Panel.TICKETS, filters=(one,), sort=(Sort("id"),))

    rows = row_page(conn, request, now).rows

    assert [int(row.row_id) for row in rows] == found


def test_text_is_found_whatever_its_case_and_wildcards_are_letters(snapshot):
    def found(test: Test, text: str) -> list[str]:
        one = ColumnFilter("company", (Condition(test, text),))
        rows = row_page(snapshot, RowRequest(panel=Panel.CUSTOMERS, filters=(one,)), NOON).rows
        return [row.company for row in rows if isinstance(row, CustomerRow)]

    assert found(Test.EQUALS, "ACME LTD") == ["Acme Ltd", "acme ltd"]
    assert found(Test.CONTAINS, "%") == ["Zeta, 100% & Söhne_"]
    assert found(Test.ENDS_WITH, "_") == ["Zeta, 100% & Söhne_"]
    assert found(Test.CONTAINS, "' OR '1'='1") == []
