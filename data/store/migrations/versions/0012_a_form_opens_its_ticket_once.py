"""A form that is sent twice opens its ticket once."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("token", Text, nullable=True))
    op.create_index("uq_tickets_token", "tickets", ["token"], unique=True)
