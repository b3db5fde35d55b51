"""Synthetic documents → a web server that listens as every host of 127.0.0.0/8, and counts what it answered.

It runs as a process of its own: `python -m bench.origin` prints its port. `/validated/N.xml` has an ETag and answers 304,
`/bare/N.xml` has none, `/_count` tells how often each status went out for feeds and starts again. `prepare` has
documents made before the clock runs.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import ClassVar

from bench.made_up import document
from bench.newsroom import address

_document = lru_cache(maxsize=4_000)(document)


class Origin(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, by hand: a framework would take the second core from what is measured."""

    counts: ClassVar[Counter[int]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.transport.write(self.answer(head.decode("latin-1")))

    def answer(self, head: str) -> bytes:
        request, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = request.split(" ")[1]
        if path == "/_count":
            body = json.dumps(self.counts).encode()
            self.counts.clear()
            return _answer(200, body, "application/json")
        if path.startswith("/_prepare/"):
            for source in range(int(path.rpartition("/")[2])):
                _document(source, base=f"http://{address(source)}:{headers['host'].rpartition(':')[2]}")
            return _answer(204, b"", "")
        kind, _, name = path.strip("/").partition("/")
        source = int(name.removesuffix(".xml")) if name.removesuffix(".xml").isdigit() else -1
        if source < 0:
            return _answer(404, b"", "text/plain")  # no feed, such as robots.txt
        etag = f'ETag: "{source}-1"\r\n' if kind == "validated" else ""
        if etag and headers.get("if-none-match") == f'"{source}-1"':
            return self._count(304, b"", etag)
        return self._count(200, _document(source, base=f"http://{headers['host']}"), etag)

    def _count(self, status: int, body: bytes, extra: str) -> bytes:
        self.counts[status] += 1
        return _answer(status, body, "application/rss+xml; charset=utf-8", extra)


def _answer(status: int, body: bytes, media_type: str, extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} x\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return (head if status != 304 else f"HTTP/1.1 304 x\r\n{extra}\r\n").encode() + body


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Origin, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def origin() -> Iterator[int]:
    """The origin as a process of its own; its port."""
    process = subprocess.Popen([sys.executable, "-m", "bench.origin"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def counted(port: int) -> dict[int, int]:
    """How often the origin answered with each status since it was last asked."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_count") as answer:
        return {int(status): count for status, count in json.load(answer).items()}


def prepare(port: int, sources: int) -> None:
    """Have the documents of `sources` sources made and held."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_prepare/{sources}"):
        pass


if __name__ == "__main__":
    asyncio.run(_serve())
