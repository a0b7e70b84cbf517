"""Why the line of an invoiced call makes that call no more, where its file is read otherwise."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invoiced_differences", sa.Column("line_now", Text, nullable=True))
