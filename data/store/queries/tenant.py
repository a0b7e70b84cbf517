"""Whose books the store holds."""

from dataclasses import fields

from sqlalchemy import Connection, func, select

from data.domain.tenant import Tenant
from data.store.schema import tenant

COLUMNS = [tenant.c[field.name] for field in fields(Tenant)]


def tenant_is_missing(conn: Connection) -> bool:
    """Tell whether the store is new and nobody's yet."""
    return conn.execute(select(func.count()).select_from(tenant)).scalar_one() == 0


def the_tenant(conn: Connection) -> Tenant:
    """Return whose books these are."""
    row = conn.execute(select(*COLUMNS)).one()
    return Tenant(**dict(row._mapping))  # noqa: SLF001 (SQLAlchemy's public name)
