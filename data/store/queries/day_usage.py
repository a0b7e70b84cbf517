"""What calls add up to day by day: the one read behind traffic, line to cash and attention."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Connection, bindparam, func, literal, select

from data.domain.periods import Period
from data.store.queries.conditions import CustomerId
from data.store.schema import usage_by_customer, usage_by_day


@dataclass(frozen=True)
class DayUsage:
    """The calls of one day, of everybody or of one customer.

    Attributes:
        day: In the tenant's zone.
        calls: All of them.
        nobody: Of them, those without a customer, contested ones included.
        contested: Of them, those that two customers claim.
        answered: Of them, those with talk.
        no_answer: Of them, those that rang only; cancelled ones included.
        busy: Of them, those that met a busy line.
        unrated: Of those with a customer, those that need a rate and have none.
        cost_unknown: Of those with a price, those without a known cost.
        talk_ms: Talk of the answered ones.
        charge_micros: What customers are charged for them, before included minutes.
        cost_micros: What those with a price cost, as far as known.
    """

    day: date
    calls: int
    nobody: int
    contested: int
    answered: int
    no_answer: int
    busy: int
    unrated: int
    cost_unknown: int
    talk_ms: int
    charge_micros: int
    cost_micros: int


_SUMS = tuple(field.name for field in fields(DayUsage) if field.name != "day")


_one, _whole = usage_by_customer.c, usage_by_day.c
_EVERYBODYS = (
    select(_whole.day, *(_whole[name] for name in _SUMS))
    .where(_whole.day.between(bindparam("first"), bindparam("last")))
    .order_by(_whole.day)
)
_OF_ONE = (
    select(
        _one.day,
        *(literal(0) if name == "nobody" else func.sum(_one[name]) for name in _SUMS),
    )
    .where(
        _one.day.between(bindparam("first"), bindparam("last")),
        _one.customer_id == bindparam("whose"),
    )
    .group_by(_one.day)
    .order_by(_one.day)
)

_NEWEST = select(func.max(_whole.day)).where(_whole.day <= bindparam("today"))


def newest_day(conn: Connection, today: date) -> date | None:
    """Return the newest day with calls of anybody, those dated in the future left out."""
    newest: date | None = conn.execute(_NEWEST, {"today": today}).scalar_one()
    return newest


def usage_by_days(
    conn: Connection, period: Period, customer_id: CustomerId = None
) -> list[DayUsage]:
    """Return the days of a period that have calls, in order; one row of the rollup each."""
    asked = {"first": period.first, "last": period.last}
    if customer_id is None:
        rows = conn.execute(_EVERYBODYS, asked)
    else:
        rows = conn.execute(_OF_ONE, asked | {"whose": customer_id})
    return [DayUsage(row[0], *map(int, row[1:])) for row in rows]
