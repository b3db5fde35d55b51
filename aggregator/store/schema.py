"""An older database → this program's schema; a newer one → an error that says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from aggregator.errors import StoreError
from aggregator.store import tables as _tables  # noqa: F401  (fills the metadata)

if TYPE_CHECKING:
    from alembic.config import Config

METADATA = SQLModel.metadata
# Every revision in `migrations`, oldest first. Named here too, so that a start which changes nothing need not load alembic.
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
)
_FOLDER = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x6167_6772_0002


def upgrade(connection: Connection) -> bool:
    """Bring the database to the last revision; True when something changed. Raises StoreError when it is newer than we are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    if _current(connection) == REVISIONS[-1]:
        return False
    from alembic import command

    command.upgrade(configuration(connection), "head")
    return True


def downgrade(connection: Connection, revision: str) -> None:
    """Back to `revision` ("base": nothing is left); for tests and for a regretted upgrade."""
    from alembic import command

    command.downgrade(configuration(connection), revision)


def check(connection: Connection) -> None:
    """Raises StoreError unless the database is at this program's revision."""
    current = _current(connection)
    if current is None:
        raise StoreError("the database has not been set up: run `aggregator db upgrade`")
    if current != REVISIONS[-1]:
        raise StoreError("the database is older than this program: run `aggregator db upgrade`")


def configuration(connection: Connection) -> Config:
    """What alembic wants to know."""
    from alembic.config import Config

    config = Config()
    # alembic's own interpolation reads % as the start of a reference.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    versions: list[str] = []
    if "alembic_version" in tables:
        versions = list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    current = versions[0] if versions else None
    if current is not None and current not in REVISIONS:
        raise StoreError(
            "the database is newer than this program: install the release that last used it, or a later one"
        )
    if current is None and "article" in tables:
        raise StoreError("the database holds tables that are not ours: choose an empty one")
    return current
