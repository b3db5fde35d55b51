"""Poll: one scheduled attempt on a source. Schedule: when the next one is, and why then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.document import Validators


class Health(StrEnum):
    """How a source is, in one word."""

    NEW = "new"
    WELL = "well"
    PARTIAL = "partial"
    FAILING = "failing"
    GONE = "gone"
    DISABLED = "disabled"


class PollOutcome(StrEnum):
    """How a poll ended."""

    FRESH = "fresh"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    PARTIAL = "partial"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All that a poll needs to remember of a source between polls. Times are aware UTC.

    `not_before` is written before a request goes out: a crash loop cannot hammer anybody; `retry_after` is the server's own.
    `first_document` holds until a document was stored: its articles are listed at their publication time.
    """

    source_id: str
    next_poll: datetime
    why: str = "never polled"
    not_before: datetime | None = None
    retry_after: datetime | None = None
    validators: Validators = Validators()
    body_hash: str | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0
    error: str | None = None
    health: Health = Health.NEW
    since: datetime | None = None
    first_document: bool = True
    interval_seconds: float | None = None
    articles_per_day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One attempt, for the log: counts are of entries; `received` is bytes of body as sent."""

    source_id: str
    started: datetime
    finished: datetime
    outcome: PollOutcome
    status: int | None = None
    received: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    error: str | None = None
