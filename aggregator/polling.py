"""What the service has → a poller at work: its door to the network, its workers, and all that goes out through them."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aggregator.completion import Completer
from aggregator.config import Settings
from aggregator.fetch import Client, Poster, Robots, Visitor, agent_of
from aggregator.leases import reachable
from aggregator.leasing import Subscriber
from aggregator.model import Article, Newsroom, Site, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.normalize import Rules
from aggregator.pipeline import Fetch, Pipeline, Workers
from aggregator.reservations import Reservations
from aggregator.sandbox import Sandbox
from aggregator.schedule import Poller, Receiver
from aggregator.store import Store

# Of 256 bits each: W3C WebSub §8.1 asks for an unguessable callback, §5.1 for a secret of under 200 bytes.
_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a poller is made of. `newsroom`, `rules`, `selects` and `sources` are asked each time: a reload takes effect."""

    settings: Settings
    store: Store
    newsroom: Callable[[], Newsroom]
    rules: Callable[[], Rules]
    selects: Callable[[Article], Collection[str]]
    sources: Callable[[], dict[str, Source]]
    siblings: Callable[[str], Collection[str]]
    pipeline: Callable[[Fetch, Workers], Pipeline]
    now: Callable[[], datetime]


@asynccontextmanager
async def open_poller(parts: Parts) -> AsyncIterator[Poller]:
    """A poller, while the block runs; raises PollerRunningError beside another on SQLite."""
    settings, store, newsroom = parts.settings, parts.store, parts.newsroom()
    async with AsyncExitStack() as stack:
        stack.enter_context(store.poller_lock())
        guard, agent = Guard(settings.allow_networks), agent_of(newsroom)
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        book = store.host_book(owner, parts.now)
        door = await stack.enter_async_context(open_door(guard))
        client = Client(
            door.session,
            guard,
            user_agent=agent,
            concurrency=settings.concurrency,
            names=door.names,
            book=book,
        )
        limited = await store.limited_hosts(parts.now())
        client.politeness.expect(lambda host: len(parts.siblings(host)), limited=limited)
        workers = Sandbox(preload=("aggregator.reading",))
        stack.push_async_callback(workers.close)
        visitor = Visitor(door.session, guard, client.politeness, user_agent=agent, now=parts.now, log=book)
        completer = Completer(
            visitor=visitor,
            robots=Robots(visitor, parts.now, book),
            workers=workers,
            store=store,
            rules=parts.rules,
            selects=parts.selects,
            sources=parts.sources,
            now=parts.now,
        )
        reservations = Reservations(visitor=visitor, store=store, sources=parts.sources, now=parts.now)
        subscriber = Subscriber(
            poster=Poster(door.session, guard, client.politeness, user_agent=agent, now=parts.now, log=book),
            store=store,
            sources=parts.sources,
            may=lambda source: may_be_pushed(source, parts.newsroom().site, settings.allow_networks),
            base=lambda: callback_base(parts.newsroom().site),
            mint=lambda: (secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)),
            now=parts.now,
        )
        yield Poller(
            pipeline=lambda: parts.pipeline(client, workers),
            sources=parts.sources,
            owner=owner,
            concurrency=settings.concurrency,
            courtesy=client.politeness,
            complete=lambda: reservations.before(completer.round),
            subscribe=subscriber.round,
            receiver=Receiver(
                pipeline=lambda: parts.pipeline(client, workers), sources=parts.sources, owner=f"{owner}:push"
            ),
        )


def callback_base(site: Site) -> str:
    """What the addresses begin with that hubs push to."""
    return f"{site.url.rstrip('/')}/websub/callback/"


def may_be_pushed(source: Source, site: Site, allow_networks: Collection[str]) -> bool:
    """As its `push:` says; else where hubs can reach us and no secret is needed to read it, which its hub would learn."""
    if source.push is not None:
        return source.push
    open_to_all = not (source.private or source.headers) and source.url == source.public_url
    return open_to_all and reachable(site.url, allow_networks)
