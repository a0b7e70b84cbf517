"""The data version: one number, raised by every transaction that changes what the page shows."""

from datetime import datetime

from sqlalchemy import Connection, insert, update

from data.store.schema import data_version

_RAISED = (
    update(data_version)
    .values(version=data_version.c.version + 1)
    .returning(data_version.c.version)
)


def version_raised(conn: Connection, now: datetime) -> int:
    """Raise the data version inside the caller's write transaction and return the new one.

    Writers hold the write lock, so versions are handed out in commit order: what a transaction
    loads carries its version, and a bill run that reads version v has seen every load up to v.
    """
    version: int | None = conn.execute(_RAISED, {"changed_at": now}).scalar()
    if version is None:
        conn.execute(insert(data_version).values(id=1, version=1, changed_at=now))
        return 1
    return version
