"""The whole of fetching, real but for its clock: a scripted origin, the client, the poller, the pipeline and a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from aggregator import cadence
from aggregator.errors import FetchError
from aggregator.fetch import Client
from aggregator.fetch.hosts import host_of
from aggregator.ingest.pipeline import Pipeline
from aggregator.model import Document, NotModified, Outlet, Poll, Schedule, Source
from aggregator.net.guard import Guard
from aggregator.net.session import PATIENCE, open_door
from aggregator.normalize import Rules
from aggregator.sandbox.reading import Reading
from aggregator.schedule import Poller
from aggregator.store import Store, Written
from tests.fakes import Dns
from tests.making import newsroom
from tests.origin import Origin, Reply

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGENT = "aggregator/test (+ops@example.org)"
OUTLET = Outlet(id="andes-post", title="Andes Post", url="http://127.0.0.1/", country="PE", language="en")
LOOPBACK = ("127.0.0.0/8",)


def feed(*titles: str, channel: str = "") -> bytes:
    """An RSS document; each title is an item with a link of its own."""
    items = "".join(
        f"<item><title>{title}</title><link>http://127.0.0.1/{'-'.join(title.lower().split())}</link></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>Andes Post</title>{channel}{items}</channel></rss>".encode()


FEED = feed("Lima votes again", "Rains close the pass")


def source(url: str, id: str = "andes-post", **changes: Any) -> Source:
    return replace(Source(id=id, outlet=OUTLET, url=url, public_url=url), **changes)


def first(source_id: str = "andes-post") -> Schedule:
    return Schedule(source_id=source_id, next_poll=NOW)


def held(answer: Document | NotModified, **changes: Any) -> Schedule:
    """The schedule of a source that answered so."""
    body_hash = answer.body_hash if isinstance(answer, Document) else None
    return replace(first(), validators=answer.validators, body_hash=body_hash, **changes)


@asynccontextmanager
async def client_of(
    *,
    allow: tuple[str, ...] = LOOPBACK,
    seconds: float = 30,
    patience: aiohttp.ClientTimeout = PATIENCE,
    names: Dns | Mapping[str, str | list[str]] | None = None,
    clock: Callable[[], float] | None = None,
    **options: Any,
) -> AsyncIterator[Client]:
    """The real client, allowed to go to loopback; `names` is the DNS."""
    guard = Guard(allow)
    dns = names if isinstance(names, Dns) else Dns(names or {})
    timed = {"clock": clock} if clock else {}
    async with open_door(guard, patience=patience, resolver=dns, **timed) as door:
        yield Client(
            door.session,
            guard,
            names=door.names,
            **{"user_agent": lambda: AGENT, "concurrency": 8, "seconds": seconds, "gap_seconds": 0, **options},
        )


async def fetched(feed: Source, schedule: Schedule | None = None) -> Document | NotModified:
    async with client_of() as client:
        return await client.fetch(feed, schedule or first(), now=NOW)


async def document(feed: Source, schedule: Schedule | None = None) -> Document:
    answer = await fetched(feed, schedule)
    assert isinstance(answer, Document)
    return answer


async def error(feed: Source, schedule: Schedule | None = None) -> FetchError:
    """What a fetch that must fail fails with."""
    try:
        answer = await fetched(feed, schedule)
    except FetchError as raised:
        return raised
    raise AssertionError(f"answered {answer.status}")


class _Inline:
    """Reads documents where it stands: the sandbox has tests of its own."""

    async def run(self, function: Callable[..., Reading], /, *args: object, **kwargs: object) -> Reading:
        return function(*args, **kwargs)


@dataclass(kw_only=True)
class Rig:
    """A newsroom that polls the origin. `now` is its time, which only `poll`, `next` and `pass_time` move."""

    origin: Origin
    store: Store
    client: Client
    now: datetime = NOW
    jitter: float = 0.0
    courteous: bool = True
    sources: dict[str, Source]

    def __post_init__(self) -> None:
        self.origin.clock = lambda: self.now.timestamp()
        self.poller = Poller(
            pipeline=self.pipeline,
            sources=lambda: self.sources,
            owner="rig",
            concurrency=8,
            courtesy=self.client.politeness,
        )

    def pipeline(self) -> Pipeline:
        return Pipeline(
            client=self.client,
            workers=_Inline(),
            store=self.store,
            rules=Rules.of(newsroom(*self.sources.values())),
            selects=lambda _: (),
            now=lambda: self.now,
            terms=lambda _: cadence.Terms(jitter=self.jitter, courteous=self.courteous),
            wrote=_ignore,
            siblings=lambda host: tuple(id for id, one in self.sources.items() if host_of(one.url) == host),
        )

    async def configure(self, *sources: Source) -> None:
        self.sources = {one.id: one for one in sources}
        await self.store.apply(newsroom(*sources), now=self.now)

    async def schedule(self, source_id: str = "andes-post") -> Schedule:
        return (await self.store.schedules())[source_id]

    async def titles(self) -> set[str]:
        """Of every article that is stored."""
        from aggregator.query import parse

        found = await self.store.search(parse("*"), now=self.now, limit=1_000, private=True)
        return {article.content.title for article in found.articles}

    async def poll(self, source_id: str = "andes-post") -> Poll:
        """Poll now."""
        poll = await self.poller.poll(source_id)
        assert poll is not None, "it may not be polled now"
        return poll

    async def next(self, source_id: str = "andes-post") -> Poll:
        """Poll when its time has come."""
        schedule = await self.schedule(source_id)
        self.now = max(self.now, schedule.next_poll, schedule.not_before or self.now)
        return await self.poll(source_id)

    async def pass_time(self, span: timedelta) -> list[Poll]:
        """Let time pass: everything is polled when it is due."""
        end, polls = self.now + span, list[Poll]()
        while True:
            schedules = (await self.store.schedules()).values()
            moments = {
                schedule.source_id: max(schedule.next_poll, schedule.not_before or schedule.next_poll)
                for schedule in schedules
                if schedule.source_id in self.sources and schedule.health != "gone"
            }
            soonest = min(moments, key=lambda id: (moments[id], id), default=None)
            if soonest is None or moments[soonest] > end:
                self.now = end
                return polls
            self.now = max(self.now, moments[soonest])
            polls.append(await self.poll(soonest))


async def _ignore(source: Source, written: Written) -> None:
    return


@asynccontextmanager
async def rig_of(origin: Origin, database: Path, *sources: Source, **options: Any) -> AsyncIterator[Rig]:
    """A rig on an empty database in the file `database`; options are those of `client_of`."""
    store = Store.open(f"sqlite:///{database}")
    book = store.host_book("rig", lambda: rig.now)
    async with client_of(**{"spare_own": False, "book": book, **options}) as client:
        rig = Rig(origin=origin, store=store, client=client, sources={})
        await rig.configure(*sources)
        yield rig
    await store.close()


def redirect(location: str, status: int = 301) -> Reply:
    return Reply(status=status, headers=(("Location", location),))
