"""What the store remembers by a key."""

from sqlalchemy import Connection, delete, insert

from data.store.schema import settings


def setting_kept(conn: Connection, key: str, value: str) -> None:
    """Keep a value under a key, in place of what was there."""
    conn.execute(delete(settings).where(settings.c.key == key))
    conn.execute(insert(settings).values(key=key, value=value))
