"""The address of a web site → its feeds. Nothing of it is stored but what its robots.txt says; hosts are asked in the turns
that a service of the same database takes."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aggregator import __version__
from aggregator.config import Settings
from aggregator.errors import ConfigError, StoreError
from aggregator.fetch import Client, Robots, Visitor, agent_of
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.reconfigure.admission import read_configuration
from aggregator.sandbox.pool import Sandbox
from aggregator.sites.discovery import Discoverer, Discovery
from aggregator.store import Store


async def discover(
    settings: Settings, url: str, *, most: int, said: Callable[[str], None], now: Callable[[], datetime]
) -> Discovery:
    """The feeds of a web site; `most` bounds the requests. Raises FetchError when the site cannot be asked."""
    try:
        agent = agent_of(read_configuration(settings, strict_secrets=False)[0])
    except ConfigError:
        agent = f"aggregator/{__version__}"  # a site may be looked at before anything is configured
    guard, workers = Guard(settings.allow_networks), Sandbox(workers=1, preload=("aggregator.sandbox.reading",))
    try:
        async with open_door(guard) as door, database_of(settings) as store:
            book = store.host_book(f"probe:{secrets.token_hex(4)}", now) if store else None
            client = Client(door.session, guard, user_agent=lambda: agent, concurrency=1, names=door.names, book=book)
            visitor = Visitor(door.session, guard, client.politeness, user_agent=lambda: agent, now=now, log=book)
            search = Discoverer(
                visitor=visitor, robots=Robots(visitor, now, book), workers=workers, now=now, most=most, said=said
            )
            return await search.discover(url)
    finally:
        await workers.close()


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Store | None]:
    """The database; None where there is none yet, or none to be had: then nobody polls by it either."""
    store = Store.open(settings.database_url)
    try:
        try:
            await store.ready()
        except StoreError:
            yield None
        else:
            yield store
    finally:
        await store.close()
