"""Documents → a web server that sends each as it is, from a host of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.hostile.made import Hostile, item, rss
from bench.newsroom import address

_Answer = tuple[str, tuple[tuple[str, str], ...], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What runs: `hostile` sources, `well` ones, and one whose articles' pages are hostile."""

    port: int
    hostile: int
    well: int

    def configuration(self) -> Iterator[str]:
        """The files of a newsroom that polls them all."""
        yield "site: {title: Hostile, url: http://localhost:8000, contact: ops@example.org}"
        yield "outlets:"
        for kind, count in (("hostile", self.hostile), ("well", self.well), ("pages", 1)):
            for number in range(count):
                url = f"http://{self.host(kind, number)}:{self.port}/{kind}/{number}"
                pages = ", pages: true, republish: full" if kind == "pages" else ""
                sources = f"[{{url: '{url}'{pages}}}]"
                yield f"  {kind}-{number}: {{title: {kind} {number}, url: 'http://x.example', sources: {sources}}}"

    @staticmethod
    def host(kind: str, number: int) -> str:
        """One for each: nobody waits for another's host."""
        return address(number + {"hostile": 0, "well": 2_000, "pages": 3_000, "page": 4_000}[kind])


@contextmanager
def serving(hostile: Iterable[Hostile], well: Iterable[bytes]) -> Iterator[Served]:
    """A server on every host of 127.0.0.0/8 while the block runs."""
    documents = list(hostile)
    answers: dict[str, _Answer] = {}
    feeds, pages = [one for one in documents if not one.page], [one for one in documents if one.page]
    for number, one in enumerate(feeds):
        answers[f"/hostile/{number}"] = (one.content_type, one.headers, one.body)
    for number, one in enumerate(pages):
        answers[f"/page/{number}"] = (one.content_type, one.headers, one.body)
    wells = 0
    for number, body in enumerate(well):
        answers[f"/well/{number}"], wells = ("application/rss+xml", (), body), number + 1
    with _running(answers) as port:
        served = Served(port=port, hostile=len(feeds), well=wells)
        links = [f"http://{served.host('page', number)}:{port}/page/{number}" for number in range(len(pages))]
        items = "".join(f"<item><title>Page {n}</title><link>{link}</link></item>" for n, link in enumerate(links))
        answers["/pages/0"] = ("application/rss+xml", (), rss(items or item()))
        yield served


@contextmanager
def _running(answers: Mapping[str, _Answer]) -> Iterator[int]:
    loop, port, stop = asyncio.new_event_loop(), list[int](), asyncio.Event()
    ready = threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            media_type, headers, body = answers.get(head.split(b" ", 2)[1].decode(), ("text/plain", (), b""))
            lines = [
                f"HTTP/1.1 {200 if media_type != 'text/plain' else 404} x",
                f"Content-Type: {media_type}",
                *(f"{n}: {v}" for n, v in headers),
            ]
            writer.write(
                "\r\n".join([*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""]).encode() + body
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1024)
        port.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
