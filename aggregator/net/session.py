"""A guard → the one HTTP session: every connection it opens was judged by the guard."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver

from aggregator.net.guard import Guard

# Fetching rule 36: a slow answer costs a minute at most, and nothing waits on it but its own host.
PATIENCE = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=20)
MAX_HEADER = 16 * 1024


@asynccontextmanager
async def open_session(
    guard: Guard, *, patience: aiohttp.ClientTimeout = PATIENCE, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session without cookies, proxies or automatic decompression (we cap what comes out ourselves)."""

    def judged(info: tuple[int, int, int, str, tuple[str | int, ...]]) -> socket.socket:
        family, kind, protocol, _, address = info
        guard.check_address(str(address[0]), int(address[1]))
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        return connection

    connector = aiohttp.TCPConnector(
        limit=0, ttl_dns_cache=300, socket_factory=judged, resolver=resolver, enable_cleanup_closed=False
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=patience,
        trust_env=False,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=MAX_HEADER,
        max_field_size=MAX_HEADER,
    ) as session:
        yield session
