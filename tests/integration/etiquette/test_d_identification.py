"""Rules 30–33: who we say we are, and what we do not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.fetch import agent_of
from aggregator.model import Site, Title
from tests.integration.etiquette.rig import FEED, HOUR, MINUTE, NOW, client_of, fetched, first, redirect, rig_of, source
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
