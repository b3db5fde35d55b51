"""Records: the values that go into the store and come out of it, beside those of `model`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.dedupe import History, Lesson, Suspect, Suspicion
from aggregator.model import (
    Article,
    ChannelKind,
    Document,
    Forecast,
    Health,
    Poll,
    Schedule,
    Sighting,
    Source,
    Span,
    Title,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a document says about its feed."""

    title: str = ""
    site_url: str | None = None
    hub: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that one poll brought. `schedule` is as it shall be after; `selects` names the operator's channels that carry
    an article; `first_document` lists by publication time (see `model.Article.listed`); `lessons` are what it taught of the
    outlets named; `rules` is the digest of those it was read by."""

    source: Source
    verdicts: tuple[Verdict, ...]
    schedule: Schedule
    poll: Poll
    first_document: bool
    feed: FeedFacts = FeedFacts()
    selects: Callable[[Article], Collection[str]] = lambda _article: ()
    lessons: tuple[tuple[str, Lesson], ...] = ()
    rules: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A document that shall not be published unseen: kept with why, the schedule and the log of its poll, and what it taught."""

    document: Document
    suspect: Suspect
    schedule: Schedule
    poll: Poll
    lessons: tuple[tuple[str, Lesson], ...] = ()


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
class Found:
    """An answer to a search, newest first. `cut` when the work was bounded and there may be more; `next` is the `before` that
    goes on from here, None at the end."""

    articles: tuple[Article, ...] = ()
    cut: bool = False
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """A channel as stored. `version` rises when what a reader sees changes, last at `changed`."""

    kind: ChannelKind
    slug: str
    version: int
    changed: datetime
    removed: bool = False
    configured: bool = True
    private: bool = False
    size: int = 0
    latest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """The articles that a channel listed within `span`, newest first; `previous` and `following` are the finished pages before
    and after it. `finished`: something was listed after it."""

    span: Span
    articles: tuple[Article, ...]
    previous: Span | None
    following: Span | None
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One line of a list of channels. `name` is what the store knows (authors, outlets, sources), else the slug; `count` of the
    articles carried, the last of them listed at `latest`."""

    kind: ChannelKind
    slug: str
    name: str
    count: int
    latest: datetime | None = None
    outlet_id: str | None = None
    configured: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRecord:
    """A person, organisation or desk. `outlet_id` empty: everywhere; `aliases` are folded names."""

    slug: str
    name: str
    kind: str
    outlet_id: str = ""
    configured: bool = False
    role: Title = field(default_factory=Title)
    bio: Title = field(default_factory=Title)
    url: str | None = None
    image: str | None = None
    aliases: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A channel as rendered in a format: all but its bytes. It is as of a version of the channel and a digest of what else
    decides the bytes; `etag` is of the plain body, `sizes` are bytes by content coding ("identity" for the plain body)."""

    kind: ChannelKind
    slug: str
    format: str
    version: int
    digest: str
    etag: str
    last_modified: datetime
    sizes: Mapping[str, int]
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition with its bytes in each coding but the plain one; none where only what stands in the edition changed."""

    edition: Edition
    bodies: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderFailure:
    """A channel that could not be rendered since `at`: its last good editions are served."""

    kind: ChannelKind
    slug: str
    at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source is. `url` has no secrets; `since` is when its health became what it is, `evidence` why we think so."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a configuration changed. `changed_channels` are operator channels to select anew, `changed_sections` those whose
    rules differ from before; `renamed` are (old, new) source ids that were recognised by an address."""

    changed_channels: frozenset[str] = frozenset()
    changed_sections: frozenset[str] = frozenset()
    new_sources: tuple[str, ...] = ()
    lost_sources: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reapplied:
    """How many of how many stored articles were read again by changed rules; `finished` when none is left."""

    done: int
    total: int
    finished: bool


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
class AuthorCount:
    """Who signed how many articles, and the moments at which the `first` and the `last` of them were listed."""

    slug: str
    name: str
    outlet_id: str
    kind: str
    configured: bool
    url: str | None
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A category and how often it came; `where` are the sources that gave it."""

    value: str
    count: int
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many rows retention took."""

    articles: int = 0
    polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of what there is; `bytes` of the whole database."""

    outlets: int
    sources: int
    articles: int
    authors: int
    stories: int
    channels: int
    polls: int
    bytes: int


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
