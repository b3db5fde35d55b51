"""A day's news → the bytes of every output of it. Run as a program it prints their hashes: to compare machines."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from aggregator.model import Newsroom, Source
from aggregator.normalize import Rules
from aggregator.sandbox.reading import read
from aggregator.store import Store
from aggregator.syndicate.channels import Selector
from tests.making import NOW, poll
from tests.newsstand import TOKEN, browser, desk_of, fill, newsroom_at

DOCUMENTS = Path(__file__).parent / "feeds"
FORMATS = ("rss", "atom", "json")
_KINDS = ("sections", "authors", "outlets", "sources", "channels")


async def bring(store: Store, news: Newsroom, **edits: Any) -> None:
    """The made-up day, and the made-up documents of `tests/feeds` as polls bring them; `edits` are changes of the document."""
    await fill(store, news)
    selects = Selector.of(news, lambda: NOW)
    for source in news.sources[:2]:
        for path in sorted(DOCUMENTS.iterdir()):
            if path.suffix not in (".xml", ".atom") or ".expected" in path.name:
                continue
            await _poll(store, source, path.read_bytes(), news, selects=selects, **edits)


async def _poll(store: Store, source: Source, body: bytes, news: Newsroom, **options: Any) -> None:
    edit = options.pop("edit", lambda text: text)
    reading = read(
        edit(body.decode()).encode(),
        content_type="application/xml",
        url=source.url,
        source=source,
        rules=Rules.of(news),
        now=NOW,
    )
    await poll(store, source, *reading.sightings, **options)


async def outputs(store: Store, news: Newsroom) -> dict[str, bytes]:
    """Every feed, archive page, page of a search, table and list by its path."""
    found: dict[str, bytes] = {}
    async with browser(desk_of(store, news, public_status=True)) as client:

        async def ask(path: str) -> bytes:
            answer = await client.get(path, headers={"accept-encoding": "identity"})
            assert answer.status_code == 200, (path, answer.text[:200])
            found[path] = answer.content
            return answer.content

        async def follow(path: str) -> None:
            """The feed and all that lies further back."""
            while path and path not in found:
                path = further_back(await ask(path)).removeprefix(news.site.url)

        for path in ("/opml", "/sitemap.xml", "/status.atom", *(f"/{kind}.opml" for kind in _KINDS)):
            await ask(path)
        for kind in _KINDS:
            (listed,) = (
                value for value in json.loads(await ask(f"/api/v1/{kind}")).values() if isinstance(value, list)
            )
            for slug in sorted(one["slug"] for one in listed):
                for form in FORMATS:
                    await follow(f"/{kind}/{slug}.{form}")
                await ask(f"/{kind}/{slug}.atom?deleted=1")
        for form in FORMATS:
            await ask(f"/channels/desk.{form}?token={TOKEN}")
            await follow(f"/search.{form}?q=*&limit=10")
        for form in (*FORMATS, "csv", "ndjson"):
            await ask(f"/search.{form}?q=peru&limit=100")
    return found


def further_back(body: bytes) -> str:
    """The address at which a feed goes on (RFC 5005); "" where it ends."""
    if body.startswith(b"{"):
        return str(json.loads(body).get("next_url", ""))
    links = etree.fromstring(body).iter("{http://www.w3.org/2005/Atom}link")
    return next((str(link.get("href")) for link in links if link.get("rel") in ("next", "prev-archive")), "")


def ids(found: dict[str, bytes]) -> set[str]:
    """The ids of articles in JSON feeds."""
    feeds = (json.loads(body) for path, body in found.items() if path.endswith(".json"))
    return {item["id"] for feed in feeds for item in feed["items"]}


async def _hashes(folder: str) -> str:
    store = Store.open(f"sqlite:///{folder}/outputs.db")
    await store.migrate()
    news = replace(newsroom_at())
    await bring(store, news)
    found = await outputs(store, news)
    await store.close()
    return "\n".join(f"{hashlib.sha256(body).hexdigest()} {path}" for path, body in sorted(found.items()))


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_hashes(sys.argv[1])))
