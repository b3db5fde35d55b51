"""What is public → the files of a static mirror: every feed with its archives, every page, OPML, sitemap and robots.txt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import RenderError
from aggregator.model import ChannelKind, Span
from aggregator.publish import CODINGS, PLAIN
from aggregator.syndicate.archives import ArchiveLook
from aggregator.web import opml, pages
from aggregator.web.desk import Desk
from aggregator.web.links import FEED_FORMATS
from aggregator.web.outcomes import GONE, NOT_ALLOWED, NOT_FOUND
from aggregator.web.problems import problem_document
from aggregator.web.sitemap import robots, sitemap
from aggregator.web.templating import STATIC

INDEX = "index.html"
Address = tuple[ChannelKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the mirror: `path` below the folder; `packed` the body by content coding as far as it is known; `modified`
    where its content has a time of its own, which web servers then send as Last-Modified."""

    path: str
    body: bytes
    packed: dict[str, bytes] = field(default_factory=dict)
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the mirror as it shall be."""

    path: str


async def channels(desk: Desk) -> AsyncIterator[Address]:
    """Every channel that has its place in a mirror."""
    for kind in ChannelKind:
        for line in await desk.store.listing(kind):
            if can_be_a_file(line.slug):
                yield kind, line.slug


async def lists(desk: Desk) -> AsyncIterator[File]:
    """What leads to the channels, what every page needs, and what is said where there is none."""
    for asset in await asyncio.to_thread(lambda: sorted(STATIC.iterdir())):
        yield File(path=f"static/{asset.name}", body=await asyncio.to_thread(asset.read_bytes))
    for kind in ChannelKind:
        yield File(path=f"{kind.folder}.opml", body=await opml.of_kind(desk, kind))
        for folder, spoken in _languages(desk):
            html = await pages.list_page(spoken, kind, static=True)
            yield File(path=f"{folder}{kind.folder}/{INDEX}", body=html.encode())
    yield File(path="opml", body=await opml.everything(desk))
    yield File(path="sitemap.xml", body=await sitemap(desk))
    yield File(path="robots.txt", body=robots(desk))
    for folder, spoken in _languages(desk):
        yield File(path=f"{folder}{INDEX}", body=(await pages.front_page(spoken, static=True)).encode())
    async for file in _refusals(desk):
        yield file


async def _refusals(desk: Desk) -> AsyncIterator[File]:
    """What a web server says where it has nothing: a problem+json to who asks for a feed, else a page; and a file `410` in the
    folder of each channel that was removed, for the server to find."""
    for refused in (NOT_FOUND, NOT_ALLOWED, GONE):
        yield File(path=f"{refused.status}.json", body=problem_document(refused))
        for folder, spoken in _languages(desk):
            html = pages.error_page(spoken, refused, static=True)
            yield File(path=f"{folder}{refused.status}.html", body=html.encode())
    for kind, slug in await desk.store.removed():
        if can_be_a_file(slug):
            yield File(path=f"{kind.folder}/{slug}/{GONE.status}", body=b"")


def _languages(desk: Desk) -> Iterator[tuple[str, Desk]]:
    """The folder of each language of pages, the site's own at the top, and the desk that speaks it."""
    yield "", desk
    for language in desk.newsroom().site.further_languages:
        yield f"{language}/", desk.speaking(language)


async def channel(
    desk: Desk, address: Address, said: dict[str, str], known: frozenset[str] = frozenset()
) -> AsyncIterator[File | Kept]:
    """A channel's page, its feeds and its archives. `said` remembers of archive pages what they said: those that say the
    same are not rendered again. With its `known` files older pages than the first of those are not even looked at."""
    kind, slug = address
    html = {folder: await pages.channel_page(spoken, kind, slug, static=True) for folder, spoken in _languages(desk)}
    if not isinstance(html[""], str):
        return
    async for archived in _archives(desk, address, said, known):
        yield archived
    for format in FEED_FORMATS:
        if (feed := await _feed(desk, address, format)) is not None:
            yield feed
    for folder, page in html.items():
        if isinstance(page, str):
            yield File(path=f"{folder}{kind.folder}/{slug}/{INDEX}", body=page.encode())


async def _feed(desk: Desk, address: Address, format: str) -> File | None:
    """A channel's feed as it is served; None where there is none to serve, or it was replaced just now."""
    try:
        edition = await desk.editions.feed(*address, format)
    except RenderError:
        return None
    if edition is None:
        return None
    bodies = {coding: await desk.editions.body(edition, coding) for coding in (PLAIN, *CODINGS)}
    plain, whole = bodies.pop(PLAIN), {coding: body for coding, body in bodies.items() if body is not None}
    if plain is None:
        return None
    path = f"{address[0].folder}/{address[1]}.{format}"
    return File(path=path, body=plain, packed=whole, modified=edition.last_modified)


async def _archives(
    desk: Desk, address: Address, said: dict[str, str], known: frozenset[str]
) -> AsyncIterator[File | Kept]:
    """The pages from the newest to the oldest; a month of several is found at its own address as well: its newest."""
    folder = f"{address[0].folder}/{address[1]}/archive/"
    asked: Span | None = Span.ever()
    months, written = set[str](), set[str]()
    while asked is not None:
        look = await desk.archives.look(*address, asked)
        if look is None:
            return
        if known and all(said.get(f"{folder}{look.span.name}.{format}") == look.said for format in FEED_FORMATS):
            for path in known:
                if path.startswith(folder) and not _was_split(path.removeprefix(folder), written):
                    yield Kept(path)
            return
        written.add(look.span.name)
        names = sorted({look.span.name} | ({look.span.month_name} - months))
        months.add(look.span.month_name)
        for format in FEED_FORMATS:
            paths = [f"{folder}{name}.{format}" for name in names]
            async for file in _page(desk, address, look, format, paths, said):
                yield file
        asked = look.previous


def _was_split(file: str, names: set[str]) -> bool:
    """Whether an archive page's time is now that of several: their names begin with its own. A month keeps its address."""
    name = file.partition(".")[0]
    return "-" in name[5:] and any(other != name and other.startswith(name) for other in names)


async def _page(
    desk: Desk, address: Address, look: ArchiveLook, format: str, paths: list[str], said: dict[str, str]
) -> AsyncIterator[File | Kept]:
    """An archive page at all its addresses."""
    if all(said.get(path) == look.said for path in paths):
        for path in paths:
            yield Kept(path)
        return
    feed = await desk.archives.page(*address, look.span, format)
    if feed is None or feed.span != look.span:
        return  # it changes right now: the next look finds it whole
    for path in paths:
        said[path] = look.said
        yield File(path=path, body=feed.body, packed=feed.packed, modified=feed.last_modified)


def can_be_a_file(slug: str) -> bool:
    """Slugs are made of letters, digits and hyphens; were one not, it must not lead out of the folder or hide in it."""
    return bool(slug) and slug[0] != "." and not set(slug) & set("/\\\0\n")
