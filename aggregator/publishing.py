"""What changed → rendered, delivered, told: at once where the same process polled, within a second where another did."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.config import Settings
from aggregator.editions import Editions
from aggregator.hub import Hub, Means
from aggregator.lasting import Lasting
from aggregator.model import Newsroom
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.push.sender import PATIENCE, Sender
from aggregator.store import Store

# How soon what another process stored is seen.
SECONDS = 1.0
# Polls come first while they run: a quarter of the time is for publishing what they brought.
_IDLE, _BUSY = timedelta(seconds=0.8), timedelta(seconds=0.25)
_PAUSE, _LONGEST_PAUSE = 3.0, 0.75


class Service(Protocol):
    """What of the whole service this works with. `newsroom` is replaced by a reload; `woken` is set when something changed."""

    settings: Settings
    store: Store
    newsroom: Newsroom
    editions: Editions
    woken: asyncio.Event


@contextlib.asynccontextmanager
async def open_hub(service: Service, *, agent: str, now: Callable[[], datetime]) -> AsyncIterator[Hub]:
    """The hub with its own door to the network; what is under way at the end has a little time."""
    guard = Guard(service.settings.allow_networks)
    async with open_door(guard, patience=PATIENCE) as door:
        means = Means(
            store=service.store,
            newsroom=lambda: service.newsroom,
            now=now,
            feed=service.editions.feed,
            body=service.editions.body,
            send=Sender(door, guard, user_agent=agent),
        )
        hub = Hub(means, service.woken)
        try:
            yield hub
        finally:
            await hub.close()


@contextlib.asynccontextmanager
async def publishing(service: Service, hub: Hub, *, busy: Callable[[], bool] = lambda: False) -> AsyncIterator[None]:
    """Render, deliver and tell while the block runs. Where a mirror is kept, other hubs are told by whoever writes it: they
    would fetch from it what it does not have yet."""

    async def render() -> None:
        await service.editions.renew(patience=_BUSY if busy() else _IDLE)

    tell = () if service.settings.static_dir is not None else (hub.tell,)
    work = Publishing(woken=service.woken, steps=(render, hub.round, *tell), busy=busy)
    task = asyncio.create_task(work.run(), name="publishing")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Does all of `steps`, in order, whenever `woken` is set and at least every second. One that fails is logged, and done
    again the next time. `busy` says whether something else needs the processor more."""

    woken: asyncio.Event
    steps: tuple[Callable[[], Awaitable[object]], ...]
    busy: Callable[[], bool] = lambda: False
    _lasting: tuple[Lasting, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lasting", tuple(Lasting("publishing") for _ in self.steps))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await self.woken.wait()
            started = time.monotonic()
            await self.once()
            if self.busy():
                await asyncio.sleep(min(_LONGEST_PAUSE, _PAUSE * (time.monotonic() - started)))

    async def once(self) -> None:
        """Every step once. What wakes us from now on is seen to the next time."""
        self.woken.clear()
        for step, lasting in zip(self.steps, self._lasting, strict=True):
            await lasting.do(step)
