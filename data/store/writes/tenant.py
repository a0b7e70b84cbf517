"""The tenant: whose books the store holds."""

from sqlalchemy import Connection, insert

from data.store.schema import tenant


def tenant_founded(conn: Connection, *, name: str, currency: str, timezone: str) -> None:
    """Write the one tenant of a new store; its currency and zone stay as they are from then on."""
    conn.execute(insert(tenant).values(id=1, name=name, currency=currency, timezone=timezone))
