"""The newest snapshot: what the facts up to one of them fold to, tied to the chain by that fact's hash."""

from sqlalchemy import Connection, delete, insert, select

from headway.adapters.ledger.chain import GENESIS, tampered
from headway.adapters.ledger.schema import facts, snapshots
from headway.domain.errors import UsageError


def save_snapshot(connection: Connection, code_version: str, sequence: int, blob: bytes) -> None:
    """Keep a snapshot in place of the one before; see `headway.app.ports.Snapshots`."""
    fact_hash = known_hash(connection, sequence)
    old = connection.execute(select(snapshots.c.code_version, snapshots.c.sequence)).first()
    if old and old.code_version == code_version and old.sequence > sequence:
        return
    connection.execute(delete(snapshots))
    row = {"place": 1, "code_version": code_version, "sequence": sequence, "hash": fact_hash, "blob": blob}
    connection.execute(insert(snapshots), row)


def load_snapshot(connection: Connection, code_version: str) -> tuple[int, bytes] | None:
    """Give the snapshot of a code version; see `headway.app.ports.Snapshots`."""
    row = connection.execute(select(snapshots).where(snapshots.c.code_version == code_version)).first()
    if row is None:
        return None
    if hash_at(connection, row.sequence) != row.hash:
        raise tampered(row.sequence, "a snapshot was made when it read differently")
    return row.sequence, row.blob


def known_hash(connection: Connection, sequence: int) -> str:
    """Give the hash of a fact that something was folded up to.

    Raises:
        UsageError: `snapshot-ahead`: the ledger holds no such fact.
    """
    fact_hash = hash_at(connection, sequence)
    if fact_hash is None:
        raise UsageError(
            "snapshot-ahead",
            f"a snapshot up to fact {sequence} cannot be kept",
            why="the ledger holds no such fact",
            next_step="read the ledger again before folding it",
        )
    return fact_hash


def hash_at(connection: Connection, sequence: int) -> str | None:
    """Give a fact's hash; None: there is no such fact."""
    if sequence == 0:
        return GENESIS
    return connection.execute(select(facts.c.hash).where(facts.c.sequence == sequence)).scalar()
