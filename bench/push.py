"""`bench push`: from an article's arrival at our door to its delivery at each subscriber of our hub, with the real service."""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import uvloop

from aggregator.push.protocol import Signed, checked
from bench.command import aggregator, environment
from bench.report import Figure

SUMMARY = "from an article's arrival to its delivery at each WebSub subscriber, with the real service"
SECRET = "a secret of the bench"
_FORMATS = ("atom", "atom", "rss", "json")
_PATIENCE, _PATIENCE_EACH = 60.0, 0.05
_HOSTS = 32


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subscribers", type=int, default=200, help="how many subscribe (default 200)")
    parser.add_argument(
        "--database", metavar="URL", help="an empty one on PostgreSQL, for `worker` beside `serve` alone"
    )
    parser.add_argument("--articles", type=int, default=20, help="how many articles arrive (default 20)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """The whole service in one process; then one process that polls and another that serves."""
    roles = (("serve", "worker"),) if options.database else (("run",), ("serve", "worker"))
    return [uvloop.run(_case(each, options.subscribers, options.articles, options.database)) for each in roles]


@dataclass
class World:
    """The outlet that publishes and everybody who subscribed: one small server. Times are those of one clock."""

    articles: int = 0
    sent: float = 0.0
    port: int = 0
    confirmed: set[str] = field(default_factory=set)
    received: dict[str, dict[int, float]] = field(default_factory=dict)
    twice: int = 0
    wrong: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = request.split(" ")
        said = self._said(method, target, headers, body)
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n".encode() + said)
        await writer.drain()
        if target == "/feed.xml":
            self.sent = time.perf_counter()
        writer.close()

    def _said(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        path = urlsplit(target).path
        if path == "/feed.xml":
            return _document(self.articles)
        if method == "GET":
            self.confirmed.add(path)
            return parse_qs(urlsplit(target).query)["hub.challenge"][0].encode()
        newest = f"Article number {self.articles} of the bench".encode()
        if newest not in body or checked(headers.get("x-hub-signature"), SECRET, body) is not Signed.VALID:
            self.wrong.append(path)
        received = self.received.setdefault(path, {})
        self.twice += self.articles in received
        received.setdefault(self.articles, time.perf_counter() - self.sent)
        return b""


def _document(articles: int) -> bytes:
    """The latest thirty articles, as an outlet has them in its feed."""
    items = "".join(
        f"<item><title>Article number {n} of the bench</title><link>http://127.0.0.1/{n}</link><guid>{n}</guid>"
        f"<description>{'What happened, where and to whom. ' * 10}{n}</description></item>"
        for n in range(articles, max(0, articles - 30), -1)
    )
    return (
        f'<rss version="2.0"><channel><title>Wire</title><link>http://127.0.0.1/</link>{items}</channel></rss>'.encode()
    )


async def _case(roles: Sequence[str], subscribers: int, articles: int, database: str | None = None) -> Figure:
    world = World()
    server = await asyncio.start_server(world.answer, "0.0.0.0", 0, backlog=2048)
    world.port = int(server.sockets[0].getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name, ExitStack() as stack:
        port = _configure(Path(name), world.port)
        there = environment(Path(name)) | ({"AGGREGATOR_DATABASE_URL": database} if database else {})
        upgrade = partial(subprocess.run, env=there, stdout=subprocess.DEVNULL, check=True)
        await asyncio.to_thread(upgrade, aggregator("db", "upgrade"))
        services = [stack.enter_context(_Service(role, port, there)) for role in roles]
        for service in services:
            await service.says("ready")
        world.articles = 30
        await services[-1].poll()
        asked = time.perf_counter()
        await _subscribe(world, port, subscribers)
        started = time.perf_counter()
        for number in range(1, articles + 1):
            world.articles += 1
            await services[-1].poll()
            await _until(partial(_arrived, world, subscribers, number), subscribers)
        seconds = time.perf_counter() - started
    server.close()
    assert not world.wrong, f"{len(world.wrong)} deliveries lack the article or its signature"
    measures = _measures([one for times in world.received.values() for one in times.values()])
    measures |= {
        "s an article, all delivered": round(seconds / articles, 2),
        "came twice": world.twice,
        "ms a subscription, asked one after the other, and confirmed": round((started - asked) / subscribers * 1000, 1),
    }
    what = f"{subscribers} subscribers, {articles} articles, {' beside '.join(f'`{role}`' for role in reversed(roles))}"
    return Figure(what=f"{what}, on PostgreSQL" if database else what, measures=measures)


def _arrived(world: World, subscribers: int, number: int) -> bool:
    return len(world.received) == subscribers and all(len(times) == number for times in world.received.values())


def _measures(times: list[float]) -> dict[str, float | int | str]:
    ordered = sorted(one * 1000 for one in times)
    return {
        "deliveries": len(ordered),
        "ms from arrival to delivery, p50": round(statistics.median(ordered), 1),
        "ms from arrival to delivery, p99": round(ordered[int(len(ordered) * 0.99)], 1),
        "ms from arrival to delivery, worst": round(ordered[-1], 1),
    }


def _configure(folder: Path, origin: int) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = folder / "config"
    config.mkdir()
    (config / "all.yaml").write_text(
        f"site: {{title: Bench, url: 'http://127.0.0.1:{port}', contact: bench@example.org, hub: own}}\n"
        f"outlets: {{wire: {{title: Wire, url: 'http://127.0.0.1/', sources: [{{url: 'http://127.0.0.1:{origin}/feed.xml'}}]}}}}\n"
    )
    return port


async def _subscribe(world: World, port: int, subscribers: int) -> None:
    """Everybody to the outlet's feed, in one of its formats, from a few hosts."""
    async with aiohttp.ClientSession() as session:
        for number in range(subscribers):
            form = {
                "hub.mode": "subscribe",
                "hub.topic": f"http://127.0.0.1:{port}/outlets/wire.{_FORMATS[number % len(_FORMATS)]}",
                "hub.callback": f"http://127.0.0.{2 + number % _HOSTS}:{world.port}/cb/{number}",
                "hub.secret": SECRET,
            }
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            async with session.post(
                f"http://127.0.0.1:{port}/websub/hub", data=urlencode(form), headers=headers
            ) as answer:
                assert answer.status == 202, await answer.text()
    await _until(lambda: len(world.confirmed) == subscribers, subscribers)


async def _until(condition: Callable[[], bool], subscribers: int) -> None:
    async with asyncio.timeout(_PATIENCE + subscribers * _PATIENCE_EACH):
        while not condition():  # noqa: ASYNC110  deliveries are counted, not announced
            await asyncio.sleep(0.005)


class _Service:
    """A process of the service."""

    def __init__(self, role: str, port: int, there: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "bench.push_service", role, str(port)]
        self._process = subprocess.Popen(command, env=there, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> _Service:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    async def says(self, word: str) -> None:
        """Wait until it does."""
        assert self._process.stdout is not None
        said = (await asyncio.to_thread(self._process.stdout.readline)).strip()
        assert said == word, said

    async def poll(self) -> None:
        """Have it poll its source once."""
        assert self._process.stdin is not None
        self._process.stdin.write("poll\n")
        self._process.stdin.flush()
        await self.says("polled")
