"""pre: the facts, chained by hash, their first views, and the snapshot."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; facts refuse to be changed or removed."""
    _make_facts()
    op.create_table(
        "fact_subjects",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
    _make_promotions()
    op.create_table(
        "views",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("code_version", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )


def _make_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("happened_at", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER facts_refuse_{verb} BEFORE {verb.upper()} ON facts "
            "BEGIN SELECT RAISE(ABORT, 'a fact is recorded once and never changed'); END"
        )


def _make_promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("promotion_id", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("instance", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("landed_at", sa.Text),
        sa.Column("commit", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("ended_at", sa.Text),
        sa.Column("lost", sa.Text),
    )
    op.create_index("promotions_by_sequence", "promotions", ["sequence"], unique=True)
