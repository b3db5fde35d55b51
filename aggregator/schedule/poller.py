"""Due sources → polls, side by side, each claimed in the database before its request goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregator.ingest import Pipeline, ingest
from aggregator.model import Health, Poll, PollOutcome, Schedule, Source

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
# A source that an operator asks for by hand still is not polled more often than this (fetching rule 9).
FLOOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """What one pass over sources came to; `failed` names the sources with their errors."""

    polls: tuple[Poll, ...] = ()

    @property
    def failed(self) -> tuple[Poll, ...]:
        return tuple(poll for poll in self.polls if poll.outcome in (PollOutcome.FAILED, PollOutcome.GONE))

    @property
    def new(self) -> int:
        return sum(poll.new for poll in self.polls)


@dataclass(kw_only=True)
class Poller:
    """Polls what is due. `pipeline` and `sources` are asked for each pass, so that a reload takes effect."""

    pipeline: Callable[[], Pipeline]
    sources: Callable[[], dict[str, Source]]
    owner: str
    concurrency: int
    _running: dict[str, asyncio.Task[Poll | None]] = field(default_factory=dict)
    _draining: bool = False

    @property
    def idle(self) -> bool:
        """Whether no poll runs now."""
        return not self._running

    async def tick(self) -> None:
        """Start polling what is due now, up to the free places; returns without waiting for the polls."""
        free = self.concurrency - len(self._running)
        if self._draining or free <= 0:
            return
        pipeline = self.pipeline()
        due = await pipeline.store.due(pipeline.now(), limit=self.concurrency + free)
        for schedule in [one for one in due if one.source_id not in self._running][:free]:
            self._start(schedule.source_id)

    def _start(self, source_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self.poll(source_id), name=f"poll {source_id}")
        self._running[source_id] = task
        task.add_done_callback(lambda done: self._finished(source_id, done))

    def _finished(self, source_id: str, task: asyncio.Task[Poll | None]) -> None:
        self._running.pop(source_id, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("poll.broken", source=source_id, error=str(error), exc_info=error)

    async def poll(self, source_id: str) -> Poll | None:
        """Poll one source now; None when it is not ours to poll (unknown, or another poller has it)."""
        source, pipeline = self.sources().get(source_id), self.pipeline()
        if source is None:
            return None
        now = pipeline.now()
        schedule = await pipeline.store.claim(
            source_id, owner=self.owner, now=now, lease=LEASE, not_before=now + min(source.every.min, FLOOR)
        )
        if schedule is None:
            return None
        poll = await ingest(source, schedule, pipeline)
        log.log(
            30 if poll.outcome in (PollOutcome.FAILED, PollOutcome.GONE) else 20,
            f"poll.{poll.outcome}",
            source=source_id,
            status=poll.status,
            entries=poll.entries,
            new=poll.new,
            revised=poll.revised,
            error=poll.error,
        )
        return poll

    async def run_pass(self, source_ids: Iterable[str], *, done: Callable[[Poll], None] = lambda _: None) -> PassResult:
        """Poll each of `source_ids` once, `concurrency` side by side; `done` is told of each as it ends."""
        places, polls = asyncio.Semaphore(self.concurrency), []

        async def one(source_id: str) -> None:
            async with places:
                poll = await self.poll(source_id)
            if poll is not None:
                polls.append(poll)
                done(poll)

        async with asyncio.TaskGroup() as group:
            for source_id in source_ids:
                group.create_task(one(source_id))
        return PassResult(polls=tuple(polls))

    async def drain(self, *, patience: float) -> None:
        """Start nothing more; wait up to `patience` seconds for what runs, then cancel it: it is polled again next time."""
        self._draining = True
        if not self._running:
            return
        _, late = await asyncio.wait(self._running.values(), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def may_be_polled(schedule: Schedule, source: Source, now: datetime) -> bool:
    """Whether `poll --all` may go to a source: never what is gone, disabled, told us when to come, or was just polled."""
    return (
        source.enabled
        and not source.withdrawn
        and schedule.health is not Health.GONE
        and (schedule.retry_after is None or schedule.retry_after <= now)
        and (schedule.last_poll is None or schedule.last_poll + FLOOR <= now)
    )
