"""Channels: what they carry, and what is rendered of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import instant, json_column


class ChannelRow(SQLModel, table=True):
    """Every channel: sections, authors, outlets, sources and the operator's own. `version` rises when what it shows changes.

    `definition` is a hash of what selects its articles; `changed` the time of its last change; `reevaluate` when its answer
    can next change by time alone. `size` counts the articles carried, `latest` is when the last of them was listed.
    `ordering`, `stories`, `prefer` and `private` say how an operator's channel carries (see `model.Channel`).
    """

    __tablename__: ClassVar[str] = "channel"
    __table_args__ = (Index("ux_channel_slug", "kind", "slug", unique=True), Index("ix_channel_changed", "changed"))
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    slug: str
    definition: str = ""
    configured: bool = True
    removed: bool = False
    version: int = 0
    changed: datetime = instant()
    reevaluate: datetime | None = instant(nullable=True)
    size: int = 0
    latest: datetime | None = instant(nullable=True)
    ordering: str = "listed"
    stories: str = "all"
    prefer: list[str] | None = json_column()
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
    __table_args__ = (Index("ix_rendered_made", "made"),)
    channel_id: int = Field(primary_key=True)
    format: str = Field(primary_key=True)
    version: int
    digest: str
    etag: str
    last_modified: datetime = instant()
    made: datetime = instant()
    sizes: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    omitted: list[str] | None = json_column()


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
    at: datetime = instant()
    error: str
