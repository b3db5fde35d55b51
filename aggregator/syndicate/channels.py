"""One channel: store → select → publish."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from aggregator import publish, query
from aggregator.model import (
    EVERYTHING,
    ITEMS,
    Allowance,
    Article,
    Channel,
    ChannelKind,
    Newsroom,
    Republish,
    Site,
    Span,
    Title,
)
from aggregator.publish import Chain, Publication
from aggregator.query import Query, QueryIndex
from aggregator.store import ArchivePage, ChannelState, Store
from aggregator.words import phrase


@dataclass(frozen=True, slots=True)
class Selector:
    """The operator's channels, each with its query: names the ones that carry an article."""

    now: Callable[[], datetime]
    tests: tuple[tuple[Channel, Query], ...]
    index: QueryIndex

    @classmethod
    def of(cls, newsroom: Newsroom, now: Callable[[], datetime]) -> Selector:
        tests = tuple((channel, query_of(channel, newsroom)) for channel in newsroom.channels if channel.where)
        return cls(now, tests, QueryIndex(where for _channel, where in tests))

    def __call__(self, article: Article) -> Collection[str]:
        view, now = query.ArticleView(article), self.now()
        candidates = (self.tests[number] for number in self.index.candidates(view))
        return [channel.slug for channel, where in candidates if query.matches(where, view, now=now)]


