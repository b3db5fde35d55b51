"""APScheduler's ticks → what has to be done at each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.lasting import Lasting

Work = Callable[[], Awaitable[object]]


class Clock:
    """Runs each piece of work again and again; one that fails is logged, once for each cause, and runs again at its next tick."""

    def __init__(self) -> None:
        # A tick that comes late still counts, several missed ones count once, and none overlaps itself.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._stopping = False

    def every(self, seconds: float, work: Work, *, name: str) -> None:
        """Have `work` done every `seconds`."""
        lasting = Lasting("tick", work=name)

        async def guarded() -> None:
            try:
                await lasting.do(work)
            except asyncio.CancelledError:
                if not self._stopping:  # what a stop cuts off is known to the database, and done by the next start
                    raise

        self._scheduler.add_job(guarded, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks. Drain what they started first: APScheduler cancels running coroutines."""
        self._stopping = True
        self._scheduler.shutdown(wait=False)
