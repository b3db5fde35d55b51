"""Thousands of small hosts on loopback, as a process of its own.

`python -m bench.etiquette.hosts SECONDS TARPIT…` prints its port. Every 127.x.y.z is a host. Each answers a small feed after
so many seconds, those named as tarpits never. `/_report` tells of each host when it was asked (seconds of the monotonic clock,
which all processes share) and how many requests it was answering side by side at most.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from typing import ClassVar

_BODY = (
    b"<rss version='2.0'><channel><title>A small host</title><item><title>One thing</title>"
    b"<link>http://%s/one</link></item></channel></rss>"
)


class Host(asyncio.Protocol):
    """HTTP/1.1 by hand: a framework would take the processor from what is measured."""

    starts: ClassVar[dict[str, list[float]]] = defaultdict(list)
    running: ClassVar[Counter[str]] = Counter()
    most: ClassVar[Counter[str]] = Counter()
    seconds: ClassVar[float] = 0.05
    tarpits: ClassVar[frozenset[str]] = frozenset()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer, self.busy = transport, b"", False
        self.host = str(transport.get_extra_info("sockname")[0])

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if b"\r\n\r\n" not in self.buffer:
            return
        if self.buffer.startswith(b"GET /_report "):
            self._send(json.dumps({"starts": self.starts, "most": self.most}).encode())
            return
        self.buffer, self.busy = b"", True
        self.starts[self.host].append(time.monotonic())
        self.running[self.host] += 1
        self.most[self.host] = max(self.most[self.host], self.running[self.host])
        if self.host not in self.tarpits:
            asyncio.get_running_loop().call_later(self.seconds, self._answer)

    def _answer(self) -> None:
        self._done()
        self._send(_BODY % self.host.encode())

    def _send(self, body: bytes) -> None:
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        )
        self.transport.write(head % len(body) + body)
        self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._done()

    def _done(self) -> None:
        if self.busy:
            self.busy = False
            self.running[self.host] -= 1


async def _main() -> None:
    Host.seconds, Host.tarpits = float(sys.argv[1]), frozenset(sys.argv[2:])
    server = await asyncio.get_running_loop().create_server(Host, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
