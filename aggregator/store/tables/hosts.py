"""What all pollers of a database share of hosts: penalties, turns, robots.txt, and what went out beside polls."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import instant, json_column


class HostRow(SQLModel, table=True):
    """The last time that a host answered 429 or 503: see `model.HostPenalty`."""

    __tablename__: ClassVar[str] = "host"
    host: str = Field(primary_key=True)
    address: str
    at: datetime = instant()
    limited: bool = False
    pauses: int = 0
    paused_until: datetime | None = instant(nullable=True)


class HostTurnRow(SQLModel, table=True):
    """Who asks a host (a name, or the addresses that names stand for), or asked it last: in flight until `until` at the latest,
    and by others not before `free_at`."""

    __tablename__: ClassVar[str] = "host_turn"
    host: str = Field(primary_key=True)
    owner: str
    until: datetime | None = instant(nullable=True)
    free_at: datetime = instant(index=True)


class StrangerRow(SQLModel, table=True):
    """An address (hashed: it may hold a secret) that asked us to wait before any source was taken up there; `said` is the error
    with which it did, or empty."""

    __tablename__: ClassVar[str] = "stranger"
    address: str = Field(primary_key=True)
    until: datetime = instant(index=True)
    said: str


class RobotsRow(SQLModel, table=True):
    """What an origin's robots.txt said, until when that holds; without `text` nothing may be fetched, for the `reason`."""

    __tablename__: ClassVar[str] = "robots"
    origin: str = Field(primary_key=True)
    text: str | None = None
    reason: str = ""
    until: datetime = instant(index=True)


class VisitRow(SQLModel, table=True):
    """Requests for pages and robots.txt and to hubs, for the log: polls keep their own."""

    __tablename__: ClassVar[str] = "visit"
    id: int | None = Field(default=None, primary_key=True)
    started: datetime = instant(index=True)
    requests: list[dict[str, Any]] | None = json_column()