# What a feed says that it is where nobody described it. A section takes from all outlets, a query from those that it names.
_DESCRIBED = {
    ChannelKind.SECTION: "{title}: news from all outlets",
    ChannelKind.CHANNEL: "{title}: a selection of articles",
    ChannelKind.AUTHOR: "Articles by {title}",
    ChannelKind.OUTLET: "News from {title}",
    ChannelKind.SOURCE: "News from {title}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a search is wanted: the newest `limit`, of those published at or after `since` (as in a query: `now-7d`) and
    below the cursor `before`, and of each article these `fields` (names of `publish.COLUMNS`), all where empty."""

    limit: int = ITEMS
    since: str = ""
    fields: tuple[str, ...] = ()
    before: int | None = None

    def of(self, where: Query) -> Query:
        """What `where` asks for within this part; raises QueryError for a `since` that is no moment."""
        return where.since(self.since) if self.since else where

    def page(self, site: Site, where: Query, format: str, before: int | None) -> str:
        """The address of the answer to `where` below the cursor `before`."""
        limit = str(self.limit) if self.limit != ITEMS else ""
        options = {"limit": limit, "fields": ",".join(self.fields), "before": "" if before is None else str(before)}
        return publish.search_address(site, str(where), format=format, **options)

    @property
    def within(self) -> Allowance:
        """The least that has the fields: a feed shows a title, a summary or all."""
        if not self.fields or "text" in self.fields:
            return EVERYTHING
        wanted = Republish.SUMMARY if {"summary", "image"} & set(self.fields) else Republish.TITLE
        return Allowance(republish=wanted)


WHOLE = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFeed:
    """A search as it is served: whether it was `cut` by its budget, and where older articles are."""

    output: publish.Output
    cut: bool
    next_url: str | None


@dataclass(frozen=True, slots=True)
class Syndicate:
    """Everything that leaves us as a feed. `newsroom` and `now` are asked each time: both change."""

    store: Store
    newsroom: Callable[[], Newsroom]
    now: Callable[[], datetime]

    async def publications(self, state: ChannelState) -> dict[str, Publication]:
        """What the feeds of a channel say, by format, from one look at its articles."""
        channel, site = _channel(self.newsroom(), state), self.newsroom().site
        articles = await self.store.articles(state.kind, state.slug, limit=channel.limit)
        archive = await self.store.newest_archive(state.kind, state.slug, most=channel.limit)
        said = await self._said(channel, articles, _updated(articles) or state.changed)
        hub = None if state.private or channel.private else publish.hub_address(site)
        hubs = (hub,) if hub else ()

        def written_as(format: str) -> Publication:
            own = publish.channel_address(site, channel.kind, channel.slug, format=format)
            chain = Chain(previous=_page(site, channel, archive, format) if archive else None)
            return replace(said, self_url=own, chain=chain, hubs=hubs)

        return {format: written_as(format) for format in publish.FORMATS}

    async def archive(self, state: ChannelState, asked: Span, format: str) -> tuple[ArchivePage, Publication] | None:
        """An archive page of a channel and what it says; None where nothing was listed then."""
        channel, site = _channel(self.newsroom(), state), self.newsroom().site
        page = await self.store.archive(state.kind, state.slug, asked, most=channel.limit)
        if page is None:
            return None
        chain = Chain(
            previous=_page(site, channel, page.previous, format) if page.previous else None,
            following=_page(site, channel, page.following, format) if page.following else None,
            current=publish.channel_address(site, channel.kind, channel.slug, format=format),
            archived=page.finished,
        )
        said = await self._said(channel, page.articles, _updated(page.articles) or state.changed)
        return page, replace(said, self_url=_page(site, channel, page.span, format), chain=chain)

    async def _said(self, channel: Channel, articles: tuple[Article, ...], updated: datetime) -> Publication:
        """What every document of a channel says of it, with these articles; its own address is the caller's."""
        site, title = self.newsroom().site, await self._title(channel)
        page = publish.channel_address(site, channel.kind, channel.slug)
        return Publication(
            id=publish.channel_uri(site, channel.kind, channel.slug),
            title=title,
            description=channel.description.text(site.language)
            or phrase(_DESCRIBED[channel.kind], site.language).format(title=title),
            language=site.language,
            self_url=page,
            page_url=page,
            updated=updated,
            within=channel.within,
            articles=articles,
            contact=site.contact,
            labels=self._labels(),
        )

    async def with_deleted(self, kind: ChannelKind, slug: str) -> publish.Output | None:
        """A channel as Atom that also says what left it within 30 days (RFC 6721); None where there is no such channel."""
        state = await self.store.channel(kind, slug)
        if state is None or not is_readable(self.newsroom(), state):
            return None
        said = (await self.publications(state))["atom"]
        left = await self.store.deleted(kind, slug, now=self.now())
        gone = {id for id, _at in left}
        kept = tuple(article for article in said.articles if article.id not in gone)
        updated = max([said.updated, *(at for _id, at in left)])
        address = f"{said.self_url}?deleted=1"
        # What this address says is nobody's topic: the hub knows the feed itself.
        said = replace(said, articles=kept, deleted=left, updated=updated, self_url=address, hubs=())
        return publish.render(said, "atom", site=self.newsroom().site)

    def _labels(self) -> dict[str, str]:
        newsroom = self.newsroom()
        return {section.slug: section.title.text(newsroom.site.language) for section in newsroom.sections}

    async def _title(self, channel: Channel) -> str:
        if channel.kind is ChannelKind.AUTHOR:
            author = await self.store.author(channel.slug)
            return author.name if author else channel.slug
        return channel.title.text(self.newsroom().site.language)

    def title(self, kind: ChannelKind, slug: str, name: str, language: str | None = None) -> str:
        """The title of a channel for lists: as configured, else `name`, which the store knows."""
        state = ChannelState(kind=kind, slug=slug, version=0, changed=self.now())
        titled = _channel(self.newsroom(), state).title.text(language or self.newsroom().site.language)
        return name if titled == slug else titled

    async def search_feed(self, text: str, format: str, part: Part = WHOLE) -> SearchFeed:
        """A query as a feed or a table; raises QueryError."""
        site, where = self.newsroom().site, part.of(await self.checked(text))
        found = await self.store.search(where, now=self.now(), limit=part.limit, before=part.before)
        more = None if found.next is None else part.page(site, where, format, found.next)
        first = None if part.before is None else part.page(site, where, format, None)
        publication = Publication(
            id=publish.search_uri(site, str(where)),
            title=phrase("Search: {text}", site.language).format(text=where),
            description=phrase("Articles that match {text}", site.language).format(text=where),
            language=site.language,
            self_url=part.page(site, where, format, part.before),
            page_url=publish.search_address(site, str(where)),
            # An empty answer has no time of its own, and "now" would give new bytes each time.
            updated=_updated(found.articles) or datetime.combine(site.id_since, datetime.min.time(), self.now().tzinfo),
            within=part.within,
            for_mining=format in publish.TABLES,
            fields=part.fields,
            articles=found.articles,
            contact=site.contact,
            labels=self._labels(),
            chain=Chain(first=first, next=more),
        )
        return SearchFeed(output=publish.render(publication, format, site=site), cut=found.cut, next_url=more)

    async def checked(self, text: str, *, warn: Callable[[str], object] = lambda _: None) -> Query:
        """The query of `text`, its words checked against what there is; raises QueryError. `warn` hears of doubts."""
        where = query.parse(text)
        words = await self.store.vocabulary(self.newsroom(), where.author_slugs(), where.author_names())
        for warning in query.check(where, words):
            warn(warning)
        return await self._forwarded(where)

    async def _forwarded(self, where: Query) -> Query:
        """Stories that became part of others are asked for by the ids of those, authors by the slugs that they have now."""
        stories = {id: new for id in where.stories() if (new := await self.store.redirect("story", id))}
        return where.forwarded(stories=stories, authors=await self.store.moved_authors(where.author_slugs()))

    async def refill(self, slugs: Iterable[str]) -> None:
        """Select the articles of the operator's channels `slugs` anew: their definition changed, or time passed."""
        wanted = set(slugs)
        for channel, where in Selector.of(self.newsroom(), self.now).tests:
            if channel.slug in wanted:
                await self.store.refill(channel, await self._forwarded(where), now=self.now())

    async def sweep(self) -> None:
        """Evaluate again the channels whose query depends on the time."""
        tests = Selector.of(self.newsroom(), self.now).tests
        await self.refill(channel.slug for channel, where in tests if query.is_relative(where))


def query_of(channel: Channel, newsroom: Newsroom) -> Query:
    """What an operator's channel asks for, of authors under the slugs that they have now."""
    return _parsed(channel.where or "*").forwarded(authors=newsroom.moved_authors)


@lru_cache(maxsize=20_000)
def _parsed(where: str) -> Query:
    """The query of a channel: every reload and every minute's sweep ask for all of them."""
    return query.parse(where)


def etag(body: bytes) -> str:
    """A strong entity tag (RFC 9110 §8.8.3) without its quotes: the hash of the body."""
    return hashlib.sha256(body).hexdigest()[:32]


def _updated(articles: tuple[Article, ...]) -> datetime | None:
    return max((max(article.updated, article.listed) for article in articles), default=None)


def _page(site: Site, channel: Channel, span: Span, format: str) -> str:
    """The address of an archive page."""
    return publish.archive_address(site, channel.kind, channel.slug, span, format=format)


def is_readable(newsroom: Newsroom, state: ChannelState) -> bool:
    """Whether a channel has anything for readers. The operator's own are what their lines say: one that another process knows to
    be private is not shown by a configuration that was read before that."""
    if not state.is_there or state.kind is not ChannelKind.CHANNEL:
        return state.is_there
    channel = newsroom.channel_by_slug.get(state.slug)
    return channel is not None and (channel.private or not state.private)


def _channel(newsroom: Newsroom, state: ChannelState) -> Channel:
    """The channel that `state` is of; for sections, outlets, sources and authors made from what they are."""
    if state.kind is ChannelKind.CHANNEL and (channel := newsroom.channel_by_slug.get(state.slug)):
        return channel
    title = Title(state.slug)
    if state.kind is ChannelKind.SECTION and (section := newsroom.section_by_slug.get(state.slug)):
        title = section.title
    elif state.kind is ChannelKind.OUTLET and (outlet := newsroom.outlet_by_id.get(state.slug)):
        title = Title(outlet.title)
    elif state.kind is ChannelKind.SOURCE and (source := newsroom.source_by_id.get(state.slug)):
        title = Title(source.title or source.outlet.title)
    return Channel(kind=state.kind, slug=state.slug, title=title)
