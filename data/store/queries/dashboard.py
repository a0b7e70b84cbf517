"""Everything that the page shows, in the caller's one snapshot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from data.domain.attention import attention
from data.domain.dashboard import Dashboard
from data.domain.periods import Period, comparison, past_month
from data.domain.views import NarrowedTo
from data.store.queries.attention import findings, rhythms
from data.store.queries.day_usage import newest_day
from data.store.queries.history import tiles_of_days
from data.store.queries.line_to_cash import line_to_cash
from data.store.queries.months import files_by_month
from data.store.queries.owing import ageing, outstanding_by_due_date
from data.store.queries.tiles import tiles
from data.store.queries.top5 import top_customers, top_destinations, top_paying
from data.store.queries.traffic import traffic
from data.store.queries.versions import newest_version
from data.store.schema import calls, tenant

HISTORY_DAYS = 62
"""How far back the tiles' lines begin: past a month ago, which they are compared with."""


@dataclass(frozen=True)
class DashboardQuestion:
    """What a viewer asks of the page.

    Attributes:
        period: The dates that count; none: the past month that ends today.
        customer: The customer that the page is narrowed to; none: all.
        allotted_bytes: Disk space for CDR files; 0: none is set.
    """

    period: Period | None = None
    customer: NarrowedTo | None = None
    allotted_bytes: int = 0


_WHOSE = select(tenant.c.name, tenant.c.currency, tenant.c.minor_digits)


def dashboard(conn: Connection, now: datetime, asked: DashboardQuestion) -> Dashboard:
    """Return the page's one value.

    Only rollups and small tables are read, so the time does not grow with calls; the destinations
    of a single customer are the exception.

    Source: PRODUCT.md 1.1 to 1.3 and 3.
    """
    newest = newest_version(conn)
    zone, customer_id = newest.zone, None if asked.customer is None else asked.customer.id
    today = now.astimezone(zone).date()
    period = asked.period or past_month(today)
    before = comparison(period)
    start, end = period.instants(zone)
    whose = conn.execute(_WHOSE).one()
    nine = tiles(conn, now, zone, allotted_bytes=asked.allotted_bytes, customer_id=customer_id)
    days, ratios = traffic(conn, period, customer_id)
    days_before, ratios_before = traffic(conn, before, customer_id)
    return Dashboard(
        as_of=now,
        data_version=newest.version,
        changed_at=newest.changed_at,
        today=today,
        tenant=whose.name,
        currency=whose.currency,
        minor_digits=whose.minor_digits,
        timezone=zone.key,
        customer=asked.customer,
        tiles=nine,
        top_customers=top_customers(conn, period, customer_id),
        top_paying=top_paying(conn, period, customer_id),
        files_by_month=files_by_month(conn, today, zone),
        ageing=ageing(outstanding_by_due_date(conn), today),
        line_to_cash=line_to_cash(conn, period, zone, today, customer_id),
        attention=attention(findings(conn, today, nine)),
        rhythms=rhythms(conn),
        traffic=days,
        traffic_before=days_before,
        calls_through=newest_day(conn, today),
        ratios=ratios,
        ratios_before=ratios_before,
        top_destinations=top_destinations(
            conn,
            period,
            spans=(calls.c.started_at >= start, calls.c.started_at < end),
            customer_id=customer_id,
        ),
        history=tiles_of_days(conn, today - timedelta(days=HISTORY_DAYS), today),
    )
