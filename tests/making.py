"""Short words → model values for tests: outlets, sources, sightings, batches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.dedupe import decide, lessons
from aggregator.model import (
    Article,
    Category,
    Content,
    Credit,
    Evidence,
    Key,
    KeyKind,
    New,
    Newsroom,
    Outlet,
    Poll,
    PollOutcome,
    Revised,
    Schedule,
    Sighting,
    Source,
    Unchanged,
    Verdict,
    article_id,
)
from aggregator.store import Batch, FeedFacts, Store, Written
from aggregator.text import fold

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def outlet(id: str = "herald", **changes: Any) -> Outlet:
    return replace(Outlet(id=id, title=id.title(), url=f"https://{id}.example", country="UY", language="en"), **changes)


def source(id: str = "herald", *, of: Outlet | None = None, **changes: Any) -> Source:
    url = f"https://{id}.example/rss"
    return replace(Source(id=id, outlet=of or outlet(id), url=url, public_url=url), **changes)


def newsroom(*sources: Source, **changes: Any) -> Newsroom:
    outlets = {one.outlet.id: one.outlet for one in sources}
    digest = hashlib.sha256(repr((sources, changes)).encode()).hexdigest()
    return Newsroom(sources=sources, outlets=tuple(outlets.values()), digest=digest, **changes)


def credit(name: str, **changes: Any) -> Credit:
    return replace(Credit(name=name, names=(fold(name),)), **changes)


def sighting(title: str, *, by: Sequence[str] = (), of: Source | None = None, **changes: Any) -> Sighting:
    """An entry of `of`; words about its content go to the content."""
    polled = of or source()
    slug = "-".join(title.lower().split())
    parts = {name: changes.pop(name) for name in list(changes) if name in Content.__dataclass_fields__}
    content = Content(**{"title": title, "url": f"{polled.outlet.url}/{slug}", "language": "en", **parts})
    plain = Sighting(
        source_id=polled.id,
        outlet_id=polled.outlet.id,
        position=0,
        guid=slug,
        content=content,
        published=NOW - timedelta(hours=2),
        updated=None,
        credits=tuple(credit(name) for name in by),
        categories=(),
        sections=(),
        countries=(),
        evidence=(),
        bylines=tuple(by),
        raw_published=None,
        raw_updated=None,
        raw_hash="",
    )
    made = replace(plain, **changes)
    return replace(made, raw_hash=hashlib.sha256(repr(made).encode()).hexdigest())


def keys(seen: Sighting) -> tuple[Key, ...]:
    guid = (Key(KeyKind.GUID, seen.guid, seen.source_id),) if seen.guid else ()
    return (*guid, Key(KeyKind.LINK, seen.content.url or ""))


def new(seen: Sighting) -> New:
    known_by = keys(seen)
    return New(sighting=seen, keys=known_by, id=article_id(seen.outlet_id, known_by[0].value), rule="none known")


def unchanged(seen: Sighting, article: Article) -> Unchanged:
    return Unchanged(sighting=seen, keys=keys(seen), id=article.id, rule="link")


def revised(seen: Sighting, article: Article, *changes: str) -> Revised:
    return Revised(sighting=seen, keys=keys(seen), id=article.id, rule="link", changes=changes or ("title",))


def batch(
    of: Source,
    *verdicts: Verdict,
    first: bool = False,
    selects: Callable[[Article], Collection[str]] = lambda _article: (),
    now: datetime = NOW,
    rules: str = "",
    **facts: Any,
) -> Batch:
    return Batch(
        source=of,
        verdicts=verdicts,
        schedule=Schedule(source_id=of.id, next_poll=now + timedelta(hours=1), last_success=now, first_document=False),
        poll=Poll(source_id=of.id, started=now, finished=now, outcome=PollOutcome.FRESH, entries=len(verdicts)),
        first_document=first,
        whole=True,
        feed=FeedFacts(**facts),
        selects=selects,
        rules=rules,
    )


async def publish(store: Store, of: Source, *seen: Sighting, now: datetime = NOW, **options: Any) -> Written:
    """Store new articles."""
    return await store.write(batch(of, *(new(one) for one in seen), now=now, **options), now=now)


def section_evidence(slug: str) -> Evidence:
    return Evidence(kind="section", value=slug, rule="category", raw=slug, weight=1.0, version=1)


def category(term: str) -> Category:
    return Category(term=term)


Facts = Mapping[str, Any]


async def poll(store: Store, of: Source, *seen: Sighting, now: datetime = NOW, **options: Any) -> Written:
    """Decide and store what a document of `of` showed, as a poll does."""
    memory = await store.recall(of.outlet.id, seen)
    verdicts = decide(seen, memory.known, memory.near, memory.habits)
    taught = tuple((of.outlet.id, one) for one in lessons(seen, verdicts, memory.near, memory.habits))
    return await store.write(replace(batch(of, *verdicts, now=now, **options), lessons=taught), now=now)
