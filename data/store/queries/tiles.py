"""The nine numbers of the page: all time or now, never the period. Source: PRODUCT.md 1.1."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select

from data.domain.periods import day_start, past_month
from data.domain.records import FileStatus
from data.domain.tiles import (
    CustomersTile,
    DiskTile,
    ErrorTile,
    LastFileTile,
    SuccessTile,
    TicketsTile,
    Tiles,
    WaitingTile,
)
from data.store.queries.conditions import (
    CustomerId,
    customer_kept,
    file_failed,
    file_in_hand,
    file_succeeded,
    ticket_open,
)
from data.store.queries.owing import (
    drafts_tile,
    outstanding_by_due_date,
    unpaid_tile,
)
from data.store.schema import cdr_files, customers, tickets

# Made once: to make a statement takes five times as long as to run it.


def _many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_CUSTOMERS = select(
    func.count(),
    _many(customers.c.provider.is_(True)),
    _many(customers.c.created_at >= bindparam("since")),
).where(customer_kept())
_DISK = select(func.coalesce(func.sum(cdr_files.c.stored_bytes), 0))
_SUCCESS = select(
    func.count(),
    _many(cdr_files.c.rejected > 0),
    _many(cdr_files.c.processed_at > bindparam("since")),
).where(file_succeeded())
_ERROR = select(func.count(), func.max(cdr_files.c.processed_at)).where(file_failed())
_WAITING = select(
    func.count(),
    _many(cdr_files.c.status == FileStatus.PROCESSING),
    func.min(cdr_files.c.received_at),
).where(file_in_hand())
_LAST = (
    select(cdr_files.c.processed_at, cdr_files.c.name, cdr_files.c.status)
    .where(
        cdr_files.c.processed_at.is_not(None),
        cdr_files.c.status.in_((FileStatus.SUCCESS, FileStatus.ERROR)),
    )
    .order_by(cdr_files.c.processed_at.desc(), cdr_files.c.id.desc())
    .limit(1)
)
_TICKETS = select(func.count(), func.min(tickets.c.opened_at)).where(ticket_open())


def tiles(
    conn: Connection, now: datetime, zone: ZoneInfo, *, allotted_bytes: int, customer_id: CustomerId
) -> Tiles:
    """Return the nine tiles; the customer narrows drafts and unpaid invoices only."""
    today = now.astimezone(zone).date()
    return Tiles(
        customers=customers_tile(conn, day_start(past_month(today).first, zone)),
        disk=disk_tile(conn, allotted_bytes),
        draft_invoices=drafts_tile(conn, customer_id),
        unpaid_invoices=unpaid_tile(outstanding_by_due_date(conn, customer_id), today),
        files_success=success_tile(conn, now),
        files_error=error_tile(conn),
        files_waiting=waiting_tile(conn),
        file_last=last_file_tile(conn),
        open_tickets=tickets_tile(conn),
    )


def customers_tile(conn: Connection, since: datetime) -> CustomersTile:
    """Return the customers not deleted; providers are customers too."""
    return CustomersTile(*conn.execute(_CUSTOMERS, {"since": since}).one())


def disk_tile(conn: Connection, allotted_bytes: int) -> DiskTile:
    """Return the bytes, as stored, of every CDR file kept: failed and withdrawn ones too."""
    return DiskTile(int(conn.execute(_DISK).scalar_one()), allotted_bytes or None)


def success_tile(conn: Connection, now: datetime) -> SuccessTile:
    """Return the files whose latest processing succeeded; withdrawn ones are none."""
    return SuccessTile(*conn.execute(_SUCCESS, {"since": now - timedelta(hours=24)}).one())


def error_tile(conn: Connection) -> ErrorTile:
    """Return the files whose latest processing failed and that nobody dismissed or withdrew."""
    return ErrorTile(*conn.execute(_ERROR).one())


def waiting_tile(conn: Connection) -> WaitingTile:
    """Return the files that wait for processing or are in work."""
    return WaitingTile(*conn.execute(_WAITING).one())


def last_file_tile(conn: Connection) -> LastFileTile:
    """Return the file processed most recently, whatever the outcome."""
    row = conn.execute(_LAST).one_or_none()
    if row is None:
        return LastFileTile(None, None, None)
    return LastFileTile(row.processed_at, row.name, FileStatus(row.status))


def tickets_tile(conn: Connection) -> TicketsTile:
    """Return the tickets not resolved."""
    return TicketsTile(*conn.execute(_TICKETS).one())
