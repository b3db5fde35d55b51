"""An older database → this program's schema; a newer one → an error that says so."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from aggregator.errors import StoreError
from aggregator.store import tables as _tables  # noqa: F401  (fills the metadata)

METADATA = SQLModel.metadata
_FOLDER = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x6167_6772_0002


def upgrade(connection: Connection) -> bool:
    """Bring the database to head; True when something changed. Raises StoreError when it is newer than we are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = _config(connection)
    if _current(connection, config) == _head(config):
        return False
    command.upgrade(config, "head")
    return True


def downgrade(connection: Connection, revision: str) -> None:
    """Back to `revision` ("base": nothing is left); for tests and for a regretted upgrade."""
    command.downgrade(_config(connection), revision)


def check(connection: Connection) -> None:
    """Raises StoreError unless the database is at this program's revision."""
    config = _config(connection)
    current = _current(connection, config)
    if current is None:
        raise StoreError("the database has not been set up: run `aggregator db upgrade`")
    if current != _head(config):
        raise StoreError("the database is older than this program: run `aggregator db upgrade`")


def _config(connection: Connection) -> Config:
    config = Config()
    # alembic's own interpolation reads % as the start of a reference.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _current(connection: Connection, config: Config) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            "the database is newer than this program: install the release that last used it, or a later one"
        )
    if current is None and inspect(connection).has_table("article"):
        raise StoreError("the database holds tables that are not ours: choose an empty one")
    return current
