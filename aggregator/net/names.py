"""Host names → their addresses: asked for at most once a minute, remembered for five, judged each time."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.net.guard import Guard

# Fetching rules 36 and 40.
SECONDS, REMEMBERED, FAILURE_REMEMBERED = 5.0, 300.0, 60.0
_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a look-up gave, or why it failed, and until when that holds."""

    until: float
    found: tuple[ResolveResult, ...] = ()
    error: str | None = None


class Names(AbstractResolver):
    """The one resolver: `inner` is asked, everybody who wants the same name meanwhile waits for the same answer."""

    def __init__(
        self,
        guard: Guard,
        inner: AbstractResolver,
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard, self._inner, self._seconds, self._clock = guard, inner, seconds, clock
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Answer]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """For a connection to `port`. Raises OSError; a name that is half public, half private is a trick: refused."""
        answer = await self._answer(host)
        for one in answer.found:
            self._guard.check_address(one["host"], port)
        found = [one for one in answer.found if family in (socket.AF_UNSPEC, one["family"])]
        if not found:
            raise OSError(None, "no address of the family that is wanted")
        return [{**one, "port": port} for one in found]

    async def addresses(self, host: str) -> frozenset[str]:
        """What `host` stands for, not judged; itself where it is an address. Raises OSError."""
        try:
            return frozenset({str(ipaddress.ip_address(host))})
        except ValueError:
            return frozenset(one["host"] for one in (await self._answer(host)).found)

    async def _answer(self, host: str) -> _Answer:
        held = self._answers.get(host)
        if held is None or held.until <= self._clock():
            held = await self._ask(host)
        if held.error is not None:
            raise OSError(None, held.error)
        return held

    async def _ask(self, host: str) -> _Answer:
        task = self._asking.get(host)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._look_up(host), name=f"name {host}")
            self._asking[host] = task
            task.add_done_callback(lambda _: self._asking.pop(host, None))
        return await asyncio.shield(task)  # others wait for it, and it is remembered

    async def _look_up(self, host: str) -> _Answer:
        try:
            async with asyncio.timeout(self._seconds):
                found = tuple(await self._inner.resolve(host, 0, socket.AF_UNSPEC))
            if not found:
                raise OSError(None, "no address")
            answer = _Answer(self._clock() + REMEMBERED, found)
        except TimeoutError:
            answer = _Answer(self._clock() + FAILURE_REMEMBERED, error="no answer in time")
        except OSError as error:
            answer = _Answer(self._clock() + FAILURE_REMEMBERED, error=error.strerror or "no such name")
        self._answers[host] = answer
        self._answers.move_to_end(host)
        while len(self._answers) > _MOST_NAMES:
            self._answers.popitem(last=False)
        return answer

    async def close(self) -> None:
        asking = tuple(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await self._inner.close()
