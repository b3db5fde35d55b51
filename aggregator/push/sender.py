"""Requests of ours as a hub, or to one → what was heard: past the guard, without redirects, within seconds."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from aggregator.errors import FetchError
from aggregator.net.guard import Guard
from aggregator.net.session import Door, exact
from aggregator.net.wording import of_error
from aggregator.push.answers import Heard

# Whoever is told answers at once and works afterwards (WebSub §7); whoever takes longer is told again later.
SECONDS = 10.0
PATIENCE = aiohttp.ClientTimeout(total=SECONDS, connect=5, sock_connect=5, sock_read=SECONDS)
# A request that drags on gives its place to others after a second; so many times the places may drag on side by side.
_AT_ONCE, _SECONDS_OF_A_PLACE, _DRAGGING = 64, 1.0, 8
_AT_ONCE_FOR_A_HOST = 16
_BODY = 4096


class Send(Protocol):
    """The port to callbacks and hubs. Both answer with what was heard, whatever that was."""

    async def get(self, url: str) -> Heard: ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Heard: ...

    async def is_trusted(self, url: str) -> bool: ...

    def fault(self, url: str) -> str: ...


class Sender:
    """Requests side by side; a slow host keeps no other waiting, and many callbacks of one host share a few places."""

    def __init__(self, door: Door, guard: Guard, *, user_agent: Callable[[], str]) -> None:
        self._door, self._guard, self._agent = door, guard, user_agent
        self._places, self._all = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_AT_ONCE * _DRAGGING)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._wanted: Counter[str] = Counter()

    async def get(self, url: str) -> Heard:
        """Ask a callback; the start of what it says is kept."""
        return await self._ask("GET", url, b"", {})

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        """Tell a callback or a hub."""
        return await self._ask("POST", url, body, headers)

    async def is_trusted(self, url: str) -> bool:
        """Whether a URL's host is within the networks that the operator opened: what is said to it passes no others."""
        try:
            addresses = await self._door.names.addresses(urlsplit(url).hostname or "")
            return bool(addresses) and all(self._guard.trusts(ipaddress.ip_address(one)) for one in addresses)
        except (OSError, ValueError):
            return False

    def fault(self, url: str) -> str:
        """Why `url` is none that we would send anything to, as far as one sees; empty where nothing is wrong with it."""
        try:
            self._guard.check_url(url)
        except FetchError as error:
            return str(error)
        return ""

    async def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        if fault := self.fault(url):
            return Heard(error=fault)
        async with self._place(urlsplit(url).hostname or ""):
            return await self._heard(method, url, body, headers)

    async def _heard(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        sent = {"User-Agent": self._agent(), "Accept": "*/*", "Accept-Encoding": "identity", **headers}
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._door.session.request(
                    method, exact(url), data=body or None, headers=sent, allow_redirects=False
                ) as response,
            ):
                start = b""
                while method == "GET" and len(start) < _BODY and (piece := await response.content.read(_BODY)):
                    start += piece
                wait = _seconds(response.headers.get("Retry-After"))
                return Heard(status=response.status, body=start, retry_after=wait)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Heard(error=of_error(error, seconds=SECONDS))

    @asynccontextmanager
    async def _place(self, host: str) -> AsyncIterator[None]:
        """Wait for a place; the wait for a host takes none of the places of others."""
        self._wanted[host] += 1
        try:
            async with self._hosts.setdefault(host, asyncio.Semaphore(_AT_ONCE_FOR_A_HOST)), self._all:
                await self._places.acquire()
                given_back = _Once(self._places.release)
                alarm = asyncio.get_running_loop().call_later(_SECONDS_OF_A_PLACE, given_back)
                try:
                    yield
                finally:
                    alarm.cancel()
                    given_back()
        finally:
            self._wanted[host] -= 1
            if not self._wanted[host]:
                del self._wanted[host], self._hosts[host]


class _Once:
    """Calls `what` the first time it is called."""

    def __init__(self, what: Callable[[], None]) -> None:
        self._what, self._done = what, False

    def __call__(self) -> None:
        if not self._done:
            self._done = True
            self._what()


def _seconds(header: str | None) -> int | None:
    """A Retry-After of seconds; dates are not worth the doubt about clocks."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) < 9 else None
