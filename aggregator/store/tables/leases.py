"""What outlets' hubs granted us, and what they pushed until it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from aggregator.model.lease import FIRST_TRUST
from aggregator.store.tables.columns import instant, json_column


class HubLeaseRow(SQLModel, table=True):
    """See `model.HubLease`; `id` is the end of its callback, which nobody can guess."""

    __tablename__: ClassVar[str] = "hub_lease"
    id: str = Field(primary_key=True)
    source_id: str = Field(index=True)
    hub: str
    topic: str
    callback: str
    secret: str
    next_try: datetime = instant()
    leaving: bool = False
    left: bool = False
    pending: bool = False
    asked: datetime | None = instant(nullable=True)
    verified: datetime | None = instant(nullable=True)
    expires: datetime | None = instant(nullable=True)
    failures: int = 0
    error: str | None = None
    trust: float = FIRST_TRUST
    last_push: datetime | None = instant(nullable=True)
    pushes: int = 0
    brought: int = 0
    missed: int = 0
    ignored: int = 0
    hints: int = 0
    seen: list[Any] | None = json_column()


class HubPushRow(SQLModel, table=True):
    """See `model.Push`: `body` is compressed with zlib. Gone once it is read."""

    __tablename__: ClassVar[str] = "hub_push"
    number: int | None = Field(default=None, primary_key=True)
    lease_id: str
    source_id: str = Field(index=True)
    received: datetime = instant()
    content_type: str = ""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
