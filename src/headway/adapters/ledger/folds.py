"""Folds that grow with the facts: a state and pages, tied to the chain by the hash of their last fact."""

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from headway.adapters.ledger.schema import fold_pages, folds
from headway.adapters.ledger.snapshot import hash_at, known_hash
from headway.app.ports import FoldKept


def keep_fold(connection: Connection, name: str, code_version: str, kept: FoldKept) -> None:
    """Keep a fold's state and its changed pages; see `headway.app.ports.Folds`."""
    fact_hash = known_hash(connection, kept.sequence)
    old = connection.execute(select(folds.c.code_version).where(folds.c.name == name)).scalar()
    if old != code_version:
        connection.execute(delete(fold_pages).where(fold_pages.c.name == name))
    connection.execute(delete(folds).where(folds.c.name == name))
    row = {"name": name, "code_version": code_version, "sequence": kept.sequence, "hash": fact_hash}
    connection.execute(insert(folds), {**row, "state": kept.state})
    pages = [
        {"name": name, "table": table, "page": page, "blob": blob}
        for table, blobs in kept.pages.items()
        for page, blob in blobs.items()
    ]
    if pages:
        written = upsert(fold_pages)
        keys = [fold_pages.c.name, fold_pages.c.table, fold_pages.c.page]
        connection.execute(
            written.on_conflict_do_update(index_elements=keys, set_={"blob": written.excluded.blob}), pages
        )


def recall_fold(connection: Connection, name: str, code_version: str) -> FoldKept | None:
    """Give a fold that the same code version kept; see `headway.app.ports.Folds`."""
    row = connection.execute(
        select(folds).where(folds.c.name == name).where(folds.c.code_version == code_version)
    ).first()
    if row is None or hash_at(connection, row.sequence) != row.hash:
        return None
    pages: dict[str, dict[int, bytes]] = {}
    for page in connection.execute(select(fold_pages).where(fold_pages.c.name == name)):
        pages.setdefault(page.table, {})[page.page] = page.blob
    return FoldKept(sequence=row.sequence, state=row.state, pages=pages)
