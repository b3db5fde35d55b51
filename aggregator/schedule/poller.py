"""Due sources → polls, side by side, each claimed in the database before its request goes out."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from aggregator.errors import AggregatorError
from aggregator.health.outage import may_be_ours
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import ingest
from aggregator.model import HostTurn, Poll, PollOutcome, Source
from aggregator.schedule.receiver import Receiver
from aggregator.schedule.renewal import LEASE, ended, renewed
from aggregator.schedule.turns import Turns

log = structlog.get_logger(__name__)

# A source that an operator asks for by hand still is not polled more often than this (fetching rule 9).
FLOOR = timedelta(minutes=5)
# Polls that drag on keep no others waiting (see `fetch.Politeness`): so many times `concurrency` may be under way.
_UNDER_WAY = 4


class Courtesy(Protocol):
    """The port to what is known of hosts."""

    def host_of(self, url: str) -> str: ...

    def ready_in(self, url: str) -> float: ...

    async def reserve(self, url: str) -> HostTurn: ...

    async def release(self, url: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """What one pass over sources came to; `failed` names the sources with their errors."""

    polls: tuple[Poll, ...] = ()

    @property
    def failed(self) -> tuple[Poll, ...]:
        return tuple(poll for poll in self.polls if poll.outcome in (PollOutcome.FAILED, PollOutcome.GONE))

    @property
    def held(self) -> tuple[Poll, ...]:
        return tuple(poll for poll in self.polls if poll.outcome is PollOutcome.HELD)

    @property
    def new(self) -> int:
        return sum(poll.new for poll in self.polls)


async def _nothing() -> int:
    """No pages are asked for."""
    return 0


async def _nobody() -> None:
    """No hubs are asked for anything."""


@dataclass(kw_only=True)
class Poller:
    """Polls what is due, hosts in turn. `pipeline` and `sources` are asked for each poll, so that a reload takes effect;
    `complete` asks for the pages of articles that lack something and says how many it completed; `subscribe` keeps leases at
    hubs, `receiver` reads what they push."""

    pipeline: Callable[[], Pipeline]
    sources: Callable[[], dict[str, Source]]
    owner: str
    concurrency: int
    courtesy: Courtesy
    lease: timedelta = LEASE
    complete: Callable[[], Awaitable[int]] = _nothing
    subscribe: Callable[[], Awaitable[None]] = _nobody
    receiver: Receiver | None = None
    _running: dict[str, asyncio.Task[Poll | None]] = field(default_factory=dict)
    _ended: dict[str, Callable[[asyncio.Task[Poll | None]], None]] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _draining: bool = False
    _offline: bool = False
    _alarm: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self._turns = Turns(host_of=self.courtesy.host_of, ready_in=self.courtesy.ready_in, clock=time.monotonic)

    @property
    def idle(self) -> bool:
        """Whether no poll runs now."""
        return not self._running

    async def tick(self) -> None:
        """Let what is due wait for its turn, and start what may start; returns without waiting for the polls."""
        if self._draining:
            return
        pipeline, sources = self.pipeline(), self.sources()
        for source_id in await pipeline.store.due(pipeline.now()):
            if source_id in sources and source_id not in self._running:
                self._turns.add(source_id, sources[source_id].url)
        self._start()

    async def receive(self) -> None:
        """Read what hubs pushed."""
        if self.receiver is not None:
            await self.receiver.tick()

    def _start(self) -> None:
        """Start whose turn it is, and come back when the next may be."""
        while not self._draining and len(self._running) < self.concurrency * _UNDER_WAY:
            source_id = self._turns.take()
            if source_id is None:
                self._wake_in(self._turns.next_in())
                return
            task = asyncio.get_running_loop().create_task(self.poll(source_id), name=f"poll {source_id}")
            self._running[source_id] = task
            task.add_done_callback(partial(self._finished, source_id))

    def _wake_in(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        later = asyncio.get_running_loop().call_later
        self._alarm = later(seconds, self._start) if math.isfinite(seconds) else None

    def _finished(self, source_id: str, task: asyncio.Task[Poll | None]) -> None:
        del self._running[source_id]
        self._turns.done(source_id)
        waits, source = source_id in self._again, self.sources().get(source_id)
        self._again.discard(source_id)
        if waits and source is not None and not self._draining:
            self._turns.add(source_id, source.url)
        elif told := self._ended.pop(source_id, None):
            told(task)
        elif not task.cancelled() and (error := task.exception()):
            ours = isinstance(error, AggregatorError)
            log.error("poll.broken", source=source_id, error=str(error), exc_info=None if ours else error)
        self._start()

    async def poll(self, source_id: str) -> Poll | None:
        """Poll one source now; None when it is not ours to poll: unknown, another poller has it or asks its host, or its host
        asked us to wait."""
        source, pipeline = self.sources().get(source_id), self.pipeline()
        if source is None:
            return None
        turn = await self.courtesy.reserve(source.url)
        if turn.paused_until is not None:
            host = self.courtesy.host_of(source.url)
            await pipeline.store.pause_source(source_id, host=host, until=turn.paused_until)
            return None
        if turn.wait:
            self._again.add(source_id)
            return None
        try:
            return await self._poll(source, pipeline)
        finally:
            await self.courtesy.release(source.url)

    async def _poll(self, source: Source, pipeline: Pipeline) -> Poll | None:
        """Claim a source and poll it."""
        source_id, now = source.id, pipeline.now()
        schedule = await pipeline.store.claim(
            source_id,
            owner=self.owner,
            now=now,
            lease=self.lease,
            not_before=now + min(source.every.min, FLOOR),
            url=source.public_url,
        )
        if schedule is None:
            return None
        async with renewed(pipeline.store, source_id, owner=self.owner, lease=self.lease, now=pipeline.now):
            poll = await ingest(source, schedule, pipeline)
        await self._look_at_our_network(poll, pipeline)
        log.log(
            self._weight(poll),
            f"poll.{poll.outcome}",
            source=source_id,
            status=poll.status,
            entries=poll.entries,
            new=poll.new,
            revised=poll.revised,
            error=poll.error,
        )
        return poll

    async def _look_at_our_network(self, poll: Poll, pipeline: Pipeline) -> None:
        """Say once that our own network is out, and once that it is back."""
        if not self._offline and not may_be_ours(poll.trouble):
            return
        outage = await pipeline.store.outage()
        if outage is not None and not self._offline:
            log.warning("network.out", evidence=outage.evidence, since=outage.began.isoformat())
        elif outage is None and self._offline:
            log.info("network.back", source=poll.source_id)
        self._offline = outage is not None

    def _weight(self, poll: Poll) -> int:
        """Level of a poll's line in the log: what our own network failed at was said in one line for all."""
        if poll.outcome not in (PollOutcome.FAILED, PollOutcome.GONE):
            return logging.INFO
        return logging.DEBUG if self._offline and may_be_ours(poll.trouble) else logging.WARNING

    async def run_pass(self, source_ids: Iterable[str], *, done: Callable[[Poll], None] = lambda _: None) -> PassResult:
        """Poll each of `source_ids` once, hosts in turn; `done` is told of each as it ends."""
        sources, polls = self.sources(), list[Poll]()
        wanted = dict.fromkeys(source_id for source_id in source_ids if source_id in sources)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def ended(source_id: str, task: asyncio.Task[Poll | None]) -> None:
            del wanted[source_id]
            error = None if task.cancelled() else task.exception()
            if error is None and not task.cancelled() and (poll := task.result()) is not None:
                polls.append(poll)
                done(poll)
            if over.done():
                return
            if error is not None:
                self._turns.clear()
                over.set_exception(error)
            elif not wanted:
                over.set_result(None)

        for source_id in wanted:
            self._ended[source_id] = partial(ended, source_id)
            self._turns.add(source_id, sources[source_id].url)
        if wanted:
            self._start()
            await over
        return PassResult(polls=tuple(polls))

    async def drain(self, *, patience: float) -> None:
        """Start nothing more; wait up to `patience` seconds for what runs, then cancel it: it is polled again next time."""
        self._draining = True
        self._turns.clear()
        self._wake_in(math.inf)
        reader = () if self.receiver is None else (self.receiver.drain(patience=patience),)
        await asyncio.gather(ended(self._running.values(), patience=patience), *reader)
