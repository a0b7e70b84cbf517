"""The codes and rates in force."""

from typing import TypeVar

from sqlalchemy import Connection, select

from data.domain.auth_codes import AuthField, AuthKind, AuthOperator
from data.domain.matching import CodeColumns, Rules
from data.domain.rating import Rate
from data.store.queries.rates import RATE_COLUMNS
from data.store.queries.retention import calls_expired_before
from data.store.queries.tenant import the_tenant
from data.store.schema import auth_codes, customers, rates

W = TypeVar("W", AuthField, AuthKind, AuthOperator)


def rules(conn: Connection) -> Rules:
    """Return the rules in force in this snapshot."""
    tenant = the_tenant(conn)
    return Rules(
        zone=tenant.zone,
        currency=tenant.currency,
        customer_codes=_codes(conn, provider=False),
        provider_codes=_codes(conn, provider=True),
        tables=_tables(conn),
        rates=_rates(conn),
        kept_from=calls_expired_before(conn),
    )


def _codes(conn: Connection, *, provider: bool) -> CodeColumns:
    c = auth_codes.c
    query = (
        select(c.customer_id, c.field, c.kind, c.pattern, c.operator, c.enabled)
        .join(customers, customers.c.id == c.customer_id)
        .where(customers.c.deleted_at.is_(None), customers.c.provider == provider)
        .order_by(c.customer_id, c.position, c.id)
    )
    rows = conn.execute(query).all()
    if not rows:
        return CodeColumns()
    customer_id, field, kind, pattern, operator, enabled = zip(*rows, strict=True)
    fields, kinds, operators = _words(AuthField), _words(AuthKind), _words(AuthOperator)
    return CodeColumns(
        customer_id,
        tuple(map(fields.__getitem__, field)),
        tuple(map(kinds.__getitem__, kind)),
        pattern,
        tuple(map(operators.__getitem__, operator)),
        enabled,
    )


def _words(words: type[W]) -> dict[str, W]:
    return {word.value: word for word in words}


def _tables(conn: Connection) -> tuple[tuple[int, int], ...]:
    query = (
        select(customers.c.id, customers.c.rate_table_id)
        .where(customers.c.deleted_at.is_(None), customers.c.rate_table_id.is_not(None))
        .order_by(customers.c.id)
    )
    return tuple((customer, table) for customer, table in conn.execute(query).all())


def _rates(conn: Connection) -> tuple[Rate, ...]:
    used = select(customers.c.rate_table_id).where(
        customers.c.deleted_at.is_(None), customers.c.rate_table_id.is_not(None)
    )
    query = (
        select(*RATE_COLUMNS)
        .where(rates.c.retired_at.is_(None), rates.c.rate_table_id.in_(used))
        .order_by(rates.c.id)
    )
    return tuple(Rate(**dict(row)) for row in conn.execute(query).mappings())
