"""What the service has → a poller at work: its door to the network, its workers, and all that goes out through them."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aggregator.config import Settings
from aggregator.etiquette.leases import reachable
from aggregator.fetch import Client, Poster, Robots, Visitor, agent_of
from aggregator.fetch.hosts import host_of
from aggregator.ingest.completion import Completer
from aggregator.ingest.pipeline import Fetch, Pipeline, Workers
from aggregator.ingest.terms import Terms
from aggregator.model import Article, Newsroom, Site, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.normalize import Rules
from aggregator.sandbox.pool import Sandbox
from aggregator.schedule import Poller, Receiver
from aggregator.sites.reservations import Reservations
from aggregator.store import Store
from aggregator.websub.leasing import Subscriber

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Web:
    """The ways out: to feeds, to pages, to hubs. They share one door, and the pace that each host is owed."""

    client: Client
    visitor: Visitor
    robots: Robots
    poster: Poster


@asynccontextmanager
async def open_poller(parts: Parts) -> AsyncIterator[Poller]:
    """A poller, while the block runs; raises PollerRunningError beside another on SQLite."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        stack.enter_context(parts.store.poller_lock())
        web = await stack.enter_async_context(_open_web(parts, owner))
        workers = Sandbox(preload=("aggregator.sandbox.reading",))
        stack.push_async_callback(workers.close)
        pipeline = partial(parts.pipeline, web.client, workers)
        completer = _completer(parts, web, workers)
        reservations = Reservations(
            visitor=web.visitor, robots=web.robots, store=parts.store, sources=parts.sources, now=parts.now
        )
        yield Poller(
            pipeline=pipeline,
            sources=parts.sources,
            owner=owner,
            concurrency=parts.settings.concurrency,
            courtesy=web.client.politeness,
            complete=lambda: reservations.before(completer.round),
            subscribe=_subscriber(parts, web).round,
            receiver=Receiver(pipeline=pipeline, sources=parts.sources, owner=f"{owner}:push"),
        )


@asynccontextmanager
async def _open_web(parts: Parts, owner: str) -> AsyncIterator[_Web]:
    guard, now = Guard(parts.settings.allow_networks), parts.now

    def agent() -> str:
        return agent_of(parts.newsroom())

    book = parts.store.host_book(owner, now)
    async with open_door(guard) as door:
        client = Client(
            door.session,
            guard,
            user_agent=agent,
            concurrency=parts.settings.concurrency,
            names=door.names,
            book=book,
        )
        pace = client.politeness
        limited, slow = await parts.store.limited_hosts(now()), await parts.store.slow_sources()
        slow_hosts = {host_of(source.url) for id, source in parts.sources().items() if id in slow}
        pace.expect(lambda host: len(parts.siblings(host)), limited=limited, slow=slow_hosts)
        visitor = Visitor(door.session, guard, pace, user_agent=agent, now=now, log=book)
        poster = Poster(door.session, guard, pace, user_agent=agent, now=now, log=book)
        yield _Web(client=client, visitor=visitor, robots=Robots(visitor, now, book), poster=poster)


def _completer(parts: Parts, web: _Web, workers: Sandbox) -> Completer:
    return Completer(
        visitor=web.visitor,
        robots=web.robots,
        terms=Terms(web.visitor, web.robots.check, parts.now),
        workers=workers,
        store=parts.store,
        rules=parts.rules,
        selects=parts.selects,
        sources=parts.sources,
        now=parts.now,
    )


def _subscriber(parts: Parts, web: _Web) -> Subscriber:
    return Subscriber(
        poster=web.poster,
        store=parts.store,
        sources=parts.sources,
        may=lambda source: may_be_pushed(source, parts.newsroom().site, parts.settings.allow_networks),
        base=lambda: callback_base(parts.newsroom().site),
        mint=lambda: (secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)),
        now=parts.now,
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
