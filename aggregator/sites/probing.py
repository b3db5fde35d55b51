"""An address → what is there: each configured source asked once, the feeds of a web site found. Nothing of it is stored; hosts
are asked in the turns that a service of the same database takes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aggregator import __version__
from aggregator.config import Settings
from aggregator.errors import ConfigError, FetchError, ParseError, StoreError
from aggregator.fetch import Client, Robots, Visitor, agent_of
from aggregator.model import Newsroom, NotModified, Schedule, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.normalize import Rules
from aggregator.reconfigure.admission import read_configuration
from aggregator.sandbox.pool import Sandbox
from aggregator.sandbox.reading import read
from aggregator.sites.discovery import Discoverer, Discovery
from aggregator.store import Store
from aggregator.store.book import HostBook


async def probe(
    settings: Settings, newsroom: Newsroom, *, now: Callable[[], datetime]
) -> AsyncIterator[tuple[Source, str, bool]]:
    """Fetch each source once, storing nothing: the source, what was found, and whether that is well."""
    guard = Guard(settings.allow_networks)
    rules, workers = Rules.of(newsroom), Sandbox(preload=("aggregator.sandbox.reading",))
    try:
        async with open_door(guard) as door, shared_turns(settings, now) as book:
            client = Client(
                door.session,
                guard,
                user_agent=lambda: agent_of(newsroom),
                concurrency=settings.concurrency,
                names=door.names,
                book=book,
            )

            async def look(source: Source) -> tuple[Source, str, bool]:
                try:
                    answer = await client.fetch(source, Schedule(source_id=source.id, next_poll=now()), now=now())
                    if isinstance(answer, NotModified):
                        return source, "answered 304 to a request without validators", False
                    reading = await workers.run(
                        read,
                        answer.body,
                        content_type=answer.content_type,
                        url=answer.url,
                        source=source,
                        rules=rules,
                        now=now(),
                    )
                except (FetchError, ParseError) as error:
                    return source, str(error), False
                return source, f"{len(reading.sightings)} entries, {reading.title or 'without a title'}", True

            looks = [look(source) for source in newsroom.sources if source.enabled]
            for result in asyncio.as_completed(looks):
                yield await result
    finally:
        await workers.close()


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
        async with open_door(guard) as door, shared_turns(settings, now) as book:
            client = Client(door.session, guard, user_agent=lambda: agent, concurrency=1, names=door.names, book=book)
            visitor = Visitor(door.session, guard, client.politeness, user_agent=lambda: agent, now=now, log=book)
            search = Discoverer(
                visitor=visitor, robots=Robots(visitor, now), workers=workers, now=now, most=most, said=said
            )
            return await search.discover(url)
    finally:
        await workers.close()


@asynccontextmanager
async def shared_turns(settings: Settings, now: Callable[[], datetime]) -> AsyncIterator[HostBook | None]:
    """The turns of hosts in the database; None where there is none yet, or none to be had: then nobody polls by it either."""
    store = Store.open(settings.database_url)
    try:
        try:
            await store.ready()
        except StoreError:
            yield None
        else:
            yield store.host_book(f"probe:{secrets.token_hex(4)}", now)
    finally:
        await store.close()
