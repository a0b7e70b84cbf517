from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import RequestRefused
from data.domain.panels import PANELS, Panel, Scope, Within
from data.domain.periods import Period
from data.domain.row_payloads import requested
from data.domain.row_requests import ColumnFilter, Condition, RowRequest, Sort, Test

JUNE = {"from": "2026-06-01", "to": "2026-06-30"}


def calls(**given):
    return {"panel": "calls", **JUNE, **given}


def test_a_grid_payload_becomes_a_request():
    payload = calls(
        scope="unmatched",
        startRow=100,
        endRow=200,
        sortModel=[{"colId": "charge_micros", "sort": "desc"}],
        filterModel={
            "calling_number": {"filterType": "text", "type": "startsWith", "filter": "+44"},
            "charge_micros": {
                "filterType": "number",
                "operator": "OR",
                "conditions": [
                    {"filterType": "number", "type": "inRange", "filter": 0.1, "filterTo": 2},
                    {"filterType": "number", "type": "blank"},
                ],
            },
            "started_at": {
                "filterType": "date",
                "type": "equals",
                "dateFrom": "2026-06-10 00:00:00",
                "dateTo": None,
            },
            "talk_ms": {"type": "greaterThan", "filter": 1.5},
        },
        customer_id=3,
    )

    assert requested(payload) == RowRequest(
        panel=Panel.CALLS,
        scope=Scope.UNMATCHED,
        filters=(
            ColumnFilter("calling_number", (Condition(Test.STARTS_WITH, "+44"),)),
            ColumnFilter(
                "charge_micros",
                (Condition(Test.IN_RANGE, 100_000, 2_000_000), Condition(Test.BLANK)),
                any_of=True,
            ),
            ColumnFilter("started_at", (Condition(Test.EQUALS, date(2026, 6, 10)),)),
            ColumnFilter("talk_ms", (Condition(Test.GREATER, 1_500),)),
        ),
        sort=(Sort("charge_micros", descending=True),),
        start=100,
        end=200,
        period=Period(date(2026, 6, 1), date(2026, 6, 30)),
        customer_id=3,
    )


def one_filter(column, **model):
    return calls(filterModel={column: model})


