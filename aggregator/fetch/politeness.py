"""A URL → a place in the queue: one request at a time for each host, with a pause between two."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, Protocol
from urllib.parse import urlsplit

from aggregator.errors import FetchError, Trouble
from aggregator.fetch.hosts import host_of
from aggregator.model import HostTurn
from aggregator.net.guard import Guard
from aggregator.net.names import Names

_MOST_HOSTS = 10_000
# Fetching rule 34: 2 s between two requests to a host, 10 s where it has many feeds, 60 s where it ever said "too many".
GAP_SECONDS = 2.0
_MANY_FEEDS, _TIMES_WITH_MANY_FEEDS, _TIMES_WHEN_LIMITED = 5, 5.0, 30.0
# A request that drags on gives its place to others after a second; so many times the places may drag on side by side, half of
# them at hosts that dragged on the last time.
_PATIENCE_SECONDS, _DRAGGING, _DRAGGING_AGAIN = 1.0, 4, 2
# What was given up on may still be on its way when the next request is made, and its host has trouble enough.
_TIMES_UNANSWERED = 2.0


class Book(Protocol):
    """The port to what other processes do: all that poll for one database share its book of hosts."""

    async def take(self, hosts: Sequence[str]) -> HostTurn: ...

    async def leave(self, hosts: Sequence[str], *, pause: timedelta) -> None: ...


class _NoBook:
    """Nobody else asks."""

    async def take(self, hosts: Sequence[str]) -> HostTurn:
        return HostTurn()

    async def leave(self, hosts: Sequence[str], *, pause: timedelta) -> None:
        pass


@dataclass(slots=True)
class _Host:
    """`reserved`: taken in the book for a request to come; `drags`: the last one dragged on."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    reserved: bool = False
    drags: bool = False

    def is_over(self, now: float) -> bool:
        return not self.lock.locked() and not self.reserved and self.free_at <= now


