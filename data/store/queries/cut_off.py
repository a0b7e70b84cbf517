"""The first day whose calls are kept: whether it can be right, and what it kept out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data.domain.periods import day_start
from data.domain.retention import EXPIRED, LastSeen
from data.store.schema import calls, cdr_files, data_version, ignored_lines, usage_by_customer


def last_seen(conn: Connection, now: datetime, zone: ZoneInfo) -> LastSeen:
    """Return the days of the last change or receipt, and of the newest call up to now."""
    written = [
        conn.execute(select(func.max(column))).scalar_one()
        for column in (data_version.c.changed_at, cdr_files.c.received_at)
    ]
    call = conn.execute(
        select(calls.c.started_at)
        .where(calls.c.started_at <= now)
        .order_by(calls.c.started_at.desc(), calls.c.call_key.desc())
        .limit(1)
    ).scalar_one_or_none()
    newest = max((instant for instant in written if instant is not None), default=None)
    days = (each and each.astimezone(zone).date() for each in (newest, call))
    return LastSeen(*days)


def last_day_gone(conn: Connection, before: date) -> date | None:
    """Return the last day before another that has sums of calls; none: no day has."""
    usage = usage_by_customer.c
    query = select(func.max(usage.day)).where(usage.day < before)
    last: date | None = conn.execute(query).scalar_one()
    return last


def files_ignored_as_expired(conn: Connection, since: date, zone: ZoneInfo) -> list[int]:
    """Return the files received from a day on with lines that were ignored as expired, in order."""
    query = (
        select(cdr_files.c.id)
        .join(ignored_lines, ignored_lines.c.file_id == cdr_files.c.id)
        .where(cdr_files.c.received_at >= day_start(since, zone), ignored_lines.c.reason == EXPIRED)
        .distinct()
        .order_by(cdr_files.c.id)
    )
    return list(conn.execute(query).scalars())


def expired_lines(conn: Connection, file_id: int) -> int:
    """Return how many lines of a file were ignored because their calls would have expired."""
    query = select(func.count()).where(
        ignored_lines.c.file_id == file_id, ignored_lines.c.reason == EXPIRED
    )
    return int(conn.execute(query).scalar_one())
