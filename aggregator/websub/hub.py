"""What is due of WebSub → tasks side by side, each claimed in the database first: whoever is killed loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from aggregator.lasting import Glances
from aggregator.model import Intent
from aggregator.publish import FORMATS
from aggregator.push.answers import BACKOFF
from aggregator.push.requests import Refusal
from aggregator.websub import pings
from aggregator.websub.deliveries import Deliveries
from aggregator.websub.means import Counts, Means
from aggregator.websub.questions import receive, see_to

log = structlog.get_logger(__name__)

# Whoever claimed something and was killed is followed by others after so long; whoever lives renews in time.
CLAIM, _RENEWED_AFTER = timedelta(seconds=30), timedelta(seconds=10)
# Waiting for their turn and under way, all together: what that takes of memory is a few hundred tasks.
_UNDER_WAY = 1000
_LOOK_FOR_LOST = timedelta(minutes=1)


class Hub:
    """Our hub, or what we tell somebody else's: by `site.hub`, as it is at each round. `woken` is set when one is wanted."""

    def __init__(self, means: Means, woken: asyncio.Event) -> None:
        self._means, self._woken = means, woken
        self._deliveries = Deliveries(means)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._looked: datetime | None = None
        self._glances = Glances()
        self._claims: dict[str, datetime] = {}
        self._told: str | None = ""

    @property
    def counts(self) -> Counts:
        return self._means.counts

    @property
    def is_own(self) -> bool:
        """Whether there is a hub of ours to subscribe at."""
        return self._means.is_own

    async def receive(self, form: bytes) -> Intent | Refusal:
        """A form that was posted to our hub; what is taken in is seen to at the next round, which is woken now."""
        answered = await receive(self._means, form)
        if isinstance(answered, Intent):
            self._woken.set()
        return answered

    async def round(self) -> None:
        """Start what is due at our hub; returns without waiting for it."""
        if self.is_own:
            await self._renew()
            await self._end_lost()
            await self._start_questions()
            await self._start_deliveries()
        elif await self._means.store.configuration() == self._means.newsroom().digest:
            # Closed, and not merely here: whoever subscribed is told.
            await self._end_lost(everyone=True)
            await self._start_questions()

    async def _start_questions(self) -> None:
        now = self._means.now()
        if (room := self._room()) > 0:
            for intent in await self._means.store.take_intents(now=now, until=now + CLAIM, limit=room):
                self._start(f"intent {intent.id}", see_to(self._means, intent))

    async def _start_deliveries(self) -> None:
        now = self._means.now()
        if (room := self._room()) <= 0:
            self._glances.again()
            return
        since, until = self._glances.since(now), now + CLAIM
        taken = await self._means.store.take_deliveries(now=now, until=until, limit=room, since=since)
        if len(taken) == room:
            self._glances.again()
        for due in taken:
            self._claims[due.subscription.id] = until
            self._start(due.subscription.id, self._deliveries.deliver(due))

    async def tell(self) -> None:
        """Start to tell somebody else's hub what changed; returns without waiting for it."""
        url = self._means.newsroom().site.outside_hub
        if url != self._told:
            await self._means.store.use_hub(url, tuple(FORMATS), now=self._means.now())
            self._told = url
        if url is not None:
            self._start("pings", self._ping())

    async def _ping(self) -> None:
        await pings.tell(self._means)

    async def _renew(self) -> None:
        """What is under way stays ours."""
        now = self._means.now()
        old = {id: until for id, until in self._claims.items() if until < now + CLAIM - _RENEWED_AFTER}
        if old:
            self._claims |= dict.fromkeys(old, now + CLAIM)
            await self._means.store.renew_deliveries(old, until=now + CLAIM)

    async def _end_lost(self, *, everyone: bool = False) -> None:
        """Once a minute: end what has no topic any more, and note for operators what was given up."""
        now = self._means.now()
        if self._looked is None or now >= self._looked + _LOOK_FOR_LOST:
            self._looked = now
            store = self._means.store
            if lost := await store.end_lost_subscriptions(now=now, everyone=everyone):
                log.info("hub.closed" if everyone else "hub.topics_lost", subscriptions=lost)
            await store.note_given_up(now=now, after=len(BACKOFF))

    def _room(self) -> int:
        return _UNDER_WAY - len(self._running)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._running:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=f"hub {name}")
        self._running[name] = task
        task.add_done_callback(lambda task: self._ended(name, task))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        del self._running[name]
        self._claims.pop(name, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("hub.broken", work=name, error=str(error), exc_info=error)

    async def settled(self) -> None:
        """Wait for what is under way."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def close(self, *, patience: float = 2.0) -> None:
        """Wait a little for what is under way, then leave it: it is due again once its claim is over."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running.values(), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
