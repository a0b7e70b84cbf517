"""A source's own numbers; halves of calls across files; counters and their gaps."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("own_numbers", "toll_free_numbers"):
        op.add_column("sources", sa.Column(name, Text, server_default="", nullable=False))
    op.create_table(
        "open_halves",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("pair_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("moment", Text, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["cdr_files.id"], name="fk_open_halves_file_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_open_halves_source_id"),
        sa.PrimaryKeyConstraint("file_id", "line", name="pk_open_halves"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_open_halves_pair", "open_halves", ["source_id", "pair_key"])
    op.create_table(
        "sequence_runs",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("stream", Text, nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["cdr_files.id"], name="fk_sequence_runs_file_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_sequence_runs_source_id"),
        sa.PrimaryKeyConstraint("file_id", "position", name="pk_sequence_runs"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sequence_runs_time", "sequence_runs", ["source_id", "stream", "to_at"])
    op.create_table(
        "sequence_gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("stream", Text, nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_why", Text, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_sequence_gaps_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sequence_gaps"),
    )
    op.create_index("ix_sequence_gaps_time", "sequence_gaps", ["source_id", "stream", "until_at"])
