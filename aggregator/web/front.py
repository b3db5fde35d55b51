"""Latest articles and sections → the front page: what leads, and what stands under which heading."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator import query
from aggregator.model import Article, ChannelKind, Newsroom, Section
from aggregator.publish import allowed
from aggregator.web.cards import Anchor, Card, Look
from aggregator.web.desk import Desk
from aggregator.web.links import FeedLink, Links
from aggregator.web.templating import render

_LATEST = 40
_SECONDS = 4
_HEADINGS = 12
_PER_HEADING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A section with its latest articles."""

    name: Anchor
    feeds: tuple[FeedLink, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A section and how many articles it holds."""

    name: Anchor
    count: int


async def front_page(desk: Desk, *, static: bool = False) -> str:
    """The front page: the latest stories by section, each story once."""
    look = Look.of(desk, static=static)
    newsroom = desk.newsroom()
    found, counts = await asyncio.gather(
        desk.store.search(query.parse("*"), now=desk.now(), limit=_LATEST),
        section_counts(desk),
    )
    top = leading(found.articles)
    headings = await _headings(desk, look, counts, used={article.story for article in top})
    feeds = tuple(link for section in tops(newsroom)[:4] for link in _feeds(look, section))
    return render(
        "front.html",
        look,
        title=None,
        here=Links.home,
        feeds=feeds,
        top=look.cards(top),
        headings=headings,
        index=[
            Counted(name=look.section(section.slug), count=counts[section.slug])
            for section in newsroom.sections
            if counts.get(section.slug) and section.parent
        ],
        started=bool(found.articles),
    )


def leading(latest: Sequence[Article]) -> tuple[Article, ...]:
    """The lead and what stands beside it: what most outlets tell comes first, then what has a picture, then the newest."""
    tellings: dict[str, list[Article]] = {}
    for article in latest:
        tellings.setdefault(article.story, []).append(article)
    stories = [max(told, key=_tells) for told in tellings.values()]
    if not stories:
        return ()

    def weight(article: Article) -> tuple[int, bool, int]:
        return (len(article.also_in), article.content.picture is not None, article.key)

    lead = max(stories, key=weight)
    return (lead, *[article for article in stories if article is not lead][:_SECONDS])


def _tells(article: Article) -> tuple[bool, bool, int]:
    """Of several tellings of a story the one that shows most, then the first."""
    shown = allowed(article)
    return (shown.picture is not None, bool(shown.summary), -article.key)


def tops(newsroom: Newsroom) -> list[Section]:
    """The sections that stand below no other."""
    return [section for section in newsroom.sections if section.parent is None]


async def section_counts(desk: Desk) -> dict[str, int]:
    return {line.slug: line.count for line in await desk.store.listing(ChannelKind.SECTION)}


def headed(newsroom: Newsroom, counts: dict[str, int]) -> list[Section]:
    """The sections that get a heading: the upper two levels, in the operator's order, where there is news."""
    upper = {section.slug for section in tops(newsroom)}
    chosen = [s for s in newsroom.sections if counts.get(s.slug) and (s.parent is None or s.parent in upper)]
    parents = {section.parent for section in chosen}
    # A section that holds all its children's articles would repeat them.
    return [section for section in chosen if section.slug not in parents][:_HEADINGS] or chosen[:_HEADINGS]


async def _headings(desk: Desk, look: Look, counts: dict[str, int], used: set[str]) -> list[Heading]:
    sections = headed(desk.newsroom(), counts)
    fetched = await asyncio.gather(
        *[desk.store.articles(ChannelKind.SECTION, section.slug, limit=_PER_HEADING * 3) for section in sections]
    )
    made = []
    for section, articles in zip(sections, fetched, strict=True):
        fresh = _unused(articles, used)[:_PER_HEADING]
        used |= {article.story for article in fresh}
        if fresh:
            cards = look.cards(fresh)
            made.append(Heading(name=look.section(section.slug), feeds=_feeds(look, section), cards=cards))
    return made


def _unused(articles: Iterable[Article], used: set[str]) -> list[Article]:
    once: dict[str, Article] = {}
    for article in articles:
        if article.story not in used:
            once.setdefault(article.story, article)
    return list(once.values())


def _feeds(look: Look, section: Section) -> tuple[FeedLink, ...]:
    return look.links.feeds(ChannelKind.SECTION, section.slug, section.title.text(look.language))
