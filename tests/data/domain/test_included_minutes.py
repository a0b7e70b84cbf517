"""Included minutes are used in call order, and never more than there are."""

from datetime import UTC, date, datetime, time
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from data.domain.call_ids import CallId
from data.domain.included_minutes import PlanCall, Pool, UsageKey, plan_use
from data.domain.periods import Period
from data.domain.records import Direction

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
JULY = Period(date(2026, 7, 1), date(2026, 7, 31))


keys = count(1)


def call(day, billed_s, charge, digits="442079460000"):
    which = CallId(datetime.combine(day, time(), UTC), next(keys))
    return PlanCall(which, day, 1, Direction.OUTBOUND, 7, billed_s, charge, digits)


def test_minutes_are_used_in_call_order_and_the_last_call_is_covered_for_its_share():
    pool = Pool(JUNE, 100)
    calls = [call(date(2026, 6, 1), 60, 600), call(date(2026, 6, 2), 60, 900)]

    use = plan_use([pool], calls)

    assert (pool.used_s, pool.left_s, pool.calls, pool.covered_micros) == (100, 0, 2, 1_200)
    assert use.worth_micros == {
        UsageKey(date(2026, 6, 1), 1, Direction.OUTBOUND, 7): 600,
        UsageKey(date(2026, 6, 2), 1, Direction.OUTBOUND, 7): 600,
    }


def test_each_call_is_told_its_seconds_and_one_without_any_takes_none():
    pool = Pool(JUNE, 100)
    calls = [call(date(2026, 6, 1), *each) for each in ((60, 600), (0, 500), (60, 900))]

    use = plan_use([pool], calls)

    assert [use.seconds[each.id] for each in calls] == [60, 0, 40]
    assert pool.covered_micros == sum(use.worth_micros.values()) == 1_200


def test_only_listed_destinations_use_minutes():
    pool = Pool(JUNE, 600, ("44", "1"))
    calls = [call(date(2026, 6, 1), 60, 600, "49"), call(date(2026, 6, 1), 60, 900, "4420")]

    plan_use([pool], calls)

    assert (pool.used_s, pool.covered_micros) == (60, 900)


def test_each_month_has_its_own_minutes():
    june, july = Pool(JUNE, 60), Pool(JULY, 60)
    days = (date(2026, 5, 31), date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 1))

    plan_use([june, july], [call(day, 60, 600) for day in days])

    assert (june.covered_micros, july.covered_micros) == (600, 600)


@given(
    st.integers(0, 1_000),
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 10_000)), max_size=20),
)
def test_no_more_is_covered_than_there_are_minutes_and_calls(seconds, calls):
    pool = Pool(JUNE, seconds)

    use = plan_use([pool], [call(JUNE.first, billed, charge) for billed, charge in calls])

    assert pool.used_s == min(seconds, sum(billed for billed, _ in calls))
    assert sum(use.worth_micros.values()) == pool.covered_micros
    assert pool.covered_micros <= sum(charge for _, charge in calls)
