"""Pushes that wait in the database → read, one source at a time each, a few side by side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from aggregator.errors import StoreError
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.pushes import take_in
from aggregator.model import Poll, Push, Schedule, Source
from aggregator.schedule.renewal import LEASE, ended, renewed

log = structlog.get_logger(__name__)

# There are no more workers to read with.
_SIDE_BY_SIDE = 4


@dataclass(kw_only=True)
class Receiver:
    """Reads what hubs pushed. `pipeline` and `sources` are asked for each push, so that a reload takes effect."""

    pipeline: Callable[[], Pipeline]
    sources: Callable[[], dict[str, Source]]
    owner: str
    lease: timedelta = LEASE
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _looking: set[asyncio.Task[None]] = field(default_factory=set)
    _draining: bool = False
    _more: bool = False

    async def tick(self) -> None:
        """Start reading what waits; returns without waiting for it."""
        if self._draining:
            return
        sources, self._more = self.sources(), False
        for source_id in await self._waiting():
            if len(self._running) >= _SIDE_BY_SIDE or self._draining:
                self._more = True
                return
            if source_id in sources and source_id not in self._running:
                task = asyncio.get_running_loop().create_task(self._read(source_id), name=f"push {source_id}")
                self._running[source_id] = task
                task.add_done_callback(lambda task, id=source_id: self._finished(id, task))  # type: ignore[misc]

    async def _waiting(self) -> tuple[str, ...]:
        pipeline = self.pipeline()
        return await pipeline.store.pushed(pipeline.now())

    async def read_all(self) -> None:
        """Read all that waits; what cannot be read now is left for the next time."""
        before: tuple[str, ...] = ()
        while (waits := await self._waiting()) != before:
            before = waits
            await self.tick()
            await self.settled()

    def wake(self) -> None:
        """Look at once: something came in. Whatever goes wrong is met again by the next tick."""
        task = asyncio.get_running_loop().create_task(self._tick_quietly(), name="pushes")
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _tick_quietly(self) -> None:
        with contextlib.suppress(StoreError):
            await self.tick()

    def _finished(self, source_id: str, task: asyncio.Task[None]) -> None:
        del self._running[source_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("push.broken", source=source_id, error=str(error), exc_info=error)
        elif self._more:
            self.wake()

    async def _read(self, source_id: str) -> None:
        """All that waits for one source, in its order, until somebody else has the source."""
        while (source := self.sources().get(source_id)) is not None and not self._draining:
            pipeline = self.pipeline()
            claimed = await pipeline.store.claim_push(source_id, owner=self.owner, now=pipeline.now(), lease=self.lease)
            if claimed is None:
                return
            schedule, push = claimed
            async with renewed(pipeline.store, source_id, owner=self.owner, lease=self.lease, now=pipeline.now):
                poll = await self._take_in(source, schedule, push, pipeline)
            if poll is None:
                log.info("push.polled_for", source=source_id)
            else:
                log.info(
                    f"push.{poll.outcome}",
                    source=source_id,
                    entries=poll.entries,
                    new=poll.new,
                    revised=poll.revised,
                    error=poll.error,
                )

    async def _take_in(self, source: Source, schedule: Schedule, push: Push, pipeline: Pipeline) -> Poll | None:
        """A push that breaks us is polled for: it must not keep those behind it waiting for ever."""
        try:
            return await take_in(source, schedule, push, pipeline)
        except StoreError:
            raise
        except Exception as error:
            log.exception("push.broken", source=source.id)
            await pipeline.store.forget_push(push, now=pipeline.now(), gap=source.every.min, error=type(error).__name__)
            return None

    async def settled(self) -> None:
        """Wait until nothing is being read."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def drain(self, *, patience: float) -> None:
        """Start nothing more; wait up to `patience` seconds for what runs: what is cancelled is read next time."""
        self._draining = True
        await ended(self._running.values(), patience=patience)


def wake(receiver: Receiver | None) -> None:
    """Have pushes read at once, where this process reads them."""
    if receiver is not None:
        receiver.wake()
