"""Whether the sums that the store keeps are those of its rows: what no check of pages can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, or_, select

from data.domain.periods import Period, day_start
from data.domain.records import Disposition, FileStatus, MatchState, RateState
from data.domain.usage import NOBODY
from data.store.queries.places import place_or_none
from data.store.queries.retention import calls_expired_before
from data.store.queries.tenant import the_tenant
from data.store.schema import (
    calls,
    cdr_files,
    duplicates,
    ignored_lines,
    rates,
    rejections,
    usage_by_customer,
    usage_by_destination,
)

_file, _call = cdr_files.c, calls.c
_answered = _call.disposition == Disposition.ANSWERED


@dataclass(frozen=True)
class Difference:
    """A kept sum that is not the sum of its rows.

    Attributes:
        subject: Which sum.
        kept: What the store says.
        counted: What its rows say.
    """

    subject: str
    kept: tuple[int, ...]
    counted: tuple[int, ...]


def file_differences(conn: Connection) -> Iterator[Difference]:
    """Compare what each processed file says of its lines with the rows that they became."""
    parts: tuple[tuple[str, Table, ColumnElement[bool]], ...] = (
        ("loaded", calls, _still_whole(conn)),
        ("rejected", rejections, _file.id.is_not(None)),
        ("duplicate", duplicates, _file.id.is_not(None)),
        ("ignored", ignored_lines, _file.id.is_not(None)),
    )
    for name, rows, which in parts:
        counted = (
            select(rows.c.file_id, func.count().label("lines")).group_by(rows.c.file_id).subquery()
        )
        lines = func.coalesce(counted.c.lines, 0)
        query = (
            select(_file.id, _file.name, _file[name], lines)
            .select_from(cdr_files.outerjoin(counted, counted.c.file_id == _file.id))
            .where(_file.status == FileStatus.SUCCESS, which, _file[name] != lines)
            .order_by(_file.id)
        )
        for file_id, file_name, kept, found in conn.execute(query):
            yield Difference(f"{name} lines of file {file_id} ({file_name})", (kept,), (found,))


def _still_whole(conn: Connection) -> ColumnElement[bool]:
    """Leave out the files of whose calls some have expired."""
    kept_from = calls_expired_before(conn)
    if kept_from is None:
        return _file.id.is_not(None)
    start = day_start(kept_from, the_tenant(conn).zone)
    return or_(_file.first_call_at.is_(None), _file.first_call_at >= start)


def usage_differences(conn: Connection) -> Iterator[Difference]:
    """Compare the sums by day, customer and destination with the calls; expired days are left out.

    One range of the calls' primary key per day, so that the whole store is read once per kind.
    """
    zone = the_tenant(conn).zone
    seen = 0
    for day in _days(conn):
        yield from _day_differences(conn, day, zone)
        seen += _calls_of(conn, day, zone)
    since = calls_expired_before(conn)
    every = select(func.count()).select_from(calls)
    if since is not None:
        every = every.where(_call.started_at >= day_start(since, zone))
    total = conn.execute(every).scalar_one()
    if total != seen:
        yield Difference("calls on days that have sums", (seen,), (total,))


def _days(conn: Connection) -> list[date]:
    day = usage_by_customer.c.day
    query = select(day).distinct().order_by(day)
    since = calls_expired_before(conn)
    if since is not None:
        query = query.where(day >= since)
    return list(conn.execute(query).scalars())


def _of_day(day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    first, after = Period(day, day).instants(zone)
    return (_call.started_at >= first) & (_call.started_at < after)


def _calls_of(conn: Connection, day: date, zone: ZoneInfo) -> int:
    query = select(func.count()).select_from(calls).where(_of_day(day, zone))
    return int(conn.execute(query).scalar_one())


def _day_differences(conn: Connection, day: date, zone: ZoneInfo) -> Iterator[Difference]:
    here = _of_day(day, zone)
    yield from _compared(
        f"usage of {day} by source, customer and direction",
        _sums(conn, _kept_by_customer(day)),
        _sums(conn, _counted_by_customer(here)),
    )
    yield from _compared(
        f"usage of {day} by destination and direction",
        _sums(conn, _kept_by_destination(day)),
        _sums(conn, _counted_by_destination(here)),
    )


def _compared(
    what: str, kept: dict[tuple[Any, ...], tuple[int, ...]], counted: dict[tuple[Any, ...], Any]
) -> Iterator[Difference]:
    for key in sorted(kept.keys() | counted.keys()):
        one, other = kept.get(key, ()), counted.get(key, ())
        if one != other and any((*one, *other)):
            yield Difference(f"{what} {key}", one, other)


def _sums(conn: Connection, query: Select[Any]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    keys = sum(not column.name.startswith("sum_") for column in query.selected_columns)
    return {
        tuple(row[:keys]): tuple(int(value) for value in row[keys:]) for row in conn.execute(query)
    }


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


_AMOUNTS = ("talk_ms", "billed_s", "charge_micros", "cost_micros")


def _amounts(cost: ColumnElement[Any]) -> list[ColumnElement[int]]:
    talk = func.sum(case((_answered, _call.talk_ms), else_=0))
    others = (_call.billed_s, _call.charge_micros, cost)
    return [talk, *(func.coalesce(func.sum(one), 0) for one in others)]


def _labelled(columns: list[ColumnElement[int]]) -> list[ColumnElement[int]]:
    return [column.label(f"sum_{place}") for place, column in enumerate(columns)]


def _kept_by_customer(day: date) -> Select[Any]:
    usage = usage_by_customer.c
    keys = (usage.source_id, usage.customer_id, usage.direction)
    names = ("calls", "contested", "answered", *_AMOUNTS)
    return (
        select(*keys, *_labelled([func.sum(usage[name]) for name in names]))
        .where(usage.day == day)
        .group_by(*keys)
    )


def _counted_by_customer(here: ColumnElement[bool]) -> Select[Any]:
    customer = func.coalesce(_call.customer_id, NOBODY)
    keys = (_file.source_id, customer, _call.direction)
    contested = _count(_call.match_state == MatchState.CONTESTED)
    counts = [func.count(), contested, _count(_answered)]
    cost_of_priced = case((_call.rate_state == RateState.RATED, _call.cost_micros))
    return (
        select(*keys, *_labelled([*counts, *_amounts(cost_of_priced)]))
        .join_from(calls, cdr_files, _file.id == _call.file_id)
        .where(here)
        .group_by(*keys)
    )


def _kept_by_destination(day: date) -> Select[Any]:
    usage = usage_by_destination.c
    names = ("calls", "answered", *_AMOUNTS)
    return select(
        usage.destination, usage.direction, *_labelled([usage[name].label(name) for name in names])
    ).where(usage.day == day)


def _counted_by_destination(here: ColumnElement[bool]) -> Select[Any]:
    destination = place_or_none()
    keys = (destination, _call.direction)
    return (
        select(*keys, *_labelled([func.count(), _count(_answered), *_amounts(_call.cost_micros)]))
        .select_from(calls.outerjoin(rates, rates.c.id == _call.rate_id))
        .where(here)
        .group_by(*keys)
    )
