"""WebSub: who subscribed to our channels, what was asked of our hub, what somebody else's hub was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import instant


class SubscriptionRow(SQLModel, table=True):
    """A subscription (see `model.Subscription`). `host` is its callback's; whoever delivers has it for himself until `due`."""

    __tablename__: ClassVar[str] = "subscription"
    __table_args__: ClassVar[Any] = (
        Index("ix_subscription_topic", "kind", "slug", "format"),
        Index("ix_subscription_host", "host"),
        Index("ix_subscription_due", "due"),
    )
    id: str = Field(primary_key=True)
    kind: str
    slug: str
    format: str
    callback: str
    host: str
    secret: str | None = None
    since: datetime = instant()
    until: datetime = instant()
    told: str
    told_at: datetime | None = instant(nullable=True)
    skipped: str = ""
    failures: int = 0
    failing_since: datetime | None = instant(nullable=True)
    due: datetime = instant()
    error: str = ""


class IntentRow(SQLModel, table=True):
    """What a callback has to confirm, or to be told (see `model.Intent`). One at a time for each subscription: the latest."""

    __tablename__: ClassVar[str] = "intent"
    __table_args__: ClassVar[Any] = (Index("ix_intent_due", "due"), Index("ix_intent_host", "host"))
    id: str = Field(primary_key=True)
    mode: str
    kind: str
    slug: str
    format: str
    callback: str
    host: str
    secret: str | None = None
    lease_seconds: int
    told: str
    reason: str = ""
    asked: datetime = instant()
    attempts: int = 0
    due: datetime = instant()


class EditionItemsRow(SQLModel, table=True):
    """The hashes of the items of an edition that some subscriber has: what of a later one is new to him."""

    __tablename__: ClassVar[str] = "edition_items"
    etag: str = Field(primary_key=True)
    items: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class PingRow(SQLModel, table=True):
    """The `version` of a channel in a format that somebody else's hub was told of, or is being told, `at`; `error` is what it
    had against it."""

    __tablename__: ClassVar[str] = "ping"
    channel_id: int = Field(primary_key=True)
    format: str = Field(primary_key=True)
    version: int
    at: datetime | None = instant(nullable=True)
    error: str = ""


class OutsideHubRow(SQLModel, table=True):
    """The one row about somebody else's hub (see `model.OutsideHub`)."""

    __tablename__: ClassVar[str] = "outside_hub"
    id: int = Field(primary_key=True, default=1)
    url: str
    due: datetime = instant()
    failures: int = 0
    since: datetime | None = instant(nullable=True)
    error: str = ""
    told: datetime | None = instant(nullable=True)