REFUSED = {
    "nothing": None,
    "a list": [],
    "an unknown panel": {"panel": "nobody"},
    "no panel": {},
    "a panel that is no word": {"panel": ["calls"]},
    "a cut of another panel": calls(scope="drafts"),
    "an unknown cut": calls(scope="1=1"),
    "calls of all time": {"panel": "calls"},
    "half a period": {"panel": "calls", "from": "2026-06-01"},
    "a period backwards": {"panel": "calls", "from": "2026-06-02", "to": "2026-06-01"},
    "a period of centuries": {"panel": "calls", "from": "1901-01-01", "to": "2026-06-01"},
    "a period before zones": {"panel": "calls", "from": "0001-01-01", "to": "0001-01-01"},
    "a day that is none": {"panel": "calls", "from": "2026-02-30", "to": "2026-06-01"},
    "a day with SQL": {"panel": "calls", "from": "2026-06-01' OR 1=1 --", "to": "2026-06-01"},
    "drafts of a file": {"panel": "invoices", "file_id": 1},
    "recorded of no period": {"panel": "invoices", "scope": "recorded"},
    "lines of no file": {"panel": "rejections"},
    "a negative start": calls(startRow=-1, endRow=10),
    "an empty range": calls(startRow=10, endRow=10),
    "a huge range": calls(startRow=0, endRow=10**9),
    "a huge page": calls(startRow=0, endRow=1_001),
    "a start as text": calls(startRow="0"),
    "a start that is a flag": calls(startRow=True),
    "an endless number": calls(startRow=10**30, endRow=10**30 + 1),
    "customer nought": calls(customer_id=0),
    "a customer as text": calls(customer_id="1 OR 1=1"),
    "an unknown column": one_filter("password_hash", type="equals", filter="x"),
    "a column with SQL": one_filter("id; DROP TABLE calls", type="equals", filter="x"),
    "a column with an attribute": one_filter("__class__", type="equals", filter="x"),
    "a test of numbers on text": one_filter("company", type="lessThan", filter="x"),
    "a test of text on numbers": one_filter("line", type="contains", filter=1),
    "an unknown test": one_filter("company", type="regexp", filter="x"),
    "no test": one_filter("company", filter="x"),
    "the wrong form": one_filter("company", filterType="number", type="equals", filter=1),
    "a set filter": one_filter("company", filterType="set", values=["x"]),
    "text that is a number": one_filter("company", type="equals", filter=1),
    "empty text": one_filter("company", type="contains", filter=""),
    "long text": one_filter("company", type="contains", filter="x" * 201),
    "a NUL": one_filter("company", type="contains", filter="a\0b"),
    "half a surrogate": one_filter("company", type="contains", filter="\ud800"),
    "a number as text": one_filter("line", type="equals", filter="1"),
    "a number that is a flag": one_filter("line", type="equals", filter=True),
    "no number": one_filter("line", type="equals", filter=float("nan")),
    "an infinite number": one_filter("line", type="equals", filter=float("inf")),
    "a number beyond 64 bits": one_filter("line", type="equals", filter=2**63),
    "money beyond 64 bits": one_filter("charge_micros", type="equals", filter=2**60),
    "half a line": one_filter("line", type="equals", filter=1.5),
    "money finer than a micro": one_filter("charge_micros", type="equals", filter=1e-7),
    "a range with one end": one_filter("line", type="inRange", filter=1),
    "a day as a number": one_filter("started_at", type="equals", dateFrom=1),
    "a day with a time": one_filter("started_at", type="equals", dateFrom="2026-06-01 10:00:00"),
    "a filter that is none": calls(filterModel={"company": 1}),
    "filters that are none": calls(filterModel=[1]),
    "an unknown operator": one_filter("company", operator="XOR", conditions=[]),
    "an operator of nothing": one_filter("company", operator="OR", conditions=[]),
    "too many tests": one_filter(
        "company", operator="OR", conditions=[{"type": "blank", "filterType": "text"}] * 21
    ),
    "a sort that is none": calls(sortModel=[1]),
    "sorts that are none": calls(sortModel="company"),
    "a sort by SQL": calls(sortModel=[{"colId": "1;--", "sort": "asc"}]),
    "a sort with SQL": calls(sortModel=[{"colId": "company", "sort": "asc; --"}]),
    "a sort by what is hidden": calls(sortModel=[{"colId": "load_version", "sort": "asc"}]),
    "many sorts": calls(sortModel=[{"colId": "company", "sort": "asc"}] * 5),
    "an after that is a number": calls(after=5),
    "a long after": calls(after="1" * 65),
}


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED.keys())
def test_a_payload_is_refused_with_words(payload):
    with pytest.raises(RequestRefused, match=r"\w{3}"):
        requested(payload)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
columns = st.sampled_from([column.name for column in PANELS[Panel.CALLS].columns])
tests = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([*Test, "regexp"]) | json,
        "filter": json,
        "filterTo": json,
        "filterType": st.sampled_from(["text", "number", "date", "set"]) | json,
        "dateFrom": st.dates().map(str) | json,
        "dateTo": st.dates().map(str) | json,
        "operator": st.sampled_from(["AND", "OR"]) | json,
        "conditions": json,
    },
)


@given(
    st.sampled_from([*Panel, "?"]) | json,
    st.dictionaries(columns | st.text(max_size=5), tests | json, max_size=3) | json,
    st.lists(st.fixed_dictionaries({"colId": columns | json, "sort": json}), max_size=2) | json,
    st.dictionaries(st.sampled_from([*Within, "scope", "startRow", "endRow", "from", "to"]), json),
)
def test_whatever_is_sent_is_a_request_or_refused(panel, filters, sorts, others):
    payload = {
        "panel": panel,
        **JUNE,
        "filterModel": filters,
        "sortModel": sorts,
        **others,
    }

    try:
        request = requested(payload)
    except RequestRefused:
        return

    known = {column.name for column in request.plan.columns}
    assert {one.column for one in request.filters} <= known
    assert {one.column for one in request.sort} <= known


@pytest.mark.parametrize("panel", Panel)
def test_every_panel_orders_and_adds_up_its_own_columns(panel):
    plan = PANELS[panel]
    named = {*plan.key, *plan.totals, *(name.removeprefix("-") for name in plan.order)}

    assert named <= {column.name for column in plan.columns}
    assert plan.required <= plan.within
    assert plan.period_scopes <= set(plan.scopes)
