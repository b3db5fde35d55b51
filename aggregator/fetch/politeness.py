"""A URL → a place in the queue: one request at a time for each host, with a pause between two."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from aggregator.net.guard import Guard

_MOST_HOSTS = 10_000


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Politeness:
    """`concurrency` requests in all; for each host one in flight and `gap_seconds` between two starts.

    Hosts inside the operator's own networks need no pause.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        concurrency: int,
        gap_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._guard, self._gap, self._clock, self._sleep = guard, gap_seconds, clock, sleep
        self._places = asyncio.Semaphore(concurrency)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[None]:
        """Wait for a place; the wait for a host takes none of the places of others."""
        name = (urlsplit(url).hostname or "").rstrip(".")
        host = self._host(name)
        async with host.lock:
            if (wait := host.free_at - self._clock()) > 0:
                await self._sleep(wait)
            async with self._places:
                host.free_at = self._clock() + (0.0 if self._is_ours(name) else self._gap)
                yield

    def _host(self, name: str) -> _Host:
        host = self._hosts.setdefault(name, _Host())
        self._hosts.move_to_end(name)
        for oldest in list(islice(self._hosts, max(0, len(self._hosts) - _MOST_HOSTS))):
            if not self._hosts[oldest].lock.locked():
                del self._hosts[oldest]
        return host

    def _is_ours(self, name: str) -> bool:
        try:
            return self._guard.trusts(ipaddress.ip_address(name))
        except ValueError:
            return False
