"""Each configured source → what it holds: asked once by hand, within all that a poll keeps to. No document is stored; that a
source was asked, and what its server told us to keep to, is."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus

from aggregator import cadence
from aggregator.config import Settings
from aggregator.errors import FetchError, ParseError
from aggregator.etiquette.servers import FIRST_PAUSE
from aggregator.fetch import Client, agent_of
from aggregator.fetch.headers import REFUSALS
from aggregator.fetch.hosts import host_of
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import failed, refusal_of
from aggregator.ingest.turn import Turn
from aggregator.model import Document, Newsroom, NotModified, Schedule, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.normalize import Rules
from aggregator.sandbox.pool import Sandbox
from aggregator.sandbox.reading import Reading, read
from aggregator.schedule.choosing import barred
from aggregator.schedule.poller import FLOOR
from aggregator.schedule.renewal import LEASE, renewed
from aggregator.sites.probing import database_of
from aggregator.store import Store, Written
from aggregator.store.book import HostBook

# What a server means for us, and not for this request alone: kept as if a poll had been told (fetching rules 24 and 26).
_TOLD = (HTTPStatus.GONE, *REFUSALS)


async def probe(
    settings: Settings, newsroom: Newsroom, *, now: Callable[[], datetime]
) -> AsyncIterator[tuple[Source, str, bool | None]]:
    """Each source, what was found or why it may not be asked now, and whether that is well: None of one that waits and has never
    answered."""
    guard, owner = Guard(settings.allow_networks), f"probe:{secrets.token_hex(4)}"
    workers = Sandbox(preload=("aggregator.sandbox.reading",))
    hosts: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for source in newsroom.sources:
        hosts[host_of(source.url)] += (source.id,)
    try:
        async with open_door(guard) as door, database_of(settings) as store:
            book = store.host_book(owner, now) if store else None
            client = Client(
                door.session,
                guard,
                user_agent=lambda: agent_of(newsroom),
                concurrency=settings.concurrency,
                names=door.names,
                book=book,
            )
            limited = await store.limited_hosts(now()) if store else ()
            client.politeness.expect(lambda host: len(hosts[host]), limited=limited)
            trial = _Trial(
                client=client,
                workers=workers,
                rules=Rules.of(newsroom),
                hosts=hosts,
                courteous=bool(newsroom.site.contact),
                owner=owner,
                now=now,
                store=store,
                book=book,
                schedules=await store.schedules() if store else {},
            )
            for result in asyncio.as_completed([trial.ask(source) for source in newsroom.sources]):
                yield await result
    finally:
        await workers.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """`hosts` are the ids of the sources of each; without a database there is no `store`, no `book` and no schedule."""

    client: Client
    workers: Sandbox
    rules: Rules
    hosts: Mapping[str, tuple[str, ...]]
    courteous: bool
    owner: str
    now: Callable[[], datetime]
    store: Store | None
    book: HostBook | None
    schedules: Mapping[str, Schedule]
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def ask(self, source: Source) -> tuple[Source, str, bool | None]:
        async with self._turns[host_of(source.url)]:  # a source is claimed when its host's turn has come
            said, well = await self._asked(source)
        return source, said, well

    async def _asked(self, source: Source) -> tuple[str, bool | None]:
        """As the source that is known at this address, if any is: the configuration may not be in force yet."""
        store, now = self.store, self.now()
        held = self.schedules.get(await store.source_of(source) or "") if store else None
        schedule = held or await self._first(source)
        if why := barred(source, schedule, now):
            return why, _standing(source, schedule)
        if store is None or held is None:
            return await self._look(source, schedule)
        source = replace(source, id=held.source_id)
        claimed = await store.claim(source.id, owner=self.owner, now=now, lease=LEASE, not_before=now + FLOOR)
        if claimed is None:
            return "another process asks it now", _standing(source, schedule)
        async with renewed(store, source.id, owner=self.owner, lease=LEASE, now=self.now):
            try:
                return await self._look(source, claimed)
            finally:
                await store.unclaim(source.id, owner=self.owner)

    async def _first(self, source: Source) -> Schedule:
        """Of a source that was never taken up."""
        now = self.now()
        return (
            await self.store.first_schedule(source, now) if self.store else Schedule(source_id=source.id, next_poll=now)
        )

    async def _look(self, source: Source, schedule: Schedule) -> tuple[str, bool | None]:
        """Ask; what the server tells us is kept: in the schedule that was claimed, or until the source is taken up."""
        started = self.now()
        try:
            answer = await self.client.fetch(source, schedule, now=started)
        except FetchError as error:
            if self.store and self.book:
                await self._keep_error(self.store, self.book, source, schedule, error, started)
            waits = error.retry_after is not None and not error.requests  # with its host, which asked for that
            return str(error), _standing(source, schedule) if waits else False
        if self.store and self.book:
            await self.book.visited(started, answer.requests)
            await self._keep_limit(self.store, source, schedule, answer)
        if isinstance(answer, NotModified):
            return "nothing new since it was polled (304)", True
        try:
            reading: Reading = await self.workers.run(
                read,
                answer.body,
                content_type=answer.content_type,
                url=answer.url,
                source=source,
                rules=self.rules,
                now=started,
            )
        except ParseError as error:
            return str(error), False
        return f"{len(reading.sightings)} entries, {reading.title or 'without a title'}", True

    async def _keep_error(
        self, store: Store, book: HostBook, source: Source, schedule: Schedule, error: FetchError, started: datetime
    ) -> None:
        told = error.status in _TOLD or (error.retry_after is not None and bool(error.requests))
        if schedule.owner and told:
            turn = Turn(source=source, schedule=schedule, pipeline=self._pipeline(store), started=started)
            await failed(turn, error, error.requests)
            return
        if error.requests:
            await book.visited(started, error.requests)
        if error.refused_url:
            await book.refused(refusal_of(error, error.refused_url, self.now()))
        if told and error.status != HTTPStatus.GONE:
            until = error.retry_after or self.now() + FIRST_PAUSE
            await store.pause_stranger(source, until=until, said=str(error))

    async def _keep_limit(
        self, store: Store, source: Source, schedule: Schedule, answer: Document | NotModified
    ) -> None:
        """A server that lets us know when it may be asked again."""
        if (until := answer.hints.retry_after) is None:
            return
        if schedule.owner:
            await store.pause_source(source.id, host=host_of(source.url), until=until)
        else:
            await store.pause_stranger(source, until=until)

    def _pipeline(self, store: Store) -> Pipeline:
        return Pipeline(
            client=self.client,
            workers=self.workers,
            store=store,
            rules=self.rules,
            selects=lambda _: (),
            now=self.now,
            terms=lambda _: cadence.Terms(courteous=self.courteous),
            wrote=_nobody,
            siblings=lambda host: self.hosts.get(host, ()),
        )


def _standing(source: Source, schedule: Schedule) -> bool | None:
    """How a source is that is not asked: well, not well, or (None) unknown, for it has never answered."""
    if schedule.failures or (schedule.last_success is None and schedule.error):
        return False
    return None if schedule.last_success is None and source.enabled and not source.withdrawn else True


async def _nobody(source: Source, written: Written) -> None:
    """Nothing is written."""
