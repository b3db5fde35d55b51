"""Our own network goes away: the real client, a resolver that fails everything, real databases; no source is blamed."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from structlog.testing import capture_logs

from aggregator.cadence import Terms
from aggregator.fetch import Client
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import ingest
from aggregator.model import Health, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from aggregator.normalize import Rules
from aggregator.sandbox.pool import Inline
from aggregator.schedule import Poller
from aggregator.store import Store
from tests.making import NOW, newsroom, outlet, source
from tests.origin import Origin, Reply, running_origin

NAMES = ("andes", "wire", "folha", "diario")
INSIDE = "127.0.0.2"
FEED = (
    b"<rss version='2.0'><channel><title>A</title><link>https://a.example/</link>"
    b"<item><guid>1</guid><title>One</title></item></channel></rss>"
)


class Resolver(AbstractResolver):
    """Names → loopback; one host has lost its."""

    def __init__(self) -> None:
        self.dead = {"diario.example"}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host in self.dead:
            raise OSError(None, "no answer from any name server")
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None: ...


class Way(Guard):
    """The way out, which can be cut: judged at each connection, whatever was looked up before. 127.0.0.2 is inside."""

    up = True

    def check_address(self, host: str, port: int) -> None:
        if not self.up and host != INSIDE:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        super().check_address(host, port)


class World:
    """A newsroom of four hosts, one of them dead, and a clock."""

    def __init__(self, store: Store, origin: Origin, resolver: Resolver, way: Way, client: Client) -> None:
        self.store, self.origin, self.resolver, self.way, self.now = store, origin, resolver, way, NOW
        self.sources = {name: self._source(name) for name in NAMES}
        self.pipeline = Pipeline(
            client=client,
            workers=Inline(),
            store=store,
            rules=Rules.of(newsroom(*self.sources.values())),
            selects=lambda _article: (),
            now=lambda: self.now,
            terms=lambda _source: Terms(),
            wrote=self._wrote,
        )

    def _source(self, name: str) -> Source:
        url = f"http://{name}.example:{self.origin.port}/{name}"
        return source(name, of=outlet(name), url=url, public_url=url)

    async def _wrote(self, *_written: object) -> None: ...

    def add(self, source: Source) -> None:
        self.sources[source.id] = source

    async def poll(self, after: timedelta) -> None:
        self.now += after
        for name in self.sources:
            self.now += timedelta(seconds=5)
            schedule = (await self.store.schedules())[name]
            await ingest(self.sources[name], schedule, self.pipeline)

    async def health(self) -> dict[str, tuple[Health, int, datetime | None]]:
        return {one.id: (one.health, one.failures, one.since) for one in await self.store.source_statuses()}


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    resolver, guard = Resolver(), Way(["127.0.0.0/8"])
    async with running_origin(["127.0.0.1", INSIDE]) as origin, open_session(guard, resolver=resolver) as session:
        for name in NAMES:
            origin.serve(f"/{name}", Reply(body=FEED, headers=(("Content-Type", "application/rss+xml"),)))
        client = Client(session, guard, user_agent=lambda: "test", concurrency=1, gap_seconds=0.0)
        made = World(store, origin, resolver, guard, client)
        await store.apply(newsroom(*made.sources.values()), now=NOW)
        yield made


async def test_an_outage_of_our_own_network_blames_no_source(world: World) -> None:
    await world.poll(timedelta(0))
    before = await world.health()
    assert [before[name][0] for name in NAMES] == [Health.WELL] * 3 + [Health.FAILING]
    assert await world.store.outage() is None

    world.way.up = False
    for _ in range(3):
        await world.poll(timedelta(hours=1))
        health = await world.health()
        assert {name: health[name] for name in NAMES[:3]} == {name: before[name] for name in NAMES[:3]}
    outage = await world.store.outage()
    assert outage is not None
    told = [(one.source_id, one.health) for one in await world.store.problems()]
    assert told == [("", "outage"), ("diario", "failing")], "one entry, and none of a source"

    due = sorted(one.next_poll for one in (await world.store.schedules()).values() if one.source_id != "diario")
    assert due[0] >= world.now - timedelta(seconds=30) + timedelta(minutes=5)
    assert due[-1] - due[0] > timedelta(minutes=1), "spread out"

    world.way.up = True
    await world.poll(timedelta(hours=1))
    assert await world.store.outage() is None
    (ended,) = [one for one in await world.store.problems() if one.health == "outage"]
    assert ended.ended is not None
    health = await world.health()
    assert {name: health[name] for name in NAMES[:3]} == {name: before[name] for name in NAMES[:3]}


async def test_one_host_that_cannot_be_reached_is_to_blame_itself(world: World) -> None:
    await world.poll(timedelta(0))
    gone = f"http://gone.example:{world.origin.port}/andes"
    world.resolver.dead.add("gone.example")
    world.sources["andes"] = replace(world.sources["andes"], url=gone)
    await world.poll(timedelta(hours=1))
    health = await world.health()
    assert (health["andes"][0], health["wire"][0]) == (Health.FAILING, Health.WELL)
    assert await world.store.outage() is None


async def test_an_outage_is_one_line_in_the_log_and_so_is_its_end(world: World) -> None:
    poller = Poller(
        pipeline=lambda: world.pipeline,
        sources=lambda: world.sources,
        owner="one",
        concurrency=1,
        courtesy=world.pipeline.client.politeness,  # type: ignore[attr-defined]
    )

    async def lines(*names: str) -> list[tuple[str, str]]:
        world.now += timedelta(hours=1)
        with capture_logs() as told:
            for name in names:
                assert await poller.poll(name) is not None
        return [(line["event"], line["log_level"]) for line in told]

    assert await lines(*NAMES[:3]) == [("poll.fresh", "info")] * 3
    world.way.up = False
    failed, spared = ("poll.failed", "warning"), ("poll.failed", "debug")
    assert await lines(*NAMES[:3]) == [failed, failed, ("network.out", "warning"), spared]
    assert await lines("andes", "wire") == [spared, spared]
    world.way.up = True
    assert (await lines("andes", "wire"))[0] == ("network.back", "info")


async def test_a_source_of_our_own_networks_neither_ends_an_outage_nor_is_spared_by_it(world: World) -> None:
    url = world.origin.serve("/inside", Reply(body=FEED), host=INSIDE)
    world.add(source("inside", of=outlet("inside"), url=url, public_url=url))
    await world.store.apply(newsroom(*world.sources.values()), now=NOW)
    await world.poll(timedelta(0))
    world.way.up = False
    await world.poll(timedelta(hours=1))
    await world.poll(timedelta(hours=1))
    assert await world.store.outage() is not None, "although what is inside answered last"
    assert (await world.health())["inside"][0] is Health.WELL
    closed = f"http://{INSIDE}:1/inside"
    world.add(source("inside", of=outlet("inside"), url=closed, public_url=closed))
    await world.poll(timedelta(hours=1))
    health = await world.health()
    assert (health["inside"][0], health["andes"][0]) == (Health.FAILING, Health.WELL), "that is its own fault"


async def test_sources_inside_are_no_hosts_that_could_have_fallen(world: World) -> None:
    for name in ("wire", "folha", "diario"):
        del world.sources[name]
    for number in range(4):
        url = world.origin.serve(f"/{number}", Reply(body=FEED), host=INSIDE)
        world.add(source(f"inside-{number}", of=outlet("inside"), url=url, public_url=url))
    world.add(world._source("wire"))
    await world.store.apply(newsroom(*world.sources.values()), now=NOW)
    await world.poll(timedelta(0))
    world.way.up = False
    await world.poll(timedelta(hours=1))
    assert await world.store.outage() is not None, "both of the two that are outside"


async def test_certificates_that_fail_everywhere_at_once_blame_no_source(world: World, tmp_path: Path) -> None:
    """A clock that is wrong, certificates of authorities that are gone, a portal in between: it looks like this."""
    await world.poll(timedelta(0))
    before = await world.health()
    world.origin.serve("/portal", Reply(body=b"<!doctype html><title>Please log in</title>"))
    fourth = replace(world._source("andes"), id="fourth", url=world._source("andes").url)
    world.add(fourth)
    await world.store.apply(newsroom(*world.sources.values()), now=NOW)
    await world.poll(timedelta(hours=1))
    async with self_signed(tmp_path) as port:
        for name in NAMES[:3]:
            world.add(replace(world.sources[name], url=f"https://{name}.example:{port}/{name}"))
        world.add(replace(fourth, url=fourth.url.replace("/andes", "/portal")))
        for _ in range(2):
            await world.poll(timedelta(hours=1))
            outage = await world.store.outage()
            assert outage is not None
            assert outage.evidence.startswith("no certificate can be verified: see the clock")
            health = await world.health()
            assert {name: health[name] for name in NAMES[:3]} == {name: before[name] for name in NAMES[:3]}
            assert health["fourth"][0] is Health.WELL, "the portal's page is not its own"
    assert [one.health for one in await world.store.problems()] == ["outage", "failing"]


async def test_the_page_of_a_portal_in_place_of_every_feed_blames_no_source(world: World) -> None:
    await world.poll(timedelta(0))
    before = await world.health()
    for name in NAMES:
        world.origin.serve(f"/{name}", Reply(body=b"<!doctype html><title>Welcome! Log in</title>"))
    for _ in range(2):
        await world.poll(timedelta(hours=1))
        outage = await world.store.outage()
        assert outage is not None
        assert outage.evidence.startswith("everything that we poll answers with a web page")
    health = await world.health()
    assert {name: health[name] for name in NAMES[:3]} == {name: before[name] for name in NAMES[:3]}
    for name in NAMES:
        world.origin.serve(f"/{name}", Reply(body=FEED, headers=(("Content-Type", "application/rss+xml"),)))
    await world.poll(timedelta(hours=1))
    assert await world.store.outage() is None
    assert (await world.health())["andes"][0] is Health.WELL


@asynccontextmanager
async def self_signed(folder: Path) -> AsyncIterator[int]:
    """The port of a server whose certificate nobody vouches for."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=portal",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
