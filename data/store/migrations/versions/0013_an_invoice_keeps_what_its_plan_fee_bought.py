"""An invoice keeps what its plan fee bought: minutes and destinations of the plan as it was then.

What older invoices bought is told by the log of changes: by the plan of that name as it was last
set before the invoice was drafted. A plan that the log does not know is taken as it is now.
"""

import json
from bisect import bisect_right

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Bought = tuple[int, str]
"""Included seconds, and the destinations with commas between them."""
_PLAN_LINES = sa.text(
    """
    SELECT l.invoice_id, l.position, l.description, i.created_at
    FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.kind = 'plan'
    """
)
_WRITTEN = sa.text(
    """
    UPDATE invoice_lines SET included_s = :seconds, destinations = :destinations
    WHERE invoice_id = :invoice AND position = :position
    """
)
# The minutes used on an invoice are those of the month's own line, on whichever invoice it is.
_OF_THEIR_MONTH = sa.text(
    """
    UPDATE invoice_lines AS used SET destinations = coalesce(
        (SELECT max(fee.destinations)
        FROM invoices mine
        JOIN invoices i ON i.customer_id = mine.customer_id AND i.deleted_at IS NULL
        JOIN invoice_lines fee ON fee.invoice_id = i.id AND fee.kind = 'plan'
            AND fee.from_day = used.from_day
        WHERE mine.id = used.invoice_id), '')
    WHERE used.kind = 'included'
    """
)


def upgrade() -> None:
    op.add_column(
        "invoice_lines", sa.Column("included_s", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "invoice_lines", sa.Column("destinations", Text, server_default="", nullable=False)
    )
    conn = op.get_bind()
    now, then = _as_they_are(conn), _as_they_were_set(conn)
    rows = []
    for invoice, position, name, drafted_at in conn.execute(_PLAN_LINES):
        found = then.get(name, [])
        before = bisect_right(found, drafted_at, key=lambda each: each[0])
        seconds, destinations = found[before - 1][1] if before else now.get(name, (0, ""))
        if seconds or destinations:
            rows.append(
                {
                    "invoice": invoice,
                    "position": position,
                    "seconds": seconds,
                    "destinations": destinations,
                }
            )
    if rows:
        conn.execute(_WRITTEN, rows)
        conn.execute(_OF_THEIR_MONTH)
        conn.execute(sa.text("UPDATE data_version SET version = version + 1"))


def _as_they_are(conn: sa.Connection) -> dict[str, Bought]:
    listed: dict[int, list[str]] = {}
    query = "SELECT plan_id, pattern FROM plan_destinations ORDER BY plan_id, pattern"
    for plan, pattern in conn.execute(sa.text(query)):
        listed.setdefault(plan, []).append(pattern)
    plans = conn.execute(sa.text("SELECT id, name, included_s FROM plans"))
    return {name: (seconds, ",".join(listed.get(plan, ()))) for plan, name, seconds in plans}


def _as_they_were_set(conn: sa.Connection) -> dict[str, list[tuple[int, Bought]]]:
    """Return what each plan included from when on, in the order of time."""
    query = "SELECT at, after FROM audit_log WHERE action = 'plan_set' ORDER BY at, id"
    found: dict[str, list[tuple[int, Bought]]] = {}
    for at, after in conn.execute(sa.text(query)):
        plan = json.loads(after)
        bought = plan["included_s"], ",".join(plan["destinations"])
        found.setdefault(plan["name"], []).append((at, bought))
    return found
