"""What is found of articles: searches, sightings, revisions, places, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import (
    Article,
    ChannelKind,
    Evidence,
    Sighting,
)
from aggregator.store.records.sources import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer to a search, newest first. `cut` when the work was bounded and there may be more; `next` is the `before` that
    goes on from here, None at the end."""

    articles: tuple[Article, ...] = ()
    cut: bool = False
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article, what each source said of it with the evidence that was kept, and the channels where readers find it; `ruled`
    where an operator decided who sees it, or it was erased."""

    article: Article
    told: tuple[tuple[Sighting, tuple[Evidence, ...]], ...]
    places: frozenset[tuple[ChannelKind, str]]
    ruled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingRecord:
    """Where an article was seen, and what it said there."""

    source_id: str
    guid: str | None
    position: int
    bylines: tuple[str, ...]
    categories: tuple[str, ...]
    raw_published: str | None
    raw_updated: str | None
    raw_hash: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRecord:
    """What an article said before; `number` counts from 0, the first version, which stood until `at`."""

    number: int
    at: datetime
    title: str
    summary: str
    text: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """An article that its source seems to have taken back, since when and why we think so."""

    id: str
    title: str
    outlet: str
    url: str | None
    since: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An article in a channel; one that is not carried belongs there and is not shown, by `instead` (another article of its
    story) or because it is private or withdrawn."""

    kind: ChannelKind
    slug: str
    carried: bool
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article whose page is to be asked for, `tries` times until now; `source_id` is the source that allows it,
    `raw_published` what that source said of its time."""

    article: Article
    source_id: str
    raw_published: str | None
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What came of asking for a page: `state` is waiting (until `again`) | done | refused | failed. `sighting` is what the
    page says of the article, `found` what of it was lacking, `link_key` what the article is also known by now;
    `retracted` when the page that answered says that it is taken back."""

    key: int
    state: str
    again: datetime | None = None
    error: str | None = None
    signals: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    sighting: Sighting | None = None
    link_key: str | None = None
    retracted: bool = False
    batch: Batch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUse:
    """What a host was asked for: pages, and when last."""

    asked: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatus:
    """How the pages of a source are: counts by state, what they brought, what publishers say, the last error."""

    source_id: str
    states: dict[str, int]
    found: dict[str, int]
    signals: dict[str, int]
    asked_today: int
    error: str | None = None
