"""Taking back what a CDR file loaded: before it is loaded again, or because it was withdrawn."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    not_,
    select,
    type_coerce,
    update,
)

from data.domain.counting import counted, worded
from data.domain.errors import Refused
from data.domain.periods import EPOCH, Period
from data.domain.records import FileStatus, InvoiceStatus
from data.domain.usage import NOT_INVOICED
from data.store.queries.call_invoices import BILLABLE, invoice_spans
from data.store.queries.files import CdrFile
from data.store.queries.tenant import the_tenant
from data.store.queries.usage import CallRows, stored_customer_usage, stored_destination_usage
from data.store.schema import (
    call_rows,
    cdr_files,
    duplicates,
    ignored_lines,
    invoiced_differences,
    invoices,
    rejections,
)
from data.store.writes.halves import halves_let_go
from data.store.writes.invoiced_lines import lines_kept, lines_let_go, stays
from data.store.writes.sequences import Counted, runs_kept
from data.store.writes.usage import (
    CUSTOMER_SUMS,
    customer_usage_added,
    destination_usage_added,
    duplicates_added,
)

_QUARTER = timedelta(minutes=15)
"""Every zone's days begin on a quarter hour of UTC, since 1972."""
_LONG_GAP, _LONG = timedelta(days=31), timedelta(days=366)


@dataclass(frozen=True)
class Unloaded:
    """What was taken back.

    Attributes:
        frozen: Calls that stay as they are, being on recorded invoices.
    """

    frozen: int


def file_unloaded(conn: Connection, file: CdrFile) -> Unloaded:
    """Take back a file's calls with their rollups, its rejections, ignored and repeated lines.

    What an earlier time found to differ from recorded invoices goes too.

    Calls on recorded invoices stay, and are kept in `invoiced_lines` while there are some; drafts
    that lose calls are marked out of date.
    """
    frozen = 0
    if file.first_processed_at is None:
        return Unloaded(frozen)
    if file.first_call_at is not None:
        frozen = _calls_unloaded(conn, file, the_tenant(conn).zone)
    if file.source_id is not None:
        duplicates_added(conn, file.source_id, _repeated_by_day(conn, file))
    for table in (duplicates, rejections, ignored_lines, invoiced_differences):
        conn.execute(delete(table).where(table.c.file_id == file.id))
    return Unloaded(frozen)


def _quarter(started_at: ColumnElement[datetime]) -> ColumnElement[int]:
    """Return the quarter of an hour that a call began in."""
    return type_coerce(started_at, BigInteger) // (_QUARTER // timedelta(milliseconds=1))


def _day_of(quarter: int, zone: ZoneInfo) -> date:
    return (EPOCH + quarter * _QUARTER).astimezone(zone).date()


