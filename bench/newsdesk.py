"""A folder → a newsroom, its store and a clock that the bench sets: to publish made-up articles one by one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.config import load
from aggregator.model import Article, Newsroom, Poll, PollOutcome, Schedule, Source
from aggregator.store import Batch, Store, Written
from bench import newsroom
from bench.archive import stated
from bench.made_up import START


def nobody(_article: Article) -> Collection[str]:
    """No channel of the operator's carries it."""
    return ()


@dataclass(kw_only=True)
class Newsdesk:
    """`news` is what is configured, `clock` the time."""

    store: Store
    news: Newsroom
    clock: datetime = START

    def now(self) -> datetime:
        return self.clock

    @property
    def source(self) -> Source:
        """The one that all articles come from."""
        return self.news.sources[0]

    async def apply(self, news: Newsroom) -> None:
        await self.store.apply(news, now=self.clock)
        self.news = news

    async def publish(
        self, first: int, count: int = 1, *, selects: Callable[[Article], Collection[str]] = nobody
    ) -> Written:
        """One poll that brings articles number `first` and following, a minute after what was before."""
        self.clock += timedelta(minutes=1)
        entries = range(first, first + count)
        poll = Poll(source_id=self.source.id, started=self.clock, finished=self.clock, outcome=PollOutcome.FRESH)
        batch = Batch(
            source=self.source,
            verdicts=tuple(stated(self.source, entry, full=True) for entry in entries),
            schedule=Schedule(source_id=self.source.id, next_poll=self.clock),
            poll=poll,
            first_document=False,
            whole=True,
            selects=selects,
        )
        written = await self.store.write(batch, now=self.clock)
        assert len(written.new) == count
        return written


@asynccontextmanager
async def newsdesk(folder: Path) -> AsyncIterator[Newsdesk]:
    """One outlet with one source, in an empty database."""
    newsroom.write(folder / "config", sources=1, port=9, kind="bare")
    store = Store.open(f"sqlite:///{folder / 'bench.db'}")
    try:
        await store.migrate()
        desk = Newsdesk(store=store, news=load(folder / "config", environment=os.environ, strict_secrets=True).newsroom)
        await desk.apply(desk.news)
        yield desk
    finally:
        await store.close()
