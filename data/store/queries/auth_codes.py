"""The auth codes of customers, each customer's in its order."""

from typing import Any

from sqlalchemy import Connection, Row, select

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator
from data.store.schema import auth_codes

_CODES = select(
    auth_codes.c.customer_id,
    auth_codes.c.position,
    auth_codes.c.field,
    auth_codes.c.kind,
    auth_codes.c.pattern,
    auth_codes.c.operator,
    auth_codes.c.enabled,
).order_by(auth_codes.c.customer_id, auth_codes.c.position)


def codes_of(conn: Connection, customer_id: int) -> tuple[AuthCode, ...]:
    """Return the auth codes of a customer."""
    query = _CODES.where(auth_codes.c.customer_id == customer_id)
    return tuple(map(_code, conn.execute(query)))


def codes_by_customer(conn: Connection) -> dict[int, tuple[AuthCode, ...]]:
    """Return all auth codes, by the ids of the customers that have some."""
    found: dict[int, list[AuthCode]] = {}
    for row in conn.execute(_CODES):
        found.setdefault(row.customer_id, []).append(_code(row))
    return {customer_id: tuple(codes) for customer_id, codes in found.items()}


def _code(row: Row[*tuple[Any, ...]]) -> AuthCode:
    return AuthCode(
        customer_id=row.customer_id,
        position=row.position,
        field=AuthField(row.field),
        kind=AuthKind(row.kind),
        pattern=row.pattern,
        operator=AuthOperator(row.operator),
        enabled=row.enabled,
    )
