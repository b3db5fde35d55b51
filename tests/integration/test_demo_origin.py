"""The demo's little web of outlets, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp

from aggregator.cli.demo_news import BACKLOG, papers, told
from aggregator.cli.demo_origin import demo_origin
from aggregator.parse import parse

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def test_every_feed_of_the_demo_parses_and_answers_304() -> None:
    async with demo_origin(lambda: NOW) as port, aiohttp.ClientSession() as client:
        for paper in papers():
            url = f"http://127.0.0.1:{port}/{paper.id}/feed"
            async with client.get(url) as answer:
                feed = parse(await answer.read(), content_type=answer.content_type, url=url)
                etag = answer.headers["ETag"]
            assert (feed.title, len(feed.entries)) == (paper.title, BACKLOG)
            assert all(entry.bylines and entry.categories and entry.media for entry in feed.entries)
            async with client.get(url, headers={"If-None-Match": etag}) as again:
                assert again.status == 304


async def test_links_and_pictures_of_the_demo_lead_somewhere() -> None:
    async with demo_origin(lambda: NOW) as port, aiohttp.ClientSession() as client:
        paper = papers()[0]
        for path, media_type in ((f"/{paper.id}/3", "text/html"), ("/pictures/3.png", "image/png")):
            async with client.get(f"http://127.0.0.1:{port}{path}") as answer:
                assert (answer.status, answer.content_type) == (200, media_type)
        async with client.get(f"http://127.0.0.1:{port}/nobody/feed") as answer:
            assert answer.status == 404


async def test_what_the_demo_tells_first_are_events_that_no_outlet_tells_twice() -> None:
    told_by: dict[str, set[str]] = {}
    for paper in papers():
        pictures = [one.caption for one in told(paper, started=NOW, now=NOW)]
        assert len(set(pictures)) == BACKLOG
        told_by |= {caption: told_by.get(caption, set()) | {paper.id} for caption in pictures}
    assert {len(outlets) for outlets in told_by.values()} >= {1, 2}  # some alone, some as a story of several
