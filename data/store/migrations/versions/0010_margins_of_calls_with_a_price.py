"""Margins count what calls with a price cost; before, they took what the others cost as a loss.

Rows of which no call or every answered call has a price need no calls to be put right. The others
(blocked calls beside priced ones, mostly) are reckoned from the calls; where those have expired,
nobody can tell any more, and the margin becomes unknown.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from data.domain.periods import day_start
from data.store.types import epoch_ms

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEYS = ("day", "source_id", "customer_id", "direction", "invoice_id", "rate_table_id")
_COUNTED = ("answered", "rated", "cost_unknown", "cost_micros")
_usage = sa.table(
    "usage_by_customer",
    sa.column("day", sa.Date()),
    *(sa.column(name, sa.BigInteger()) for name in (*KEYS[1:], *_COUNTED)),
)
_of = _usage.c
_mixed = sa.and_(_of.rated > 0, _of.rated < _of.answered)
_PRICELESS = sa.text(
    """
    SELECT f.source_id, coalesce(c.customer_id, 0) AS customer_id, c.direction,
        coalesce(i.id, 0) AS invoice_id, coalesce(r.rate_table_id, 0) AS rate_table_id,
        sum(CASE WHEN c.cost_micros IS NULL THEN 1 ELSE 0 END) AS unknown,
        coalesce(sum(c.cost_micros), 0) AS cost
    FROM finished_calls c
    JOIN cdr_files f ON f.id = c.file_id
    LEFT JOIN rates r ON r.id = c.rate_id
    LEFT JOIN (invoice_coverage v JOIN invoices i ON i.id = v.invoice_id AND i.deleted_at IS NULL)
        ON v.customer_id = c.customer_id AND v.from_day <= :day AND v.to_day >= :day
        AND c.load_version > v.after_version AND c.load_version <= v.upto_version
    WHERE c.started_at >= :first AND c.started_at < :after
        AND c.disposition = 1 AND c.charge_micros IS NULL
    GROUP BY 1, 2, 3, 4, 5
    """
).bindparams(sa.bindparam("day", type_=sa.Date()))


def upgrade() -> None:
    conn = op.get_bind()
    kept_from = conn.scalar(
        sa.text("SELECT value FROM settings WHERE key = 'calls_expired_before'")
    )
    expired = sa.false() if kept_from is None else _of.day < date.fromisoformat(kept_from)
    conn.execute(
        sa.update(_usage)
        .where(_of.rated == 0, sa.or_(_of.cost_unknown != 0, _of.cost_micros != 0))
        .values(cost_unknown=0, cost_micros=0)
    )
    gone = _of.cost_unknown == 0, _of.cost_micros != 0
    conn.execute(sa.update(_usage).where(_mixed, expired, *gone).values(cost_unknown=1))
    days = sa.select(_of.day).where(_mixed, sa.not_(expired)).distinct().order_by(_of.day)
    for day in conn.scalars(days).all():
        _priceless_left_out(conn, day)
    _summed_again(conn)


def _priceless_left_out(conn: sa.Connection, day: date) -> None:
    """Take what calls of a day without a price cost off the rows that have others too."""
    zone = ZoneInfo(conn.scalar(sa.text("SELECT timezone FROM tenant")))
    found = conn.execute(
        _PRICELESS,
        {
            "day": day,
            "first": epoch_ms(day_start(day, zone)),
            "after": epoch_ms(day_start(day + timedelta(days=1), zone)),
        },
    )
    for row in found.mappings().all():
        conn.execute(
            sa.update(_usage)
            .where(_of.day == day, _mixed, *(_of[name] == row[name] for name in KEYS[1:]))
            .values(
                cost_unknown=_of.cost_unknown - row["unknown"],
                cost_micros=_of.cost_micros - row["cost"],
            )
        )


def _summed_again(conn: sa.Connection) -> None:
    """Make the sums of these rows again: those by day, and those by customer and day."""
    for table, keys, whose in (
        ("usage_by_day", "day", ""),
        ("margin_by_customer", "customer_id, day", "WHERE customer_id <> 0"),
    ):
        places = [f"s.{key} = t.{key}" for key in keys.split(", ")]
        conn.execute(
            sa.text(
                f"""
                UPDATE {table} AS t SET cost_unknown = s.unknown, cost_micros = s.cost
                FROM (SELECT {keys}, sum(cost_unknown) AS unknown, sum(cost_micros) AS cost
                    FROM usage_by_customer {whose} GROUP BY {keys}) AS s
                WHERE {" AND ".join(places)}
                """  # noqa: S608  names of this file's own
            )
        )
    conn.execute(sa.text("UPDATE data_version SET version = version + 1"))
