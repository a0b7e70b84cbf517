"""Calls by day, and what the ratios of a period are made of."""

from datetime import timedelta

from sqlalchemy import Connection, func, select

from data.domain.periods import Period
from data.domain.records import Ratios, TrafficDay
from data.store.queries.conditions import CustomerId, of_customer
from data.store.schema import usage_by_customer

_rollup = usage_by_customer.c


def traffic(
    conn: Connection, period: Period, customer_id: CustomerId = None
) -> tuple[TrafficDay, ...]:
    """Return every day of the period in order, those without a call included."""
    query = (
        select(
            _rollup.day,
            func.sum(_rollup.calls),
            func.sum(_rollup.answered),
            func.sum(_rollup.talk_ms),
            func.sum(_rollup.charge_micros),
            func.sum(_rollup.cost_micros),
            func.sum(_rollup.cost_unknown),
        )
        .where(
            _rollup.day.between(period.first, period.last),
            of_customer(_rollup.customer_id, customer_id),
        )
        .group_by(_rollup.day)
        .order_by(_rollup.day)
    )
    found = {}
    for day, calls, answered, talk_ms, charge, cost, unknown in conn.execute(query):
        margin = None if unknown else int(charge) - int(cost)
        found[day] = TrafficDay(
            day, int(calls), int(answered), int(talk_ms) // 1000, int(charge), margin
        )
    length = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=offset) for offset in range(length))
    return tuple(found.get(day, TrafficDay(day, 0, 0, 0, 0, 0)) for day in days)


def ratios(conn: Connection, period: Period, customer_id: CustomerId = None) -> Ratios:
    """Return what ASR, ACD and NER of the period are made of."""
    sums = (_rollup.calls, _rollup.answered, _rollup.no_answer, _rollup.busy, _rollup.talk_ms)
    query = select(*(func.coalesce(func.sum(column), 0) for column in sums)).where(
        _rollup.day.between(period.first, period.last),
        of_customer(_rollup.customer_id, customer_id),
    )
    return Ratios(*(int(value) for value in conn.execute(query).one()))
