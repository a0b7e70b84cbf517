"""Rate tables and their rates."""

from dataclasses import fields

from sqlalchemy import Connection, select

from data.domain.rating import Rate
from data.store.schema import rates

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
