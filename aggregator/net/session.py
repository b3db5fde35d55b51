"""A guard → the one HTTP session: every connection it opens was judged by the guard."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from aggregator.net.connection import OneAnswer
from aggregator.net.guard import Guard
from aggregator.net.names import Names

# Fetching rule 36: a slow answer costs a minute at most, and nothing waits on it but its own host.
PATIENCE = aiohttp.ClientTimeout(total=60, connect=20, sock_connect=10, sock_read=20)
# Fetching rule 38: 100 headers, none longer than this.
MAX_HEADERS, MAX_HEADER = 100, 16 * 1024
# RFC 3986: what may stand in an address, and the sign of what is encoded.
_LEGAL = "!#$%&'()*+,-./:;=?@[]_~"


@dataclass(frozen=True, slots=True)
class Door:
    """The session, and the resolver that it asks for names."""

    session: aiohttp.ClientSession
    names: Names


@asynccontextmanager
async def open_session(
    guard: Guard, *, patience: aiohttp.ClientTimeout = PATIENCE, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """`open_door` for those who need no names."""
    async with open_door(guard, patience=patience, resolver=resolver) as door:
        yield door.session


@asynccontextmanager
async def open_door(
    guard: Guard,
    *,
    patience: aiohttp.ClientTimeout = PATIENCE,
    resolver: AbstractResolver | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Door]:
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

    names = Names(guard, resolver or aiohttp.AsyncResolver(timeout=2.0, tries=2), clock=clock)
    connector = aiohttp.TCPConnector(
        limit=0, use_dns_cache=False, force_close=True, socket_factory=judged, resolver=names
    )
    connector._factory = cast("partial[ResponseHandler]", partial(OneAnswer, asyncio.get_running_loop()))  # noqa: SLF001
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
            # aiohttp asks a second time where a server hangs up: that is for connections kept open, and we keep none; and
            # what failed is not asked again at once (fetching rule 27).
            session._retry_connection = False  # noqa: SLF001
            yield Door(session, names)
    finally:
        await names.close()


def exact(url: str) -> URL:
    """`url` as it goes over the wire: as written wherever it may be, so that signed addresses stay whole."""
    if not urlsplit(url).netloc.isascii():
        return URL(url)
    return URL(quote(url, safe=_LEGAL), encoded=True)
