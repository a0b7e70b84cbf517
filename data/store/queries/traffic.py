"""Calls by day, and what the ratios of a period are made of."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from data.domain.periods import Period
from data.domain.records import Ratios, TrafficDay
from data.store.queries.conditions import CustomerId, of_customer
from data.store.schema import usage_by_customer

_rollup = usage_by_customer.c


def traffic(
    conn: Connection, period: Period, customer_id: CustomerId = None
) -> tuple[tuple[TrafficDay, ...], Ratios]:
    """Return every day of the period in order, and what its ASR, ACD and NER are made of.

    Days without a call are included; both come from one pass over the rollup.
    """
    sums = (
        _rollup.calls,
        _rollup.answered,
        _rollup.no_answer,
        _rollup.busy,
        _rollup.talk_ms,
        _rollup.charge_micros,
        _rollup.cost_micros,
        _rollup.cost_unknown,
    )
    query = (
        select(_rollup.day, *(func.sum(column).label(column.name) for column in sums))
        .where(
            _rollup.day.between(period.first, period.last),
            of_customer(_rollup.customer_id, customer_id),
        )
        .group_by(_rollup.day)
        .order_by(_rollup.day)
    )
    found = conn.execute(query).all()
    by_day = {row.day: _day(row) for row in found}
    length = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=offset) for offset in range(length))
    ratios = Ratios(
        attempts=sum(int(row.calls) for row in found),
        answered=sum(int(row.answered) for row in found),
        no_answer=sum(int(row.no_answer) for row in found),
        busy=sum(int(row.busy) for row in found),
        talk_ms=sum(int(row.talk_ms) for row in found),
    )
    return tuple(by_day.get(day, TrafficDay(day, 0, 0, 0, 0, 0)) for day in days), ratios


def _day(row: Any) -> TrafficDay:  # noqa: ANN401 (a row has no narrower type)
    charge = int(row.charge_micros)
    margin = None if row.cost_unknown else charge - int(row.cost_micros)
    return TrafficDay(
        row.day, int(row.calls), int(row.answered), int(row.talk_ms) // 1000, charge, margin
    )
