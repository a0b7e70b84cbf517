"""CDR files processed by month: the current one to date and the two before it."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, case, func, select

from data.domain.dashboard import MonthOfFiles
from data.domain.periods import Period, last_three_months, months_before
from data.domain.records import FileStatus
from data.store.queries.conditions import file_processed
from data.store.schema import cdr_files

_success = case((cdr_files.c.status == FileStatus.SUCCESS, 1), else_=0)
_early = case((cdr_files.c.first_processed_at < bindparam("same_end"), 1), else_=0)
_MONTH = select(
    func.count(), func.coalesce(func.sum(_success), 0), func.coalesce(func.sum(_early), 0)
).where(
    cdr_files.c.first_processed_at >= bindparam("start"),
    cdr_files.c.first_processed_at < bindparam("end"),
    file_processed(),
)


def files_by_month(conn: Connection, today: date, zone: ZoneInfo) -> tuple[MonthOfFiles, ...]:
    """Return three months of files, oldest first.

    A file's month is that of its first processing in the tenant's zone; its colour is its latest
    outcome. Withdrawn files are left out; dismissed ones were processed and stay.
    """
    return tuple(_month(conn, period, today, zone) for period in last_three_months(today))


def _month(conn: Connection, period: Period, today: date, zone: ZoneInfo) -> MonthOfFiles:
    start, end = period.instants(zone)
    apart = (today.year - period.first.year) * 12 + today.month - period.first.month
    same_day = months_before(today, apart)
    _, same_end = Period(period.first, same_day).instants(zone)
    bounds = {"start": start, "end": end, "same_end": same_end}
    count, succeeded, to_same_day = conn.execute(_MONTH, bounds).one()
    return MonthOfFiles(period.first, period.last, succeeded, count - succeeded, to_same_day)
