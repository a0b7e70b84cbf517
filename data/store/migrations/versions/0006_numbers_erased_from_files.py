"""When phone numbers were erased from a kept copy, which is not what was received any more."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cdr_files", sa.Column("erased_at", sa.BigInteger(), nullable=True))
