"""A form or command that is sent twice enters its payment once."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("token", Text, nullable=True))
    op.create_index("uq_payments_token", "payments", ["token"], unique=True)
