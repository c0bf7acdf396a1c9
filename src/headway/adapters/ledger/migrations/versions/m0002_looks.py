"""pre: what the last look at an image repository hands to the next."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; empty, the next look is a first one."""
    op.create_table(
        "looks",
        sa.Column("artifact", sa.Text, primary_key=True),
        sa.Column("looked_for", sa.Text, nullable=False),
        sa.Column("memory", sa.Text, nullable=False),
    )
