"""What matching and rating need to know: codes, rates, and who has which table."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator
from data.domain.rating import Rate
from data.store.queries.rates import RATE_COLUMNS
from data.store.queries.retention import calls_expired_before
from data.store.queries.tenant import the_tenant
from data.store.schema import auth_codes, customers, rates

W = TypeVar("W", AuthField, AuthKind, AuthOperator)


@dataclass(frozen=True)
class Rules:
    """The rules of one moment, as rows.

    Attributes:
        zone: The tenant's: what a day is, and which band a call falls into.
        customer_codes: Auth codes of customers that are not deleted, by customer and position.
        provider_codes: Those of providers.
        tables: The rate table of each customer and provider, by customer.
        rates: The rates of those tables, replaced ones left out.
        kept_from: The first day, in the tenant's zone, whose calls are kept; none: all are.
    """

    zone: ZoneInfo
    customer_codes: tuple[AuthCode, ...]
    provider_codes: tuple[AuthCode, ...]
    tables: tuple[tuple[int, int], ...]
    rates: tuple[Rate, ...]
    kept_from: date | None = None


def rules(conn: Connection) -> Rules:
    """Return the rules in force in this snapshot."""
    return Rules(
        zone=the_tenant(conn).zone,
        customer_codes=_codes(conn, provider=False),
        provider_codes=_codes(conn, provider=True),
        tables=_tables(conn),
        rates=_rates(conn),
        kept_from=calls_expired_before(conn),
    )


def _codes(conn: Connection, *, provider: bool) -> tuple[AuthCode, ...]:
    c = auth_codes.c
    query = (
        select(c.customer_id, c.position, c.field, c.kind, c.pattern, c.operator, c.enabled)
        .join(customers, customers.c.id == c.customer_id)
        .where(customers.c.deleted_at.is_(None), customers.c.provider == provider)
        .order_by(c.customer_id, c.position, c.id)
    )
    fields, kinds, operators = _words(AuthField), _words(AuthKind), _words(AuthOperator)
    return tuple(
        AuthCode(
            customer_id=customer_id,
            position=position,
            field=fields[field],
            kind=kinds[kind],
            pattern=pattern,
            operator=operators[operator],
            enabled=enabled,
        )
        for customer_id, position, field, kind, pattern, operator, enabled in conn.execute(query)
    )


def _words(words: type[W]) -> dict[str, W]:
    return {word.value: word for word in words}


def _tables(conn: Connection) -> tuple[tuple[int, int], ...]:
    query = (
        select(customers.c.id, customers.c.rate_table_id)
        .where(customers.c.deleted_at.is_(None), customers.c.rate_table_id.is_not(None))
        .order_by(customers.c.id)
    )
    return tuple((row.id, row.rate_table_id) for row in conn.execute(query))


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
