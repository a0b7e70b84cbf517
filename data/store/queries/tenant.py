"""Whose books the store holds."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial

from sqlalchemy import Connection, func, select

from data.domain.money import decimal_units
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


def units_of(conn: Connection) -> Callable[[int], str]:
    """Return how an amount reads in these books: with at least the decimals of their currency."""
    return partial(decimal_units, minor_digits=the_tenant(conn).minor_digits)
