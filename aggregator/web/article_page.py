"""One article or one story → its page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.model import Article, ChannelKind, Credit, Evidence, Visibility
from aggregator.publish.differences import Run, differences
from aggregator.store import AuthorRecord, RevisionRecord
from aggregator.web.cards import Anchor, Card, Look
from aggregator.web.desk import Desk
from aggregator.web.facts import web_site
from aggregator.web.links import FeedLink
from aggregator.web.moments import Moment
from aggregator.web.outcomes import GONE, NOT_FOUND, Moved, Refused
from aggregator.web.templating import render

_MORE = 5
_AUTHOR_CARDS = 3
_CHANGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorCard:
    """Whoever wrote it."""

    name: str
    href: str
    role: str
    bio: str
    image: str | None
    home: Anchor | None
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Further articles under a heading: "More in South America · See all"."""

    heading: str
    href: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why we say something about an article, in words; `sure` is a percentage."""

    what: str
    value: Anchor
    rule: str
    raw: str
    sure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a revision changed: (part, its runs of words), and when."""

    at: Moment
    parts: tuple[tuple[str, tuple[Run, ...]], ...]


async def article_page(desk: Desk, id: str, *, operator: bool = False) -> str | Moved | Refused:
    """The page of an article: what we hold of it within its rights, and where to go on; for operators, further."""
    article = await desk.store.article(id)
    refused = await _refusal(desk, article, id)
    if article is None or refused is not None:
        return refused or NOT_FOUND
    look = Look.of(desk)
    authors, mores, evidence, revisions = await asyncio.gather(
        _author_cards(desk, look, article),
        _mores(desk, look, article),
        desk.store.evidence(id),
        desk.store.revisions(id),
    )
    card = look.card(article)
    return render(
        "article.html",
        look,
        title=card.title,
        here=lambda links: links.path("articles", id),
        feeds=authors[0].feeds if authors else (),
        card=card,
        dek="" if _repeats(card) else card.dek,
        mates=tuple(map(look.mate, article.also_in)),
        authors=authors,
        mores=mores,
        reasons=_reasons(look, [reason for source_id, reason in evidence if not _closed(look, source_id)]),
        source=_source(look, article),
        listed=look.moment_of(article.listed),
        changes=_changes(look, article, revisions),
        explained=look.links.file("articles", id, "explain") if operator else None,
    )


async def _refusal(desk: Desk, article: Article | None, id: str) -> Moved | Refused | None:
    """What is private, or waits, has no page of its own; what was withdrawn is gone."""
    if article is None:
        moved = await desk.store.redirect("article", id)
        return Moved(slug=moved) if moved and moved != id else NOT_FOUND
    if article.visibility is Visibility.WITHDRAWN:
        merged = await desk.store.redirect("article", id)
        return Moved(slug=merged) if merged else GONE
    return NOT_FOUND if article.visibility is not Visibility.PUBLIC else None


def _repeats(card: Card) -> bool:
    """Whether the text below says the summary again, as it does where the summary is its beginning."""
    start = card.dek.rstrip("…")[:120]
    return bool(card.body) and card.body.striptags().startswith(start)


async def _author_cards(desk: Desk, look: Look, article: Article) -> tuple[AuthorCard, ...]:
    named = [credit for credit in article.credits if credit.slug][:_AUTHOR_CARDS]
    records = await asyncio.gather(*[desk.store.author(credit.slug or "") for credit in named])
    return tuple(
        _author_card(look, credit, record) for credit, record in zip(named, records, strict=True) if record is not None
    )


def _author_card(look: Look, credit: Credit, record: AuthorRecord) -> AuthorCard:
    return AuthorCard(
        name=record.name,
        href=look.links.channel(ChannelKind.AUTHOR, record.slug),
        role=record.role.text(look.language) or (credit.role or ""),
        bio=record.bio.text(look.language),
        image=record.image if record.image and record.image.startswith("https://") else None,
        home=web_site(record.url),
        feeds=look.links.feeds(ChannelKind.AUTHOR, record.slug, record.name),
    )


