"""What is known of sources, their polls and what is held back of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.dedupe import History, Lesson, Suspect, Suspicion
from aggregator.model import (
    Article,
    Document,
    Forecast,
    Health,
    HubLease,
    Poll,
    Schedule,
    Signal,
    Source,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a document says about its feed."""

    title: str = ""
    id: str | None = None
    site_url: str | None = None
    hubs: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that one poll brought. `schedule` is as it shall be after; `selects` names the operator's channels that carry
    an article; `first_document` lists by publication time (see `model.Article.listed`); `whole`: what is not in it is not in
    the feed; `feed` is None where that has no say; `lessons` are what it taught of the outlets named; `rules` is the digest of
    those it was read by; `push` is the number of the push that brought it, if a hub did."""

    source: Source
    verdicts: tuple[Verdict, ...]
    schedule: Schedule
    poll: Poll
    first_document: bool
    whole: bool = False
    feed: FeedFacts | None = FeedFacts()
    selects: Callable[[Article], Collection[str]] = lambda _article: ()
    lessons: tuple[tuple[str, Lesson], ...] = ()
    rules: str = ""
    push: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A document that shall not be published unseen: kept with why, the schedule and the log of its poll, and what it taught.
    `news` is what of it may be published all the same."""

    document: Document
    suspect: Suspect
    schedule: Schedule
    poll: Poll
    lessons: tuple[tuple[str, Lesson], ...] = ()
    news: Batch | None = None
    push: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a source showed before. `held` is why it is held back now; of what is `trusted` it is not suspected again."""

    history: History
    held: Suspicion | None = None
    trusted: tuple[Suspicion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """A document that is held back since `since`; `seen` is when we last met it, `examples` are titles from it."""

    source_id: str
    suspicion: Suspicion
    reason: str
    since: datetime
    seen: datetime
    url: str
    content_type: str
    examples: tuple[str, ...] = ()
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a batch changed for readers; `verdicts` are the batch's as they hold, in its order."""

    new: tuple[Article, ...] = ()
    revised: tuple[Article, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source is. `url` has no secrets; `since` is when its health became what it is, `evidence` why we think so;
    `moved_to` is where it is asked in place of `url`, `lease` what its hub granted us, `pushes_waiting` what that pushed and is
    not read yet; `by_hour` how many articles it is used to bring in each hour of the day (UTC), nothing while we do not know."""

    id: str
    outlet: str
    url: str
    title: str
    health: Health
    error: str | None
    since: datetime | None
    last_poll: datetime | None
    last_success: datetime | None
    next_poll: datetime | None
    why: str
    failures: int
    articles: int
    articles_per_day: float | None
    interval_seconds: float | None
    forecast: Forecast | None = None
    private: bool = False
    evidence: str = ""
    signals: tuple[Signal, ...] = ()
    licence: str = ""
    moved_to: str | None = None
    lease: HubLease | None = None
    pushes_waiting: int = 0
    by_hour: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What was done within an hour: `polls`, those of them that `failed`, and articles that were `new`."""

    began: datetime
    polls: int = 0
    failed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """What was wrong, from when to when; `source_id` is empty where it was our own network. `updated` is when `evidence` or
    the end came."""

    id: int
    source_id: str
    health: str
    evidence: str
    began: datetime
    updated: datetime
    ended: datetime | None = None
