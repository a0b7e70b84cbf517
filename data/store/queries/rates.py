"""Rate tables and their rates."""

from dataclasses import fields

from sqlalchemy import Connection, func, select

from data.domain.errors import Refused
from data.domain.rating import Rate
from data.store.schema import customers, rate_tables, rates

RATE_COLUMNS = [rates.c[field.name] for field in fields(Rate)]


def active_rates(conn: Connection, rate_table_id: int) -> list[Rate]:
    """Return the rates of a table that are not replaced, all versions, by pattern and date."""
    query = (
        select(*RATE_COLUMNS)
        .where(rates.c.rate_table_id == rate_table_id, rates.c.retired_at.is_(None))
        .order_by(rates.c.pattern, rates.c.effective_from, rates.c.group_value, rates.c.id)
    )
    return [Rate(**dict(row._mapping)) for row in conn.execute(query)]  # noqa: SLF001


def rate(conn: Connection, rate_id: int) -> Rate | None:
    """Return one rate, replaced ones too."""
    row = conn.execute(select(*RATE_COLUMNS).where(rates.c.id == rate_id)).one_or_none()
    return None if row is None else Rate(**dict(row._mapping))  # noqa: SLF001


def known_rate_table(conn: Connection, name: str) -> int:
    """Return the id of a rate table.

    Raises:
        Refused: There is none of that name.
    """
    found: int | None = conn.execute(
        select(rate_tables.c.id).where(rate_tables.c.name == name)
    ).scalar_one_or_none()
    if found is None:
        raise Refused(f"There is no rate table {name!r}; see 'python -m data rates list'.")
    return found


def rate_table_sizes(conn: Connection) -> list[tuple[str, int, int]]:
    """Return each table's name, its active rates and its customers, by name."""
    active = (
        select(func.count())
        .where(rates.c.rate_table_id == rate_tables.c.id, rates.c.retired_at.is_(None))
        .scalar_subquery()
    )
    users = (
        select(func.count())
        .where(customers.c.rate_table_id == rate_tables.c.id, customers.c.deleted_at.is_(None))
        .scalar_subquery()
    )
    query = select(rate_tables.c.name, active, users).order_by(rate_tables.c.name)
    return [(name, count, used) for name, count, used in conn.execute(query)]
