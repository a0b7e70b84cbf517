"""When a charge falls due, and when two bearings of it would bill the same days twice."""

from dataclasses import replace
from datetime import date

import pytest

from data.domain.charges import Charge, borne_at_once, charge_days

UNIT = 1_000_000


def charge(every_months, to_day=None):
    return Charge(
        customer_charge_id=1,
        name="Line rental",
        amount_micros=UNIT,
        every_months=every_months,
        from_day=date(2026, 1, 31),
        to_day=to_day,
    )


def test_a_recurring_charge_keeps_to_the_end_of_short_months():
    assert charge_days(charge(1), date(2026, 4, 15)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


def test_a_charge_stops_on_its_last_day():
    assert charge_days(charge(1, date(2026, 2, 28)), date(2026, 12, 31)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
    ]


def test_a_charge_of_one_time_falls_due_once():
    assert charge_days(charge(0), date(2026, 12, 31)) == [date(2026, 1, 31)]
    assert charge_days(charge(0), date(2026, 1, 31)) == [date(2026, 1, 31)]
    assert charge_days(charge(0), date(2026, 1, 30)) == []


def test_a_quarterly_charge_falls_due_every_third_month():
    assert charge_days(charge(3), date(2026, 7, 31)) == [
        date(2026, 1, 31),
        date(2026, 4, 30),
        date(2026, 7, 31),
    ]


def test_a_charge_that_begins_later_or_runs_to_the_last_of_all_days_is_reckoned():
    assert charge_days(charge(1), date(2026, 1, 30)) == []
    assert charge_days(charge(1), date(2024, 12, 31)) == []
    assert charge_days(charge(1), date.max)[-1] == date.max


@pytest.mark.parametrize(
    ("every_months", "first", "last", "at_once"),
    [
        (1, date(2026, 1, 31), None, True),
        (1, date(2025, 1, 1), None, True),
        (1, date(2025, 1, 1), date(2026, 1, 31), True),
        (1, date(2025, 1, 1), date(2026, 1, 30), False),
        (1, date(2026, 6, 30), None, True),
        (1, date(2026, 7, 1), None, False),
        (0, date(2026, 1, 31), None, True),
        (0, date(2026, 2, 1), None, False),
    ],
)
def test_two_bearings_of_a_charge_are_at_once_where_they_share_a_day(
    every_months, first, last, at_once
):
    borne = charge(every_months, date(2026, 6, 30))
    other = replace(borne, from_day=first, to_day=last)

    assert borne_at_once(borne, other) is at_once
    assert borne_at_once(other, borne) is at_once
