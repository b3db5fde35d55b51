"""WebSub over HTTP: what feeds say of their hub, and what our own answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from aggregator.model import ChannelKind, Intent, Mode, Newsroom, Topic
from aggregator.push.answers import Heard, after_delivery
from aggregator.push.protocol import read_links
from aggregator.store import Store
from aggregator.web import Desk
from aggregator.websub import Hub, Means
from tests.fakes import Callbacks
from tests.making import NOW
from tests.newsstand import TOKEN, browser, desk_of

HUB = "https://hub.example/"
ATOM = "{http://www.w3.org/2005/Atom}link"


def with_hub(news: Newsroom, hub: str = HUB) -> Newsroom:
    return replace(news, site=replace(news.site, hub=hub), digest=f"{news.digest} {hub}")


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_a_public_feed_names_its_hub_and_itself_in_headers_and_in_the_document(
    stand: Store, news: Newsroom, format: str
) -> None:
    address = f"{news.site.url}/sections/peru.{format}"
    async with browser(desk_of(stand, with_hub(news))) as client:
        answer = await client.get(f"/sections/peru.{format}")
        head = await client.head(f"/sections/peru.{format}")
    assert answer.headers["link"] == head.headers["link"]
    assert dict(read_links([answer.headers["link"]], "")) == {"hub": HUB, "self": address}
    if format == "json":
        said = json.loads(answer.content)
        assert (said["hubs"], said["feed_url"]) == ([{"type": "WebSub", "url": HUB}], address)
    else:
        links = {
            link.get("rel"): link.get("href") for link in reversed(list(etree.fromstring(answer.content).iter(ATOM)))
        }
        assert (links["hub"], links["self"]) == (HUB, address)


@pytest.mark.parametrize(
    "path", ["/sections/peru.atom?deleted=1", "/search.atom?q=peru", f"/channels/desk.atom?token={TOKEN}"]
)
async def test_what_is_private_or_made_for_one_request_has_no_hub(stand: Store, news: Newsroom, path: str) -> None:
    async with browser(desk_of(stand, with_hub(news))) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    assert 'rel="hub"' not in answer.headers.get("link", "")
    assert HUB not in answer.text


async def test_without_a_hub_feeds_name_none(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, with_hub(news, "none"))) as client:
        answer = await client.get("/sections/peru.atom")
    assert "link" not in answer.headers
    assert 'rel="hub"' not in answer.text


# Our own hub


def form(news: Newsroom, **fields: str) -> dict[str, str]:
    asked = {
        "mode": "subscribe",
        "topic": f"{news.site.url}/sections/peru.atom",
        "callback": "https://reader.example/cb",
        **fields,
    }
    return {f"hub.{name}": value for name, value in asked.items()}


def own(stand: Store, news: Newsroom, **settings: Any) -> Desk:
    """A desk with a hub that delivers nothing: what was asked for lies in the store."""
    desk = desk_of(stand, news, **settings)
    means = Means(
        store=stand,
        newsroom=desk.newsroom,
        now=desk.now,
        feed=desk.editions.feed,
        body=desk.editions.body,
        send=Callbacks(),
    )
    return replace(desk, hub=Hub(means, asyncio.Event()))


async def test_a_form_is_accepted_and_kept_and_a_wrong_one_refused_in_plain_text(stand: Store, news: Newsroom) -> None:
    async with browser(own(stand, news)) as client:
        taken = await client.post("/websub/hub", data=form(news, secret="s3cret"))
        wrong = await client.post("/websub/hub", data=form(news, mode="shout"))
        unknown = await client.post("/websub/hub", data=form(news, topic="https://other.example/feed"))
    assert (taken.status_code, "hub.callback is asked" in taken.text) == (202, True)
    assert (wrong.status_code, wrong.text) == (400, "hub.mode is unknown: expected subscribe or unsubscribe.\n")
    assert (unknown.status_code, "none of ours" in unknown.text) == (404, True)
    for answer in (taken, wrong, unknown):
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
    (intent,) = await stand.take_intents(now=NOW, until=NOW, limit=9)
    assert (intent.callback, intent.secret, "s3cret" in repr(intent)) == ("https://reader.example/cb", "s3cret", False)


async def test_what_is_no_form_or_too_large_is_refused(stand: Store, news: Newsroom) -> None:
    async with browser(own(stand, news)) as client:
        json_body = await client.post("/websub/hub", json=form(news))
        large = await client.post("/websub/hub", data=form(news, secret="x" * 20_000))
    assert (json_body.status_code, large.status_code) == (415, 413)


async def test_who_asks_too_often_has_to_wait(stand: Store, news: Newsroom) -> None:
    async with browser(own(stand, news, rate_limit="50:500")) as client:
        statuses = [(await client.post("/websub/hub", data=form(news))).status_code for _ in range(61)]
        refused = await client.post("/websub/hub", data=form(news))
    assert statuses == [202] * 60 + [429]
    assert refused.headers["retry-after"] == "5"


async def test_people_are_told_what_the_address_is_for(stand: Store, news: Newsroom) -> None:
    async with browser(own(stand, news)) as client:
        page = await client.get("/websub/hub")
        head = await client.head("/websub/hub")
    assert (page.status_code, head.status_code) == (200, 200)
    assert "https://wire.example/websub/hub" in page.text
    assert "hub.callback" in page.text


@pytest.mark.parametrize("hub", ["none", HUB])
async def test_there_is_no_hub_of_ours_where_the_operator_wants_none(stand: Store, news: Newsroom, hub: str) -> None:
    async with browser(own(stand, with_hub(news, hub))) as client:
        assert (await client.get("/websub/hub")).status_code == 404
        assert (await client.post("/websub/hub", data=form(news))).status_code == 404


async def test_a_process_that_delivers_nothing_says_so(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        refused = await client.post("/websub/hub", data=form(news))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")


async def test_operators_see_subscriptions_and_what_is_wrong_with_them_but_no_callback(
    stand: Store, news: Newsroom
) -> None:
    desk = own(stand, news)
    topic = Topic(kind=ChannelKind.SECTION, slug="peru", format="atom")
    for path in ("cb/unguessable", "cb/other"):
        asked = Intent(
            mode=Mode.SUBSCRIBE,
            topic=topic,
            callback=f"https://reader.example/{path}",
            asked=NOW,
            lease=timedelta(days=1),
            secret="s3cret",
        )
        assert await stand.ask(asked, most=9, most_for_host=9)
        assert await stand.confirm(asked, now=NOW)
    edition = await desk.editions.feed(ChannelKind.SECTION, "peru", "atom")
    assert edition is not None
    due = await stand.take_deliveries(now=NOW, until=NOW, limit=1)
    after = after_delivery(due[0].subscription, edition.etag, Heard(status=500), NOW)
    assert after is not None
    await stand.settle_deliveries([after])
    async with browser(desk, client="127.0.0.1") as client:
        status, metrics = (await client.get("/status")).text, (await client.get("/metrics")).text
    assert "Our hub: 2 subscriptions at 1 host; deliveries fail for 1" in status
    assert "answered 500 (1 try)" in status
    assert "reader.example" in status
    assert 'aggregator_websub_subscriptions{state="failing"} 1.0' in metrics
    assert 'aggregator_websub_subscriptions{state="well"} 1.0' in metrics
    for said in (status, metrics):
        assert "unguessable" not in said
        assert "s3cret" not in said
