"""WebSub over HTTP: what feeds say of their hub."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from aggregator.model import Newsroom
from aggregator.push.protocol import read_links
from aggregator.store import Store
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
