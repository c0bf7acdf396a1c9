"""What the last look at each image repository hands to the next: beside the facts that came of it.

In the ledger's file, so that it is lost with them: a memory without its facts would keep images from being
found.
"""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from headway.adapters.ledger.schema import looks
from headway.domain.names import ArtifactName


def keep_look(connection: Connection, artifact: ArtifactName, looked_for: str, memory: str) -> None:
    """Keep a memory in place of the one before; see `headway.app.ports.Looks`."""
    row = {"looked_for": looked_for, "memory": memory}
    statement = insert(looks).values(artifact=str(artifact), **row)
    connection.execute(statement.on_conflict_do_update(index_elements=[looks.c.artifact], set_=row))


def recall_look(connection: Connection, artifact: ArtifactName, looked_for: str) -> str | None:
    """Give what was kept; see `headway.app.ports.Looks`."""
    mine = (looks.c.artifact == str(artifact)) & (looks.c.looked_for == looked_for)
    return connection.execute(select(looks.c.memory).where(mine)).scalar()
