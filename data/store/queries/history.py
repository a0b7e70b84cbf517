"""The tiles of earlier days, as the ingest kept them."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, select

from data.domain.history import Figure, TileHistory
from data.store.schema import tile_history

_KNOWN = {figure.value: figure for figure in Figure}


def tiles_of_days(conn: Connection, first: date, last: date) -> TileHistory:
    """Return what was kept on the days from first to last, both included, oldest first."""
    query = (
        select(tile_history.c.day, tile_history.c.tile, tile_history.c.value)
        .where(tile_history.c.day.between(first, last))
        .order_by(tile_history.c.day, tile_history.c.tile)
    )
    lines: dict[Figure, list[tuple[date, int]]] = defaultdict(list)
    for day, name, value in conn.execute(query):
        if name in _KNOWN:
            lines[_KNOWN[name]].append((day, int(value)))
    return TileHistory(lines)
