"""What changed → rendered, delivered, told: at once where the same process polled, soon where another did."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.config import Settings
from aggregator.lasting import Lasting
from aggregator.model import Newsroom
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.push.sender import PATIENCE, Sender
from aggregator.store import Store
from aggregator.syndicate.editions import Editions
from aggregator.websub import Hub, Means

# How soon what another process stored is seen: at once where SQLite tells us for nothing that somebody wrote; where nobody
# tells us, after a few questions to the database.
SECONDS, _UNTOLD, _GLANCE = 1.0, 0.3, 0.1
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
    hub: Hub | None


class Poller(Protocol):
    """The port to whatever polls in the same process."""

    @property
    def idle(self) -> bool: ...


@contextlib.asynccontextmanager
async def open_hub(service: Service, *, agent: Callable[[], str], now: Callable[[], datetime]) -> AsyncIterator[Hub]:
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
async def publishing(
    service: Service, poller: Poller | None, *, agent: Callable[[], str], now: Callable[[], datetime]
) -> AsyncIterator[Hub]:
    """Render, deliver and tell while the block runs. Where this process keeps a mirror, other hubs are told once that is
    written: they would fetch from it what it does not have yet."""

    def busy() -> bool:
        return poller is not None and not poller.idle

    async def render() -> None:
        await service.editions.renew(patience=_BUSY if busy() else _IDLE)

    async with open_hub(service, agent=agent, now=now) as hub:
        mirrored = poller is not None and service.settings.static_dir is not None
        steps = (render, hub.round) if mirrored else (render, hub.round, hub.tell)
        work = Publishing(woken=service.woken, steps=steps, pulse=service.store.pulse, busy=busy)
        task = asyncio.create_task(work.run(), name="publishing")
        service.hub = hub
        try:
            yield hub
        finally:
            service.hub = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def tell_once(service: Service, *, agent: Callable[[], str], now: Callable[[], datetime]) -> None:
    """Tell somebody else's hub what changed: for a command that publishes and exits."""
    if service.newsroom.site.outside_hub is not None:
        async with open_hub(service, agent=agent, now=now) as hub:
            await hub.tell()
            await hub.settled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Does all of `steps`, in order, whenever `woken` is set or the `pulse` of the store is another, and at least every
    `seconds`, or several times in one where there is no pulse. One that fails is logged, and done again the next time. `busy`
    says whether something else needs the processor more."""

    woken: asyncio.Event
    steps: tuple[Callable[[], Awaitable[object]], ...]
    pulse: Callable[[], int | None] = lambda: None
    busy: Callable[[], bool] = lambda: False
    seconds: float = SECONDS
    _lasting: tuple[Lasting, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lasting", tuple(Lasting("publishing") for _ in self.steps))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pulse, started = self.pulse(), time.monotonic()
            await self.once()
            spent = time.monotonic() - started
            if self.busy():
                await asyncio.sleep(min(_LONGEST_PAUSE, _PAUSE * spent))
            await self._wanted(pulse, not_before=min(_LONGEST_PAUSE, _PAUSE * spent))

    async def _wanted(self, pulse: int | None, *, not_before: float) -> None:
        """Wait until there may be something to do; what others write does not take more of the time than when polls run."""
        began, longest = time.monotonic(), self.seconds if pulse is not None else max(_UNTOLD, not_before)
        while (waited := time.monotonic() - began) < longest and not self.woken.is_set():
            if waited >= not_before and self.pulse() != pulse:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE):
                    await self.woken.wait()

    async def once(self) -> None:
        """Every step once. What wakes us from now on is seen to the next time."""
        self.woken.clear()
        for step, lasting in zip(self.steps, self._lasting, strict=True):
            await lasting.do(step)
