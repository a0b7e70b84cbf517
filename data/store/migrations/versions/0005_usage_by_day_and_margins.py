"""Usage by day, and margins by customer: sums of the usage by customer, filled from it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_by_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("nobody", sa.Integer(), nullable=False),
        sa.Column("contested", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("no_answer", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("unrated", sa.Integer(), nullable=False),
        sa.Column("cost_unknown", sa.Integer(), nullable=False),
        sa.Column("talk_ms", sa.BigInteger(), nullable=False),
        sa.Column("charge_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_usage_by_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "margin_by_customer",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("cost_unknown", sa.Integer(), nullable=False),
        sa.Column("charge_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "day", name=op.f("pk_margin_by_customer")),
        sqlite_with_rowid=False,
    )
    op.execute(
        """
        INSERT INTO usage_by_day (day, calls, nobody, contested, answered, no_answer, busy,
            unrated, cost_unknown, talk_ms, charge_micros, cost_micros)
        SELECT day, sum(calls), sum(CASE WHEN customer_id = 0 THEN calls ELSE 0 END),
            sum(contested), sum(answered), sum(no_answer), sum(busy),
            sum(CASE WHEN customer_id = 0 THEN 0 ELSE unrated END), sum(cost_unknown),
            sum(talk_ms), sum(charge_micros), sum(cost_micros)
        FROM usage_by_customer GROUP BY day
        """
    )
    op.execute(
        """
        INSERT INTO margin_by_customer (customer_id, day, calls, cost_unknown, charge_micros,
            cost_micros)
        SELECT customer_id, day, sum(calls), sum(cost_unknown), sum(charge_micros),
            sum(cost_micros)
        FROM usage_by_customer WHERE customer_id <> 0 GROUP BY customer_id, day
        """
    )
