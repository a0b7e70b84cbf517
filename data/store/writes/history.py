"""Keeping what the tiles say, once a day: the newest look of a day stands for it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from data.domain.history import Figure
from data.store.queries.history import tiles_of_days
from data.store.queries.tiles import tiles
from data.store.schema import tenant, tile_history


def tiles_due(conn: Connection, now: datetime) -> tuple[date, dict[Figure, int]] | None:
    """Return today's figures where they are not what is kept of today, else none."""
    zone = ZoneInfo(conn.execute(select(tenant.c.timezone)).scalar_one())
    today = now.astimezone(zone).date()
    figures = tiles(conn, now, zone, allotted_bytes=0, customer_id=None).figures
    kept = tiles_of_days(conn, today, today).lines
    known = {figure: line[-1][1] for figure, line in kept.items()}
    return None if known == figures else (today, figures)


def tiles_kept(conn: Connection, day: date, figures: dict[Figure, int]) -> None:
    """Keep a day's figures in place of those kept earlier that day.

    The data version stays: the page shows today's figures as they are now.
    """
    conn.execute(delete(tile_history).where(tile_history.c.day == day))
    rows = [{"day": day, "tile": figure.value, "value": value} for figure, value in figures.items()]
    conn.execute(insert(tile_history), rows)
