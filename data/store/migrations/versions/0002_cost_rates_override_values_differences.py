"""Calls keep the rate of their cost and their override value; invoiced differences are listed."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("cost_rate_id", sa.Integer(), nullable=True))
    op.add_column("calls", sa.Column("override_value", Text, nullable=True))
    op.create_table(
        "invoiced_differences",
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("call_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("match_state", sa.SmallInteger(), nullable=False),
        sa.Column("rate_state", sa.SmallInteger(), nullable=False),
        sa.Column("rate_id", sa.Integer(), nullable=True),
        sa.Column("charge_micros", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["cdr_files.id"], name=op.f("fk_invoiced_differences_file_id")
        ),
        sa.PrimaryKeyConstraint("started_at", "call_key", name=op.f("pk_invoiced_differences")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("invoiced_differences", schema=None) as batch_op:
        batch_op.create_index("ix_invoiced_differences_file", ["file_id"], unique=False)
