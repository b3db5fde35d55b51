"""Rules 30–33: who we say we are, and what we do not say."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from aggregator.errors import FetchError
from aggregator.fetch import Robots, Visitor, agent_of
from aggregator.fetch.politeness import Politeness
from aggregator.model import Site, Title
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from tests.acceptance.service import Installation, free_port
from tests.fakes import Dns
from tests.integration.etiquette.rig import (
    AGENT,
    FEED,
    HOUR,
    LOOPBACK,
    MINUTE,
    NOW,
    client_of,
    fetched,
    first,
    held,
    redirect,
    rig_of,
    source,
)
from tests.making import newsroom
from tests.origin import Origin, Reply

NAMED = re.compile(r"aggregator/[\w.+]+ \(\+[^\s;()]+; feed-id=[0-9a-f]{12}\)\Z")


def agent(contact: str | None) -> str:
    site = Site(title=Title("Wire"), url="https://wire.example", id_domain="wire.example", contact=contact)
    return agent_of(newsroom(site=site))


@pytest.mark.parametrize(
    ("contact", "named"),
    [
        ("ops@wire.example", "+ops@wire.example"),
        ("https://wire.example/bot", "+https://wire.example/bot"),
        (None, "+https://wire.example"),
    ],
)
async def test_rule_30_the_user_agent_names_us_our_contact_and_the_feed(
    origin: Origin, contact: str | None, named: str
) -> None:
    async with client_of(user_agent=lambda: agent(contact)) as client:
        for id in ("a", "b"):
            await client.fetch(source(origin.serve("/feed", Reply(body=FEED)), id), first(id), now=NOW)
    said = [request.header("User-Agent") or "" for request in origin.requests]
    assert all(NAMED.match(one) for one in said)
    assert named in said[0]
    assert said[0] != said[1], "each feed has an id of its own"
    assert "Mozilla" not in said[0]


async def test_rule_30_a_contact_that_changes_is_named_from_the_next_request_on(origin: Origin) -> None:
    contact = ["ops@wire.example"]
    feed = source(origin.serve("/feed", Reply(body=FEED)))
    async with client_of(user_agent=lambda: agent(contact[0])) as client:
        await client.fetch(feed, first(), now=NOW)
        contact[0] = "desk@wire.example"
        await client.fetch(feed, first(), now=NOW)
    assert "+ops@wire.example" in (origin.requests[0].header("User-Agent") or "")
    assert "+desk@wire.example" in (origin.requests[1].header("User-Agent") or "")


async def test_rule_30_without_a_contact_we_come_at_most_hourly(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as rig:
        rig.courteous = False
        for _ in range(3):
            await rig.next()
            assert (await rig.schedule()).next_poll >= rig.now + HOUR


def test_rule_30_without_a_contact_each_start_warns(tmp_path: Path) -> None:
    news = Installation(folder=tmp_path, port=free_port())
    news.write("all.yaml", "site: {title: Wire, url: 'http://localhost'}\noutlets: {}\n")
    for _ in range(2):
        assert "site.contact: without a mail address or URL here" in news.run("poll").stderr


async def test_rule_31_we_say_what_we_read_and_nothing_that_need_not_be_said(origin: Origin) -> None:
    cookie = ("Set-Cookie", "id=7; Path=/")
    origin.serve("/new", Reply(body=FEED, headers=(cookie,)))
    feed = source(origin.serve("/old?a=1", redirect("/new", 302)))
    async with client_of() as client:
        await client.fetch(feed, first(), now=NOW)
        await client.fetch(feed, first(), now=NOW)
    assert len(origin.requests) == 4
    said = {name.lower() for request in origin.requests for name, _ in request.headers}
    assert said == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert {request.path for request in origin.requests} == {"/old?a=1", "/new"}
    assert origin.requests[0].header("Accept") == (
        "application/atom+xml, application/rss+xml, application/feed+json, "
        "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
    )


async def test_rule_31_a_conditional_request_says_no_more_than_its_validators(origin: Origin) -> None:
    validators = (("ETag", '"1"'), ("Last-Modified", "then"), ("Set-Cookie", "id=7"))
    feed = source(origin.serve("/feed", Reply(body=FEED, headers=validators), Reply(status=304)))
    await fetched(feed, held(await fetched(feed)))
    first, second = ({name.lower() for name, _ in request.headers} for request in origin.requests)
    assert second - first == {"if-none-match", "if-modified-since", "a-im"}
    assert "accept-language" not in second


async def test_rule_31_a_language_is_asked_for_where_an_operator_set_it(origin: Origin) -> None:
    url = origin.serve("/feed", Reply(body=FEED))
    await fetched(source(url, headers=(("Accept-Language", "es-PE"),)))
    assert origin.requests[0].header("Accept-Language") == "es-PE"


async def test_rule_31_cookies_of_a_redirect_are_not_taken(origin: Origin) -> None:
    baker = Reply(status=302, headers=(("Location", "/new"), ("Set-Cookie", "id=7; Path=/")))
    origin.serve("/new", Reply(body=FEED))
    await fetched(source(origin.serve("/old", baker)))
    assert [request.header("Cookie") for request in origin.requests] == [None, None]


@pytest.mark.parametrize("path", ["/a%3Ab/%7Ex?sig=a%2fb==&&z+", "/feed?utm_source=x", "//double//slash/"])
async def test_rule_31_an_address_is_asked_for_as_written(origin: Origin, path: str) -> None:
    await fetched(source(origin.serve(path, Reply(body=FEED))))
    assert origin.requests[0].path == path


async def test_rule_32_no_from_and_no_dnt(origin: Origin) -> None:
    await fetched(source(origin.serve("/feed", Reply(body=FEED))))
    assert not {"from", "dnt", "sec-gpc", "referer", "origin"} & {
        name.lower() for name, _ in origin.requests[0].headers
    }


async def test_rule_33_robots_txt_is_not_asked_for_feeds_that_an_operator_listed(
    origin: Origin, database: Path
) -> None:
    origin.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\n"))
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as rig:
        await rig.next()
        rig.now += MINUTE
        assert len(await rig.titles()) == 2
    assert origin.asked("/robots.txt") == []


class Crawler:
    """Who asks for pages; `now` is its time."""

    def __init__(self, session: ClientSession, guard: Guard) -> None:
        self.now = NOW
        pace = Politeness(guard, concurrency=4)
        self.visitor = Visitor(session, guard, pace, user_agent=lambda: AGENT, now=lambda: self.now)
        self.robots = Robots(self.visitor, lambda: self.now)

    async def visit(self, url: str) -> str:
        """What a page says, or why it was not read."""
        try:
            return (await self.visitor.visit(url, may=self.robots.check)).body.decode()
        except FetchError as error:
            return str(error)


@pytest.fixture
async def crawler(origin: Origin) -> AsyncIterator[Crawler]:
    guard = Guard(LOOPBACK)
    async with open_session(guard, resolver=Dns({})) as session:
        yield Crawler(session, guard)


MUTE, ALL = b"User-agent: *\nDisallow: /\n", b"User-agent: *\nDisallow:\n"


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        (Reply(body=MUTE), "robots.txt does not let us"),
        (Reply(body=b"User-agent: Aggregator\nDisallow: /page\n\nUser-agent: *\nDisallow:\n"), "robots.txt does not let us"),
        (Reply(body=b"User-agent: aggregator\nAllow: /page\n\n" + MUTE), "page"),
        (Reply(body=ALL), "page"),
        (Reply(body=b"<html>404</html>"), "page"),
        (Reply(status=404), "page"),
        (Reply(status=401), "page"),
        (Reply(status=403), "page"),
        (Reply(status=410), "page"),
        (Reply(status=500), "robots.txt cannot be read: HTTP 500 Internal Server Error"),
        (Reply(status=503), "robots.txt cannot be read: HTTP 503 Service Unavailable"),
        (Reply(status=429), "robots.txt cannot be read: HTTP 429 Too Many Requests"),
        (Reply(raw=b""), "robots.txt cannot be read: the server closed the connection early"),
        (Reply(body=b"# x\n" * 100_000 + MUTE), "robots.txt does not let us"),
        (Reply(body=b"# x\n" * 200_000 + MUTE), "page"),
    ],
    ids=[
        "all", "us", "us alone may", "none", "no robots.txt", "404", "401", "403", "410", "500", "503", "429", "no answer",
        "within 500 KiB", "past 500 KiB",
    ],
)  # fmt: skip
async def test_rule_33_a_page_is_asked_for_only_where_robots_txt_lets_us(
    origin: Origin, crawler: Crawler, robots: Reply, said: str
) -> None:
    origin.serve("/robots.txt", robots)
    assert await crawler.visit(origin.serve("/page", Reply(body=b"page"))) == said
    assert bool(origin.asked("/page")) == (said == "page")


@pytest.mark.parametrize("status", [200, 404])
async def test_rule_33_a_robots_txt_is_believed_for_a_day_at_most(
    origin: Origin, crawler: Crawler, status: int
) -> None:
    origin.serve("/robots.txt", Reply(status=status, body=ALL), Reply(body=MUTE))
    page = origin.serve("/page", Reply(body=b"page"))
    for hours, said in ((0, "page"), (23, "page"), (2, "robots.txt does not let us")):
        crawler.now += hours * HOUR
        assert await crawler.visit(page) == said
    assert len(origin.asked("/robots.txt")) == 2


async def test_rule_33_the_robots_txt_of_each_host_that_a_redirect_leads_to_is_obeyed(
    origin: Origin, crawler: Crawler
) -> None:
    origin.serve("/robots.txt", Reply(body=MUTE), host="127.0.0.2")
    there = origin.serve("/page", Reply(body=b"page"), host="127.0.0.2")
    assert await crawler.visit(origin.serve("/old", redirect(there))) == "robots.txt does not let us"
    assert origin.asked("/page", host="127.0.0.2") == []


async def test_what_a_robots_txt_names_is_an_address_that_may_be_shown(origin: Origin, crawler: Crawler) -> None:
    names = b"http://u:s3cret@127.0.0.1/a\x1b[31m", "http://127.0.0.1/ñ".encode(), b"ftp://127.0.0.1/x"
    lines = [b"%s: %s" % (field, name) for field in (b"Sitemap", b"License") for name in names]
    origin.serve("/robots.txt", Reply(body=b"\n".join([MUTE, *lines])))
    expected = ("http://127.0.0.1/a[31m", "http://127.0.0.1/%C3%B1")
    assert await crawler.robots.sitemaps(origin.url("/")) == expected
    assert await crawler.robots.licences(origin.url("/")) == expected
