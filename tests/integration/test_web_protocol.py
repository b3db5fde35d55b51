"""The server's way of answering where a request was read: nobody can tell it from the long way, but that it is short."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
import uvicorn
from starlette.types import Scope
from uvicorn.server import ServerState

from aggregator.model import ChannelKind, Newsroom
from aggregator.store import Store
from aggregator.web import Desk, create_app
from aggregator.web.protocol import Ready, protocol
from tests.making import NOW, publish, sighting
from tests.newsstand import FEEDS, TOKEN, desk_of, newsroom_at

FEED = "/outlets/andes-post.atom"


class Server:
    """A server on loopback. `at_hand` says of each request whether it was answered where it was read, `parsed` how many were
    parsed."""

    def __init__(self, desk: Desk) -> None:
        self.at_hand: list[bool] = []
        self.parsed = 0
        self.door = create_app(desk)
        config = uvicorn.Config(
            self.door, port=0, http=protocol(self._watched), log_config=None, access_log=False, server_header=False
        )
        self.server = uvicorn.Server(config)
        self.server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]

    def _watched(self, scope: Scope) -> Ready | None:
        ready = self.door.at_hand(scope)
        if scope["path"] != "/healthz":
            self.parsed += 1
            self.at_hand += [] if ready else [False]
        return ready and (lambda client: self._told(ready(client)))

    def _told(self, answer: tuple[bytes, bytes] | None) -> tuple[bytes, bytes] | None:
        self.at_hand += [True] if answer else []
        return answer

    async def tell(self, *requests: str) -> list[bytes]:
        """What comes for each request over one connection, sent when the one before was answered; without the dates."""
        async with self._connected() as (reader, writer):
            return [await self._one(reader, writer, request) for request in requests]

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str) -> bytes:
        writer.write(request.encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        length = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        return re.sub(rb"date: [^\r]+\r\n", b"", head).removeprefix(b"HTTP/1.1 ") + body

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield reader, writer
        writer.close()

    async def say(self, *requests: str) -> list[bytes]:
        """What comes for requests sent at once over one connection, until it is closed; without the dates."""
        async with self._connected() as (reader, writer):
            writer.write("".join(requests).encode())
            said = await asyncio.wait_for(reader.read(), 20)
        return [re.sub(rb"date: [^\r]+\r\n", b"", one) for one in said.split(b"HTTP/1.1 ")[1:]]


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[Server]:
    one = Server(desk)
    running = asyncio.create_task(one.server.serve())
    while not one.server.started:
        await asyncio.sleep(0)
    try:
        yield one
    finally:
        one.server.should_exit = True
        await running


def get(path: str, *fields: str, method: str = "GET") -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: wire.example", *fields, "", ""])


LAST = get("/healthz", "connection: close")


def parted(answer: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return sorted(head.split(b"\r\n")), body


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
async def test_what_is_at_hand_is_byte_for_byte_what_the_application_says(
    stand: Store, news: Newsroom, coding: str
) -> None:
    asked = get(FEED, f"accept-encoding: {coding}")
    async with serving(desk_of(stand, news)) as server:
        await server.say(asked, LAST)  # rendered now and stored, which is a change to be looked at
        long, _ = await server.say(asked, LAST)
        short, _ = await server.say(asked, LAST)
        assert server.at_hand == [False, False, True]
    assert long.startswith(b"200 OK")
    assert parted(long) == parted(short)
    assert len(parted(short)[1]) > 500


async def test_who_has_it_already_is_told_so_at_once_until_it_changes(stand: Store, news: Newsroom) -> None:
    later = NOW + timedelta(hours=1)
    async with serving(desk_of(stand, news, now=lambda: later)) as server:
        await server.say(get(FEED), LAST)
        first, _ = await server.say(get(FEED), LAST)
        tag = re.search(rb'etag: ("[^"]+")', first)
        assert tag is not None
        again = get(FEED, f"if-none-match: {tag[1].decode()}")
        held, _ = await server.say(again, LAST)
        assert server.at_hand == [False, False, True]
        assert held.startswith(b"304 Not Modified")
        assert parted(held)[1] == b""
        assert server.door.counts.answers["feed", 304] == 1
        await publish(stand, FEEDS[0], sighting("A new thing", of=FEEDS[0]), now=later)
        changed, _ = await server.say(again, LAST)
        assert server.at_hand == [False, False, True, False]
    assert changed.startswith(b"200 OK")
    assert b"A new thing" in changed


async def test_answers_come_in_the_order_of_requests_whichever_way_they_went(stand: Store, news: Newsroom) -> None:
    async with serving(desk_of(stand, news)) as server:
        for _ in range(2):
            await server.say(get(FEED), LAST)
        row = [get(FEED), get("/opml"), *[get(FEED)] * 1500, get("/nowhere"), get(FEED), LAST]
        said = await server.say(*row)
    assert [int(one[:3]) for one in said] == [200] * 1502 + [404, 200, 200]
    assert said[1].find(b"<opml") > 0
    assert len(set(said[2:1502])) == 1
    assert parted(said[2]) == parted(said[0]) == parted(said[-2])


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (get("/channels/desk.atom"), 401),
        (get("/channels/desk.atom?token=wrong"), 403),
        (get(f"/channels/desk.atom?token={TOKEN}"), 200),
        (get("/sources/insider.atom"), 404),
        (get("/channels/closed.rss"), 410),
        (get("/outlets/nobody.rss"), 404),
        (get(FEED, method="HEAD"), 200),
        (get(FEED, method="DELETE"), 405),
        (get(f"{FEED}?deleted=1"), 200),
        (get("/outlets/andes-post"), 200),
    ],
)
async def test_whatever_needs_a_thought_goes_the_long_way(
    stand: Store, news: Newsroom, asked: str, status: int
) -> None:
    async with serving(desk_of(stand, news)) as server:
        await server.say(get(FEED), LAST)
        for _ in range(2):
            said = await server.say(asked, LAST)
            assert int(said[0][:3]) == status
        assert server.at_hand == [False] * 3


async def test_a_connection_that_is_to_end_ends(stand: Store, news: Newsroom) -> None:
    async with serving(desk_of(stand, news)) as server:
        await server.say(get(FEED), LAST)
        for last in (get(FEED, "connection: close"), f"GET {FEED} HTTP/1.0\r\n\r\n"):
            (said,) = await server.say(last)
            assert said.startswith(b"200 OK")
            assert b"connection: close" in said


async def test_who_asks_too_often_is_refused_on_either_way(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, news, rate_limit="1:3")
    door = create_app(desk)
    for _ in range(2):
        edition = await desk.editions.feed(ChannelKind.OUTLET, "andes-post", "atom")
        assert edition is not None
        await desk.editions.body(edition, "identity")
    ready = door.at_hand({"path": FEED, "method": "GET", "query_string": b"", "headers": []})
    assert ready is not None
    assert [ready(("203.0.113.9", 50_000)) is not None for _ in range(5)] == [True] * 3 + [False] * 2
    assert ready(("203.0.113.10", 50_000)) is not None


async def test_a_site_below_a_path_is_found_with_and_without_it(stand: Store) -> None:
    async with serving(desk_of(stand, newsroom_at("https://wire.example/news"))) as server:
        await server.say(get(FEED), LAST)
        await server.say(get(FEED), LAST)
        within, _ = await server.say(get(f"/news{FEED}"), LAST)
        without, _ = await server.say(get(FEED), LAST)
        assert server.at_hand[-2:] == [True, True]
    assert within == without


async def test_a_request_in_the_same_bytes_is_not_parsed_again_until_something_changes(
    stand: Store, news: Newsroom
) -> None:
    later, held = NOW + timedelta(hours=1), [news]
    desk = replace(desk_of(stand, news, now=lambda: later), newsroom=lambda: held[0])
    async with serving(desk) as server:
        await server.tell(get(FEED), get(FEED))
        first, *others = await server.tell(*[get(FEED)] * 5)
        assert others == [first] * 4
        (elsewhere,) = await server.tell(get(FEED))
        assert elsewhere == first
        assert (server.parsed, server.at_hand) == (3, [False, False] + [True] * 6)
        assert server.door.counts.answers["feed", 200] == 8
        await publish(stand, FEEDS[0], sighting("A new thing", of=FEEDS[0]), now=later)
        (changed,) = await server.tell(get(FEED))
        assert b"A new thing" in changed
        assert server.parsed == 4
        await server.tell(get(FEED), get(FEED))
        parsed, held[0] = server.parsed, newsroom_at()
        await server.tell(get(FEED))
        assert server.parsed == parsed + 1


async def test_what_looks_like_a_known_request_within_another_is_none(stand: Store, news: Newsroom) -> None:
    with_body = get(FEED, f"content-length: {len(get(FEED))}")
    async with serving(desk_of(stand, news)) as server:
        await server.tell(get(FEED), get(FEED), get(FEED))
        begun, whole = get(FEED)[:30], get(FEED)
        said = await server.tell(whole, with_body, whole + whole, begun + whole[30:], whole)
        assert [one[:6] for one in said] == [b"200 OK"] * 5


async def test_a_request_that_comes_in_pieces_is_put_together(stand: Store, news: Newsroom) -> None:
    async with serving(desk_of(stand, news)) as server:
        await server.tell(*[get(FEED)] * 3)
        async with server._connected() as (reader, writer):
            for piece in ("GET /outlets/nobody.atom HTTP/1.1\r\nx-a: ", get(FEED), get(FEED)):
                writer.write(piece.encode())
                await writer.drain()
                await server.tell(get(FEED))  # the server has read the piece by now
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            assert head.startswith(b"HTTP/1.1 404")


class Clock:
    """What a protocol needs of a loop, with a time of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        self.due.append((self.now + seconds, call))
        return asyncio.TimerHandle(self.now + seconds, call, (), asyncio.get_running_loop())


class Wire(asyncio.Transport):
    """A connection that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.said, self.closed = list[bytes](), False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.said.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def resume_reading(self) -> None:
        pass


async def test_a_connection_is_closed_five_seconds_after_its_last_answer_whichever_way_that_went() -> None:
    config = uvicorn.Config(app=lambda: None, http=protocol(lambda scope: lambda client: (b"head\r\n", b"body")))
    config.load()
    clock, wire = Clock(), Wire()
    one = config.http_protocol_class(config=config, server_state=ServerState(), app_state={}, _loop=clock)  # type: ignore[call-arg]
    one.connection_made(wire)
    for clock.now in (0.0, 3.0, 6.0):
        one.data_received(get(FEED).encode())
    assert wire.said == [b"head\r\n\r\nbody"] * 3
    ((due, call),) = clock.due  # that of the first answer
    clock.now = due
    call()
    assert not wire.closed
    assert clock.due[1][0] == 11.0
    clock.now, call = clock.due[1]
    call()
    assert wire.closed
