"""Numbers that the counters of sources gave and no file brought."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.domain.sequences import Gap
from data.store.schema import sequence_gaps, sources

_g = sequence_gaps.c
GAP = [_g.stream, _g.first_number, _g.last_number, _g.until_at]


@dataclass(frozen=True)
class Missing:
    """A gap in the counter of a source.

    Attributes:
        source: Its name.
        gap: What is missing.
        noticed_at: Since when that is known.
    """

    source: str
    gap: Gap
    noticed_at: datetime


def missing(conn: Connection) -> list[Missing]:
    """Return the gaps that nobody has dismissed, by source and time."""
    query = (
        select(sources.c.name, *GAP, _g.noticed_at)
        .join(sources, sources.c.id == _g.source_id)
        .where(_g.dismissed_at.is_(None))
        .order_by(sources.c.name, _g.until_at, _g.id)
    )
    return [Missing(name, Gap(*gap), at) for name, *gap, at in conn.execute(query)]
