"""A scripted HTTP origin on loopback that logs every request: the one way to test fetching.

Every 127.x.y.z is a host of its own, all on one port.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came, `at` a time of the origin's clock: headers in order, names as written."""

    host: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    at: float = 0.0
    body: bytes = b""

    @property
    def conditional(self) -> bool:
        return self.header("If-None-Match") is not None or self.header("If-Modified-Since") is not None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; `raw` are all its bytes instead, for origins that lie: wrong lengths, half an answer, no HTTP at all.

    `drip` sends them one by one with so many seconds between; `hang` keeps the connection open at the end.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes | None = None
    drip: float = 0.0
    hang: bool = False

    def encoded(self) -> bytes:
        if self.raw is not None:
            return self.raw
        phrase = HTTPStatus(self.status).phrase if self.status in HTTPStatus._value2member_map_ else "Odd"
        named = {name.lower() for name, _ in self.headers}
        length = () if "content-length" in named else (("Content-Length", str(len(self.body))),)
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{n}: {v}" for n, v in (*self.headers, *length))]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body


Script = Reply | Callable[[Request], Reply]


def conditional(body: bytes, *, etag: str, media_type: str = "application/rss+xml") -> Callable[[Request], Reply]:
    """Like a good publisher: 304 to a request that holds `etag`, else the body with it."""

    def answer(request: Request) -> Reply:
        if request.header("If-None-Match") == etag:
            return Reply(status=304, headers=(("ETag", etag),))
        return Reply(headers=(("ETag", etag), ("Content-Type", media_type)), body=body)

    return answer


@dataclass(kw_only=True)
class Origin:
    """What to answer, by host and path: replies in turn, the last one for ever. `requests` is the log, `connections` how many
    were opened, `most_at_once` the most requests that each host was answering side by side."""

    port: int = 0
    clock: Callable[[], float] = time.monotonic
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    most_at_once: Counter[str] = field(default_factory=Counter)
    _running: Counter[str] = field(default_factory=Counter)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _scripts: dict[tuple[str, str], list[Script]] = field(default_factory=lambda: defaultdict(list))

    def serve(self, path: str, *replies: Script, host: str = HOST) -> str:
        """Script `path` anew; returns its URL."""
        self._scripts[host, path] = list(replies)
        return self.url(path, host=host)

    def url(self, path: str, *, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str, *, host: str = HOST) -> list[Request]:
        return [request for request in self.requests if (request.host, request.path) == (host, path)]

    def _reply(self, request: Request) -> Reply:
        script = self._scripts.get((request.host, request.path))
        if not script:
            return Reply(status=404)
        step = script.pop(0) if len(script) > 1 else script[0]
        return step if isinstance(step, Reply) else step(request)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        host = writer.get_extra_info("sockname")[0]
        self._running[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._running[host])
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split("\r\n", 1)[0].split(" ", 2)
            lines = [line.partition(":") for line in head.split("\r\n")[1:] if line]
            headers = tuple((name, value.strip()) for name, _, value in lines)
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            body = await reader.readexactly(length)
            request = Request(host=host, method=method, path=path, headers=headers, at=self.clock(), body=body)
            self.requests.append(request)
            await _send(self._reply(request), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            self._running[host] -= 1
            self._open.discard(writer)
            writer.close()

    async def _hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        while self._open:
            await asyncio.sleep(0)


async def _send(reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    answer = reply.encoded()
    pieces = [bytes([byte]) for byte in answer] if reply.drip else [answer]
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(reply.drip)
    if reply.hang:
        await reader.read()


@asynccontextmanager
async def running_origin(hosts: Iterable[str] = (HOST,)) -> AsyncIterator[Origin]:
    """An origin that listens on each of `hosts` (addresses of 127.0.0.0/8) while the block runs."""
    origin, servers = Origin(), []
    try:
        for host in hosts:
            servers.append(await asyncio.start_server(origin._answer, host, origin.port, limit=1 << 20))
            origin.port = origin.port or servers[0].sockets[0].getsockname()[1]
        yield origin
    finally:
        for server in servers:
            server.close()
        await origin._hang_up()
