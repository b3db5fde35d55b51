"""A URL → a place in the queue: one request at a time for each host, with a pause between two."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from aggregator.fetch.hosts import host_of
from aggregator.net.guard import Guard
from aggregator.net.names import Names

_MOST_HOSTS = 10_000
# Fetching rule 34: 2 s between two requests to a host, 10 s where it has many feeds, 60 s where it ever said "too many".
GAP_SECONDS = 2.0
_MANY_FEEDS, _TIMES_WITH_MANY_FEEDS, _TIMES_WHEN_LIMITED = 5, 5.0, 30.0
# A request that drags on gives its place to others after a second; so many times the places may drag on side by side.
_PATIENCE_SECONDS, _DRAGGING = 1.0, 4


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Politeness:
    """`concurrency` requests in all; for each host one in flight and a pause between two starts: `gap_seconds`, or more.

    Names that are registered together are one host, and so are names that stand for the same addresses, as `names` says.
    Hosts inside the operator's own networks need no pause, unless `spare_own` is false.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        concurrency: int,
        gap_seconds: float = GAP_SECONDS,
        names: Names | None = None,
        spare_own: bool = True,
        patience_seconds: float = _PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._guard, self._gap, self._names, self._spare_own = guard, gap_seconds, names, spare_own
        self._patience, self._clock, self._sleep = patience_seconds, clock, sleep
        self._places, self._all = asyncio.Semaphore(concurrency), asyncio.Semaphore(concurrency * _DRAGGING)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._addresses: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._feeds: Callable[[str], int] = lambda _host: 1
        self._limited: set[str] = set()

    def expect(self, feeds: Callable[[str], int], *, limited: Collection[str] = ()) -> None:
        """How many feeds each host has, and which hosts are known to have said "too many requests"."""
        self._feeds = feeds
        self._limited.update(limited)

    def slow_down(self, url: str) -> None:
        """The host of `url` said "too many requests": it is asked less often from now on."""
        self._limited.add(host_of(url))

    def host_of(self, url: str) -> str:
        """The host that publishers mean (see `hosts`)."""
        return host_of(url)

    def ready_in(self, url: str) -> float:
        """Seconds until the host of `url` may be asked, as far as is known; infinite while it is being asked."""
        hosts = [self._hosts[key] for key in self._keys(url) if key in self._hosts]
        if any(host.lock.locked() for host in hosts):
            return math.inf
        return max((host.free_at - self._clock() for host in hosts), default=0.0)

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[None]:
        """Wait for a place; the wait for a host takes none of the places of others."""
        await self._look_up(url)
        hosts = [self._host(key) for key in self._keys(url)]
        async with AsyncExitStack() as held:
            for host in hosts:  # the name before the addresses, everywhere: no two wait for each other
                await held.enter_async_context(host.lock)
            if (wait := max(host.free_at for host in hosts) - self._clock()) > 0:
                await self._sleep(wait)
            async with self._all, self._given_back():
                try:
                    yield
                finally:
                    # From the end on: however long the way to the server took, it sees the whole pause.
                    free_at = self._clock() + self._gap_of(url)
                    for host in hosts:
                        host.free_at = free_at

    @asynccontextmanager
    async def _given_back(self) -> AsyncIterator[None]:
        """A place that others get when this request is over, or drags on."""
        await self._places.acquire()
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                self._places.release()

        timer = asyncio.get_running_loop().call_later(self._patience, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()

    async def _look_up(self, url: str) -> None:
        name = _name(url)
        if self._names is None or not name:
            return
        try:
            self._addresses[name] = await self._names.addresses(name)
        except OSError:
            self._addresses.pop(name, None)  # the request says so in its own words
        _trim(self._addresses, lambda _: True)

    def _keys(self, url: str) -> tuple[str, ...]:
        name, host = _name(url), host_of(url)
        addresses = ",".join(sorted(self._addresses.get(name, ())))
        return (host,) if addresses in ("", host) else (host, addresses)

    def _host(self, key: str) -> _Host:
        host = self._hosts.setdefault(key, _Host())
        self._hosts.move_to_end(key)
        _trim(self._hosts, lambda key: not self._hosts[key].lock.locked() and self._hosts[key].free_at <= self._clock())
        return host

    def is_spared(self, url: str) -> bool:
        """Whether its host is in the operator's own networks."""
        return self._spare_own and self._is_ours(self._addresses.get(_name(url)) or (host_of(url),))

    def _gap_of(self, url: str) -> float:
        host = host_of(url)
        if self.is_spared(url):
            return 0.0
        if host in self._limited:
            return self._gap * _TIMES_WHEN_LIMITED
        return self._gap * (_TIMES_WITH_MANY_FEEDS if self._feeds(host) > _MANY_FEEDS else 1)

    def _is_ours(self, addresses: Iterable[str]) -> bool:
        try:
            return all(self._guard.trusts(ipaddress.ip_address(address)) for address in addresses)
        except ValueError:
            return False


def _name(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _trim(held: OrderedDict[str, Any], may_go: Callable[[str], bool]) -> None:
    """Forget the oldest of what may go, so that memory is bounded."""
    for oldest in list(islice(held, max(0, len(held) - _MOST_HOSTS))):
        if may_go(oldest):
            del held[oldest]
