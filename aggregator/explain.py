"""One article → everything that we know about it: where it was seen, what each rule said, where it stands and where not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.decisions import key_text
from aggregator.model import Article, Channel, ChannelKind, Decision, Evidence, Newsroom, Visibility
from aggregator.query import ArticleView, Query, first_failure, parse
from aggregator.query.tree import terms
from aggregator.store import Place, RevisionRecord, SightingRecord, Store, Suspected
from aggregator.syndicate.channels import query_of
from aggregator.urls import absolute

_ID = re.compile(r"[a-z2-7]{16}\Z")
_OURS = re.compile(r"(?:^tag:[^/]+:article/|/articles/)([a-z2-7]{16})(?:[/?#].*)?\Z")
_CANDIDATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBy:
    """A key of an article, the rule that gave it, and when."""

    key: str
    rule: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A channel and why it carries the article or does not; `condition` is the first of its `where:` that failed, at `column`."""

    kind: str
    slug: str
    carried: bool
    why: str
    condition: str | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What a rule said, because of what a source printed."""

    source: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All of it, for operators: private sources are named. `decisions` are those about this article, the latest first;
    `story` are the ids of all tellings of its story; `suspected` when its source seems to have taken it back."""

    article: Article
    sightings: tuple[SightingRecord, ...]
    keys: tuple[KnownBy, ...]
    reasons: tuple[Reason, ...]
    standings: tuple[Standing, ...]
    revisions: tuple[RevisionRecord, ...]
    decisions: tuple[Decision, ...]
    story: tuple[str, ...]
    suspected: Suspected | None = None


async def find(store: Store, asked: str, *, now: datetime) -> tuple[str, ...]:
    """The ids of the articles that `asked` may mean: an id, an address of ours or the publisher's, words of a title."""
    text = asked.strip()
    if ours := _ID.match(text) or _OURS.search(text):
        id = ours[ours.lastindex or 0]
        return ((await store.redirect("article", id)) or id,)
    if absolute(text):
        return await store.by_address(text)
    words = text.replace("\\", " ").replace('"', " ")
    found = await store.search(parse(f'title:"{words}"'), now=now, limit=_CANDIDATES, private=True)
    return tuple(article.id for article in found.articles)


async def explain(store: Store, newsroom: Newsroom, id: str, *, now: datetime) -> Explanation | None:
    """Everything about the article `id`; None where there is none."""
    article = await store.article(id)
    if article is None:
        return None
    evidence = await store.evidence(id)
    reasons = tuple(Reason(source=source, evidence=one) for source, one in evidence)
    places = await store.places(id)
    return Explanation(
        article=article,
        sightings=await store.sightings(id),
        keys=tuple(KnownBy(key=key_text(one.key), rule=rule, since=at) for one, rule, at in await store.owned_keys(id)),
        reasons=reasons,
        standings=(
            *(_carrying(place, article, reasons, newsroom) for place in places),
            *_others(article, places, newsroom, now),
        ),
        revisions=await store.revisions(id),
        decisions=tuple(one for one in await store.decisions() if id in one.articles),
        story=tuple(telling.id for telling in await store.story(article.story)) or (id,),
        suspected=next(iter(await store.suspected(1, id)), None),
    )


def _carrying(place: Place, article: Article, reasons: Sequence[Reason], newsroom: Newsroom) -> Standing:
    """Why an article belongs to a channel, and where it is not shown, why not."""
    why = _belongs(place, article, reasons, newsroom)
    if not place.carried:
        why += "; not shown: " + _hidden(place, article)
    return Standing(kind=place.kind.value, slug=place.slug, carried=place.carried, why=why)


def _hidden(place: Place, article: Article) -> str:
    if article.visibility is Visibility.WAITING:
        return "it waits for the delay that its source asks for"
    if article.visibility is not Visibility.PUBLIC:
        return f"it is {article.visibility.value}"
    return f"{place.instead} tells its story there" if place.instead else "its source is private or withdrawn"


def _belongs(place: Place, article: Article, reasons: Sequence[Reason], newsroom: Newsroom) -> str:
    match place.kind:
        case ChannelKind.SECTION:
            said = [
                one.evidence for one in reasons if one.evidence.kind == "section" and one.evidence.value == place.slug
            ]
            ruled = "; ".join(dict.fromkeys(f"{one.rule}: {one.raw}" if one.raw else one.rule for one in said))
            return ruled or "a section below it"
        case ChannelKind.AUTHOR:
            names = [credit.name for credit in article.credits if credit.slug == place.slug]
            return f"credits {', '.join(names)}" if names else "credited before"
        case ChannelKind.OUTLET:
            return "its outlet"
        case ChannelKind.SOURCE:
            return "seen there"
    channel = newsroom.channel_by_slug.get(place.slug)
    return f"matches {channel.where}" if channel and channel.where else "the configuration no longer has this channel"


def _others(article: Article, places: Sequence[Place], newsroom: Newsroom, now: datetime) -> list[Standing]:
    """The operator's channels that have no place for the article, with the first condition that failed."""
    there = {place.slug for place in places if place.kind is ChannelKind.CHANNEL}
    view = ArticleView(article)
    return [
        _failing(channel, query_of(channel, newsroom), view, now)
        for channel in newsroom.channels
        if channel.where and not channel.removed and channel.slug not in there
    ]


def _failing(channel: Channel, where: Query, view: ArticleView, now: datetime) -> Standing:
    standing = Standing(kind=channel.kind.value, slug=channel.slug, carried=False, why="")
    failed = first_failure(where, view, now=now)
    if failed is None:
        seen = view.article.visibility
        why = (
            f"matches, but it is {seen.value}"
            if seen is not Visibility.PUBLIC
            else "matches, and is not placed there yet"
        )
        return Standing(kind=standing.kind, slug=standing.slug, carried=False, why=why)
    column = next(terms(failed)).column
    return Standing(
        kind=standing.kind, slug=standing.slug, carried=False, why="failed", condition=str(failed), column=column
    )


def plain(said: Explanation) -> dict[str, object]:
    """An explanation as JSON has it; `at`, `since` and their like are aware times."""
    article = said.article
    return {
        "id": article.id,
        "title": article.content.title,
        "url": article.content.url,
        "outlet": article.outlet.id,
        "visibility": article.visibility.value,
        "published": article.published,
        "updated": article.updated,
        "listed": article.listed,
        "language": article.content.language,
        "suspected": said.suspected and said.suspected.why,
        "story": {"id": article.story, "articles": list(said.story)},
        "sightings": [
            {
                "source": one.source_id, "guid": one.guid, "position": one.position, "first_seen": one.first_seen,
                "last_seen": one.last_seen, "bylines": list(one.bylines), "categories": list(one.categories),
                "published": one.raw_published, "updated": one.raw_updated,
            }
            for one in said.sightings
        ],
        "keys": [{"key": one.key, "rule": one.rule, "since": one.since} for one in said.keys],
        "evidence": [
            {
                "kind": one.evidence.kind, "value": one.evidence.value, "rule": one.evidence.rule,
                "raw": one.evidence.raw, "weight": one.evidence.weight, "source": one.source,
            }
            for one in said.reasons
        ],
        "channels": [
            {
                "kind": one.kind, "slug": one.slug, "carried": one.carried, "why": one.why,
                "condition": one.condition, "column": one.column,
            }
            for one in said.standings
        ],
        "revisions": [{"number": one.number, "until": one.at, "changes": list(one.changes)} for one in said.revisions],
        "decisions": [
            {"at": one.at, "action": one.action.value, "articles": list(one.articles), "reason": one.reason}
            for one in said.decisions
        ],
    }  # fmt: skip
