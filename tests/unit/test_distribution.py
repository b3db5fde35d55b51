"""When what changed is published."""

from __future__ import annotations

import asyncio

from aggregator.distribution import Publishing


class Steps:
    """Counts what is done, and says when."""

    def __init__(self) -> None:
        self.done = 0
        self._more = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._more:
            self.done += 1
            self._more.notify_all()

    async def fail(self) -> None:
        raise ValueError("broken")

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(60), self._more:
            await self._more.wait_for(lambda: self.done >= count)


async def test_whatever_is_stored_here_is_published_without_waiting_for_a_tick() -> None:
    steps, woken = Steps(), asyncio.Event()
    task = asyncio.create_task(Publishing(woken=woken, steps=(steps,), seconds=3600).run())
    await steps.reached(1)
    for count in range(2, 7):
        woken.set()
        await steps.reached(count)
    task.cancel()


async def test_what_another_process_stored_is_seen_by_the_pulse() -> None:
    steps, pulse = Steps(), [1]
    work = Publishing(woken=asyncio.Event(), steps=(steps,), pulse=lambda: pulse[0], seconds=3600)
    task = asyncio.create_task(work.run())
    for count in range(1, 4):
        await steps.reached(count)
        pulse[0] += 1
    task.cancel()


async def test_where_nothing_tells_it_looks_every_second() -> None:
    steps = Steps()
    task = asyncio.create_task(Publishing(woken=asyncio.Event(), steps=(steps,)).run())
    await steps.reached(2)
    task.cancel()


async def test_a_step_that_fails_takes_no_other_along() -> None:
    steps = Steps()
    await Publishing(woken=asyncio.Event(), steps=(steps.fail, steps)).once()
    assert steps.done == 1
