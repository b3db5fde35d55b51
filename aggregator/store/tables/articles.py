"""Articles: what they say, what they are known by, who wrote them, what they tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import KEY, instant, json_column


class ArticleRow(SQLModel, table=True):
    """`tokens` of title and text (summary and text) are the output of our tokenizer, space-joined and space-padded: phrases are
    found in them. `source_id` is the source it was first seen in."""

    __tablename__: ClassVar[str] = "article"
    __table_args__: ClassVar[Any] = (
        Index("ix_article_waiting", "waiting", sqlite_where=text("waiting"), postgresql_where=text("waiting")),
    )
    key: int = Field(sa_column=Column(KEY, primary_key=True, autoincrement=False))
    id: str = Field(unique=True)
    outlet_id: str
    source_id: str
    title: str
    summary: str = ""
    text: str = ""
    url: str | None = None
    language: str | None = None
    picture: dict[str, Any] | None = json_column()
    enclosures: list[dict[str, Any]] | None = json_column()
    categories: list[dict[str, Any]] | None = json_column()
    countries: list[str] | None = json_column()
    rights: str | None = None
    credit_line: str = ""
    licence: str | None = None
    rsl: str = ""
    signals: list[list[str]] | None = json_column()
    published: datetime = instant(index=True)
    updated: datetime = instant()
    listed: datetime = instant()
    last_seen: datetime = instant(index=True)
    story_id: str = Field(index=True)
    visibility: str = "public"
    # The four are what `query.index_words(content, categories)` says.
    title_tokens: str = ""
    text_tokens: str = ""
    url_tokens: str = ""
    category_terms: str = ""
    revision: int = 0
    # The source that it is of, where it came through somebody who passed it on (`source_id`), and only so.
    relayed: str | None = Field(default=None, index=True)
    # Its source's delay is not over yet: listed nowhere, and at a later time than this row says.
    waiting: bool = False
    # An operator's: withdrawn, or merged into another article; shown nowhere either way.
    ruling: str | None = None
    # When, and why, we came to believe that its source took it back.
    suspected: datetime | None = instant(nullable=True)
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
    first_seen: datetime = instant()
    last_seen: datetime = instant()


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
    faded: datetime | None = instant(nullable=True)


class SightingRow(SQLModel, table=True):
    """An article in a source: what it said there, raw, so that rules can be run again. `absent` counts the documents in a row
    that left it out although they went on with older ones."""

    __tablename__: ClassVar[str] = "sighting"
    __table_args__ = (Index("ix_sighting_source", "source_id", "raw_hash"),)
    article_key: int = Field(sa_column=Column(KEY, primary_key=True, autoincrement=False))
    source_id: str = Field(primary_key=True)
    guid: str | None = None
    position: int = 0
    bylines: list[str] | None = json_column()
    categories: list[dict[str, Any]] | None = json_column()
    raw_published: str | None = None
    raw_updated: str | None = None
    raw_hash: str = ""
    first_seen: datetime = instant()
    last_seen: datetime = instant()
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
    at: datetime = instant()
    title: str
    summary: str = ""
    text: str = ""
    changes: list[str] | None = json_column()


class JoinedRow(SQLModel, table=True):
    """What an entry `said` that joined an article by weak evidence under `keys`, and what the article said `before` where that
    revised it: sightings as `store.joined` writes them, for a split to tell again."""

    __tablename__: ClassVar[str] = "joined"
    id: int | None = Field(default=None, primary_key=True)
    article_id: str = Field(index=True)
    source_id: str
    outlet_id: str
    at: datetime = instant()
    keys: list[list[str]] | None = json_column()
    said: dict[str, Any] | None = json_column()
    before: dict[str, Any] | None = json_column()


class RedirectRow(SQLModel, table=True):
    """A forwarding address: kind is article | author | section | outlet | source | channel | story."""

    __tablename__: ClassVar[str] = "redirect"
    kind: str = Field(primary_key=True)
    old: str = Field(primary_key=True)
    new: str
    at: datetime = instant()


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
    role: dict[str, Any] | None = json_column()
    bio: dict[str, Any] | None = json_column()
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
    article_key: int = Field(sa_column=Column(KEY, primary_key=True, autoincrement=False))
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
    article_key: int = Field(sa_column=Column(KEY, primary_key=True, autoincrement=False))
    source_id: str = Field(index=True)
    host: str = ""
    state: str = "waiting"
    tries: int = 0
    last_try: datetime | None = instant(nullable=True, index=True)
    next_try: datetime | None = instant(nullable=True)
    error: str | None = None
    signals: list[str] | None = json_column()
    found: list[str] | None = json_column()
    picture: dict[str, Any] | None = json_column()
    url: str | None = None


class StoryRow(SQLModel, table=True):
    """A group of articles of several outlets; `id` is that of its first article."""

    __tablename__: ClassVar[str] = "story"
    id: str = Field(primary_key=True)
    last_listed: datetime = instant(index=True)


class TellingRow(SQLModel, table=True):
    """What an article of the last days tells (see `dedupe.stories_window`). `turn` rises with whatever changes here, so that
    every process can take up what others wrote; `gone` says that the article is no longer part of any story.

    `terms` are space-joined; `marks` has two bytes for each of them, `lead` four for each shingle.
    """

    __tablename__: ClassVar[str] = "telling"
    article_key: int = Field(sa_column=Column(KEY, primary_key=True, autoincrement=False))
    article_id: str
    outlet_id: str
    language: str
    at: datetime = instant(index=True)
    story_id: str = Field(index=True)
    settled: bool = False
    gone: bool = False
    turn: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    headline: str
    terms: str
    marks: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lead: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
