"""Brings a ledger's tables to the newest revision, in one transaction: all of it or nothing."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from headway.adapters.ledger.schema import REVISION
from headway.domain.errors import Broken

_MIGRATIONS = Path(__file__).with_name("migrations")


def revision_of(connection: Connection) -> str | None:
    """Give the revision that a ledger's tables are at; None: it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection, path: Path) -> None:
    """Run the migrations that are missing, in the connection's transaction.

    Raises:
        Broken: `ledger-newer`: a newer Headway has migrated this ledger.
    """
    if (revision := revision_of(connection)) == REVISION:
        return
    # Alembic is slow to import and seldom needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise ledger_newer(path, revision)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def ledger_newer(path: Path, revision: str) -> Broken:
    """Say that a newer Headway made this ledger's tables what they are."""
    return Broken(
        "ledger-newer",
        f"the ledger {path} cannot be used by this version of Headway",
        why=f"its tables are at revision {revision}, this version knows up to {REVISION}",
        next_step="use the newer Headway that migrated it, or put back the backup from before",
    )