class Politeness:
    """`concurrency` requests in all; for each host one in flight and a pause between two starts: `gap_seconds`, or more.

    Names that are registered together are one host, and so are names that stand for the same addresses, as `names` says.
    Hosts inside the operator's own networks need no pause, unless `spare_own` is false. `book` is shared with other processes.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        concurrency: int,
        gap_seconds: float = GAP_SECONDS,
        names: Names | None = None,
        book: Book | None = None,
        spare_own: bool = True,
        patience_seconds: float = _PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._guard, self._gap, self._names, self._spare_own = guard, gap_seconds, names, spare_own
        self._book = book or _NoBook()
        self._patience, self._clock, self._sleep = patience_seconds, clock, sleep
        self._places, self._all = asyncio.Semaphore(concurrency), asyncio.Semaphore(concurrency * _DRAGGING)
        self._dragging = asyncio.Semaphore(concurrency * _DRAGGING_AGAIN)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._addresses: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._feeds: Callable[[str], int] = lambda _host: 1
        self._limited: set[str] = set()
        self._slow: frozenset[str] = frozenset()
        self._reserved: dict[str, tuple[str, ...]] = {}

    def expect(self, feeds: Callable[[str], int], *, limited: Collection[str] = (), slow: Collection[str] = ()) -> None:
        """How many feeds each host has, which hosts are known to have said "too many requests", and which to drag on."""
        self._feeds = feeds
        self._limited.update(limited)
        self._slow = frozenset(slow)

    def slow_down(self, url: str) -> None:
        """The host of `url` said "too many requests": it is asked less often from now on."""
        self._limited.add(host_of(url))

    def host_of(self, url: str) -> str:
        """The host that publishers mean (see `hosts`)."""
        return host_of(url)

    def ready_in(self, url: str) -> float:
        """Seconds until the host of `url` may be asked, as far as is known; infinite while it is being asked."""
        hosts = [self._hosts[key] for key in self._keys(url) if key in self._hosts]
        if any(host.lock.locked() or (host.drags and self._dragging.locked()) for host in hosts):
            return math.inf
        return max((host.free_at - self._clock() for host in hosts), default=0.0)

    async def reserve(self, url: str) -> HostTurn:
        """Take the host of `url` for a request to come, so that no other process asks it; `release` it after that."""
        await self._look_up(url)
        keys = self._keys(url)
        turn = await self._take(keys)
        if turn == HostTurn(limited=turn.limited):
            self._reserved[url] = keys  # its name may stand for other addresses by the time that it is released
            for key in keys:
                self._host(key).reserved = True
        return turn

    async def release(self, url: str) -> None:
        """Give a host back that was reserved, where no request went out."""
        keys = (key for key in self._reserved.pop(url, ()) if key in self._hosts)
        # What is being asked is given back by whoever asks it.
        reserved = [key for key in keys if self._hosts[key].reserved and not self._hosts[key].lock.locked()]
        for key in reserved:
            self._hosts[key].reserved = False
        if reserved:
            await asyncio.shield(self._book.leave(reserved, pause=timedelta(0)))

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[None]:
        """Wait for a place; the wait for a host takes none of the places of others. Raises FetchError where it asked us to
        wait longer than that."""
        await self._look_up(url)
        keys = self._reserved.get(url) or self._keys(url)
        hosts = [self._host(key) for key in keys]
        async with AsyncExitStack() as held:
            for host in hosts:  # the name before the addresses, everywhere: no two wait for each other
                await held.enter_async_context(host.lock)
            await self._wait_for(url, keys, hosts)
            held.push_async_callback(self._leave, keys, hosts)
            if any(host.drags for host in hosts):
                await held.enter_async_context(self._dragging)
            await held.enter_async_context(self._all)
            async with self._given_back(hosts):
                answered = False
                try:
                    yield
                    answered = True
                except FetchError as error:
                    answered = error.status is not None
                    raise
                finally:
                    # From the end on: however long the way to the server took, it sees the whole pause.
                    pause = self._gap_of(url) * (1.0 if answered else _TIMES_UNANSWERED)
                    for host in hosts:
                        host.free_at = self._clock() + pause

    async def _wait_for(self, url: str, keys: Sequence[str], hosts: Sequence[_Host]) -> None:
        """Until these hosts are ours."""
        while True:
            if (wait := max(host.free_at for host in hosts) - self._clock()) > 0:
                await self._sleep(wait)
            if all(host.reserved for host in hosts):
                return
            turn = await self._take(keys)
            if turn.paused_until is not None:
                said = f"{host_of(url)} asked us to wait until {turn.paused_until:%Y-%m-%d %H:%M} UTC"
                raise FetchError(said, retry_after=turn.paused_until, trouble=Trouble.BLOCKED)
            if not turn.wait:
                return

    async def _take(self, keys: Sequence[str]) -> HostTurn:
        turn = await self._book.take(keys)
        if turn.limited:
            self._limited.add(keys[0])
        if turn.wait:
            for key in keys:
                host = self._host(key)
                host.free_at = max(host.free_at, self._clock() + turn.wait.total_seconds())
        return turn

    async def _leave(self, keys: Sequence[str], hosts: Sequence[_Host]) -> None:
        pause = max(host.free_at for host in hosts) - self._clock()
        for host in hosts:
            host.reserved = False
        await asyncio.shield(self._book.leave(keys, pause=timedelta(seconds=max(pause, 0.0))))

    @asynccontextmanager
    async def _given_back(self, hosts: Sequence[_Host]) -> AsyncIterator[None]:
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
            for host in hosts:
                host.drags = given_back
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
        host = self._hosts.setdefault(key, _Host(drags=key in self._slow))
        self._hosts.move_to_end(key)
        _trim(self._hosts, lambda key: self._hosts[key].is_over(self._clock()))
        return host

    def is_own(self, url: str) -> bool:
        """Whether its host is in the operator's own networks."""
        return self._is_ours(self._addresses.get(_name(url)) or (host_of(url),))

    def is_spared(self, url: str) -> bool:
        """Whether its host needs no pause."""
        return self._spare_own and self.is_own(url)

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
