"""What the store remembers by a key."""

from sqlalchemy import Connection, select

from data.store.schema import settings


def setting(conn: Connection, key: str) -> str | None:
    """Return what is kept under a key; none where nothing is."""
    value: str | None = conn.execute(
        select(settings.c.value).where(settings.c.key == key)
    ).scalar_one_or_none()
    return value
