"""The composition root: where parts are wired, and the only place that reads the clock.

Every command starts here. What few of them need (to poll, to publish, to serve) is imported where it is wired, not before.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from aggregator.config import Settings
from aggregator.decisions import decided, retelling
from aggregator.errors import ConfigError, NothingHeldError
from aggregator.model import Action, Decision, Newsroom, Source
from aggregator.normalize import Rules
from aggregator.reconfigure import reclassify
from aggregator.reconfigure.admission import (
    admitted,
    following_authors,
    read_configuration,
    refuse_losses,
)
from aggregator.store import Applied, HeldRecord, Pruned, Reapplied, Store, Written
from aggregator.syndicate.archives import Archives
from aggregator.syndicate.channels import Selector, Syndicate
from aggregator.syndicate.editions import Editions

if TYPE_CHECKING:
    from aggregator.ingest.pipeline import Fetch, Pipeline, Workers
    from aggregator.schedule import Poller, Pricing, Receiver
    from aggregator.web.desk import Desk
    from aggregator.websub import Hub

log = structlog.get_logger(__name__)


def now() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place


@dataclass(kw_only=True)
class App:
    """The whole service. `newsroom` is the configuration in force; a reload replaces it and what is made from it."""

    settings: Settings
    store: Store
    newsroom: Newsroom
    syndicate: Syndicate = field(init=False)
    editions: Editions = field(init=False)
    archives: Archives = field(init=False)
    rules: Rules = field(init=False)
    hub: Hub | None = field(init=False, default=None)
    woken: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _selector: Selector = field(init=False)
    _followed: str | None = field(init=False, default=None)
    _reloading: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _hosts: dict[str, tuple[str, ...]] | None = field(init=False)
    _receiver: Receiver | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.syndicate = Syndicate(self.store, lambda: self.newsroom, now)
        self.editions = Editions(self.store, lambda: self.newsroom, now)
        self.archives = Archives(self.store, lambda: self.newsroom, now)
        self._use(self.newsroom)

    def _use(self, newsroom: Newsroom) -> None:
        self.newsroom, self._hosts = newsroom, None
        self._selector = Selector.of(newsroom, now)
        self.rules = Rules.of(newsroom)

    @cached_property
    def pricing(self) -> Pricing:
        """What a poll costs, learned again from time to time."""
        from aggregator.schedule import Pricing

        return Pricing(store=self.store, newsroom=lambda: self.newsroom, now=now)

    async def apply(self, newsroom: Newsroom) -> Applied:
        """Put a configuration in force: in the database, then here."""
        applied = await self.store.apply(newsroom, now=now())
        self._use(await following_authors(self.store, newsroom))
        await self.syndicate.refill(applied.changed_channels)
        changed = await reclassify.begin(self.store, newsroom, self.rules, now=now())
        if changed and (articles := (await self.store.reapplying()).total):
            log.info("rules.changed", articles=articles)
        return applied

    def reapply(self, *, seconds: float | None = None) -> AsyncIterator[Reapplied]:
        """Read stored articles again by rules that changed, for so many seconds or until none is left; after each step how
        far it is. Whoever stops goes on later."""
        return reclassify.go_on(
            self.store, lambda: (self.newsroom, self.rules, self._selector), now=now, seconds=seconds
        )

    async def release_waiting(self) -> int:
        """List the articles whose source's delay is over."""
        released = await self.store.release_waiting(selects=self._selector, now=now())
        if released:
            self.woken.set()
        return released

    async def reapply_some(self) -> None:
        """A second's work on stored articles where rules changed; nothing where they did not."""
        async for _ in self.reapply(seconds=1):
            pass

    async def take_up(self, *, confirm: bool = False) -> Applied | None:
        """Put the configuration in force as it is on disk; None when it is so already.

        Raises ConfigError for one that is unusable, or that loses too much without `confirm`: the old one stays in force.
        What another process of this service put in force was confirmed there.
        """
        async with self._reloading:
            newsroom, warnings = await asyncio.to_thread(read_configuration, self.settings, strict_secrets=True)
            if not confirm and newsroom.digest != await self.store.configuration():
                refuse_losses(self.newsroom, newsroom)
            warnings = await admitted(self.settings, self.store, newsroom, warnings)
            if newsroom.digest == self.newsroom.digest:
                return None
            for warning in warnings:
                log.warning("configuration.warning", problem=str(warning))
            applied = await self.apply(newsroom)
        log.info("configuration.applied", sources=len(newsroom.sources), sections=len(newsroom.sections))
        return applied

    async def reload(self) -> Applied | None:
        """`take_up`, with nobody to tell: what is refused is logged, and leaves the old one in force."""
        try:
            return await self.take_up()
        except ConfigError as error:
            for problem in error.errors:
                log.error("configuration.refused", problem=str(problem))
            return None

    async def follow(self) -> None:
        """Take up the configuration where another process of this service did."""
        digest = await self.store.configuration()
        # Once for each: the files of this machine may come later, and are watched.
        if digest not in (self.newsroom.digest, self._followed):
            self._followed = digest
            await self.reload()

    def pollable(self) -> dict[str, Source]:
        """The sources that are polled, by id."""
        return {source.id: source for source in self.newsroom.sources if source.enabled and not source.withdrawn}

    def siblings(self, host: str) -> tuple[str, ...]:
        """The ids of all sources of a host."""
        from aggregator.fetch.hosts import host_of

        if self._hosts is None:
            self._hosts = {}
            for source in self.newsroom.sources:
                self._hosts[host_of(source.url)] = (*self._hosts.get(host_of(source.url), ()), source.id)
        return self._hosts.get(host, ())

    def now(self) -> datetime:
        return now()

    def desk(self, *, polling: bool) -> Desk:
        """What the web serves from; `polling` says whether this process also polls."""
        from aggregator.schedule import wake
        from aggregator.web.desk import Desk
        from aggregator.websub.callbacks import Callbacks

        return Desk(
            store=self.store,
            newsroom=lambda: self.newsroom,
            now=now,
            settings=self.settings,
            editions=self.editions,
            archives=self.archives,
            search_feed=self.syndicate.search_feed,
            polling=polling,
            reload=self.take_up,
            hub=self.hub,
            callbacks=Callbacks(store=self.store, now=now, every=self._every, pushed=lambda: wake(self._receiver)),
        )

    def _every(self, source_id: str) -> timedelta | None:
        source = self.pollable().get(source_id)
        return source.every.min if source else None

    async def decide(self, action: str, ids: Sequence[str], *, reason: str, keys: Sequence[str] = ()) -> Decision:
        """Carry out an operator's decision on articles."""
        return await decided(
            self.store,
            Action(action),
            ids,
            reason=reason,
            keys=keys,
            selects=self._selector,
            newsroom=self.newsroom,
            now=now(),
        )

    async def apply_decisions(self, taken: Sequence[Decision]) -> int:
        """Decide here what was decided in another database; how many were not known."""
        return await self.store.apply_decisions(
            taken, selects=self._selector, retelling=retelling(self.newsroom), now=now()
        )

    async def spread(self) -> None:
        """After a start: nobody is stormed by what is overdue."""
        await self.store.spread(now())

    async def prune(self) -> Pruned:
        """Retention: see the store."""
        return await self.store.prune(now=now())

    async def choose(self, names: Collection[str], *, everything: bool) -> tuple[str, ...]:
        """The sources that a pass polls: see `schedule.chosen`."""
        from aggregator.schedule import chosen

        return await chosen(self.store, self.pollable(), names, everything=everything, now=now())

    async def barred(self, names: Collection[str]) -> dict[str, str]:
        """Of these sources those that may not be polled by hand now, each with why: see `schedule.barred`."""
        from aggregator.schedule import barred

        sources, schedules = self.newsroom.source_by_id, await self.store.schedules() if names else {}
        said = {name: barred(sources[name], schedules.get(name), now()) for name in names}
        return {name: why for name, why in said.items() if why}

    @asynccontextmanager
    async def poller(self, *, jitter: Callable[[], float] = random.random) -> AsyncIterator[Poller]:
        """A poller with its workers and its door to the network; raises PollerRunningError beside another on SQLite."""
        from aggregator.schedule.worker import Parts, open_poller

        await self.pricing.reprice()
        parts = Parts(
            settings=self.settings,
            store=self.store,
            newsroom=lambda: self.newsroom,
            rules=lambda: self.rules,
            selects=lambda article: self._selector(article),
            sources=self.pollable,
            siblings=self.siblings,
            pipeline=lambda client, workers: self._pipeline(client, workers, jitter),
            now=now,
        )
        async with open_poller(parts) as poller:
            self._receiver = poller.receiver
            try:
                yield poller
            finally:
                self._receiver = None

    def _pipeline(self, client: Fetch, workers: Workers, jitter: Callable[[], float]) -> Pipeline:
        from aggregator.ingest.pipeline import Pipeline

        return Pipeline(
            client=client,
            workers=workers,
            store=self.store,
            rules=self.rules,
            selects=self._selector,
            now=now,
            terms=lambda source: self.pricing.terms(source, jitter()),
            wrote=self._wrote,
            siblings=self.siblings,
        )

    def publishing(self, poller: Poller | None = None) -> AbstractAsyncContextManager[Hub]:
        """Render, deliver and tell what changes while the block runs; where a poller runs here too, it comes first."""
        from aggregator.distribution import publishing
        from aggregator.fetch import agent_of

        return publishing(self, poller, agent=lambda: agent_of(self.newsroom), now=now)

    async def release(self, source_id: str) -> Written:
        """Publish what is held back of a source; raises NothingHeldError when nothing is."""
        from aggregator.ingest.holding import release

        async with self._held(source_id) as (source, held, pipeline):
            return await release(source, held, pipeline)

    async def drop(self, source_id: str) -> int:
        """Forget what is held back of a source, for good; raises NothingHeldError when nothing is."""
        from aggregator.ingest.holding import drop

        async with self._held(source_id) as (source, held, pipeline):
            return await drop(source, held, pipeline)

    @asynccontextmanager
    async def _held(self, source_id: str) -> AsyncIterator[tuple[Source, HeldRecord, Pipeline]]:
        from aggregator.ingest.holding import NoFetch
        from aggregator.sandbox.pool import Sandbox

        held = await self.store.held(source_id)
        if not held:
            raise NothingHeldError(f"nothing of {source_id} is held back: see `aggregator sources {source_id}`")
        workers = Sandbox(preload=("aggregator.sandbox.reading",))
        try:
            yield self.newsroom.source_by_id[source_id], held[0], self._pipeline(NoFetch(), workers, lambda: 0.0)
        finally:
            await workers.close()

    async def _wrote(self, source: Source, written: Written) -> None:
        self.woken.set()
        for article in written.revised:
            log.info("article.revised", article=article.id, source=source.id)


@asynccontextmanager
async def open_app(
    settings: Settings, *, configure: bool = True, strict_secrets: bool = False, warn: bool = True
) -> AsyncIterator[App]:
    """The service, its database migrated and, if `configure`, its configuration in force."""
    newsroom, warnings = read_configuration(settings, strict_secrets=strict_secrets)
    store = Store.open(settings.database_url)
    try:
        try:
            await prepare(store, migrate=configure)
            warnings = await admitted(settings, store, newsroom, warnings) if configure else warnings
        finally:
            for warning in warnings if strict_secrets and warn else ():
                log.warning("configuration.warning", problem=str(warning))
        app = App(settings=settings, store=store, newsroom=await following_authors(store, newsroom))
        if configure:
            await app.apply(newsroom)
        yield app
    finally:
        await store.close()


async def prepare(store: Store, *, migrate: bool) -> None:
    """SQLite is created and upgraded by whatever command comes first, PostgreSQL by those that `migrate`."""
    if migrate or store.embedded:
        await store.migrate()
    await store.ready()


async def upgrade_database(settings: Settings) -> bool:
    """Bring the database to this program's schema; False when it was there already."""
    store = Store.open(settings.database_url)
    try:
        return await store.migrate()
    finally:
        await store.close()
