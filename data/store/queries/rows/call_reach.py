"""Which days of calls a request has to look at."""

from datetime import date

from sqlalchemy import Connection, func, select

from data.domain.periods import Period
from data.store.queries.call_invoices import covered
from data.store.queries.conditions import billed_calls
from data.store.queries.retention import calls_expired_before
from data.store.queries.rows.asked import Asked
from data.store.queries.rows.call_days import calls_by_day, counted_by_day, days_with_calls
from data.store.queries.rows.calls import CallSource
from data.store.schema import calls, cdr_files, invoice_coverage, usage_by_customer


def call_source(conn: Connection, asked: Asked) -> CallSource:
    """Return the calls of a request, and those of its numbers whose rows have expired."""
    there = days_with_calls(conn, asked)
    wanted = _wanted(conn, asked)
    if there is None or wanted is None:
        return CallSource(asked, None, _expired(conn, asked))
    first, last = max(wanted.first, there.first), min(wanted.last, there.last)
    period = Period(first, last) if first <= last else None
    of_invoices = period and covered(conn, period)
    return CallSource(asked, period, _expired(conn, asked), of_invoices)


def _wanted(conn: Connection, asked: Asked) -> Period | None:
    """Return the days that the request itself names; none when it can have no calls."""
    request = asked.request
    spans = [period for period in (request.period,) if period is not None]
    if request.file_id is not None:
        ends = select(cdr_files.c.first_call_at, cdr_files.c.last_call_at).where(
            cdr_files.c.id == request.file_id
        )
        found = conn.execute(ends).one_or_none()
        if found is None or None in found:
            return None
        spans.append(Period(*(instant.astimezone(asked.zone).date() for instant in found)))
    if request.invoice_id is not None:
        days = select(
            func.min(invoice_coverage.c.from_day), func.max(invoice_coverage.c.to_day)
        ).where(invoice_coverage.c.invoice_id == request.invoice_id)
        found = conn.execute(days).one()
        if None in found:
            return None
        spans.append(Period(*found))
    first, last = max(span.first for span in spans), min(span.last for span in spans)
    return Period(first, last) if first <= last else None


def _expired(conn: Connection, asked: Asked) -> int:
    """Return the calls of a cut on days whose rows retention has taken; the rollups keep them."""
    request, kept_from = asked.request, calls_expired_before(conn)
    if kept_from is None:
        return 0
    if request.file_id is not None or request.invoice_id is not None:
        return 0 if request.filters else _expired_of_one(conn, asked, kept_from)
    period = request.period
    if period is None or not counted_by_day(asked):
        return 0
    days = calls_by_day(conn, asked, period, newest_first=False)
    return sum(rows for day, rows in days if day < kept_from)


def _expired_of_one(conn: Connection, asked: Asked, kept_from: date) -> int:
    """Return the calls of one file or invoice whose rows retention has taken.

    A file counts what it loaded, and its rows are counted.
    """
    request = asked.request
    if request.invoice_id is not None:
        return expired_of_invoice(conn, request.invoice_id)
    file = select(cdr_files.c.loaded, cdr_files.c.first_call_at).where(
        cdr_files.c.id == request.file_id
    )
    found = conn.execute(file).one_or_none()
    if found is None or found.first_call_at is None:
        return 0
    if found.first_call_at.astimezone(asked.zone).date() >= kept_from:
        return 0
    left = select(func.count()).select_from(calls).where(calls.c.file_id == request.file_id)
    return max(0, int(found.loaded) - int(conn.execute(left).scalar_one()))


def expired_of_invoice(conn: Connection, invoice_id: int) -> int:
    """Return the calls of an invoice whose rows retention has taken: the rollups have its days."""
    kept_from = calls_expired_before(conn)
    if kept_from is None:
        return 0
    covered = select(func.coalesce(billed_calls(), 0)).where(
        usage_by_customer.c.invoice_id == invoice_id, usage_by_customer.c.day < kept_from
    )
    return int(conn.execute(covered).scalar_one())
