"""What operators put in force and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from aggregator.store.tables.columns import instant, json_column


class AppliedConfigurationRow(SQLModel, table=True):
    """A configuration that was put in force; `files` has the text of the latest ones, by name."""

    __tablename__: ClassVar[str] = "applied_configuration"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    digest: str
    summary: dict[str, Any] | None = json_column()
    files: dict[str, Any] | None = json_column()


class ReapplyingRow(SQLModel, table=True):
    """The one row that says by which `rules` (a digest) the stored articles are read, and what is said of each source.
    Articles up to the key `cursor` have been read by them; all, once `finished`."""

    __tablename__: ClassVar[str] = "reapplying"
    id: int = Field(primary_key=True, default=1)
    rules: str
    sources: dict[str, Any] | None = json_column()
    cursor: int = Field(default=-1, sa_column=Column(BigInteger, nullable=False))
    started: datetime = instant()
    finished: datetime | None = instant(nullable=True)


class TombstoneRow(SQLModel, table=True):
    """An article that a channel carried until `at`, when an operator withdrew or merged it; kept as long as it is announced."""

    __tablename__: ClassVar[str] = "tombstone"
    channel_id: int = Field(primary_key=True)
    article_id: str = Field(primary_key=True)
    at: datetime = instant()


class DecisionRow(SQLModel, table=True):
    """An operator's decision: withdraw | restore | split | merge, of `articles`, kept and exported. `detail` has what it takes
    to decide so again in another database: the outlet, its keys and the article that they are of now."""

    __tablename__: ClassVar[str] = "decision"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    action: str
    articles: list[str] | None = json_column()
    reason: str = ""
    operator: str = ""
    detail: dict[str, Any] | None = json_column()
