"""Large files load in segments that nobody sees before the last one is there."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unfinished_loads",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("load_version", sa.BigInteger(), nullable=False),
        sa.Column("first_call_at", sa.BigInteger(), nullable=False),
        sa.Column("last_call_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["cdr_files.id"], name=op.f("fk_unfinished_loads_file_id")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_unfinished_loads")),
    )
    # A later change of the table `calls` drops this view first and makes it again.
    op.execute(
        "CREATE VIEW finished_calls AS SELECT * FROM calls "
        "WHERE load_version NOT IN (SELECT load_version FROM unfinished_loads)"
    )
