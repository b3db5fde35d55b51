"""Where articles come from: outlets, sources, what is remembered between polls, what was noticed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, LargeBinary, true
from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import instant, json_column


class OutletRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "outlet"
    id: str = Field(primary_key=True)
    title: str
    url: str
    country: str | None = None
    language: str | None = None
    configured: bool = True


class SourceRow(SQLModel, table=True):
    """`url` has no secrets; `configured` is false once it left the configuration. `signals` is what its feed tells machines of
    reuse (standard, words, where), `host_signals` what its host's tdmrep.json does, which was asked for at `host_asked`."""

    __tablename__: ClassVar[str] = "source"
    id: str = Field(primary_key=True)
    outlet_id: str = Field(index=True)
    url: str
    title: str = ""
    republish: str = "summary"
    summary_length: int = 300
    pictures: bool = True
    attribution: str = ""
    licence: str = ""
    delay_minutes: float = 0.0
    keep_days: float = 90.0
    private: bool = False
    withdrawn: bool = False
    enabled: bool = True
    configured: bool = True
    site_url: str | None = None
    feed_title: str | None = None
    feed_id: str | None = None
    hubs: list[str] | None = json_column()
    signals: list[list[str]] | None = json_column()
    host_signals: list[list[str]] | None = json_column()
    host_asked: datetime | None = instant(nullable=True)
    topic: str | None = None


class SourceUrlRow(SQLModel, table=True):
    """Every address that a source ever had: it is recognised by any of them."""

    __tablename__: ClassVar[str] = "source_url"
    url: str = Field(primary_key=True)
    source_id: str = Field(index=True)
    first_seen: datetime = instant()


class ScheduleRow(SQLModel, table=True):
    """What a poll remembers between polls: see `model.Schedule`; `lease_*` say who polls it now. `longest_silence` is in
    seconds; `before_outage` is how the source was before the failures that may turn out to be our own network's."""

    __tablename__: ClassVar[str] = "schedule"
    source_id: str = Field(primary_key=True)
    next_poll: datetime = instant(index=True)
    why: str = ""
    not_before: datetime | None = instant(nullable=True)
    retry_after: datetime | None = instant(nullable=True)
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    headers_hash: str | None = None
    body_hash: str | None = None
    last_poll: datetime | None = instant(nullable=True)
    last_success: datetime | None = instant(nullable=True)
    failures: int = 0
    error: str | None = None
    health: str = "new"
    since: datetime | None = instant(nullable=True)
    evidence: str = ""
    seconds: float | None = None
    last_news: datetime | None = instant(nullable=True)
    longest_silence: float | None = None
    watched_since: datetime | None = instant(nullable=True)
    failing_since: datetime | None = instant(nullable=True)
    before_outage: dict[str, Any] | None = json_column()
    first_document: bool = True
    interval_seconds: float | None = None
    articles_per_day: float | None = None
    rhythm: dict[str, Any] | None = json_column()
    forecast: dict[str, Any] | None = json_column()
    move_to: str | None = None
    move_since: datetime | None = instant(nullable=True)
    move_seen: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    moved_to: str | None = None
    overlaps: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    unheeded: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # When the poll that was claimed last began, until it comes to its end.
    asked: datetime | None = instant(nullable=True)
    lease_owner: str | None = None
    lease_until: datetime | None = instant(nullable=True)


class PollRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "poll"
    __table_args__ = (Index("ix_poll_source_started", "source_id", "started"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    started: datetime = instant(index=True)
    finished: datetime = instant()
    outcome: str
    status: int | None = None
    received: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    error: str | None = None
    trouble: str | None = None
    requests: list[dict[str, Any]] | None = json_column()


class ProblemRow(SQLModel, table=True):
    """What was wrong, from when to when, and why we thought so: with a source, or (`source_id` empty) with our own network.
    `updated` is when `evidence` or the end came."""

    __tablename__: ClassVar[str] = "problem"
    __table_args__ = (Index("ix_problem_source", "source_id", "ended"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    health: str
    evidence: str = ""
    began: datetime = instant(index=True)
    updated: datetime = instant()
    ended: datetime | None = instant(nullable=True)


class HeldRow(SQLModel, table=True):
    """The document of a source that is held back: why (`kind`: takeover | flood | renumbering), and its bytes, compressed with
    zlib, so that an operator can release it. `trusted` kinds were released before and are not held again."""

    __tablename__: ClassVar[str] = "held"
    source_id: str = Field(primary_key=True)
    kind: str = ""
    reason: str = ""
    evidence: list[str] | None = json_column()
    since: datetime | None = instant(nullable=True)
    seen: datetime | None = instant(nullable=True)
    url: str = ""
    content_type: str = ""
    document: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    trusted: list[str] | None = json_column()
