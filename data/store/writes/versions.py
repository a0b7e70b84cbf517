"""The data version: one number, raised by every transaction that changes what the page shows."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from data.store.schema import data_version


def version_raised(conn: Connection, now: datetime) -> int:
    """Raise the data version inside the caller's write transaction and return the new one.

    Writers hold the write lock, so versions are handed out in commit order: what a transaction
    loads carries its version, and a bill run that reads version v has seen every load up to v.
    """
    updated = conn.execute(
        update(data_version).values(version=data_version.c.version + 1, changed_at=now)
    )
    if updated.rowcount == 0:
        conn.execute(insert(data_version).values(id=1, version=1, changed_at=now))
    version: int = conn.execute(select(data_version.c.version)).scalar_one()
    return version
