"""Whose books the store holds."""

from sqlalchemy import Connection, func, select

from data.store.schema import tenant


def tenant_is_missing(conn: Connection) -> bool:
    """Tell whether the store is new and nobody's yet."""
    return conn.execute(select(func.count()).select_from(tenant)).scalar_one() == 0
