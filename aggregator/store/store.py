"""The store's face: async outside, one transaction in a thread inside. Every method may raise StoreError."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store import maintenance, schema
from aggregator.store.backup import copy_database
from aggregator.store.engine import Database
from aggregator.store.faces.articles import Articles
from aggregator.store.faces.channels import Channels
from aggregator.store.faces.hub import Hub
from aggregator.store.faces.sources import Sources
from aggregator.store.faces.upkeep import Upkeep
from aggregator.store.lock import poller_lock


class Store(Sources, Articles, Channels, Hub, Upkeep):
    """The database: opened, migrated and checked here; `faces` are its parts."""

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at `sqlite:///file` or `postgresql://…`; nothing is read or written yet."""
        return cls(Database.of(url))

    @property
    def name(self) -> str:
        """The database's address for messages, without its password."""
        return self._database.name

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of ours, which any command may create and upgrade."""
        return self._database.sqlite

    async def close(self) -> None:
        await self._database.close()

    def poller_lock(self) -> AbstractContextManager[None]:
        """The right to poll for this database, while the block runs; raises PollerRunningError."""
        return poller_lock(self._database.path)

    async def migrate(self) -> bool:
        """Bring the database to this program's schema, creating it where there is none; True when something changed."""
        if (path := self._database.path) is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"the database {path} cannot be created: {error.strerror}") from error
        return await self._database.write(schema.upgrade)

    async def ready(self) -> None:
        """Raises StoreError when the database is out of reach or not at this program's schema."""
        if (path := self._database.path) is not None and not path.exists():
            raise StoreError(f"the database {path} does not exist yet: run `aggregator db upgrade`")
        await self._database.read(schema.check)

    async def check(self) -> tuple[str, ...]:
        """What is damaged in the database, in lines; empty when nothing is."""
        return await self._database.read(maintenance.integrity)

    async def backup(self, target: Path) -> None:
        """Copy the database to a file, while others read and write; raises StoreError for PostgreSQL, which has pg_dump."""
        if self._database.path is None:
            raise StoreError("PostgreSQL has its own tool for this: pg_dump --format=custom --file=FILE DATABASE_URL")
        await asyncio.to_thread(copy_database, self._database.path, target)