def _own(file: CdrFile, period: Period, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition that a call of a period is of a file, by the calls' primary key."""
    start, end = period.instants(zone)
    return and_(
        call_rows.c.started_at >= start,
        call_rows.c.started_at < end,
        call_rows.c.file_id == file.id,
    )


def _inside(spans: CTE) -> ColumnElement[bool]:
    """Return the condition that a live invoice's rectangle holds a call, whatever its price.

    Rollup rows move to an invoice whole, with the calls that have no price among them.
    """
    return and_(
        spans.c.customer_id == call_rows.c.customer_id,
        call_rows.c.started_at >= spans.c.from_at,
        call_rows.c.started_at < spans.c.to_at,
        call_rows.c.load_version > spans.c.after_version,
        call_rows.c.load_version <= spans.c.upto_version,
    )


def _calls_unloaded(conn: Connection, file: CdrFile, zone: ZoneInfo) -> int:
    """Delete a file's calls and take their usage off; return how many stay."""
    periods = _periods(conn, file, zone)
    kept = lines_kept(conn, (_recorded(file, period, zone) for period in periods))
    for period in periods:
        goes = and_(_own(file, period, zone), not_(stays()))
        _usage_taken(conn, file, (period, zone), goes)
        conn.execute(delete(call_rows).where(goes))
    if not kept:
        lines_let_go(conn)
    return kept


def _periods(conn: Connection, file: CdrFile, zone: ZoneInfo) -> list[Period]:
    """Return the days that a file has calls of, in periods without long gaps.

    A clock that stood on the first of January 2000 would else make a period of decades.
    """
    quarter = _quarter(call_rows.c.started_at)
    query = select(quarter).where(
        call_rows.c.started_at >= file.first_call_at,
        call_rows.c.started_at <= file.last_call_at,
        call_rows.c.file_id == file.id,
    )
    found = {_day_of(number, zone) for number in conn.execute(query.distinct()).scalars()}
    # Before 1972 a day may begin within a quarter, and its neighbour is meant.
    days = {day + timedelta(days=each) for day in found for each in (-1, 0, 1)}
    periods: list[Period] = []
    for day in sorted(days):
        near = periods and day - periods[-1].last <= _LONG_GAP
        if near and day - periods[-1].first < _LONG:
            periods[-1] = Period(periods[-1].first, day)
        else:
            periods.append(Period(day, day))
    return periods


def _recorded(file: CdrFile, period: Period, zone: ZoneInfo) -> "Select[Any]":
    """Return a file's calls of a period that are on recorded invoices."""
    spans = invoice_spans(period, zone)
    return (
        select(call_rows.c.started_at, call_rows.c.call_key, call_rows.c.line)
        .join(spans, _inside(spans))
        .join(invoices, invoices.c.id == spans.c.invoice_id)
        .where(
            _own(file, period, zone),
            invoices.c.status == InvoiceStatus.RECORDED,
            call_rows.c.rate_state.in_(BILLABLE),
        )
    )


def _usage_taken(
    conn: Connection, file: CdrFile, days: tuple[Period, ZoneInfo], goes: ColumnElement[bool]
) -> None:
    if file.source_id is None:
        raise AssertionError("a file with calls has a source")
    spans = invoice_spans(*days)
    on = func.coalesce(spans.c.invoice_id, NOT_INVOICED)
    rows = CallRows(call_rows.c, call_rows.outerjoin(spans, _inside(spans)), goes, invoice_id=on)
    usage = [
        replace(each, sums=tuple(-number for number in each.sums))
        for each in stored_customer_usage(conn, *days, rows)
    ]
    places = [
        replace(each, sums=tuple(-number for number in each.sums))
        for each in stored_destination_usage(conn, *days, CallRows(call_rows.c, call_rows, goes))
    ]
    customer_usage_added(conn, file.source_id, usage)
    destination_usage_added(conn, places)
    calls, unrated = CUSTOMER_SUMS.index("calls"), CUSTOMER_SUMS.index("unrated")
    billed = (each for each in usage if each.sums[calls] != each.sums[unrated])
    touched = {each.invoice_id for each in billed} - {NOT_INVOICED}
    conn.execute(
        update(invoices)
        .where(invoices.c.id.in_(touched), invoices.c.status == InvoiceStatus.DRAFT)
        .values(outdated=True)
    )


def _repeated_by_day(conn: Connection, file: CdrFile) -> dict[date, int]:
    """Return a file's repeated lines by the day of their call, as what to take off."""
    zone = the_tenant(conn).zone
    quarter = _quarter(duplicates.c.started_at)
    query = select(quarter, func.count()).where(duplicates.c.file_id == file.id).group_by(quarter)
    by_day: dict[date, int] = {}
    for number, lines in conn.execute(query):
        day = _day_of(number, zone)
        by_day[day] = by_day.get(day, 0) - lines
    return by_day


def orphans_requeued(conn: Connection, file: CdrFile) -> list[int]:
    """Send files back to waiting whose repeated lines lost the call that they repeat.

    Of several copies the earliest file is processed again, and so takes the call over.

    Args:
        conn: The transaction that took a file's calls back, and loaded those it yields now.
        file: The file, as it was before.
    """
    if file.first_call_at is None:
        return []
    earlier = duplicates.alias("earlier")
    owner = exists().where(
        call_rows.c.started_at == duplicates.c.started_at,
        call_rows.c.call_key == duplicates.c.call_key,
    )
    first = not_(
        exists().where(
            earlier.c.started_at == duplicates.c.started_at,
            earlier.c.call_key == duplicates.c.call_key,
            earlier.c.file_id < duplicates.c.file_id,
            earlier.c.file_id != file.id,
        )
    )
    query = (
        select(duplicates.c.file_id)
        .where(
            duplicates.c.started_at >= file.first_call_at,
            duplicates.c.started_at <= file.last_call_at,
            duplicates.c.file_id != file.id,
            not_(owner),
            first,
        )
        .distinct()
        .order_by(duplicates.c.file_id)
    )
    found = list(conn.execute(query).scalars())
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id.in_(found), cdr_files.c.status != FileStatus.PROCESSING)
        .values(status=FileStatus.WAITING)
    )
    return found


def file_withdrawn(conn: Connection, file: CdrFile, now: datetime) -> None:
    """Unload a file that should not have been delivered; its content stays in the archive.

    Raises:
        Refused: It is in work, or calls of it are on recorded invoices; nothing was changed.
    """
    if file.status is FileStatus.PROCESSING:
        raise Refused(f"File {file.id} is in work now. Nothing was changed; try again.")
    frozen = file_unloaded(conn, file).frozen
    if frozen:
        raise Refused(
            f"{counted(frozen, 'call')} of file {file.id} {worded(frozen, 'is', 'are')} on "
            "recorded invoices, so it stays. Nothing was changed; credit those invoices instead."
        )
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file.id)
        .values(
            **dict.fromkeys(("lines", "loaded", "rejected", "duplicate", "ignored"), 0),
            status=FileStatus.SUCCESS,
            first_call_at=None,
            last_call_at=None,
            processed_at=now,
            withdrawn_at=now,
        )
    )
    orphans_requeued(conn, file)
    halves_let_go(conn, file)
    if file.source_id is not None:
        runs_kept(conn, Counted(file.id, file.source_id, now), ())


def withdrawal_undone(conn: Connection, file_id: int) -> None:
    """Send a withdrawn file back to waiting, to be taken in again.

    Raises:
        Refused: It was not withdrawn.
    """
    undone = conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == file_id, cdr_files.c.withdrawn_at.is_not(None))
        .values(withdrawn_at=None, status=FileStatus.WAITING)
    )
    if undone.rowcount == 0:
        raise Refused(f"File {file_id} was not withdrawn.")
