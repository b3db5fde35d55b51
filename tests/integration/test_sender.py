"""What goes out to callbacks and hubs, through the real door: past the guard, without redirects, slow ones beside the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.push.sender import Sender
from tests.fakes import Dns
from tests.origin import HOST, Origin, Reply, Request, running_origin

SLOW = "127.0.0.8"
TYPE = {"Content-Type": "application/atom+xml"}


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with running_origin([HOST, SLOW]) as origin:
        yield origin


@asynccontextmanager
async def sending(*networks: str, names: dict[str, str | list[str]] | None = None) -> AsyncIterator[Sender]:
    guard = Guard(networks)
    async with open_door(guard, resolver=Dns(names or {})) as door:
        yield Sender(door, guard, user_agent=lambda: "aggregator/test")


async def test_a_post_carries_its_headers_and_no_more_than_it_must(origin: Origin) -> None:
    url = origin.serve("/cb", Reply(status=202))
    async with sending("127.0.0.0/8") as sender:
        heard = await sender.post(url, b"<feed/>", {**TYPE, "X-Hub-Signature": "sha256=00"})
    (request,) = origin.asked("/cb")
    assert (heard.status, heard.taken) == (202, True)
    assert (request.method, request.header("Content-Type")) == ("POST", "application/atom+xml")
    assert request.header("X-Hub-Signature") == "sha256=00"
    assert request.header("User-Agent") == "aggregator/test"
    assert request.header("Cookie") is None


async def test_the_start_of_an_answer_to_a_question_is_heard(origin: Origin) -> None:
    url = origin.serve("/cb?hub.challenge=x", Reply(body=b"x" * 10_000))
    async with sending("127.0.0.0/8") as sender:
        heard = await sender.get(url)
    assert (heard.status, heard.body) == (200, b"x" * 4096)


async def test_redirects_are_not_followed(origin: Origin) -> None:
    there = origin.serve("/there", Reply())
    url = origin.serve("/cb", Reply(status=307, headers=(("Location", there),)))
    async with sending("127.0.0.0/8") as sender:
        heard = await sender.post(url, b"<feed/>", TYPE)
    assert (heard.status, heard.taken, origin.asked("/there")) == (307, False, [])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost.example", "mixed.example"])
async def test_an_address_of_a_private_network_is_refused_and_not_named(origin: Origin, name: str) -> None:
    names: dict[str, str | list[str]] = {"localhost.example": "127.0.0.1", "mixed.example": "93.184.216.34 127.0.0.1"}
    async with sending(names=names) as sender:
        heard = await sender.post(f"http://{name}:{origin.port}/cb", b"<feed/>", TYPE)
    assert heard.status is None
    assert heard.error.startswith("refused: ")
    assert "127" not in heard.error
    assert origin.connections == 0


async def test_a_name_that_becomes_private_between_two_requests_is_refused_then(origin: Origin) -> None:
    guard = Guard(["127.0.0.1/32"])
    names: dict[str, str | list[str]] = {"reader.example": ["127.0.0.1", "10.0.0.7"]}
    time = [0.0]
    async with open_door(guard, resolver=Dns(names), clock=lambda: time[0]) as door:
        sender = Sender(door, guard, user_agent=lambda: "aggregator/test")
        url = f"http://reader.example:{origin.port}/cb"
        assert (await sender.post(url, b"<feed/>", TYPE)).status == 404
        time[0] = 301.0
        heard = await sender.post(url, b"<feed/>", TYPE)
    assert (heard.status, heard.error) == (None, "refused: the address is not on the public internet")


async def test_only_hosts_within_the_operators_networks_are_trusted() -> None:
    names: dict[str, str | list[str]] = {
        "inside.example": "10.0.0.7",
        "half.example": "10.0.0.7 93.184.216.34",
        "outside.example": "93.184.216.34",
    }
    async with sending("10.0.0.0/8", names=names) as sender:
        trusted = [name for name in (*names, "unknown.example") if await sender.is_trusted(f"http://{name}/cb")]
    assert trusted == ["inside.example"]


async def test_a_wait_that_is_asked_for_is_heard(origin: Origin) -> None:
    url = origin.serve("/cb", Reply(status=503, headers=(("Retry-After", "120"),)))
    dated = origin.serve("/dated", Reply(status=503, headers=(("Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT"),)))
    async with sending("127.0.0.0/8") as sender:
        assert (await sender.post(url, b"", TYPE)).retry_after == 120
        assert (await sender.post(dated, b"", TYPE)).retry_after is None


async def test_many_callbacks_of_a_host_that_hangs_keep_no_other_host_waiting(origin: Origin) -> None:
    hanging = origin.serve("/cb", Reply(raw=b"", hang=True), host=SLOW)
    quick = origin.serve("/cb", lambda _request: Reply(status=204))

    async with sending("127.0.0.0/8") as sender:
        stuck = [asyncio.create_task(sender.post(hanging, b"<feed/>", TYPE)) for _ in range(100)]
        while len(origin.asked("/cb", host=SLOW)) < 16:
            await asyncio.sleep(0)
        assert (await sender.post(quick, b"<feed/>", TYPE)).status == 204
        assert origin.most_at_once[SLOW] == 16
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_an_answer_that_is_no_http_is_a_failure_in_words_without_the_address(origin: Origin) -> None:
    url = origin.serve("/cb/secret", Reply(raw=b"what?\r\n\r\n"))

    def echo(request: Request) -> Reply:
        return Reply(status=500, body=request.path.encode())

    failing = origin.serve("/cb/other", echo)
    async with sending("127.0.0.0/8") as sender:
        heard = await sender.post(url, b"<feed/>", TYPE)
        assert (heard.status, "secret" in heard.error) == (None, False)
        assert (await sender.post(failing, b"<feed/>", TYPE)).why == "answered 500"
    assert heard.error
