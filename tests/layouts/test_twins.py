import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.domain.dashboard import CustomerTotal, Ratios, TrafficDay
from data.domain.views import MEASURES
from layouts import ids
from layouts.blank import BLANK
from layouts.charts import series
from layouts.flow import STEPS
from layouts.openings import OPENINGS
from layouts.traffic import traffic_words
from layouts.twins import CHARTS, twin, twins

DAY = date(2026, 6, 1)


@pytest.fixture
def busy():
    ranked = tuple(CustomerTotal(f"C{place}", f"Shop {place}", 10_000_000) for place in range(5))
    top = replace(
        BLANK.top_customers,
        rows=ranked,
        other_micros=5_000_000,
        other_count=2,
        total_micros=55 * 10**6,
    )
    return replace(
        BLANK,
        top_customers=top,
        traffic=(
            TrafficDay(DAY, 4, 3, 120, 2_500_000, 500_000),
            TrafficDay(DAY.replace(day=2), 6, 3, 60, 1_500_000, None),
        ),
        traffic_before=(TrafficDay(date(2026, 5, 1), 5, 3, 60, 2_000_000, 100_000),),
        ratios=Ratios(10, 8, 1, 1, 0),
        ratios_before=Ratios(10, 7, 1, 1, 0),
    )


def test_every_chart_has_a_table_and_an_address_says_which_are_shown(busy):
    assert set(twins("all", busy)) == set(CHARTS) == {*ids.CHARTS, "line-to-cash"}
    assert list(twins("traffic,nonsense", busy)) == ["traffic"]
    assert twins("", busy) == {}


def test_every_cell_of_a_table_that_leads_somewhere_names_an_opening(busy):
    for table in twins("all", busy).values():
        for row in table.rows:
            assert len(row) <= len(table.head)
            for cell in row:
                slug, _, subject = cell.panel.partition(":")
                assert not slug or slug in OPENINGS
                assert not slug or subject or not OPENINGS[slug].needs_subject


def test_every_leak_and_every_step_that_is_a_link_opens_rows():
    slugs = [leak.slug for step in STEPS for leak in step.leaks]

    assert set(slugs) | {step.opens for step in STEPS if step.opens} <= set(OPENINGS)


def test_other_opens_everybody_but_the_five_that_are_named(busy):
    *_, other, total = twin(ids.TOP_CUSTOMERS, busy).rows
    tests = json.loads(other[0].filter)["custid"]["conditions"]

    assert (other[0].text, other[0].panel) == ("Other (2)", "top-customers")
    assert [one["filter"] for one in tests] == ["C0", "C1", "C2", "C3", "C4"]
    assert {one["type"] for one in tests} == {"notEqual"}
    assert (total[0].panel, total[1].text) == ("top-customers", "$55.00")


def test_a_day_of_the_traffic_opens_its_calls_and_an_unknown_margin_is_a_dash(busy):
    first, second = twin(ids.TRAFFIC, busy).rows

    assert [cell.text for cell in first] == ["Mon 1 Jun", "4", "2", "$2.50", "$0.50", "5"]
    opened = ["calls", "", "minutes", "revenue", "margin", ""]
    assert [cell.panel for cell in first] == [one and f"day-{one}:2026-06-01" for one in opened]
    assert [cell.text for cell in second][4:] == ["—", "—"]
    assert second[4].panel == ""


@pytest.mark.parametrize(
    ("measure", "drawn", "said"),
    [
        ("calls", [4, 6], ["4 calls", "6 calls"]),
        ("minutes", [2, 1], ["2 min", "1 min"]),
        ("revenue", [2.5, 1.5], ["$2.50", "$1.50"]),
        ("margin", [0.5, None], ["$0.50", "—"]),
    ],
)
def test_the_traffic_is_drawn_in_what_the_address_asks_for(busy, measure, drawn, said):
    changes = {(one.trace, one.attribute): one.values for one in series(ids.TRAFFIC, busy, measure)}

    assert changes[1, "y"] == drawn
    assert changes[1, "text"] == said


def test_sums_are_compared_with_a_month_before_and_rates_in_points(busy):
    words = {(one.slot.id, one.slot.prop): one.value for one in traffic_words(busy, "revenue").all}

    assert words["traffic-calls-change", "children"] == "▲ 5 (100\N{THIN SPACE}%)"
    assert words["traffic-margin", "children"] == "—"
    assert words["traffic-margin-change", "children"] == ""
    assert words["traffic-asr-change", "children"] == "▲ 10.0 pp"
    shown = [one for one in MEASURES if words[f"measure-{one}", "aria-current"] == "true"]
    assert shown == ["revenue"]


def test_a_running_day_is_a_ring_and_days_not_received_are_no_fall_to_zero(busy):
    through = busy.traffic[1].day
    silent = replace(busy.traffic[1], day=through + timedelta(days=1), calls=0)
    late = replace(busy, traffic=(*busy.traffic, silent), calls_through=through, today=silent.day)
    running = replace(busy, calls_through=through, today=through)

    drawn = {(each.trace, each.attribute): each.values for each in series(ids.TRAFFIC, late)}
    assert drawn[1, "y"] == [4, 6, None]
    assert drawn[2, "x"] == []
    drawn = {(each.trace, each.attribute): each.values for each in series(ids.TRAFFIC, running)}
    assert (drawn[1, "y"], drawn[2, "y"]) == ([4, None], [6])
    assert twin(ids.TRAFFIC, late).rows[-1][1].text == "—"
