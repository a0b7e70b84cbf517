"""Destinations of rates without a name are named by their pattern, as calls there are priced.

Before, they were counted with the calls that have no rate at all. Days whose calls have expired
stay as they are: nobody can tell any more which pattern priced what.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from data.domain.periods import day_start
from data.store.types import Text, epoch_ms

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SUMS = ("calls", "answered", "talk_ms", "billed_s", "charge_micros", "cost_micros")
_usage = sa.table(
    "usage_by_destination",
    sa.column("day", sa.Date()),
    sa.column("destination", Text),
    *(sa.column(name, sa.BigInteger()) for name in ("direction", *SUMS)),
)
_of = _usage.c
_NAMELESS = sa.text(
    """
    SELECT r.pattern, c.direction, count(*) AS calls,
        sum(CASE WHEN c.disposition = 1 THEN 1 ELSE 0 END) AS answered,
        sum(CASE WHEN c.disposition = 1 THEN c.talk_ms ELSE 0 END) AS talk_ms,
        sum(c.billed_s) AS billed_s, coalesce(sum(c.charge_micros), 0) AS charge_micros,
        coalesce(sum(c.cost_micros), 0) AS cost_micros
    FROM finished_calls c JOIN rates r ON r.id = c.rate_id
    WHERE r.destination = '' AND r.pattern <> ''
        AND c.started_at >= :first AND c.started_at < :after
    GROUP BY r.pattern, c.direction
    """
)


def upgrade() -> None:
    conn = op.get_bind()
    nameless = sa.text("SELECT 1 FROM rates WHERE destination = '' AND pattern <> '' LIMIT 1")
    if conn.scalar(nameless) is None:
        return
    zone = ZoneInfo(conn.scalar(sa.text("SELECT timezone FROM tenant")))
    kept_from = conn.scalar(
        sa.text("SELECT value FROM settings WHERE key = 'calls_expired_before'")
    )
    kept = sa.true() if kept_from is None else _of.day >= date.fromisoformat(kept_from)
    days = sa.select(_of.day).where(_of.destination == "", _of.answered > 0, kept).distinct()
    for day in conn.scalars(days.order_by(_of.day)).all():
        _named(conn, day, zone)
    conn.execute(sa.delete(_usage).where(_of.calls == 0))
    conn.execute(sa.text("UPDATE data_version SET version = version + 1"))


def _named(conn: sa.Connection, day: date, zone: ZoneInfo) -> None:
    """Take a day's calls by rates without a name off those without a rate, to their patterns."""
    first, after = (epoch_ms(day_start(each, zone)) for each in (day, day + timedelta(days=1)))
    for row in conn.execute(_NAMELESS, {"first": first, "after": after}).mappings().all():
        key = {"day": day, "direction": row["direction"]}
        sums = {name: int(row[name]) for name in SUMS}
        _added(conn, key | {"destination": ""}, {name: -each for name, each in sums.items()})
        place = key | {"destination": row["pattern"]}
        if not _added(conn, place, sums):
            conn.execute(sa.insert(_usage).values(**place, **sums))


def _added(conn: sa.Connection, key: dict[str, object], sums: dict[str, int]) -> int:
    """Add to a row and return how many there were."""
    where = [_of[name] == value for name, value in key.items()]
    values = {name: _of[name] + each for name, each in sums.items()}
    return conn.execute(sa.update(_usage).where(*where).values(values)).rowcount
