"""The tables of the ledger, as the newest migration leaves them.

`facts` is the list itself and never changes; `fact_subjects` and `promotions` are views, derived from it in
the same transaction and derived anew when their version (in `views`) is not today's; `snapshots`, `looks`,
and `folds` with their pages may be lost.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

REVISION = "0003"
"""The newest migration."""

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("happened_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

fact_subjects = Table(
    "fact_subjects",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

promotions = Table(
    "promotions",
    metadata,
    Column("promotion_id", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("instance", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text),
    Column("decided_at", Text, nullable=False),
    Column("landed_at", Text),
    Column("commit", Text),
    Column("outcome", Text),
    Column("ended_at", Text),
    Column("lost", Text),
    Index("promotions_by_sequence", "sequence", unique=True),
)

views = Table(
    "views",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("code_version", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("blob", LargeBinary, nullable=False),
)
"""One row at most, at place 1. `hash` is that of the fact at `sequence`: it ties the snapshot to the
chain."""

looks = Table(
    "looks",
    metadata,
    Column("artifact", Text, primary_key=True),
    Column("looked_for", Text, nullable=False),
    Column("memory", Text, nullable=False),
)
"""By artifact: the repository and range that were looked for, and what the next such look is handed."""

folds = Table(
    "folds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("code_version", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
"""Folds that grow, by name; tied to the chain as a snapshot is."""

fold_pages = Table(
    "fold_pages",
    metadata,
    Column("name", Text, primary_key=True),
    Column("table", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
