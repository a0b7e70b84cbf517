"""Calls by day, and what the ratios of a period are made of."""

from datetime import timedelta

from sqlalchemy import Connection

from data.domain.dashboard import Ratios, TrafficDay
from data.domain.periods import Period
from data.store.queries.conditions import CustomerId
from data.store.queries.day_usage import DayUsage, usage_by_days


def traffic(
    conn: Connection, period: Period, customer_id: CustomerId = None
) -> tuple[tuple[TrafficDay, ...], Ratios]:
    """Return every day of the period in order, and what its ASR, ACD and NER are made of.

    Days without a call are included; both come from one pass over the rollup.
    """
    found = usage_by_days(conn, period, customer_id)
    by_day = {each.day: _day(each) for each in found}
    length = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=offset) for offset in range(length))
    ratios = Ratios(
        attempts=sum(each.calls for each in found),
        answered=sum(each.answered for each in found),
        no_answer=sum(each.no_answer for each in found),
        busy=sum(each.busy for each in found),
        talk_ms=sum(each.talk_ms for each in found),
    )
    return tuple(by_day.get(day, TrafficDay(day, 0, 0, 0, 0, 0)) for day in days), ratios


def _day(each: DayUsage) -> TrafficDay:
    margin = None if each.cost_unknown else each.charge_micros - each.cost_micros
    return TrafficDay(
        each.day, each.calls, each.answered, each.talk_ms // 1000, each.charge_micros, margin
    )
