"""The tables. Rows are mapped to model values in `mapping` and never leave `store`.

Order everywhere is `article.key` (see `model.order_key`): newest listed first is `ORDER BY key DESC`.
Times are aware UTC in Python; SQLite keeps them as integers of microseconds, PostgreSQL too: the same comparison on both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, LargeBinary, TypeDecorator
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time as integer microseconds since 1970: exact, ordered and alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


# SQLite makes only an INTEGER primary key its rowid.
_Key = BigInteger().with_variant(Integer(), "sqlite")


def _instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Instant(), nullable=nullable, index=index))


def _json(default: Any = None) -> Any:
    return Field(default=default, sa_column=Column(JSON, nullable=True))


class OutletRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "outlet"
    id: str = Field(primary_key=True)
    title: str
    url: str
    country: str | None = None
    language: str | None = None
    configured: bool = True


class SourceRow(SQLModel, table=True):
    """`url` has no secrets; `configured` is false once it left the configuration."""

    __tablename__: ClassVar[str] = "source"
    id: str = Field(primary_key=True)
    outlet_id: str = Field(index=True)
    url: str
    title: str = ""
    republish: str = "summary"
    keep_days: float = 90.0
    private: bool = False
    withdrawn: bool = False
    enabled: bool = True
    configured: bool = True
    site_url: str | None = None
    feed_title: str | None = None
    hub: str | None = None


class SourceUrlRow(SQLModel, table=True):
    """Every address that a source ever had: it is recognised by any of them."""

    __tablename__: ClassVar[str] = "source_url"
    url: str = Field(primary_key=True)
    source_id: str = Field(index=True)
    first_seen: datetime = _instant()


class ScheduleRow(SQLModel, table=True):
    """What a poll remembers between polls: see `model.Schedule`; `lease_*` say who polls it now. `longest_silence` is in
    seconds; `before_outage` is how the source was before the failures that may turn out to be our own network's."""

    __tablename__: ClassVar[str] = "schedule"
    source_id: str = Field(primary_key=True)
    next_poll: datetime = _instant(index=True)
    why: str = ""
    not_before: datetime | None = _instant(nullable=True)
    retry_after: datetime | None = _instant(nullable=True)
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    headers_hash: str | None = None
    body_hash: str | None = None
    last_poll: datetime | None = _instant(nullable=True)
    last_success: datetime | None = _instant(nullable=True)
    failures: int = 0
    error: str | None = None
    health: str = "new"
    since: datetime | None = _instant(nullable=True)
    evidence: str = ""
    seconds: float | None = None
    last_news: datetime | None = _instant(nullable=True)
    longest_silence: float | None = None
    watched_since: datetime | None = _instant(nullable=True)
    failing_since: datetime | None = _instant(nullable=True)
    before_outage: dict[str, Any] | None = _json()
    first_document: bool = True
    interval_seconds: float | None = None
    articles_per_day: float | None = None
    rhythm: dict[str, Any] | None = _json()
    forecast: dict[str, Any] | None = _json()
    move_to: str | None = None
    move_since: datetime | None = _instant(nullable=True)
    move_seen: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    moved_to: str | None = None
    unheeded: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_owner: str | None = None
    lease_until: datetime | None = _instant(nullable=True)


class HostRow(SQLModel, table=True):
    """The last time that a host answered 429 or 503: see `model.HostPenalty`."""

    __tablename__: ClassVar[str] = "host"
    host: str = Field(primary_key=True)
    address: str
    at: datetime = _instant()
    limited: bool = False
    pauses: int = 0
    paused_until: datetime | None = _instant(nullable=True)


class PollRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "poll"
    __table_args__ = (Index("ix_poll_source_started", "source_id", "started"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    started: datetime = _instant(index=True)
    finished: datetime = _instant()
    outcome: str
    status: int | None = None
    received: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    error: str | None = None
    trouble: str | None = None
    requests: list[dict[str, Any]] | None = _json()


class ProblemRow(SQLModel, table=True):
    """What was wrong, from when to when, and why we thought so: with a source, or (`source_id` empty) with our own network.
    `updated` is when `evidence` or the end came."""

    __tablename__: ClassVar[str] = "problem"
    __table_args__ = (Index("ix_problem_source", "source_id", "ended"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    health: str
    evidence: str = ""
    began: datetime = _instant(index=True)
    updated: datetime = _instant()
    ended: datetime | None = _instant(nullable=True)


class HeldRow(SQLModel, table=True):
    """The document of a source that is held back: why (`kind`: takeover | flood | renumbering), and its bytes, compressed with
    zlib, so that an operator can release it. `trusted` kinds were released before and are not held again."""

    __tablename__: ClassVar[str] = "held"
    source_id: str = Field(primary_key=True)
    kind: str = ""
    reason: str = ""
    evidence: list[str] | None = _json()
    since: datetime | None = _instant(nullable=True)
    seen: datetime | None = _instant(nullable=True)
    url: str = ""
    content_type: str = ""
    document: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    trusted: list[str] | None = _json()


class ArticleRow(SQLModel, table=True):
    """`tokens` of title and text (summary and text) are the output of our tokenizer, space-joined and space-padded: phrases are
    found in them. `source_id` is the source it was first seen in."""

    __tablename__: ClassVar[str] = "article"
    key: int = Field(sa_column=Column(_Key, primary_key=True, autoincrement=False))
    id: str = Field(unique=True)
    outlet_id: str
    source_id: str
    title: str
    summary: str = ""
    text: str = ""
    url: str | None = None
    language: str | None = None
    picture: dict[str, Any] | None = _json()
    enclosures: list[dict[str, Any]] | None = _json()
    categories: list[dict[str, Any]] | None = _json()
    countries: list[str] | None = _json()
    rights: str | None = None
    published: datetime = _instant(index=True)
    updated: datetime = _instant()
    listed: datetime = _instant()
    last_seen: datetime = _instant(index=True)
    story_id: str = Field(index=True)
    visibility: str = "public"
    # The four are what `query.index_words(content, categories)` says.
    title_tokens: str = ""
    text_tokens: str = ""
    url_tokens: str = ""
    category_terms: str = ""
    revision: int = 0
    # An operator's: withdrawn, or merged into another article; shown nowhere either way.
    ruling: str | None = None
    # When, and why, we came to believe that its source took it back.
    suspected: datetime | None = _instant(nullable=True)
    suspicion: str | None = None


class AliasRow(SQLModel, table=True):
    """Every identity an article was ever known by, within its outlet. Outlives the article: what was purged never comes back.
    `value` is as given, or a hash of it where it is too long for an index; `last_seen` is kept to the day."""

    __tablename__: ClassVar[str] = "alias"
    outlet_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    scope: str = Field(primary_key=True, default="")
    value: str = Field(primary_key=True)
    article_id: str = Field(index=True)
    rule: str = ""
    first_seen: datetime = _instant()
    last_seen: datetime = _instant()


class ClueRow(SQLModel, table=True):
    """What an article shares with others that it could be (see `dedupe.clues`): 63 bits of a hash; kept for 60 days."""

    __tablename__: ClassVar[str] = "clue"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    outlet_id: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    article_key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class HabitRow(SQLModel, table=True):
    """Observations for and against a habit of an outlet or (scope) of one of its sources: see `dedupe.habits`."""

    __tablename__: ClassVar[str] = "habit"
    outlet_id: str = Field(primary_key=True)
    habit: str = Field(primary_key=True)
    scope: str = Field(primary_key=True, default="")
    value: str = Field(primary_key=True, default="")
    agree: int = 0
    disagree: int = 0


class SightingRow(SQLModel, table=True):
    """An article in a source: what it said there, raw, so that rules can be run again. `absent` counts the documents in a row
    that left it out although they went on with older ones."""

    __tablename__: ClassVar[str] = "sighting"
    __table_args__ = (Index("ix_sighting_source", "source_id", "raw_hash"),)
    article_key: int = Field(sa_column=Column(_Key, primary_key=True, autoincrement=False))
    source_id: str = Field(primary_key=True)
    guid: str | None = None
    position: int = 0
    bylines: list[str] | None = _json()
    categories: list[dict[str, Any]] | None = _json()
    raw_published: str | None = None
    raw_updated: str | None = None
    raw_hash: str = ""
    first_seen: datetime = _instant()
    last_seen: datetime = _instant()
    absent: int = 0


class EvidenceRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "evidence"
    __table_args__ = (Index("ix_evidence_article", "article_key"),)
    id: int | None = Field(default=None, primary_key=True)
    article_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    source_id: str
    kind: str
    value: str
    rule: str
    raw: str
    weight: float
    version: int


class RevisionRow(SQLModel, table=True):
    """What an article said before: `number` counts from 0, the first version."""

    __tablename__: ClassVar[str] = "revision"
    article_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = _instant()
    title: str
    summary: str = ""
    text: str = ""
    changes: list[str] | None = _json()


class RedirectRow(SQLModel, table=True):
    """A forwarding address: kind is article | author | section | outlet | source | channel | story."""

    __tablename__: ClassVar[str] = "redirect"
    kind: str = Field(primary_key=True)
    old: str = Field(primary_key=True)
    new: str
    at: datetime = _instant()


class AuthorRow(SQLModel, table=True):
    """A person, organisation or desk. `outlet_id` empty: the name means this author everywhere (configured)."""

    __tablename__: ClassVar[str] = "author"
    __table_args__ = (Index("ix_author_folded", "folded", "outlet_id"),)
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    folded: str
    kind: str = "person"
    outlet_id: str = ""
    configured: bool = False
    role: dict[str, Any] | None = _json()
    bio: dict[str, Any] | None = _json()
    url: str | None = None
    image: str | None = None


class AuthorAliasRow(SQLModel, table=True):
    """A folded name, within an outlet or (outlet_id empty) everywhere, that means an author."""

    __tablename__: ClassVar[str] = "author_alias"
    folded: str = Field(primary_key=True)
    outlet_id: str = Field(primary_key=True, default="")
    author_id: int = Field(index=True)
    configured: bool = False


class AuthorMarkRow(SQLModel, table=True):
    """What an author is recognised by beside printed names: `kind` is name (what is left of one without accents, particles and
    middle initials; in an outlet) | page | mail (a hash; both anywhere, `outlet_id` empty)."""

    __tablename__: ClassVar[str] = "author_mark"
    kind: str = Field(primary_key=True)
    outlet_id: str = Field(primary_key=True, default="")
    value: str = Field(primary_key=True)
    author_id: int = Field(primary_key=True, index=True)


class CreditRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "credit"
    article_key: int = Field(sa_column=Column(_Key, primary_key=True, autoincrement=False))
    position: int = Field(primary_key=True)
    author_id: int = Field(index=True)
    name: str
    kind: str = "person"
    role: str | None = None
    place: str | None = None


class PageRow(SQLModel, table=True):
    """What came of asking for an article's page: `state` is waiting | done | whole (it lacked nothing) | refused | failed.

    `tries`, `last_try` and `next_try` are written before a request goes out. `signals` is what the page says about reuse,
    `found` what it completed; `picture` and `url` are kept, so that a revision by the feed does not lose them."""

    __tablename__: ClassVar[str] = "page"
    __table_args__ = (Index("ix_page_next", "state", "next_try"),)
    article_key: int = Field(sa_column=Column(_Key, primary_key=True, autoincrement=False))
    source_id: str = Field(index=True)
    host: str = ""
    state: str = "waiting"
    tries: int = 0
    last_try: datetime | None = _instant(nullable=True, index=True)
    next_try: datetime | None = _instant(nullable=True)
    error: str | None = None
    signals: list[str] | None = _json()
    found: list[str] | None = _json()
    picture: dict[str, Any] | None = _json()
    url: str | None = None


class StoryRow(SQLModel, table=True):
    """A group of articles of several outlets; `id` is that of its first article."""

    __tablename__: ClassVar[str] = "story"
    id: str = Field(primary_key=True)
    last_listed: datetime = _instant(index=True)


class TellingRow(SQLModel, table=True):
    """What an article of the last days tells (see `dedupe.stories_window`). `turn` rises with whatever changes here, so that
    every process can take up what others wrote; `gone` says that the article is no longer part of any story.

    `terms` are space-joined; `marks` has two bytes for each of them, `lead` four for each shingle.
    """

    __tablename__: ClassVar[str] = "telling"
    article_key: int = Field(sa_column=Column(_Key, primary_key=True, autoincrement=False))
    article_id: str
    outlet_id: str
    language: str
    at: datetime = _instant(index=True)
    story_id: str = Field(index=True)
    settled: bool = False
    gone: bool = False
    turn: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    headline: str
    terms: str
    marks: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lead: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ChannelRow(SQLModel, table=True):
    """Every channel: sections, authors, outlets, sources and the operator's own. `version` rises when what it shows changes.

    `definition` is a hash of what selects its articles; `changed` the time of its last change; `reevaluate` when its answer
    can next change by time alone. `size` counts the articles carried, `latest` is when the last of them was listed.
    `ordering`, `stories`, `prefer` and `private` say how an operator's channel carries (see `model.Channel`).
    """

    __tablename__: ClassVar[str] = "channel"
    __table_args__ = (Index("ux_channel_slug", "kind", "slug", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    slug: str
    definition: str = ""
    configured: bool = True
    removed: bool = False
    version: int = 0
    changed: datetime = _instant()
    reevaluate: datetime | None = _instant(nullable=True)
    size: int = 0
    latest: datetime | None = _instant(nullable=True)
    ordering: str = "listed"
    stories: str = "all"
    prefer: list[str] | None = _json()
    private: bool = False


class MembershipRow(SQLModel, table=True):
    """An article in a channel. `rank` is its `order_key` by the channel's order. What is not `carried` belongs there and is not
    shown: another article represents its story (once carried, never swapped), or it is private or withdrawn. A section,
    author, outlet or source channel has every article that belongs to it, shown or not: queries may rely on it."""

    __tablename__: ClassVar[str] = "membership"
    __table_args__: ClassVar[Any] = (
        Index("ix_membership_article", "article_key"),
        Index("ix_membership_story", "channel_id", "story_id"),
        {"sqlite_with_rowid": False},
    )
    channel_id: int = Field(primary_key=True)
    rank: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    article_key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    story_id: str
    carried: bool = True


class RenderedRow(SQLModel, table=True):
    """A channel as rendered in a format at `made`, as of its `version` and of the `digest` of what else decides the bytes (site,
    limits). `etag` is of the plain body; `sizes` are bytes by content coding, "identity" for the plain body."""

    __tablename__: ClassVar[str] = "rendered"
    channel_id: int = Field(primary_key=True)
    format: str = Field(primary_key=True)
    version: int
    digest: str
    etag: str
    last_modified: datetime = _instant()
    made: datetime = _instant()
    sizes: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    omitted: list[str] | None = _json()


class RenderedBodyRow(SQLModel, table=True):
    """The bytes of what is rendered in a content coding. Apart: what a 304 needs to know lies close together."""

    __tablename__: ClassVar[str] = "rendered_body"
    channel_id: int = Field(primary_key=True)
    format: str = Field(primary_key=True)
    coding: str = Field(primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RenderFailureRow(SQLModel, table=True):
    """A channel that could not be rendered, as of a version and digest: its last good bytes stay. Gone once it can."""

    __tablename__: ClassVar[str] = "render_failure"
    channel_id: int = Field(primary_key=True)
    version: int
    digest: str
    at: datetime = _instant()
    error: str


class AppliedConfigurationRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "applied_configuration"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant()
    digest: str
    summary: dict[str, Any] | None = _json()


class ReapplyingRow(SQLModel, table=True):
    """The one row that says by which `rules` (a digest) the stored articles are read, and what is said of each source.
    Articles up to the key `cursor` have been read by them; all, once `finished`."""

    __tablename__: ClassVar[str] = "reapplying"
    id: int = Field(primary_key=True, default=1)
    rules: str
    sources: dict[str, Any] | None = _json()
    cursor: int = Field(default=-1, sa_column=Column(BigInteger, nullable=False))
    started: datetime = _instant()
    finished: datetime | None = _instant(nullable=True)


class TombstoneRow(SQLModel, table=True):
    """An article that a channel carried until `at`, when an operator withdrew or merged it; kept as long as it is announced."""

    __tablename__: ClassVar[str] = "tombstone"
    channel_id: int = Field(primary_key=True)
    article_id: str = Field(primary_key=True)
    at: datetime = _instant()


class DecisionRow(SQLModel, table=True):
    """An operator's decision: withdraw | restore | split | merge, of `articles`, kept and exported. `detail` has what it takes
    to decide so again in another database: the outlet, its keys and the article that they are of now."""

    __tablename__: ClassVar[str] = "decision"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant()
    action: str
    articles: list[str] | None = _json()
    reason: str = ""
    operator: str = ""
    detail: dict[str, Any] | None = _json()


_tables = SQLModel.metadata.tables
outlet = _tables["outlet"]
source = _tables["source"]
source_url = _tables["source_url"]
schedule = _tables["schedule"]
host = _tables["host"]
poll = _tables["poll"]
problem = _tables["problem"]
held = _tables["held"]
article = _tables["article"]
alias = _tables["alias"]
clue = _tables["clue"]
habit = _tables["habit"]
sighting = _tables["sighting"]
evidence = _tables["evidence"]
revision = _tables["revision"]
redirect = _tables["redirect"]
author = _tables["author"]
author_alias = _tables["author_alias"]
author_mark = _tables["author_mark"]
credit = _tables["credit"]
page = _tables["page"]
story = _tables["story"]
telling = _tables["telling"]
channel = _tables["channel"]
membership = _tables["membership"]
rendered = _tables["rendered"]
rendered_body = _tables["rendered_body"]
render_failure = _tables["render_failure"]
applied_configuration = _tables["applied_configuration"]
reapplying = _tables["reapplying"]
decision = _tables["decision"]
tombstone = _tables["tombstone"]
