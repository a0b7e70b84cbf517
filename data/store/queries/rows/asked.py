"""A request for rows together with what decides the tenant's days."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, false, select, true

from data.domain.periods import Period
from data.domain.row_requests import RowRequest
from data.store.schema import tenant


@dataclass(frozen=True)
class Asked:
    """A request, in the tenant's zone.

    Attributes:
        request: What is wanted.
        zone: The tenant's zone: what a day is.
        today: The tenant's day: what is overdue.
    """

    request: RowRequest
    zone: ZoneInfo
    today: date

    def instants(self, period: Period, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Return the condition that an instant lies in a period's days."""
        start, end = period.instants(self.zone)
        return and_(column >= start, column < end)

    def in_period(self, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Return the condition that an instant lies in the request's period; true without one."""
        period = self.request.period
        return true() if period is None else self.instants(period, column)

    def on_days(self, column: ColumnElement[date]) -> ColumnElement[bool]:
        """Return the condition that a day lies in the request's period; true without one."""
        period = self.request.period
        return true() if period is None else column.between(period.first, period.last)

    def nobodys(self) -> ColumnElement[bool]:
        """Return the condition on lines that became no call: they are no customer's."""
        return true() if self.request.customer_id is None else false()


def asked_at(conn: Connection, request: RowRequest, now: datetime) -> Asked:
    """Return a request in the tenant's zone."""
    zone = ZoneInfo(conn.execute(select(tenant.c.timezone)).scalar_one())
    return Asked(request, zone, now.astimezone(zone).date())
