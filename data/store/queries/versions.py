"""Which state of the store is the newest: the one tiny read of an unchanged page."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.store.schema import data_version, tenant


@dataclass(frozen=True)
class DataVersion:
    """The newest state.

    Attributes:
        version: Raised by every change that the page shows; 0 before the first one.
        changed_at: When that was; none before the first one.
        zone: The tenant's zone, which says what today is.
    """

    version: int
    changed_at: datetime | None
    zone: ZoneInfo


_NEWEST = select(data_version.c.version, data_version.c.changed_at, tenant.c.timezone).select_from(
    tenant.outerjoin(data_version, data_version.c.id == tenant.c.id)
)


def newest_version(conn: Connection) -> DataVersion:
    """Return the data version and what decides the tenant's today."""
    version, changed_at, zone = conn.execute(_NEWEST).one()
    return DataVersion(version or 0, changed_at, ZoneInfo(zone))