async def _mores(desk: Desk, look: Look, article: Article) -> tuple[More, ...]:
    """More of the narrowest section and of each author."""
    wanted = [
        (ChannelKind.SECTION, slug, look.say("More in {section}", section=look.section(slug).text))
        for slug in _narrowest(look, article)
    ]
    wanted += [
        (ChannelKind.AUTHOR, credit.slug, look.say("More from {author}", author=credit.name))
        for credit in article.credits[:2]
        if credit.slug
    ]
    fetched = await asyncio.gather(*[desk.store.articles(kind, slug, limit=_MORE * 2) for kind, slug, _ in wanted])
    return tuple(
        More(heading=heading, href=look.links.channel(kind, slug), cards=look.cards(others[:_MORE]))
        for (kind, slug, heading), articles in zip(wanted, fetched, strict=True)
        if (others := [other for other in articles if other.story != article.story])
    )


def _narrowest(look: Look, article: Article) -> list[str]:
    """The narrowest section and the one above it: a reader of Peru may want South America."""
    known = look.newsroom.section_by_slug
    slugs = sorted((slug for slug in article.sections if slug in known), key=look.depth, reverse=True)
    return slugs[:1] + [slug for slug in slugs if slug == known[slugs[0]].parent]


_WHAT = {
    "section": "Section",
    "country": "Place",
    "author": "Author",
    "language": "Language",
    "identity": "Identity",
    "story": "Story",
}


def _closed(look: Look, source_id: str) -> bool:
    """A private or withdrawn source is not named, nor quoted, on a public page."""
    source = look.newsroom.source_by_id.get(source_id)
    return source is not None and (source.private or source.withdrawn)


def _source(look: Look, article: Article) -> Anchor | None:
    if _closed(look, article.source_id):
        return None
    return Anchor(text=article.source_title, href=look.links.channel(ChannelKind.SOURCE, article.source_id))


def _reasons(look: Look, evidence: list[Evidence]) -> tuple[Reason, ...]:
    once = dict.fromkeys((e.kind, e.value, e.rule, e.raw, e.weight) for e in evidence)
    return tuple(
        Reason(
            what=look.say(_WHAT[kind]) if kind in _WHAT else kind.capitalize(),
            value=look.section(value) if kind == "section" else Anchor(text=value),
            rule=rule,
            raw=raw,
            sure=round(weight * 100),
        )
        for kind, value, rule, raw, weight in once
    )


def _changes(look: Look, article: Article, revisions: Sequence[RevisionRecord]) -> tuple[Change, ...]:
    """The latest revisions in which something that may be shown changed, the last first."""
    tellings = [replace(article.content, title=one.title, summary=one.summary, text=one.text) for one in revisions]
    pairs = list(zip(revisions, tellings, [*tellings, article.content][1:], strict=True))[-_CHANGES:]
    found = [
        Change(at=look.moment_of(record.at), parts=differences(article, before, after))
        for record, before, after in reversed(pairs)
    ]
    return tuple(change for change in found if change.parts)


async def story_page(desk: Desk, id: str) -> str | Moved | Refused:
    """One story: every outlet's telling, in the order of time."""
    tellings = await desk.store.story(id)
    if not tellings:
        moved = await desk.store.redirect("story", id)
        return Moved(slug=moved) if moved and moved != id else NOT_FOUND
    look = Look.of(desk)
    ordered = sorted(tellings, key=lambda article: (article.published, article.key))
    cards = look.cards(replace(article, also_in=()) for article in ordered)  # the page names all of them as it is
    return render(
        "story.html",
        look,
        title=cards[0].title,
        here=lambda links: links.path("stories", id),
        feeds=look.links.search_feeds(f"story:{id}"),
        cards=cards,
        outlets=len({article.outlet.id for article in ordered}),
    )
