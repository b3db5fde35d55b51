"""A guard → the one HTTP session: every connection it opens was judged by the guard."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.net.guard import Guard

# Fetching rule 36: a slow answer costs a minute at most, and nothing waits on it but its own host.
PATIENCE = aiohttp.ClientTimeout(total=60, connect=20, sock_connect=10, sock_read=20)
# Fetching rule 38: 100 headers, none longer than this.
MAX_HEADERS, MAX_HEADER = 100, 16 * 1024
_DNS_SECONDS, _DNS_CACHE_SECONDS = 5.0, 300


class JudgingResolver(AbstractResolver):
    """Names → their addresses, unless one of them is refused: a name that is half public, half private is a trick."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard, self._inner = guard, inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            self._guard.check_address(one["host"], port)
        return found

    async def close(self) -> None:
        await self._inner.close()


@asynccontextmanager
async def open_session(
    guard: Guard, *, patience: aiohttp.ClientTimeout = PATIENCE, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session without cookies, proxies or automatic decompression (we cap what comes out ourselves).

    `resolver` answers in place of DNS.
    """

    def judged(info: tuple[int, int, int, str, tuple[str | int, ...]]) -> socket.socket:
        # The last word: the address that is about to be connected to, also of an IP literal, which no resolver sees.
        family, kind, protocol, _, address = info
        guard.check_address(str(address[0]), int(address[1]))
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        return connection

    names = JudgingResolver(guard, resolver or aiohttp.AsyncResolver(timeout=_DNS_SECONDS, tries=2))
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=_DNS_CACHE_SECONDS, socket_factory=judged, resolver=names)
    try:
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=patience,
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            max_headers=MAX_HEADERS,
        ) as session:
            yield session
    finally:
        await names.close()
